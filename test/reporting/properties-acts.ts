/** What people of a province do, through the handlers that their conversations call. */
import { loadCalendar } from '../../src/calendar/index.js';
import type { Effect } from '../../src/conversation/index.js';
import { buildEffectTable } from '../../src/inbox/index.js';
import { newCode, newId } from '../../src/kernel/ids.js';
import { addDays, localDate } from '../../src/kernel/local-date.js';
import {
  createReportingEffects,
  createReportingReads,
  createSuccession,
  findDueInstants,
} from '../../src/reporting/index.js';
import * as effects from '../../src/reporting/effects.js';
import { isLate } from '../../src/reporting/model.js';
import { keepRemindHours } from '../../src/reporting/reminding/listening-store.js';
import { ALL_SEATS } from '../../src/reporting/ports.js';
import { changeUnits, handOverSeat, loadActor } from '../../src/units/index.js';
import type { Action } from './properties-plan.js';
import { SEATS, type Owed, type Province } from './properties-province.js';

const HOUR_MS = 3_600_000;
const MONTH_MS = 30 * 24 * HOUR_MS;

/** Does one thing; what is not possible now is refused and changes nothing. */
export async function act(province: Province, action: Action): Promise<void> {
  const { n } = action;
  const later = new Date(province.now.getTime() + n * HOUR_MS);
  switch (action.kind) {
    case 'clock':
      return province.walk(later);
    case 'next':
      return walkToNext(province, later);
    case 'all-deaf-then-speak':
    case 'all-deaf-then-reached':
      await hear(province, { ...action, kind: 'all-deaf' });
      await walkToNext(province, later);
      return act(province, { ...action, kind: action.kind === 'all-deaf-then-speak' ? 'speak' : 'reached' });
    case 'outage':
      province.past.add('outage');
      return province.leap(later);
    case 'tick':
      return province.ticks(1);
    case 'tick-twice':
      return province.ticks(2);
    case 'ticks-at-once':
      return province.ticks(2, true);
    case 'restart':
      province.restart();
      return;
    case 'deaf':
    case 'all-deaf':
    case 'hearing':
      return hear(province, action);
    case 'speak':
      return speak(province, action);
    case 'own-hours':
    case 'any-hour':
      return chooseHours(province, action);
    case 'hand-over':
    case 'vacate':
      return changeSeat(province, action);
    case 'merge':
      return merge(province, action);
    default:
      return answer(province, action);
  }
}

/** What happens then comes between that moment and the one after it. */
async function walkToNext(province: Province, otherwise: Date): Promise<void> {
  const [next] = await findDueInstants(province.world.store.db, new Date(otherwise.getTime() + MONTH_MS));
  await province.walk(next ?? otherwise);
}

async function holders(province: Province, unitId: string) {
  const { world } = province;
  return world.store.transaction((tx) => world.deps.seats.holdersOf(tx, [unitId], ALL_SEATS));
}

async function hear(province: Province, { kind, unit, n }: Action): Promise<void> {
  const all = (await holders(province, province.units[unit] ?? '')).map(({ personKey }) => personKey);
  const keys = kind === 'all-deaf' ? all : all.slice(n % (all.length || 1)).slice(0, 1);
  for (const key of keys) {
    if (kind === 'hearing') province.world.deaf.delete(key);
    else province.world.deaf.add(key);
  }
  if (kind !== 'hearing' && keys.length > 0) province.past.add('deaf');
}

/** Somebody of the unit writes, about whatever it is. */
async function speak(province: Province, { unit, n }: Action): Promise<void> {
  const all = await holders(province, province.units[unit] ?? '');
  const memberId = all[n % (all.length || 1)]?.personKey.slice(2);
  if (memberId === undefined) return;
  await province.world.store.db.contact.updateMany({ where: { memberId }, data: { lastInboundAt: province.now } });
}

