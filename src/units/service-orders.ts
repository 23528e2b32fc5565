/** Ordering changes of units, and carrying them out, once, when their day has come. */
import { refuse, t, type Refusal, type Say, type Text } from '../conversation/index.js';
import type { Outbox } from '../delivery/ports.js';
import { formatDate } from '../kernel/format.js';
import { addDays, atLocal, localDate } from '../kernel/local-date.js';
import type { Actor, PersonKey } from '../kernel/people.js';
import { isOutage, type Db, type Store, type Tx } from '../store/index.js';
import { isClerk, seatKindText } from './model.js';
import { endingOf, orderRefusal, type UnitOrder } from './order.js';
import { openWorkTexts } from './open-work-texts.js';
import { coverInstants, tellEnded, turnCovers } from './service-covers.js';
import { officers } from './service-directory.js';
import { changeUnits, type Changed, type SuccessionHook } from './service-seats.js';
import { findActing } from './store-covers.js';
import { findOpenWork } from './store-open-work.js';
import {
  findDueOrders,
  findOrderDays,
  findPlannedOrders,
  finishOrder,
  insertOrder,
  insertUnitLike,
  lockOrder,
  renameUnit,
} from './store-orders.js';
import { findUnits, findUnitsById, insertRename } from './store-units.js';

/** What carrying an order out needs. */
export interface OrderDeps {
  readonly outbox: Outbox;
  /** How the other rooms let the heir go on. */
  readonly hooks: readonly SuccessionHook[];
}

const ORDERS_LOCK = 7_313_004;

/** Takes an order; one whose day has come is carried out at once. */
export async function takeOrder(
  tx: Tx,
  order: UnitOrder,
  actor: Actor,
  now: Date,
  deps: OrderDeps,
): Promise<Refusal | undefined> {
  if (!isClerk(actor)) return refuse('not-allowed', t('units.invite.notAllowed'));
  await tx.$queryRaw`select pg_advisory_xact_lock(${ORDERS_LOCK})::text`;
  const today = localDate(now);
  const wrong = orderRefusal(order, await findUnits(tx), await findPlannedOrders(tx), today);
  if (wrong) return wrong;
  await insertOrder(tx, order, actor.memberId, now);
  await note(tx, 'unit-order.make', order, actor.memberId, now);
  if (order.effectiveOn <= today) await carryOut(tx, order.id, now, deps);
  return undefined;
}

/** Takes an order back whose day has not come. */
export async function cancelOrder(tx: Tx, id: string, actor: Actor, now: Date): Promise<Refusal | undefined> {
  if (!isClerk(actor)) return refuse('not-allowed', t('units.invite.notAllowed'));
  const order = await lockOrder(tx, id);
  if (!order) return refuse('order-gone', t('units.order.gone'));
  await finishOrder(tx, id, 'cancelled', {}, now);
  await note(tx, 'unit-order.cancel', order, actor.memberId, now);
  return undefined;
}

const note = (tx: Tx, action: string, { id, kind, plan, effectiveOn }: UnitOrder, memberId: string | null, now: Date) =>
  tx.auditEntry.create({
    data: { at: now, memberId, action, subject: `unit-order:${id}`, data: { kind, plan, effectiveOn } },
  });

/** Carries an order out; nothing happens when it was already, or is just being. */
async function carryOut(tx: Tx, id: string, now: Date, deps: OrderDeps): Promise<boolean> {
  const order = await lockOrder(tx, id);
  if (!order) return false;
  const wrong = orderRefusal({ ...order, effectiveOn: localDate(now) }, await findUnits(tx), [], localDate(now));
  if (wrong) {
    await finishOrder(tx, id, 'void', { reason: wrong.refused }, now);
    await tellOfficers(tx, order, [t('units.order.void', wordsOf(order)), wrong.text], now, deps);
    return true;
  }
  if (order.kind === 'rename') await rename(tx, order, now, deps);
  else await change(tx, order, now, deps);
  return true;
}

async function rename(tx: Tx, order: UnitOrder, now: Date, deps: OrderDeps): Promise<void> {
  const [unitId = ''] = order.plan.from;
  const [target] = order.plan.to;
  const name = target && 'name' in target ? target.name : '';
  const [before] = await findUnitsById(tx, [unitId]);
  await renameUnit(tx, unitId, name, order.effectiveOn);
  await insertRename(tx, unitId, order);
  await finishOrder(tx, order.id, 'done', { was: before?.name ?? '' }, now);
  const words = { ...wordsOf(order), was: before?.name ?? '', name };
  await tellOfficers(tx, order, [t('units.order.renamed', words)], now, deps);
  await tellHeir(tx, order, unitId, t('units.order.renamedHeir', words), now, deps);
}

async function change(tx: Tx, order: UnitOrder, now: Date, deps: OrderDeps): Promise<void> {
  const { plan, effectiveOn, basis } = order;
  const ending = endingOf(plan);
  const [like] = await findUnitsById(tx, plan.from);
  if (!like) throw new Error(`no unit of order ${order.id}`);
  const to: string[] = [];
  for (const one of plan.to)
    to.push('unitId' in one ? one.unitId : await insertUnitLike(tx, one.name, like, effectiveOn));
  // A unit that is split and goes on is its own heir, wherever it was named.
  const heirUnitId = to.find((id) => ending.length === 0 && plan.from.includes(id)) ?? to[0] ?? '';
  const kind = order.kind === 'split' ? 'split' : 'merge';
  const from = ending.length > 0 ? ending : plan.from;
  const changed = await changeUnits(tx, { kind, from, to, effectiveOn, basis }, deps.hooks, now);
  await finishOrder(tx, order.id, 'done', { to, displaced: changed.displaced, ...changed.facts }, now);
  await tellChanged(tx, order, heirUnitId, changed, now, deps);
}

