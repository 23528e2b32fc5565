import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SendResult } from '../../src/channels/channel.js';
import { createPartSender } from '../../src/channels/parts.js';
import { waitFor } from '../support/wait.js';
import { createFakeChannel, createWorld, type World } from './support.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const tooFast = (retryAfterMs: number): SendResult => ({
  kind: 'failed',
  failure: 'rate-limited',
  retryAfterMs,
  scope: 'contact',
  detail: '429',
});
const broken: SendResult = { kind: 'failed', failure: 'retryable', detail: 'refused' };
const sent: SendResult = { kind: 'sent', platformMessageId: '7' };
const only = async () => (await world.attempts())[0];

describe('refusals for going too fast', () => {
  it('never use up the calls of a message', async () => {
    await world.tell(await world.people(1));
    const channel = createFakeChannel();
    channel.answer = () => (channel.calls.length <= 9 ? tooFast(5) : channel.calls.length === 10 ? broken : sent);
    const engine = world.engine([channel]);
    engine.kick('bulk');
    await waitFor(async () => (await only())?.state === 'sent');
    expect(channel.calls).toHaveLength(11);
    // The one that failed and the one that arrived.
    expect(await only()).toMatchObject({ state: 'sent', sends: 2 });
  });

  it('keep the order of a conversation, however many there were', async () => {
    const people = await world.people(1);
    await world.tell(people, { slot: 'first', text: 'một' });
    await world.tell(people, { slot: 'second', text: 'hai' });
    const channel = createFakeChannel();
    channel.answer = ({ content }) => (content.text === 'một' && channel.calls.length <= 8 ? tooFast(5) : sent);
    world.engine([channel]).kick('bulk');
    await waitFor(async () => (await world.counts())['sent'] === 2);
    expect(channel.sent.map(({ content }) => content.text)).toEqual(['một', 'hai']);
    expect(channel.calls).toHaveLength(10);
  });
});

describe('a message of two parts', () => {
  /** A channel whose process remembers which parts have gone; `second` answers for the document. */
  function process(wire: string[], second: () => SendResult | Promise<SendResult>) {
    const inOrder = createPartSender();
    const channel = createFakeChannel();
    channel.send = (outgoing, signal) =>
      inOrder(
        outgoing,
        ['photo', 'document'],
        async (part) => {
          const result = part === 'document' ? await second() : sent;
          if (result.kind === 'sent') wire.push(part);
          return result;
        },
        signal,
      );
    return channel;
  }

  it('goes on by itself where a part may go soon', async () => {
    await world.tell(await world.people(1));
    const wire: string[] = [];
    let calls = 0;
    await world.engine([process(wire, () => ((calls += 1) === 1 ? tooFast(20) : sent))]).drain('bulk');
    expect(wire).toEqual(['photo', 'document']);
    expect(await only()).toMatchObject({ state: 'sent', platform_message_id: '7' });
  });

  it('never comes again from another process when it may come once at most', async () => {
    await world.tell(await world.people(1));
    const wire: string[] = [];
    const one = world.engine([process(wire, () => tooFast(60_000))]);
    await one.drain('bulk');
    await one.stop(1_000);
    await world.engine([process(wire, () => sent)]).drain('bulk');
    expect(wire).toEqual(['photo']);
    const { rows } = await world.database.store.pool.query('select state, reason, detail from attempt');
    expect(rows).toEqual([{ state: 'uncertain', reason: 'unknown-arrival', detail: 'part 1 of 2 arrived: 429' }]);
  });

  it.each(['announcement', 'deadline'] as const)('of which one arrived is not told as failed: %s', async (kind) => {
    await world.tell(await world.people(1), { class: kind });
    const wire: string[] = [];
    const refused: SendResult = { kind: 'failed', failure: 'rejected', detail: '400' };
    await world.engine([process(wire, () => refused)]).drain('bulk');
    expect(await only()).toMatchObject({ state: 'uncertain', reason: 'unknown-arrival' });
  });

  it('of which one arrived is not called again when the store fails over the other', async () => {
    await world.tell(await world.people(1));
    const wire: string[] = [];
    const channel = process(wire, () => Promise.reject(new Error('no file')));
    await world.engine([channel], { sendTimeoutMs: 500 }).drain('bulk');
    expect(wire).toEqual(['photo']);
    expect(await only()).toMatchObject({ state: 'uncertain' });
  });

  it('goes on where it stopped when it may come twice', async () => {
    await world.tell(await world.people(1), { class: 'deadline' });
    const wire: string[] = [];
    let calls = 0;
    const engine = world.engine([process(wire, () => ((calls += 1) === 1 ? tooFast(10) : sent))]);
    engine.kick('bulk');
    await waitFor(async () => (await only())?.state === 'sent');
    expect(wire).toEqual(['photo', 'document']);
  });
});
