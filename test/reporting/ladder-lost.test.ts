/** What must not get lost on the way: an urging, a step that stopped, units beside one that fails. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import type { Outbox } from '../../src/delivery/index.js';
import { deferredUntil } from '../../src/reporting/reminding/cap.js';
import { planFiring, type DueStep } from '../../src/reporting/reminding/firing.js';
import { buildCalendar } from '../../src/kernel/calendar.js';
import { morning, noon, World, type Person } from './world.js';

const OPENED = noon('2026-11-12');
const DUE = '2026-11-18';

let world: World;
let officer: Person;
beforeAll(async () => {
  world = await World.create();
  officer = await world.person('Chuyên viên Hoa', ['officer']);
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.store.db.$executeRawUnsafe('truncate told, reminder_step, submission, obligation, duty, setting cascade');
  world.tasks.length = 0;
  world.deaf.clear();
});

async function owing(name: string, more: object = {}): Promise<{ unitId: string; id: string; primary: Person }> {
  const unitId = await world.unit(name);
  const primary = await world.seat(unitId, 'primary', `Đầu mối ${name}`);
  const { of } = await world.duty({ dueOn: DUE, unitIds: [unitId], ...more }, OPENED);
  return { unitId, id: of(unitId), primary };
}

const texts = async (person: Person) =>
  (await world.messages()).filter((one) => one.person === person.key).map((one) => one.text);

describe('an urging', () => {
  it('is told again on the same day when the first never spoke', async () => {
    const a = await owing('Phường hẹn ngay');
    await world.at(noon('2026-11-16'));
    await world.press(officer, `go:urge:one:${a.id}`);
    await world.type(officer, 'gửi');
    // The seat's promise leaves it in peace before the tick; the officer asks again.
    await world.store.db.reminderStep.updateMany({
      where: { obligationId: a.id, step: { startsWith: 'U:' } },
      data: { state: 'void', evidence: { reason: 'promised' } },
    });
    await world.type(officer, 'menu');
    await world.press(officer, `go:urge:one:${a.id}`);
    expect(await world.type(officer, 'gửi')).toContain('✅');
    await world.tick(new Date('2026-11-16T05:10:00Z'));
    expect((await texts(a.primary)).join('\n')).toContain('Chuyên viên Hoa');
  });

  it('is not swallowed by a step that goes up and falls due before it was told', () => {
    const obligation = { id: 'o', version: 1, state: 'open' } as DueStep['obligation'];
    const base = { version: 1, class: 'deadline', obligation };
    const urged: DueStep = { ...base, id: '1', step: 'U:2026-11-18', audience: 'seat', dueAt: noon('2026-11-18') };
    const head: DueStep = { ...base, id: '2', step: 'T+1', audience: 'head', dueAt: morning('2026-11-19') };
    const plan = planFiring([urged, head], morning('2026-11-19'));
    expect(plan.voided).toEqual([]);
    expect(plan.fire.map((step) => step.step)).toEqual(['T+1', 'U:2026-11-18']);
  });
});

describe('a step that stopped for want of proof', () => {
  it('goes on when a later one finds the proof', async () => {
    const a = await owing('Phường muộn bằng chứng');
    const head = await world.seat(a.unitId, 'head', 'Thủ trưởng');
    world.deaf.add(a.primary.key).add(head.key);
    for (const day of ['13', '16', '17', '18', '19', '20', '23'].map((one) => `2026-11-${one}`)) {
      await world.tick(morning(day));
    }
    expect((await world.steps(a.id)).filter((step) => step.includes(' T+1'))).toEqual(['v1 T+1 void']);
    expect(world.tasks.find((task) => task.kind === 'unproven')?.done).toBeUndefined();
    world.deaf.clear();
    await world.tick(morning('2026-11-24'));
    await world.tick(morning('2026-11-24'));
    expect(await texts(head)).toHaveLength(1);
    expect((await world.steps(a.id)).filter((step) => / T\+[13] /.test(step)).sort()).toEqual([
      'v1 T+1 fired',
      'v1 T+3 fired',
    ]);
    expect(world.tasks.find((task) => task.kind === 'unproven')?.done).toBe('proven');
    expect(world.tasks.some((task) => task.kind === 'late-report' && task.done === undefined)).toBe(true);
  });
});

describe('one unit that fails', () => {
  it('silences no other, and the tick says that it failed', async () => {
    const [bad, good] = [await owing('Phường hỏng'), await owing('Phường lành')];
    const outbox: Outbox = {
      reply: (tx, reply) => world.told.reply(tx, reply),
      broadcast: () => world.told.broadcast(),
      tell: (tx, notice, now) =>
        notice.to.some((one) => one.person === bad.primary.key)
          ? Promise.reject(new Error('broken'))
          : world.told.tell(tx, notice, now),
    };
    await expect(world.tick(morning('2026-11-13'), { outbox })).rejects.toThrow('broken');
    expect(await texts(good.primary)).toHaveLength(1);
    await world.tick(morning('2026-11-13'));
    expect(await texts(bad.primary)).toHaveLength(1);
    expect(await texts(good.primary)).toHaveLength(1);
  });
});

describe('quiet hours', () => {
  it('put the step off, so that a report handed in at night is not asked for in the morning', async () => {
    const a = await owing('Phường đêm');
    const id = newId();
    const night = new Date('2026-11-13T16:00:00Z'); // 23:00
    await world.store.db.reminderStep.create({
      data: { id, obligationId: a.id, version: 1, step: 'Z:1', audience: 'seat', class: 'deadline', dueAt: night },
    });
    await world.store.db.reminderStep.deleteMany({ where: { obligationId: a.id, step: 'T-3' } });
    await world.tick(night);
    expect(await world.messages()).toEqual([]);
    const kept = await world.store.db.reminderStep.findUniqueOrThrow({ where: { id } });
    expect(kept.dueAt).toEqual(new Date('2026-11-13T23:30:00Z'));
    expect(kept.evidence).toMatchObject({ deferred: { why: 'quiet-hours' } });
    await world.store.db.obligation.update({ where: { id: a.id }, data: { state: 'submitted' } });
    await world.tick(new Date('2026-11-13T23:30:00Z'));
    expect(await world.messages()).toEqual([]);
  });

  it('are told apart from hours of one’s own', () => {
    const quiet = { from: '21:00', to: '06:30' };
    const rules = { now: new Date('2026-11-13T16:00:00Z'), perDay: 2, calendar: buildCalendar([]), quiet };
    expect(deferredUntil({ heard: 0, hours: null }, rules)?.why).toBe('quiet-hours');
    expect(deferredUntil({ heard: 0, hours: { from: '09:00', to: '17:00' } }, rules)?.why).toBe('own-hours');
    expect(deferredUntil({ heard: 0, hours: null }, { ...rules, quiet: null })).toBeNull();
  });
});