async function tellChanged(
  tx: Tx,
  order: UnitOrder,
  heirUnitId: string,
  { displaced, facts, ended }: Changed,
  now: Date,
  deps: OrderDeps,
): Promise<void> {
  const units = await findUnitsById(tx, [...order.plan.from, heirUnitId]);
  const nameOf = (id: string) => units.find((unit) => unit.id === id)?.name ?? '';
  const from = order.plan.from
    .filter((id) => id !== heirUnitId)
    .map(nameOf)
    .join(', ');
  const words = { ...wordsOf(order), from: from === '' ? nameOf(heirUnitId) : from, heir: nameOf(heirUnitId) };
  const lines = [
    t(order.kind === 'split' ? 'units.order.splitDone' : 'units.order.mergeDone', words),
    t('units.order.movedLine', { moved: facts['moved'] ?? 0, waived: facts['waived'] ?? 0 }),
    ...(displaced.length === 0 ? [] : [t('units.order.displacedLine', { names: await namesOf(tx, displaced) })]),
  ];
  await tellOfficers(tx, order, lines, now, deps);
  await tellHeir(tx, order, heirUnitId, t('units.order.heir', words), now, deps);
  for (const { memberId, kind, fromUnitId } of displaced) {
    const text = t('units.order.displaced', { ...words, kind: seatKindText(kind), unit: nameOf(fromUnitId) });
    await tell(tx, order, `displaced:${kind}`, [`m:${memberId}`], { text }, now, deps);
  }
  await tellEnded(tx, ended, now, deps.outbox, null);
}

async function namesOf(tx: Tx, displaced: Changed['displaced']): Promise<string> {
  const ids = [...new Set(displaced.map(({ memberId }) => memberId))];
  const rows = await tx.member.findMany({
    where: { id: { in: ids } },
    select: { fullName: true },
    orderBy: { id: 'asc' },
  });
  return rows.map((row) => row.fullName).join(', ');
}

const wordsOf = ({ effectiveOn, basis }: UnitOrder) => ({ day: formatDate(effectiveOn), basis });

async function tellOfficers(
  tx: Tx,
  order: UnitOrder,
  text: readonly Text[],
  now: Date,
  deps: OrderDeps,
): Promise<void> {
  const to = (await officers(tx)).map(({ person }) => person);
  await tell(tx, order, 'officers', to, { text: [...text] }, now, deps);
}

/** Whoever answers for the unit that goes on hears what it took over. */
async function tellHeir(
  tx: Tx,
  order: UnitOrder,
  heirUnitId: string,
  text: Text,
  now: Date,
  deps: OrderDeps,
): Promise<void> {
  const work = openWorkTexts(await findOpenWork(tx, heirUnitId, null), localDate(now));
  const holders = await findActing(tx, [heirUnitId], ['primary', 'deputy', 'head']);
  const people = [...new Set(holders.map((holder) => holder.personKey))];
  const buttons = [{ label: t('button.owed'), command: 'owed' }];
  await tell(tx, order, 'heir', people, { text: [text, ...work], buttons }, now, deps);
}

async function tell(
  tx: Tx,
  { id }: UnitOrder,
  slot: string,
  people: readonly PersonKey[],
  say: Say,
  now: Date,
  { outbox }: OrderDeps,
): Promise<void> {
  if (people.length === 0) return;
  const to = people.map((person) => ({ person }));
  await outbox.tell(tx, { source: { kind: 'unit-order', id }, slot, class: 'deadline', to, say: [say] }, now);
}

const ORDER_TIMEOUT_MS = 30_000;

export interface UnitsDayDeps extends OrderDeps {
  readonly store: Store;
  /** An order that fails must not stop reminders: it is told here and tried again. */
  readonly failed: (error: unknown, orderId: string) => void;
}

/**
 * Builds what a new day brings to units: changes take effect, leaves begin and end. It may run twice, and in any
 * number of processes at once.
 */
export function createUnitsDay(deps: UnitsDayDeps) {
  const { store, outbox } = deps;
  return async function unitsDay(now: Date): Promise<number> {
    let done = 0;
    for (const id of await findDueOrders(store.db, localDate(now))) {
      try {
        const isDone = await store.transaction((tx) => carryOut(tx, id, now, deps), { timeoutMs: ORDER_TIMEOUT_MS });
        if (isDone) done += 1;
      } catch (error) {
        if (isOutage(error)) throw error;
        deps.failed(error, id);
      }
    }
    return done + (await store.transaction((tx) => turnCovers(tx, now, outbox)));
  };
}

/** The instants after `from` up to `to` at which a new day brings something to units, in order. */
export async function unitInstants(db: Db | Tx, from: Date, to: Date): Promise<Date[]> {
  const days = await findOrderDays(db, addDays(localDate(from), -1), localDate(to));
  const orders = days.map((day) => atLocal(day, '00:00')).filter((at) => at > from && at <= to);
  return [...orders, ...(await coverInstants(db, from, to))].sort((a, b) => a.getTime() - b.getTime());
}
