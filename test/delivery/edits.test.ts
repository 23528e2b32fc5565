import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Change, Channel, SendResult } from '../../src/channels/channel.js';
import { TAKE } from '../../src/delivery/corrections/edit-statements.js';
import { createEditor, type Editor } from '../../src/delivery/corrections/edits.js';
import { waitFor } from '../support/wait.js';
import { createFakeChannel, createWorld, MORNING, type FakeChannel, type World } from './support.js';

let world: World;
let editors: Editor[];

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await Promise.all((editors ?? []).map((editor) => editor.stop(2_000)));
  editors = [];
  await world.reset();
});

interface EditingChannel extends FakeChannel {
  readonly edits: { readonly change: Change; readonly atMs: number }[];
  answerEdit: (change: Change) => SendResult | Promise<SendResult>;
}

function editing(options: Partial<Channel> = {}): EditingChannel {
  const edits: EditingChannel['edits'] = [];
  const channel: EditingChannel = Object.assign(createFakeChannel('telegram', options), {
    edits,
    answerEdit: (change: Change): SendResult | Promise<SendResult> => ({
      kind: 'sent',
      platformMessageId: change.platformMessageId,
    }),
  });
  return Object.assign(channel, {
    edit: async (change: Change) => {
      edits.push({ change, atMs: Date.now() });
      return channel.answerEdit(change);
    },
  });
}

function editor(channels: readonly Channel[], options: { clock?: { now(): Date } } = {}): Editor {
  const made = createEditor({
    pool: world.database.store.pool,
    channels: new Map(channels.map((channel) => [channel.name, channel])),
    businessNow: () => Promise.resolve(MORNING),
    ...options,
  });
  editors.push(made);
  return made;
}

/** Sends a message to this many people and orders a change of each. */
async function sent(count: number, channel: Channel, kind = 'correction', ref = 'c1'): Promise<void> {
  await world.tell(await world.people(count));
  await world.engine([channel]).drain('bulk');
  await order('mới', kind, ref);
}

/** Orders a change of every attempt. */
async function order(text: string, kind = 'correction', ref = 'c1'): Promise<void> {
  await world.query(
    `with k as (insert into content (text) values ($1) returning id)
     insert into message_edit (attempt_id, kind, ref, content_id, old_content_id, due)
     select a.id, $2, $3, k.id, m.content_id, now() - interval '1 s' from k, attempt a join message m on m.id = a.message_id order by a.id`,
    [text, kind, ref],
  );
}

interface EditRow {
  readonly state: string;
  readonly reason: string | null;
  readonly tries: number;
  readonly due: Date;
}
const rows = () => world.query<EditRow>('select state, reason, tries, due from message_edit order by id');
const failed = (failure: 'retryable' | 'rejected' | 'recipient-gone', detail = 'x'): SendResult => ({
  kind: 'failed',
  failure,
  detail,
});

