import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beginSafeMode, createHistory } from '../../src/delivery/index.js';
import { fallBack } from '../../src/delivery/sending/fallback.js';
import { waitFor } from '../support/wait.js';
import { channels, createFallbackWorld, gone, HOUR_MS, sent, textsOf, type FallbackWorld } from './fallback-world.js';
import { MORNING } from './support.js';

let world: FallbackWorld;

beforeAll(async () => {
  world = await createFallbackWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

describe('a message that cannot be delivered', () => {
  it("goes to the person's other contact, unmarked, for the first cannot have arrived", async () => {
    const person = await world.one();
    const address = await world.alsoOn(person, 'zalo', { hoursAgo: 2 });
    await world.tell([person], { text: 'Phát động' });
    const { telegram, zalo, web } = channels({ telegram: () => gone });
    await world.engine([telegram, zalo, web]).drain('bulk');
    await world.settled();
    expect(zalo.sent.map((call) => [call.address, call.content.text])).toEqual([[address, 'Phát động']]);
    expect(await world.query('select try, channel, state, via, form, repeat from attempt order by id')).toEqual([
      { try: 1, channel: 'telegram', state: 'failed', via: null, form: null, repeat: false },
      { try: 2, channel: 'zalo', state: 'sent', via: 'channel', form: 'free', repeat: false },
    ]);
  });

  it('that the platform will never take goes nowhere else, for it would fare no better', async () => {
    const person = await world.one();
    await world.alsoOn(person, 'web');
    await world.tell([person]);
    const { telegram, web } = channels({ telegram: () => ({ kind: 'failed', failure: 'rejected', detail: '400' }) });
    const engine = world.engine([telegram, web]);
    await engine.drain('bulk');
    expect(await engine.reconcile()).toMatchObject({ fellBack: 0 });
    expect(web.calls).toEqual([]);
  });

  it('uses a Zalo contact only inside its windows, as a paid message after 48 hours', async () => {
    const [late, tooLate] = [await world.one(), await world.one()];
    await world.alsoOn(late, 'zalo', { hoursAgo: 50 });
    await world.alsoOn(tooLate, 'zalo', { hoursAgo: 8 * 24 });
    await world.tell([late, tooLate]);
    const { telegram, zalo } = channels({ telegram: () => gone });
    await world.engine([telegram, zalo]).drain('bulk');
    await world.settled();
    expect(await world.query(`select form from attempt where channel = 'zalo'`)).toEqual([{ form: 'billed' }]);
    expect(await world.query('select account, kind, period, used from quota_use where used > 0')).toEqual([
      { account: 'zalo:1', kind: 'billed', period: '2026-11', used: 1 },
    ]);
  });

  it.each([
    [300, 1],
    [301, 0],
    [500, 0],
  ])('keeps the last 200 of a month of 500 for what people order (%i used)', async (used, paid) => {
    const person = await world.one();
    await world.alsoOn(person, 'zalo', { hoursAgo: 50 });
    await world.query(
      `insert into quota_use (account, kind, period, used) values ('zalo:1', 'billed', '2026-11', $1)`,
      [used],
    );
    await world.tell([person]);
    const { telegram, zalo } = channels({ telegram: () => gone });
    const engine = world.engine([telegram, zalo]);
    await engine.drain('bulk');
    await engine.mend();
    await world.settled();
    expect(zalo.calls).toHaveLength(paid);
    expect(await world.query('select used from quota_use where used > 0')).toEqual([{ used: used + paid }]);
  });

  it("goes to the unit's other contact person when the first has no other contact, and says for whom", async () => {
    const [primary, deputy, head] = [
      await world.one(),
      await world.one({ channel: 'web' }),
      await world.one({ channel: 'web' }),
    ];
    const seats = await world.unit({ primary, deputy, head });
    await world.tellSeat(primary, seats.primary, 'announcement', 'Nộp báo cáo trước thứ Sáu');
    const { telegram, web } = channels({ telegram: () => gone });
    await world.engine([telegram, web]).drain('bulk');
    await world.settled();
    expect(web.sent.map(({ address, content }) => [address, content.text])).toEqual([
      [
        deputy.address,
        'Gửi anh/chị vì Người mẫu, đầu mối của Phường Mẫu, chưa nhận được tin này:\nNộp báo cáo trước thứ Sáu',
      ],
    ]);
    const [first, second] = await world.query<Record<string, unknown>>(
      'select id, person, slot, seat_id, stands_for_id, conversation_id from message order by id',
    );
    expect(second).toMatchObject({
      person: deputy.key,
      slot: 'main',
      seat_id: seats.deputy,
      stands_for_id: first?.['id'],
      conversation_id: deputy.conversationId,
    });
    expect((await world.query('select via from attempt order by id'))[1]).toEqual({ via: 'seat' });
  });

  it('to the deputy goes to the primary, in his language; a head is no stand-in', async () => {
    const [primary, deputy, head] = [
      await world.one({ channel: 'web', language: 'en' }),
      await world.one(),
      await world.one({ channel: 'web' }),
    ];
    const seats = await world.unit({ primary, deputy, head });
    await world.tellSeat(deputy, seats.deputy);
    await world.tellSeat(head, seats.head);
    const { telegram, web } = channels({
      telegram: () => gone,
      web: (call) => (call.address === head.address ? gone : sent(call.attemptId)),
    });
    await world.engine([telegram, web]).drain('bulk');
    await world.settled();
    expect(textsOf(web)).toEqual([
      'To you because Người mẫu, contact person of Phường Mẫu, has not received this message:\nThông báo',
    ]);
  });

  it('is not told twice to a colleague who has it already: the record notes it', async () => {
    const [primary, deputy] = [await world.one(), await world.one({ channel: 'web' })];
    const seats = await world.unit({ primary, deputy });
    const source = await world.tellSeat(primary, seats.primary);
    await world.tellSeat(deputy, seats.deputy, 'announcement', 'Thông báo', source);
    const { telegram, web } = channels({ telegram: () => gone });
    await world.engine([telegram, web]).drain('bulk');
    await waitFor(async () => (await world.query('select 1 from attempt_watch')).length === 0);
    await world.settled();
    expect(textsOf(web)).toEqual(['Thông báo']);
    const [failed] = await world.attempts();
    const history = await createHistory(world.database.store.pool).ofAttempt(failed?.id ?? '');
    expect(history.map(({ state, reason, detail, isNote }) => ({ state, reason, detail, isNote })).slice(-2)).toEqual([
      { state: 'failed', reason: 'recipient-gone', detail: '403 blocked by the user', isNote: undefined },
      { state: 'failed', reason: 'stood-for', detail: 'message 2', isNote: true },
    ]);
  });

  it('goes on from a stand-in to nobody', async () => {
    const [primary, deputy] = [await world.one(), await world.one()];
    const seats = await world.unit({ primary, deputy });
    await world.tellSeat(primary, seats.primary);
    const { telegram } = channels({ telegram: () => gone });
    const engine = world.engine([telegram]);
    await engine.drain('bulk');
    await world.settled();
    await engine.reconcile();
    await engine.reconcile();
    expect((await world.attempts()).length).toBe(2);
  });

  it('never leads an answer away from where its question came from', async () => {
    const person = await world.one();
    await world.alsoOn(person, 'web');
    await world.tell([person], { class: 'reply' });
    const { telegram, web } = channels({ telegram: () => gone });
    const engine = world.engine([telegram, web]);
    await engine.drain('reply');
    expect(await engine.reconcile()).toMatchObject({ fellBack: 0 });
    expect((await world.attempts()).length).toBe(1);
  });

  it('of a person without any contact goes to the colleague at once', async () => {
    const [primary, deputy] = [await world.one(), await world.one({ channel: 'web' })];
    await world.query('delete from contact where id = $1', [primary.contactId]);
    const seats = await world.unit({ primary, deputy });
    await world.tellSeat(primary, seats.primary);
    const { web } = channels();
    expect(await world.engine([web]).reconcile()).toMatchObject({ fellBack: 1 });
    await world.settled();
    expect(web.sent.length).toBe(1);
    expect(await world.counts()).toEqual({ skipped: 1, sent: 1 });
  });
});

describe('a message of which nothing proves that it arrived', () => {
  const rewind = (span: string) => world.query(`update attempt_watch set due = due - $1::interval`, [span]);

  it.each([
    ['deadline', '23 hours 59 minutes', '24 hours 1 minute'],
    ['critical', '29 minutes', '31 minutes'],
  ])('of class %s goes elsewhere after its time, marked as a repeat', async (kind, tooEarly, late) => {
    const person = await world.one({ channel: 'zalo' });
    await world.alsoOn(person, 'telegram');
    await world.tell([person], { class: kind as 'deadline', text: 'Hạn nộp: thứ Sáu', ordered: true });
    const { telegram, zalo } = channels();
    const engine = world.engine([telegram, zalo]);
    await engine.drain('bulk');
    await rewind(tooEarly);
    expect(await engine.reconcile()).toMatchObject({ fellBack: 0 });
    await rewind(`${late}`);
    await engine.reconcile();
    await world.settled();
    expect(textsOf(zalo)).toEqual(['Hạn nộp: thứ Sáu']);
    expect(textsOf(telegram)).toEqual(['Nhắc lại: Hạn nộp: thứ Sáu']);
  });

  it('stays where it is once its receipt came, and on Telegram, which proves nothing more', async () => {
    const [onZalo, onTelegram] = [await world.one({ channel: 'zalo' }), await world.one()];
    await world.alsoOn(onZalo, 'web');
    await world.alsoOn(onTelegram, 'web');
    await world.tell([onZalo, onTelegram], { class: 'critical' });
    const { telegram, zalo, web } = channels();
    const engine = world.engine([telegram, zalo, web]);
    await engine.drain('bulk');
    const [proven] = await world.query<{ id: string }>(`select id from attempt where channel = 'zalo'`);
    await engine.prove([proven?.id ?? ''], 'delivered', new Date());
    await rewind('2 days');
    expect(await engine.reconcile()).toMatchObject({ fellBack: 0 });
    expect(await world.query('select 1 from attempt_watch')).toEqual([]);
    expect(web.calls).toEqual([]);
  });

  it('is an announcement: it goes nowhere else, however unsure its arrival', async () => {
    const person = await world.one({ channel: 'zalo' });
    await world.alsoOn(person, 'telegram');
    await world.tell([person]);
    const { telegram, zalo } = channels({ zalo: () => ({ kind: 'uncertain', detail: 'reset' }) });
    const engine = world.engine([telegram, zalo]);
    await engine.drain('bulk');
    expect(await world.query('select 1 from attempt_watch')).toEqual([]);
    expect(telegram.calls).toEqual([]);
  });

  it('waits for the morning with its second way', async () => {
    const person = await world.one({ channel: 'zalo' });
    await world.alsoOn(person, 'telegram');
    await world.tell([person], { class: 'deadline' });
    const { telegram, zalo } = channels();
    let now = MORNING;
    const engine = world.engine([telegram, zalo], { businessNow: () => Promise.resolve(now) });
    await engine.drain('bulk');
    await rewind('2 days');
    now = new Date(MORNING.getTime() + 12 * HOUR_MS);
    expect(await engine.reconcile()).toMatchObject({ fellBack: 0 });
    now = new Date(MORNING.getTime() + 24 * HOUR_MS);
    expect(await engine.reconcile()).toMatchObject({ fellBack: 1 });
  });
});

describe('looking for another way', () => {
  const options = () => ({
    now: new Date(),
    businessNow: MORNING,
    channels: ['telegram', 'web'] as const,
    quietHours: null,
    zaloAccount: 'zalo:1',
  });

  it('happens once, however many processes look at the same time', async () => {
    const people = await world.people(300);
    await world.query('update contact set preferred = true where channel = $1', ['telegram']);
    for (const person of people) await world.alsoOn(person, 'web');
    await world.tell(people);
    await world.query(
      `update attempt set state = 'failed', reason = 'recipient-gone', waiting = false, ended_at = now()`,
    );
    await world.query(`insert into attempt_watch select id, 'failed', now() - interval '1 s' from attempt`);
    const { pool } = world.database.store;
    const results = await Promise.all([1, 2, 3, 4].map(() => fallBack(pool, options())));
    expect(results.reduce((sum, { rerouted }) => sum + rerouted, 0)).toBe(300);
    expect((await world.query('select 1 from attempt where try = 2')).length).toBe(300);
    expect(await fallBack(pool, options())).toMatchObject({ rerouted: 0, stranded: 0 });
  });

  it('rests in safe mode and while the broadcast is paused, and ends when it was cancelled', async () => {
    const [paused, cancelled] = [await world.one(), await world.one()];
    const ids = [randomUUID(), randomUUID()];
    for (const [n, person] of [paused, cancelled].entries()) {
      await world.alsoOn(person, 'web');
      await world.query(
        `insert into broadcast (id, kind, subject_id, title, audience, contents, class, state, created_at)
         values ($1, 'notice', 'x', 'x', '{"kind":"people","people":[]}', '{}', 'announcement', $2, $3)`,
        [ids[n], n === 0 ? 'paused' : 'cancelled', MORNING],
      );
      await world.tell([person], { source: { kind: 'broadcast', id: ids[n] ?? '' } });
    }
    await world.query(
      `update attempt set state = 'failed', reason = 'recipient-gone', waiting = false, ended_at = now()`,
    );
    await world.query(`insert into attempt_watch select id, 'failed', now() - interval '1 s' from attempt`);
    const { pool } = world.database.store;
    expect(await beginSafeMode(world.database.store.pool, 'operator', MORNING, new Date())).toBe(true);
    expect(await fallBack(pool, options())).toMatchObject({ rerouted: 0, stranded: 0 });
    expect((await world.query('select 1 from attempt_watch')).length).toBe(2);
    await world.query(`delete from setting where key = 'delivery.safe-mode'`);
    expect(await fallBack(pool, options())).toMatchObject({ rerouted: 0 });
    expect((await world.query('select 1 from attempt_watch')).length).toBe(1);
    await world.query(`update broadcast set state = 'sending' where id = $1`, [ids[0]]);
    expect(await fallBack(pool, options())).toMatchObject({ rerouted: 1 });
    await world.query('delete from broadcast');
  });
});
