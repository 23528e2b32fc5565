/** Nobody is reminded of what is done: what spoke and has not left is taken back. Asserted where messages leave. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDeliveryEngine, createHistory, createOutbox } from '../../src/delivery/index.js';
import { releasePlanned } from '../../src/delivery/sending/sweep.js';
import { moveDueDay } from '../../src/duties/index.js';
import { closeObligation, findObligation } from '../../src/reporting/store-obligations.js';
import { createFakeChannel, withRounds, type FakeChannel, type RoundEngine } from '../delivery/support.js';
import { waitFor } from '../support/wait.js';
import { morning, noon, World, type Person } from './world.js';

const OPENED = noon('2026-11-02');
const DUE = '2026-11-18'; // a Wednesday: T-1 is the 17th, T+1 the 19th
const NIGHT = new Date('2026-11-17T15:00:00Z'); // 22:00
const DAWN = new Date('2026-11-17T23:30:00Z'); // 06:30

let world: World;
let page: FakeChannel;
let engine: RoundEngine;
let now = OPENED;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.store.db.$executeRawUnsafe(
    'truncate told, extension, due_change, reminder_step, submission, obligation, duty, attempt, message, content, attempt_watch, attempt_event cascade',
  );
  page = createFakeChannel('web', { proof: 'fetched' });
  const options = { businessNow: () => Promise.resolve(now) };
  const { pool } = world.store;
  engine = withRounds(
    createDeliveryEngine({ pool, channels: new Map([['web', page]]), worker: 'held', ...options }),
    options,
  );
});
afterEach(() => engine.stop(1_000));

interface Owing {
  readonly primary: Person;
  readonly deputy: Person;
  readonly ids: readonly string[];
  readonly dutyIds: readonly string[];
}

/** A unit without a head that owes these duties. */
async function owing(...names: string[]): Promise<Owing> {
  const unitId = await world.unit('Phường Duy Tiên');
  const primary = await world.seat(unitId, 'primary', 'Đầu mối');
  const deputy = await world.seat(unitId, 'deputy', 'Cấp phó');
  const duties = [];
  for (const name of names) duties.push(await world.duty({ name, dueOn: DUE, unitIds: [unitId] }, OPENED));
  return { primary, deputy, ids: duties.map(({ of }) => of(unitId)), dutyIds: duties.map(({ dutyId }) => dutyId) };
}

/** Plans what is due, with the product's own outbox. */
async function tick(at: Date): Promise<void> {
  now = await world.at(at);
  await world.tick(at, { outbox: createOutbox() });
}

/** Lets leave what may: the texts that reached the page. */
async function leave(at: Date): Promise<string[]> {
  now = await world.at(at);
  const before = page.sent.length;
  await engine.reconcile();
  await engine.drain('bulk');
  return page.sent.slice(before).map(({ content }) => content.text);
}

/** The evening before: reminders of T-1 that could not leave all day and are held until the morning. */
async function heldOvernight(...names: string[]): Promise<Owing> {
  const unit = await owing(...names);
  await tick(morning('2026-11-17'));
  page.answer = () => {
    throw new Error('nothing leaves at night');
  };
  expect(await leave(NIGHT)).toEqual([]);
  page.answer = () => ({ kind: 'sent', platformMessageId: '1' });
  return unit;
}

async function handIn(person: Person, id: string): Promise<void> {
  await world.press(person, `go:submit:${id}`);
  expect(await world.type(person, 'Đã tổ chức 12 buổi tuyên truyền', 'Gửi')).toContain('✅');
}

const states = async () =>
  (await world.store.db.attempt.findMany({ orderBy: { id: 'asc' } })).map(
    ({ state, reason }) => `${state} ${reason ?? ''}`,
  );

describe('two who hear one step, one of them in hours of their own', () => {
  it('tells the other at once, and this one in those hours only what is still owed then', async () => {
    const [a, b] = [await owing('Báo cáo quý'), await owing('Báo cáo năm')];
    for (const { primary } of [a, b])
      await world.store.db.member.update({
        where: { id: primary.memberId },
        data: { remindFrom: '14:00', remindTo: '17:00' },
      });
    await world.store.db.reminderStep.deleteMany({ where: { step: { not: 'T+1' } } });
    const reached = { by: 'Chuyên viên', at: '2026-11-18' };
    await world.store.db.reminderStep.updateMany({ data: { evidence: { reached } } });
    await tick(morning('2026-11-19'));
    const first = await leave(morning('2026-11-19'));
    expect(first.map((text) => text.includes('Báo cáo quý'))).toHaveLength(2);
    await world.at(noon('2026-11-19'));
    await handIn(a.deputy, a.ids[0] ?? '');
    await tick(new Date('2026-11-19T07:00:00Z'));
    const [later, ...more] = await leave(new Date('2026-11-19T07:00:00Z'));
    expect(more).toEqual([]);
    expect(later).toContain('Báo cáo năm');
    expect(await world.steps(a.ids[0] ?? '')).toEqual(['v1 T+1 fired', 'v1 L:T+1 void']);
    expect(await world.steps(b.ids[0] ?? '')).toEqual(['v1 T+1 fired', 'v1 L:T+1 fired']);
  });
});

