/** What goes up waits for proof from below; where none comes, the unit is told once more, and then a person telephones. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOutbox, findArrivals } from '../../src/delivery/index.js';
import { openTasks } from '../../src/tasks/index.js';
import { morning, noon, World, type Person } from './world.js';

const OPENED = noon('2026-11-02');
const DUE = '2026-11-18'; // a Wednesday

let world: World;
let officer: Person;
let leader: Person;
beforeAll(async () => {
  world = await World.create();
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.store.db.$executeRawUnsafe(
    'truncate told, reminder_step, submission, obligation, duty, member_role, task cascade',
  );
  await world.store.db.$executeRawUnsafe('update contact set last_inbound_at = null');
  world.tasks.length = 0;
  world.deaf.clear();
  officer = await world.person('Chuyên viên', ['officer']);
  leader = await world.person('Lãnh đạo', ['leader']);
});

/** A unit with a person in each seat, and one report that it owes. */
async function owing(name: string, seats: readonly ('primary' | 'deputy' | 'head')[] = ['primary', 'deputy', 'head']) {
  const unitId = await world.unit(name);
  const people: Partial<Record<(typeof seats)[number], Person>> = {};
  for (const kind of seats) people[kind] = await world.seat(unitId, kind, `${name} ${kind}`);
  const { of } = await world.duty({ dueOn: DUE, unitIds: [unitId] }, OPENED);
  return { unitId, id: of(unitId), ...people };
}

const tasks = {
  openTasks: async (...[tx, open, now]: Parameters<typeof openTasks>) => {
    await world.deps.tasks.openTasks(tx, open, now);
    await openTasks(tx, open, now);
  },
  closeTask: (...args: Parameters<World['deps']['tasks']['closeTask']>) => world.deps.tasks.closeTask(...args),
};

const walk = (to: Date) => world.walk(to, { tasks });

/** Who was told what day, after the reminders to the primary seat. */
async function toldFrom(day: string): Promise<[string, string][]> {
  const all = (await world.messages()).map((one) => [new Date(one.at).toISOString().slice(0, 10), one.person] as const);
  return all.filter(([at]) => at >= day).map(([at, person]) => [at, person]);
}

const stepOf = (obligationId: string, step: string) =>
  world.store.db.reminderStep.findFirstOrThrow({ where: { obligationId, step } });

const hear = (person: Person | undefined, at: Date) =>
  world.store.db.contact.updateMany({ where: { memberId: person?.memberId ?? '' }, data: { lastInboundAt: at } });

