/** A change of units that somebody orders for a day: what it says, and what makes it impossible. */
import { z } from 'zod';
import { refuse, t, type Refusal } from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import { addDays, type LocalDate } from '../kernel/local-date.js';
import { fold } from '../kernel/text.js';
import { isValidOn, type Unit } from './model.js';

export const ORDER_KINDS = ['merge', 'split', 'rename'] as const;
export type OrderKind = (typeof ORDER_KINDS)[number];

/** Who ends, and who goes on: units that are there, or names of new ones. The first that goes on is the heir. */
export const orderPlanSchema = z.object({
  from: z.array(z.string()).min(1),
  to: z.array(z.union([z.object({ unitId: z.string() }), z.object({ name: z.string() })])).min(1),
});
export type OrderPlan = z.infer<typeof orderPlanSchema>;

export interface UnitOrder {
  readonly id: string;
  readonly kind: OrderKind;
  readonly plan: OrderPlan;
  readonly effectiveOn: LocalDate;
  readonly basis: string;
}

/** How far back a change may take effect that the office hears of late. */
export const LONGEST_PAST = 365;
/** How far ahead one may be ordered. */
export const LONGEST_AHEAD = 730;
const NAME_LIMIT = 200;
const MOST_UNITS = 50;

/** Why the day will not do; null when it does. */
export function dayRefusal(day: LocalDate, today: LocalDate): Refusal | null {
  if (day < addDays(today, -LONGEST_PAST)) return refuse('too-old', t('units.order.tooOld', { most: LONGEST_PAST }));
  return day > addDays(today, LONGEST_AHEAD) ? refuse('too-far', t('units.order.tooFar')) : null;
}

/** A name for a unit, in one line; null when it cannot be one. */
export function unitNameOf(typed: string): string | null {
  const name = typed.replace(/\s+/g, ' ').trim();
  return /\p{L}/u.test(name) && name.length <= NAME_LIMIT ? name : null;
}

/** The units that end: those that go on themselves are left out. */
export const endingOf = ({ from, to }: OrderPlan): string[] =>
  from.filter((id) => !to.some((one) => 'unitId' in one && one.unitId === id));

/** Why this cannot be ordered, with the units and the other orders as they are; null when it can. */
export function orderRefusal(
  order: Omit<UnitOrder, 'id'>,
  units: readonly Unit[],
  others: readonly UnitOrder[],
  today: LocalDate,
): Refusal | null {
  const { kind, plan, effectiveOn } = order;
  const wrongDay = dayRefusal(effectiveOn, today);
  if (wrongDay) return wrongDay;
  const ids = [...plan.from, ...plan.to.flatMap((one) => ('unitId' in one ? [one.unitId] : []))];
  const ends = endingOf(plan);
  const isThere = (id: string) => units.some((unit) => unit.id === id && isValidOn(unit, today));
  const lost = ids.find((id) => !isThere(id));
  if (lost !== undefined) return refuse('unit-gone', t('units.order.unitGone', { unit: nameIn(units, lost) }));
  // Nothing ends before it began.
  const young = units.find(({ id, validFrom }) => ends.includes(id) && validFrom !== null && validFrom >= effectiveOn);
  if (young)
    return refuse(
      'unit-young',
      t('units.order.unitYoung', { unit: young.name, from: formatDate(young.validFrom ?? '') }),
    );
  const busy = others.find((other) => namedIn(other).some((id) => ids.includes(id)));
  if (busy) {
    const both = namedIn(busy).find((id) => ids.includes(id)) ?? '';
    return refuse('busy', t('units.order.busy', { unit: nameIn(units, both), day: formatDate(busy.effectiveOn) }));
  }
  if (plan.from.length > MOST_UNITS || plan.to.length > MOST_UNITS)
    return refuse('too-many', t('units.order.tooMany', { most: MOST_UNITS }));
  return shapeRefusal(kind, plan) ?? olderRefusal(order, units) ?? nameRefusal(plan, units, today);
}

/** A name between two others would be called the latest. */
function olderRefusal({ kind, plan, effectiveOn }: Omit<UnitOrder, 'id'>, units: readonly Unit[]): Refusal | null {
  const unit = units.find(({ id }) => kind === 'rename' && id === plan.from[0]);
  const since = unit?.namedSince ?? null;
  return unit && since !== null && effectiveOn < since
    ? refuse('name-older', t('units.order.nameOlder', { unit: unit.name, from: formatDate(since) }))
    : null;
}

function shapeRefusal(kind: OrderKind, plan: OrderPlan): Refusal | null {
  if (kind === 'merge' && (endingOf(plan).length === 0 || new Set([...plan.from, ...targetsOf(plan)]).size < 2))
    return refuse('too-few', t('units.order.twoUnits'));
  if (kind === 'split' && (plan.from.length !== 1 || plan.to.length < 2))
    return refuse('too-few', t('units.order.twoParts'));
  return null;
}

const targetsOf = ({ to }: OrderPlan): string[] => to.map((one) => ('unitId' in one ? one.unitId : `new:${one.name}`));
const namedIn = ({ plan }: UnitOrder): string[] => [
  ...plan.from,
  ...plan.to.flatMap((one) => ('unitId' in one ? [one.unitId] : [])),
];
const nameIn = (units: readonly Unit[], id: string): string => units.find((unit) => unit.id === id)?.name ?? '?';

/** A new name that a unit of today bears, or that is given twice, would make two units of one name. */
function nameRefusal({ from, to }: OrderPlan, units: readonly Unit[], today: LocalDate): Refusal | null {
  const names = to.flatMap((one) => ('name' in one ? [one.name] : []));
  const seen = new Set<string>();
  for (const name of names) {
    const taken = units.some(
      (unit) => isValidOn(unit, today) && !from.includes(unit.id) && fold(unit.name) === fold(name),
    );
    if (taken || seen.has(fold(name))) return refuse('name-taken', t('units.order.nameTaken', { name }));
    seen.add(fold(name));
  }
  return null;
}