describe('the editor', () => {
  it('makes each change once, though two processes drain at the same time', async () => {
    const channel = editing();
    await sent(60, channel);
    const calls = await Promise.all([editor([channel]).drain(), editor([channel]).drain()]);
    expect(calls.reduce((sum, n) => sum + n, 0)).toBe(60);
    expect(new Set(channel.edits.map(({ change }) => change.attemptId)).size).toBe(60);
    expect(channel.edits.every(({ change }) => change.content.text === 'mới')).toBe(true);
    expect((await rows()).every(({ state }) => state === 'done')).toBe(true);
    expect(await editor([channel]).drain()).toBe(0);
  });

  it('keeps corrections and broadcasts together to the rate of the account', async () => {
    const channel = editing({ bulkPerSecond: 30 });
    await world.tell(await world.people(30));
    await world.engine([{ ...channel, bulkPerSecond: null }]).drain('bulk');
    await order('mới');
    channel.calls.splice(0);
    await world.tell(await world.people(30));
    await Promise.all([world.engine([channel]).drain('bulk'), editor([channel]).drain()]);
    const times = [...channel.calls, ...channel.edits].map(({ atMs }) => atMs).sort((a, b) => a - b);
    expect(times).toHaveLength(60);
    expect(meter(times, 30, 100)).toBe(0);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(10_000);
  });

  it('obeys a 429 to its end, for every process and for broadcasts too', async () => {
    const channel = editing({ bulkPerSecond: 30 });
    await sent(4, { ...channel, bulkPerSecond: null });
    channel.answerEdit = () => ({ kind: 'failed', failure: 'rate-limited', retryAfterMs: 1_200, detail: '429' });
    await editor([channel]).drain();
    const told = channel.edits.length;
    const firstMs = channel.edits[0]?.atMs ?? 0;
    channel.answerEdit = (change) => ({ kind: 'sent', platformMessageId: change.platformMessageId });
    expect(await editor([channel]).drain()).toBe(0);
    await waitFor(
      async () => {
        await editors[0]?.drain();
        return (await rows()).every(({ state }) => state === 'done');
      },
      { what: 'the edits after the ban' },
    );
    const later = channel.edits.slice(told);
    expect(later).toHaveLength(4);
    expect(Math.min(...later.map(({ atMs }) => atMs)) - firstMs).toBeGreaterThanOrEqual(1_200);
    expect((await rows()).every(({ tries }) => tries === 1)).toBe(true);
  });

  it('begins nothing while another process has met a ban', async () => {
    const channel = editing({ bulkPerSecond: 30 });
    await sent(3, { ...channel, bulkPerSecond: null });
    await world.query(
      `insert into rate_budget (account, tat_at, banned_until) values ('telegram:1', now(), now() + interval '1 hour')`,
    );
    expect(await editor([channel]).drain()).toBe(0);
    expect(channel.edits).toEqual([]);
  });

  it('waits for a message that is on its way, and changes it once it is sent', async () => {
    const channel = editing();
    let arrive: (() => void) | undefined;
    channel.answer = () => new Promise((resolve) => (arrive = () => resolve({ kind: 'sent', platformMessageId: '7' })));
    await world.tell(await world.people(1));
    const drained = world.engine([channel]).drain('bulk');
    await waitFor(() => arrive !== undefined);
    await order('mới');
    const mine = editor([channel]);
    expect(await mine.drain()).toBe(0);
    expect(await rows()).toMatchObject([{ state: 'queued', tries: 0 }]);
    arrive?.();
    await drained;
    await waitFor(async () => (await mine.drain()) === 1, { what: 'the change' });
    expect(channel.edits[0]?.change.platformMessageId).toBe('7');
  });

  it('leaves alone what was never sent', async () => {
    const channel = editing();
    channel.answer = () => failed('rejected');
    await sent(1, channel);
    await editor([channel]).drain();
    expect(await rows()).toMatchObject([{ state: 'skipped', reason: 'not-sent' }]);
  });

  it('says so where a channel can change nothing', async () => {
    const channel = createFakeChannel();
    await sent(1, channel);
    await editor([channel]).drain();
    expect(await rows()).toMatchObject([{ state: 'skipped', reason: 'not-possible' }]);
  });

  it('tries again after silence, at most eight times', async () => {
    const channel = editing();
    let nowMs = Date.now();
    await sent(1, channel);
    channel.answerEdit = () => ({ kind: 'uncertain', detail: 'no answer' });
    const mine = editor([channel], { clock: { now: () => new Date(nowMs) } });
    for (let n = 0; n < 12; n += 1, nowMs += 90_000) await mine.drain();
    expect(channel.edits).toHaveLength(8);
    expect(await rows()).toMatchObject([{ state: 'failed', reason: 'retryable', tries: 8 }]);
  });

  it('makes again what a dead process had taken, and not before its time is over', async () => {
    const channel = editing();
    let nowMs = Date.now();
    await sent(1, channel);
    channel.answerEdit = () => new Promise(() => undefined);
    const dead = editor([channel]);
    void dead.drain();
    await waitFor(() => channel.edits.length === 1);
    channel.answerEdit = (change) => ({ kind: 'sent', platformMessageId: change.platformMessageId });
    const alive = editor([channel], { clock: { now: () => new Date(nowMs) } });
    expect(await alive.drain()).toBe(0);
    nowMs += 61_000;
    expect(await alive.drain()).toBe(1);
    expect(await rows()).toMatchObject([{ state: 'done' }]);
  });

  it('marks whoever cannot be reached any more, and does not call him', async () => {
    const channel = editing();
    await sent(1, channel);
    channel.answerEdit = () => failed('recipient-gone');
    await editor([channel]).drain();
    expect(await rows()).toMatchObject([{ state: 'failed', reason: 'recipient-gone' }]);
    expect(await world.query(`select 1 from contact where state = 'blocked'`)).toHaveLength(1);
    await order('nữa', 'correction', 'c2');
    await editor([channel]).drain();
    expect(channel.edits).toHaveLength(1);
  });

  it('says only the latest of several changes of a message', async () => {
    const channel = editing();
    await sent(2, channel);
    await order('mới hơn', 'correction', 'c2');
    await editor([channel]).drain();
    expect(channel.edits.map(({ change }) => change.content.text)).toEqual(['mới hơn', 'mới hơn']);
    expect((await rows()).map(({ state, reason }) => [state, reason])).toEqual([
      ['skipped', 'superseded'],
      ['skipped', 'superseded'],
      ['done', null],
      ['done', null],
    ]);
  });

  it('finds what is due by an index, however much waits', async () => {
    const channel = editing();
    await sent(2_000, channel);
    await world.query('analyze');
    const values = [new Date(), 'telegram', 'telegram:1', 5, new Date(Date.now() + 60_000)];
    const plan = await world.query<{ 'QUERY PLAN': string }>(`explain (analyze, buffers) ${TAKE}`, values);
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).toContain('Index Scan using message_edit_queued_idx');
    expect(text).not.toContain('Seq Scan on message_edit');
    // Nothing walks over what waits behind.
    const most = Math.max(...[...text.matchAll(/actual time=\S+ rows=([\d.]+)/g)].map((match) => Number(match[1])));
    expect(most).toBeLessThan(100);
  });

  it('says words that were replaced while the earlier ones were on their way', async () => {
    const channel = editing();
    await sent(1, channel, 'progress', 'b1');
    channel.answerEdit = async (change) => {
      channel.answerEdit = () => ({ kind: 'sent', platformMessageId: change.platformMessageId });
      await world.query(
        `with k as (insert into content (text) values ('cuối') returning id) update message_edit set content_id = k.id from k`,
      );
      return { kind: 'sent', platformMessageId: change.platformMessageId };
    };
    await editor([channel]).drain();
    expect(channel.edits.map(({ change }) => change.content.text)).toEqual(['mới', 'cuối']);
    expect(await rows()).toMatchObject([{ state: 'done' }]);
  });
});

/** How many moments came earlier than a GCRA of this rate and tolerance allows. */
function meter(times: readonly number[], perSecond: number, toleranceMs: number): number {
  let tat = 0;
  let over = 0;
  for (const at of times) {
    if (at < tat - toleranceMs) over += 1;
    tat = Math.max(at, tat) + 1000 / perSecond;
  }
  return over;
}