describe('going up', () => {
  it('keeps with each step that went up the message that proves the one below', async () => {
    const a = await owing('Phường đã nhận');
    await walk(noon('2026-11-30'));
    const head = await stepOf(a.id, 'T+1');
    expect(head).toMatchObject({
      state: 'fired',
      evidence: { proof: { kind: 'arrived', step: 'T', person: a.primary?.key } },
    });
    const { proof } = head.evidence as unknown as { proof: { message: string } };
    const below = (await stepOf(a.id, 'T')).evidence as unknown as { source: string; slots: Record<string, string> };
    const [message] = await world.store.db.$queryRaw<{ source: string; slot: string; person: string }[]>`
      select body->>'source' as source, body->>'slot' as slot, body->>'person' as person from told where n = ${BigInt(proof.message)}`;
    expect(message).toEqual({ source: below.source, slot: below.slots[a.primary?.key ?? ''], person: a.primary?.key });
    expect(await stepOf(a.id, 'T+3')).toMatchObject({ state: 'fired', evidence: { proof: { kind: 'arrived' } } });
    expect(await stepOf(a.id, 'T+7')).toMatchObject({ state: 'fired', evidence: { proof: { kind: 'arrived' } } });
  });

  it('goes sideways to the deputy while the head waits, and up once the deputy has it', async () => {
    const a = await owing('Phường ngang');
    world.deaf.add(a.primary?.key ?? '');
    await walk(noon('2026-11-20'));
    expect(await toldFrom('2026-11-19')).toEqual([
      ['2026-11-19', a.deputy?.key],
      ['2026-11-20', a.head?.key],
    ]);
    expect((await world.messages()).find((one) => one.person === a.deputy?.key)?.text).toContain(
      'Tôi nhắc thêm vì chưa chắc lời nhắc trước đã đến đơn vị.',
    );
    expect(await stepOf(a.id, 'T+1')).toMatchObject({
      state: 'fired',
      evidence: { held: 1, heldWhy: 'unproven', proof: { kind: 'arrived', step: 'S:T+1', person: a.deputy?.key } },
    });
  });

  it('waits twice, then stops and asks an officer to telephone, naming whom, which way and what happened', async () => {
    const a = await owing('Phường im', ['primary', 'head']);
    world.deaf.add(a.primary?.key ?? '');
    await walk(noon('2026-11-24'));
    expect(await toldFrom('2026-11-19')).toEqual([
      ['2026-11-19', a.primary?.key],
      ['2026-11-20', a.primary?.key],
      ['2026-11-23', a.primary?.key],
      ['2026-11-24', a.primary?.key],
    ]);
    expect(await stepOf(a.id, 'T+1')).toMatchObject({ state: 'void', evidence: { reason: 'unproven', held: 2 } });
    expect(world.tasks).toMatchObject([
      { kind: 'unproven', refId: a.id, title: 'Chưa chắc đơn vị đã nhận lời nhắc: Báo cáo sơ kết – Phường im' },
    ]);
    expect(world.tasks[0]?.data?.text).toContain('Bước T+1 (thủ trưởng) dừng lại');
    expect(world.tasks[0]?.data?.text).toContain('Phường im primary: trang chat đã gửi, chưa thấy nhận');
    await walk(noon('2026-12-31'));
    const told = await world.messages();
    expect(told.some((one) => [a.head?.key, officer.key, leader.key].includes(one.person))).toBe(false);
  });

  it('goes on when the officer has telephoned, with the officer as proof', async () => {
    const a = await owing('Phường gọi', ['primary', 'head']);
    world.deaf.add(a.primary?.key ?? '');
    await walk(morning('2026-11-23'));
    await world.at(noon('2026-11-23'));
    expect(await world.press(officer, `go:unproven:${a.id}`)).toContain('Bước T+1 (thủ trưởng) dừng lại');
    expect(await world.type(officer, 'đã liên hệ')).toContain('✅ Đã ghi anh/chị đã liên hệ với Phường gọi');
    expect(world.tasks[0]?.done).toBe('reached');
    await world.tick(new Date('2026-11-23T05:01:00Z'));
    expect((await world.messages()).at(-2)?.person).toBe(a.head?.key);
    expect(await stepOf(a.id, 'T+1')).toMatchObject({
      state: 'fired',
      evidence: { proof: { kind: 'officer', by: 'Chuyên viên' } },
    });
    // The steps above rest on the same word.
    expect(await stepOf(a.id, 'T+3')).toMatchObject({ state: 'fired', evidence: { proof: { kind: 'officer' } } });
    await walk(noon('2026-12-01'));
    expect((await world.messages()).map((one) => one.person)).toContain(leader.key);
  });

  it('tells the second officer, and the one who comes too late, that nobody needs to telephone', async () => {
    const a = await owing('Phường hai cán bộ', ['primary']);
    world.deaf.add(a.primary?.key ?? '');
    await walk(morning('2026-11-23'));
    await world.at(noon('2026-11-23'));
    const other = await world.person('Chuyên viên hai', ['officer']);
    await world.press(officer, `go:unproven:${a.id}`);
    await world.press(other, `go:unproven:${a.id}`);
    await world.type(officer, '1');
    expect(await world.type(other, '1')).toContain('không còn cần gọi');
    expect(await world.press(a.primary ?? other, `go:unproven:${a.id}`)).not.toContain('dừng lại');
  });

  it('takes a later message of whoever was told, and a promise, as proof', async () => {
    const [wrote, promised] = [await owing('Phường đã viết'), await owing('Phường đã hẹn')];
    for (const one of [wrote, promised]) world.deaf.add(one.primary?.key ?? '');
    await walk(noon('2026-11-18'));
    await hear(wrote.primary, new Date('2026-11-18T02:00:00Z'));
    await world.store.db.$executeRaw`
      insert into reminder_step (id, obligation_id, version, step, audience, class, due_at)
      values (gen_random_uuid(), ${promised.id}::uuid, 1, 'P:2026-12-15', 'seat', 'deadline', ${morning('2026-12-15')})`;
    await walk(noon('2026-11-19'));
    expect(await stepOf(wrote.id, 'T+1')).toMatchObject({ state: 'fired', evidence: { proof: { kind: 'heard' } } });
    expect(await stepOf(promised.id, 'T+1')).toMatchObject({
      state: 'fired',
      evidence: { proof: { kind: 'answer', step: 'P:2026-12-15' } },
    });
  });

  it('does not take what was written before the reminder as proof', async () => {
    const a = await owing('Phường viết trước');
    world.deaf.add(a.primary?.key ?? '');
    await hear(a.primary, noon('2026-11-08'));
    await walk(noon('2026-11-19'));
    expect(await stepOf(a.id, 'T+1')).toMatchObject({ state: 'pending', evidence: { held: 1 } });
  });

  it('goes up to the officers and no further where nobody holds a seat', async () => {
    const a = await owing('Phường trống', []);
    await walk(noon('2026-11-30'));
    expect(await stepOf(a.id, 'T+3')).toMatchObject({ state: 'fired', evidence: { proof: { kind: 'empty-seat' } } });
    expect(await stepOf(a.id, 'T+7')).toMatchObject({ state: 'void', evidence: { reason: 'nobody-holds-the-seat' } });
    expect(world.tasks.map((task) => task.kind).sort()).toEqual(['late-report', 'silent-seat']);
    expect((await world.messages()).map((one) => one.person)).not.toContain(leader.key);
  });

  it('closes the telephone task when proof comes after all', async () => {
    const a = await owing('Phường muộn', ['primary', 'head']);
    world.deaf.add(a.primary?.key ?? '');
    await walk(morning('2026-11-23'));
    world.deaf.clear();
    await walk(morning('2026-11-24'));
    expect(world.tasks[0]).toMatchObject({ kind: 'unproven', done: 'proven' });
    expect((await world.messages()).map((one) => one.person)).toContain(officer.key);
  });
});