/** A person wants to be reminded in three hours of the day, or gives that up. */
async function chooseHours(province: Province, { kind, unit, n }: Action): Promise<void> {
  const all = await holders(province, province.units[unit] ?? '');
  const key = all[n % (all.length || 1)]?.personKey;
  if (key === undefined) return;
  const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`;
  const hours = kind === 'any-hour' ? null : { from: clock(n % 20), to: clock((n % 20) + 3) };
  await province.world.store.transaction((tx) => keepRemindHours(tx, key.slice(2), hours));
}

/** A seat goes to a colleague, or to nobody. */
async function changeSeat(province: Province, { kind, unit, n }: Action): Promise<void> {
  const { world, now } = province;
  const seats = await world.store.db.seat.findMany({
    where: { unitId: province.units[unit] ?? '', kind: SEATS[n % 3] ?? 'primary' },
  });
  const [seat] = seats;
  if (!seat || province.gone.has(unit)) return;
  if (kind === 'vacate') province.past.add('vacated');
  const next = kind === 'vacate' ? null : await world.person('Đồng nghiệp');
  await world.store.transaction((tx) => handOverSeat(tx, { seatId: seat.id, toMemberId: next?.memberId ?? null, now }));
}

async function merge(province: Province, { unit, n }: Action): Promise<void> {
  const { world, now, units, gone } = province;
  const into = (unit + 1 + (n % 2)) % 3;
  const [from, to] = [units[unit], units[into]];
  if (from === undefined || to === undefined || gone.has(unit) || gone.has(into)) return;
  const rows = await world.store.db.obligation.findMany({ where: { unitId: { in: [from, to] } } });
  gone.add(unit);
  const change = {
    kind: 'merge',
    from: [from],
    to: [to],
    effectiveOn: localDate(now),
    basis: 'Nghị quyết số 1',
  } as const;
  await world.store.transaction((tx) => changeUnits(tx, change, [createSuccession({ tasks: world.deps.tasks })], now));
  for (const row of rows) {
    const owed = province.owed.find((one) => one.id === row.id);
    if (!owed?.owing || row.unitId !== from) continue;
    owed.past.add('merged');
    // What the heir owes itself is owed once.
    if (rows.some((other) => other.unitId === to && other.dutyId === row.dutyId)) owed.owing = false;
    else owed.plannedAt = now;
  }
}

/** What a unit answers to what it owes, or an officer decides on it. */
async function answer(province: Province, action: Action): Promise<void> {
  const all = province.owed.filter((one) => one.home === action.unit);
  const owed = all.find((one) => one.duty === action.duty) ?? all[0];
  if (!owed) return;
  const { db } = province.world.store;
  const { unitId } = await db.obligation.findUniqueOrThrow({ where: { id: owed.id }, select: { unitId: true } });
  const people = await holders(province, unitId);
  const person = people[action.n % (people.length || 1)]?.personKey.slice(2);
  if (action.kind === 'return' || action.kind === 'reached') return decide(province, owed, action);
  if (person === undefined) return;
  const asked = await effectOf(province, owed, action, person);
  if (!(await order(province, person, asked))) return;
  if (action.kind === 'submit') owed.owing = false;
  if (action.kind === 'extend') return grant(province, owed);
  owed.past.add(action.kind);
}

async function effectOf(province: Province, owed: Owed, { kind, n }: Action, person: string): Promise<Effect> {
  const obligationId = owed.id;
  const today = localDate(province.now);
  const view = await province.world.store.transaction(async (tx) => ({
    obligation: await createReportingReads(tx).obligation(obligationId),
    calendar: await loadCalendar(tx),
  }));
  const { obligation, calendar } = view;
  if (!obligation) throw new Error('the obligation is gone');
  if (kind === 'promise') return effects.promiseReport({ obligationId, day: addDays(today, n % 9) });
  if (kind === 'snooze') return effects.snoozeReport({ obligationId, day: addDays(today, n % 4) });
  if (kind === 'assign') return effects.assignReport({ obligationId, memberId: n % 4 === 0 ? null : person });
  if (kind === 'extend') {
    const from = obligation.dueOn > today ? obligation.dueOn : today;
    return effects.askExtension({
      obligationId,
      day: calendar.addWorkingDays(from, 1 + (n % 8)),
      reason: 'Chờ số liệu',
    });
  }
  const body = { kind: 'text', text: 'Đã tổ chức sơ kết tại đơn vị.', values: {}, fileIds: [] } as const;
  const seen = { version: obligation.latest?.version ?? 0, late: isLate(province.now, obligation.dueAt) };
  return effects.submitReport({ obligationId, code: newCode('BC', 8), body, seen });
}

async function grant(province: Province, owed: Owed): Promise<void> {
  const { db } = province.world.store;
  const request = await db.extension.findFirstOrThrow({ where: { obligationId: owed.id, state: 'asked' } });
  const day = request.wantedOn.toISOString().slice(0, 10);
  const granted = effects.grantExtension({ extensionId: request.id, obligationId: owed.id, day });
  if (await order(province, province.officer?.memberId ?? '', granted)) owed.plannedAt = province.now;
}

async function decide(province: Province, owed: Owed, { kind, n }: Action): Promise<void> {
  const memberId = province.officer?.memberId ?? '';
  if (kind === 'reached') {
    await order(province, memberId, effects.confirmReached({ obligationId: owed.id }));
    return;
  }
  const { db } = province.world.store;
  const last = await db.submission.findFirst({ where: { obligationId: owed.id }, orderBy: { version: 'desc' } });
  if (!last) return;
  // The term never ends before the due day that stands.
  const { dueAt } = await db.obligation.findUniqueOrThrow({ where: { id: owed.id }, select: { dueAt: true } });
  const dueOn = [addDays(localDate(province.now), n % 10), localDate(dueAt)].sort().at(-1) ?? '';
  const returned = effects.returnReport({ submissionId: last.id, reason: 'Thiếu số liệu', dueOn, missing: null });
  if (!(await order(province, memberId, returned))) return;
  owed.owing = true;
  owed.plannedAt = province.now;
}

class Refused extends Error {}

/** Has an effect carried out as this person wants it; false when it is refused. */
async function order({ world, now }: Province, memberId: string, effect: Effect): Promise<boolean> {
  const table = buildEffectTable(createReportingEffects(world.deps));
  const contact = await world.store.db.contact.update({
    where: { id: (await world.store.db.contact.findFirstOrThrow({ where: { memberId } })).id },
    data: { lastInboundAt: now },
  });
  try {
    await world.store.transaction(async (tx) => {
      const actor = await loadActor(tx, contact.id);
      const at = { tx, now, heardAt: now, actor, inboundId: newId(), outbox: world.told, newId, newCode };
      const refusal = await table.get(effect.type)?.apply(effect.payload, at);
      if (refusal) throw new Refused(refusal.refused);
    });
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}
