/** The last look at a change of units: who keeps a seat, who loses one, what moves. */
import { z } from 'zod';
import { defineStep, t, type Move, type Text } from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import { orderEffect } from './effects.js';
import { menuButton } from './invite-texts.js';
import { listText, seatKindText, type Unit } from './model.js';
import { endingOf, orderPlanSchema, orderRefusal, ORDER_KINDS, type OrderPlan, type UnitOrder } from './order.js';
import type { UnitsReadPort } from './reads.js';
import type { OrderPreview, SeatOfOrder } from './store-orders.js';

export const orderData = z.object({
  kind: z.enum(ORDER_KINDS),
  from: orderPlanSchema.shape.from.optional(),
  to: orderPlanSchema.shape.to.optional(),
  day: z.string().optional(),
  basis: z.string().optional(),
});
export type OrderData = z.infer<typeof orderData>;
type Target = OrderPlan['to'][number];

export const unitName = (units: readonly Unit[], id: string | undefined): string =>
  units.find((unit) => unit.id === id)?.name ?? '?';
export const targetName = (units: readonly Unit[], target: Target): string =>
  'name' in target ? target.name : unitName(units, target.unitId);

interface Last {
  readonly units: readonly Unit[];
  readonly others: readonly UnitOrder[];
  readonly preview: OrderPreview;
}

const wishOf = ({ kind, from = [], to = [], day = '', basis = '' }: OrderData): Omit<UnitOrder, 'id'> => ({
  kind,
  plan: { from, to },
  effectiveOn: day,
  basis,
});

export const confirmStep = defineStep<OrderData, UnitsReadPort, Last>({
  load: async (read, { data }) => ({
    units: await read.units.allUnits(),
    others: await read.units.unitOrders(),
    preview: await read.units.orderPreview(wishOf(data).plan),
  }),
  ask: ({ data, loaded, today }) => {
    const wrong = orderRefusal(wishOf(data), loaded.units, loaded.others, today);
    if (wrong) return { to: 'from', data: { kind: data.kind }, say: [{ text: wrong.text }] };
    return {
      text: [
        ...titleOf(data, loaded.units),
        ...(data.kind === 'rename' ? [t('units.order.renameKeeps')] : effectLines(data, loaded)),
        t((data.day ?? '') <= today ? 'units.order.now' : 'units.order.later', { day: formatDate(data.day ?? '') }),
      ],
      options: [
        { value: 'yes', label: t('units.order.yes'), words: ['đồng ý', 'xác nhận', 'có'] },
        { value: 'no', label: t('units.order.no'), words: ['thôi', 'không'] },
      ],
    };
  },
  answer: ({ data, today, newId }, answer): Move<OrderData> => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value !== 'yes') return { end: true, say: [{ text: t('units.order.dropped'), buttons: [menuButton] }] };
    const words = { day: formatDate(data.day ?? '') };
    const list = { label: t('units.order.listButton'), command: 'unit-orders' };
    const isNow = (data.day ?? '') <= today;
    return {
      end: true,
      say: [{ text: t(isNow ? 'units.order.taken' : 'units.order.planned', words), buttons: [list, menuButton] }],
      effects: [orderEffect({ id: newId(), ...wishOf(data) })],
    };
  },
  refused: ({ data }, refusal) => ({ to: 'from', data: { kind: data.kind }, say: [{ text: refusal.text }] }),
});

const TITLE = {
  merge: 'units.order.titleMerge',
  split: 'units.order.titleSplit',
  rename: 'units.order.titleRename',
} as const;

function titleOf({ kind, from = [], to = [], day = '', basis = '' }: OrderData, units: readonly Unit[]): Text[] {
  const heir = to[0] === undefined ? '?' : targetName(units, to[0]);
  const words = {
    from: from.map((id) => unitName(units, id)).join(', '),
    to: to.map((one) => targetName(units, one)).join(', '),
    heir,
    day: formatDate(day),
  };
  return [t(TITLE[kind], words), t('units.order.basis', { basis })];
}

/** What happens to people and work. */
function effectLines(data: OrderData, { preview, units }: Last): Text[] {
  const { kept, displaced, moving, doubled, campaigns, registrations } = preview;
  // A split unit that goes on keeps its seats and its work.
  if (endingOf(wishOf(data).plan).length === 0) return [t('units.order.splitKeeps')];
  const seat = ({ name, kind, unitId }: SeatOfOrder): Text =>
    t('units.order.seat', { name, kind: seatKindText(kind), unit: unitName(units, unitId) });
  return [
    kept.length === 0 ? t('units.order.nobodyKept') : t('units.order.kept', { seats: listText(kept.map(seat)) }),
    ...(displaced.length === 0 ? [] : [t('units.order.displacedSeats', { seats: listText(displaced.map(seat)) })]),
    t('units.order.work', { moving, campaigns, registrations }),
    ...(doubled === 0 ? [] : [t('units.order.doubled', { n: doubled })]),
  ];
}