describe('what delivery knows', () => {
  it('counts Telegram as sent, Zalo as delivered, the page as fetched, and the deputy who stood in', async () => {
    const a = await owing('Phường kênh');
    await world.tick(morning('2026-11-09'), { outbox: createOutbox() });
    const message = await world.store.db.message.findFirstOrThrow({ where: { person: a.primary?.key ?? '' } });
    const ref = {
      source: { kind: message.sourceKind, id: message.sourceId },
      person: message.person,
      slot: message.slot,
    };
    const proven = async (channel: string, state: string) => {
      await world.store.db.attempt.updateMany({ where: { messageId: message.id }, data: { channel, state } });
      const [arrival] = await world.store.transaction((tx) => findArrivals(tx, [ref]));
      return arrival?.proven;
    };
    expect(await proven('telegram', 'sent')).toBe(true);
    expect(await proven('zalo', 'sent')).toBe(false);
    expect(await proven('zalo', 'delivered')).toBe(true);
    expect(await proven('web', 'sent')).toBe(false);
    expect(await proven('web', 'delivered')).toBe(true);
    expect(await proven('telegram', 'uncertain')).toBe(false);
    const { id: _, ...copy } = message;
    const stand = await world.store.db.message.create({
      data: { ...copy, person: a.deputy?.key ?? '', standsForId: message.id },
    });
    const attempt = await world.store.db.attempt.findFirstOrThrow({ where: { messageId: message.id } });
    await world.store.db.attempt.create({
      data: {
        messageId: stand.id,
        channel: 'telegram',
        state: 'sent',
        lane: 'bulk',
        due: attempt.due,
        conversationId: attempt.conversationId,
      },
    });
    const arrivals = await world.store.transaction((tx) => findArrivals(tx, [ref]));
    expect(arrivals.map((one) => [one.channel, one.proven])).toEqual([
      ['telegram', false],
      ['telegram', true],
    ]);
  });
});