describe('a reminder that is held overnight', () => {
  it('leaves in the morning when nothing was done', async () => {
    await heldOvernight('Báo cáo quý');
    expect(await leave(DAWN)).toHaveLength(1);
  });

  it('does not leave once the report is in, and its record says why', async () => {
    const { primary, ids } = await heldOvernight('Báo cáo quý');
    await handIn(primary, ids[0] ?? '');
    expect(await leave(DAWN)).toEqual([]);
    expect(await states()).toEqual(['skipped withdrawn']);
    const [attempt] = await world.store.db.attempt.findMany();
    const history = await createHistory(world.store.pool).ofAttempt(String(attempt?.id));
    expect(history.map(({ state, reason }) => `${state} ${reason ?? ''}`.trim())).toEqual([
      'queued',
      'planned quiet-hours',
      'skipped withdrawn',
    ]);
  });

  it.each([
    ['the unit promises a day', (unit: Owing) => promise(unit)],
    ['an officer frees the unit', (unit: Owing) => close(unit, 0, 'waived')],
    ['the due day moves', (unit: Owing) => move(unit)],
  ])('does not leave when %s', async (_what, happens) => {
    await happens(await heldOvernight('Báo cáo quý'));
    expect(await leave(DAWN)).toEqual([]);
    expect(await states()).toEqual(['skipped withdrawn']);
  });

  it('is told anew without the report that is in, and counts as one message', async () => {
    const { primary, ids } = await heldOvernight('Báo cáo quý', 'Báo cáo năm', 'Báo cáo tháng');
    await handIn(primary, ids[0] ?? '');
    await tick(DAWN);
    const [text, ...more] = await leave(DAWN);
    expect(more).toEqual([]);
    expect(text).toContain('📌 Anh/chị có 2 việc cần làm');
    expect(text).not.toContain('Báo cáo quý');
    const again = await world.store.db.reminderStep.findMany({ where: { step: 'L:T-1' } });
    const [message] = await world.store.db.message.findMany({ orderBy: { id: 'desc' }, take: 1 });
    expect(again.map(({ state }) => state)).toEqual(['fired', 'fired']);
    for (const { evidence } of again) expect(evidence).toMatchObject({ slots: { [primary.key]: message?.slot } });
  });

  it('says nothing of either when two hand in two reports of one message at one moment', async () => {
    const { primary, deputy, ids } = await heldOvernight('Báo cáo quý', 'Báo cáo năm');
    await Promise.all([handIn(primary, ids[0] ?? ''), handIn(deputy, ids[1] ?? '')]);
    await tick(DAWN);
    expect(await leave(DAWN)).toEqual([]);
  });

  it('finds what the other told anew when both close at once', async () => {
    const unit = await heldOvernight('Báo cáo quý', 'Báo cáo năm', 'Báo cáo tháng');
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    const first = close(unit, 0, 'submitted', () => held);
    await waitFor(async () => (await locks()) > 0);
    const second = close(unit, 1, 'submitted');
    await waitFor(async () => (await world.waiting()) > 0);
    go();
    await Promise.all([first, second]);
    await tick(DAWN);
    const [text, ...more] = await leave(DAWN);
    expect([text?.includes('Báo cáo tháng'), text?.includes('Báo cáo năm'), more]).toEqual([true, false, []]);
  });

  it('is taken back from the hands that free it at that moment', async () => {
    const unit = await heldOvernight('Báo cáo quý');
    const client = await world.store.pool.connect();
    await client.query('begin');
    expect(await releasePlanned(client as never, DAWN, new Date(), null)).toBe(1);
    const closing = close(unit, 0, 'submitted');
    await waitFor(async () => (await world.waiting()) > 0);
    await client.query('commit');
    client.release();
    await closing;
    expect(await leave(DAWN)).toEqual([]);
    expect(await states()).toEqual(['skipped withdrawn']);
  });
});

describe('a reminder that left and is not proven', () => {
  it('looks for no other way once the report is in', async () => {
    const { primary, ids } = await owing('Báo cáo quý');
    await tick(morning('2026-11-17'));
    expect(await leave(morning('2026-11-17'))).toHaveLength(1);
    expect(await world.store.db.attemptWatch.count()).toBe(1);
    await handIn(primary, ids[0] ?? '');
    expect(await world.store.db.attemptWatch.count()).toBe(0);
    expect(await states()).toEqual(['sent ']);
  });
});

async function promise({ primary, ids }: Owing): Promise<void> {
  await world.press(primary, `go:promise:${ids[0] ?? ''}`);
  expect(await world.type(primary, '20/11/2026')).toContain('20/11/2026');
}

async function move({ dutyIds }: Owing): Promise<void> {
  await world.store.transaction((tx) => moveDueDay(tx, { dutyId: dutyIds[0] ?? '', dueOn: '2026-11-27' }, NIGHT));
}

/** Closes one of them as the handlers do: held first. `before`: what the transaction waits for at its end. */
async function close(
  { ids }: Owing,
  n: number,
  state: 'submitted' | 'waived',
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const id = ids[n] ?? '';
  await world.store.transaction(async (tx) => {
    await tx.$queryRaw`select id from obligation where id = ${id}::uuid for update`;
    expect((await findObligation(tx, id))?.state).toBe('open');
    await closeObligation(tx, id, state, { reason: state }, NIGHT);
    await before();
  });
}

async function locks(): Promise<number> {
  const rows = await world.store.db.$queryRaw<object[]>`
    select 1 from pg_locks l join pg_database d on d.oid = l.database
    where d.datname = current_database() and l.locktype = 'advisory' and l.granted`;
  return rows.length;
}
