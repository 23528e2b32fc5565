/** Ordered changes of units in the database, and what each would touch. */
import { addDays, fromDbDate, toDbDate, type LocalDate } from '../kernel/local-date.js';
import { newId } from '../kernel/ids.js';
import type { SeatKind } from '../kernel/people.js';
import type { Db, Tx } from '../store/index.js';
import type { Unit } from './model.js';
import { endingOf, orderPlanSchema, ORDER_KINDS, type OrderPlan, type UnitOrder } from './order.js';
import { findHolders } from './store-people.js';
import { codeOf } from './unit-lines.js';

interface OrderRow {
  id: string;
  kind: string;
  plan: unknown;
  effectiveOn: Date;
  basis: string;
}

function toOrder(row: OrderRow): UnitOrder {
  const kind = ORDER_KINDS.find((known) => known === row.kind);
  if (!kind) throw new Error(`unknown kind of order ${row.kind}`);
  const { id, basis } = row;
  return { id, basis, kind, plan: orderPlanSchema.parse(row.plan), effectiveOn: fromDbDate(row.effectiveOn) };
}

/** Orders whose day has not come, the nearest first. */
export async function findPlannedOrders(tx: Tx): Promise<UnitOrder[]> {
  const rows = await tx.unitOrder.findMany({
    where: { state: 'planned' },
    orderBy: [{ effectiveOn: 'asc' }, { id: 'asc' }],
  });
  return rows.map(toOrder);
}

/** Ids of orders whose day has come by `today`, in the order in which they take effect. */
export async function findDueOrders(db: Db | Tx, today: LocalDate): Promise<string[]> {
  const rows = await db.unitOrder.findMany({
    where: { state: 'planned', effectiveOn: { lte: toDbDate(today) } },
    orderBy: [{ effectiveOn: 'asc' }, { madeAt: 'asc' }, { id: 'asc' }],
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** The days after `from` up to `to` on which an order takes effect. */
export async function findOrderDays(db: Db | Tx, from: LocalDate, to: LocalDate): Promise<LocalDate[]> {
  const rows = await db.unitOrder.findMany({
    where: { state: 'planned', effectiveOn: { gt: toDbDate(from), lte: toDbDate(to) } },
    orderBy: { effectiveOn: 'asc' },
    distinct: ['effectiveOn'],
    select: { effectiveOn: true },
  });
  return rows.map((row) => fromDbDate(row.effectiveOn));
}

/** The order, held until the transaction ends; null when it was carried out or cancelled, or another process is at it. */
export async function lockOrder(tx: Tx, id: string): Promise<UnitOrder | null> {
  const held = await tx.$queryRaw<object[]>`
    select id from unit_order where id = ${id}::uuid and state = 'planned' for update skip locked`;
  const row = held.length === 0 ? null : await tx.unitOrder.findUnique({ where: { id } });
  return row && toOrder(row);
}

export async function insertOrder(tx: Tx, order: UnitOrder, byMemberId: string | null, now: Date): Promise<void> {
  const { id, kind, plan, basis, effectiveOn } = order;
  await tx.unitOrder.create({
    data: { id, kind, plan, basis, effectiveOn: toDbDate(effectiveOn), madeAt: now, madeById: byMemberId },
  });
}

export async function finishOrder(
  tx: Tx,
  id: string,
  state: 'done' | 'cancelled' | 'void',
  outcome: Readonly<Record<string, unknown>>,
  now: Date,
): Promise<void> {
  await tx.unitOrder.update({
    where: { id },
    data: { state, doneAt: now, outcome: JSON.parse(JSON.stringify(outcome)) as object },
  });
}

/** Makes a unit in the likeness of another, valid from a day on. */
export async function insertUnitLike(tx: Tx, name: string, like: Unit, validFrom: LocalDate): Promise<string> {
  const id = newId();
  const base = codeOf(name).slice(0, 36);
  const taken = new Set(
    (await tx.unit.findMany({ where: { code: { startsWith: base } }, select: { code: true } })).map(
      (unit) => unit.code,
    ),
  );
  let code = base;
  for (let n = 2; taken.has(code); n += 1) code = `${base}-${String(n)}`;
  const { type, level, parentId } = like;
  await tx.unit.create({
    data: { id, code, name, shortName: name, type, level, parentId, validFrom: toDbDate(validFrom) },
  });
  return id;
}

/** Gives a unit another name from a day on, and keeps the one before. */
export async function renameUnit(tx: Tx, unitId: string, name: string, from: LocalDate): Promise<void> {
  const unit = await tx.unit.findUniqueOrThrow({ where: { id: unitId } });
  const until = { unitId, untilOn: toDbDate(addDays(from, -1)) };
  await tx.unitName.upsert({
    where: { unitId_untilOn: until },
    create: { ...until, name: unit.name, shortName: unit.shortName },
    update: {},
  });
  await tx.unit.update({ where: { id: unitId }, data: { name, shortName: name } });
}

/** What an order would touch, as it is now. */
export interface OrderPreview {
  /** Who will answer for the unit that goes on. */
  readonly kept: readonly SeatOfOrder[];
  /** Who loses a seat because that of the heir is taken. */
  readonly displaced: readonly SeatOfOrder[];
  /** Open reports that move, and those that the heir owes anyway. */
  readonly moving: number;
  readonly doubled: number;
  readonly campaigns: number;
  readonly registrations: number;
}

export interface SeatOfOrder {
  readonly memberId: string;
  readonly name: string;
  readonly kind: SeatKind;
  readonly unitId: string;
}

export async function previewOrder(tx: Tx, plan: OrderPlan): Promise<OrderPreview> {
  const ending = endingOf(plan);
  const [first] = plan.to;
  const heir = first && 'unitId' in first ? first.unitId : null;
  const order = [...(heir === null ? [] : [heir]), ...ending];
  const holders = (await findHolders(tx, order, ['primary', 'deputy', 'head'])).sort(
    (a, b) => order.indexOf(a.unitId) - order.indexOf(b.unitId),
  );
  const kept = new Map<SeatKind, SeatOfOrder>();
  const displaced: SeatOfOrder[] = [];
  for (const { memberId, name, kind, unitId } of holders) {
    const seat = { memberId, name, kind, unitId };
    if (kept.has(kind)) displaced.push(seat);
    else kept.set(kind, seat);
  }
  return { kept: [...kept.values()], displaced, ...(await countTouched(tx, ending, heir)) };
}

async function countTouched(tx: Tx, ending: readonly string[], heir: string | null) {
  const [row] = await tx.$queryRaw<{ open: number; kinds: number; campaigns: number; registrations: number }[]>`
    with mine as (
      select o.duty_id, o.period from obligation o
      where o.unit_id = any(${[...ending]}::uuid[]) and o.state in ('open', 'returned')
    )
    select (select count(*)::int from mine) as open,
      (select count(*)::int from (select distinct duty_id, period from mine) d where not exists (
        select 1 from obligation h where h.unit_id = ${heir}::uuid and h.duty_id = d.duty_id and h.period = d.period)) as kinds,
      (select count(distinct c.id)::int from campaign_unit p join campaign c on c.id = p.campaign_id and c.state = 'launched'
        where p.unit_id = any(${[...ending]}::uuid[])) as campaigns,
      (select count(*)::int from registration r join campaign c on c.id = r.campaign_id and c.state = 'launched'
        where r.unit_id = any(${[...ending]}::uuid[])) as registrations`;
  const { open = 0, kinds = 0, campaigns = 0, registrations = 0 } = row ?? {};
  return { moving: kinds, doubled: open - kinds, campaigns, registrations };
}
