/** "Sáp nhập đơn vị", "chia tách đơn vị", "đổi tên đơn vị": ordered for a day, looked at before, and taken back until then. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Flow,
  type Move,
  type Option,
} from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import { fold } from '../kernel/text.js';
import type { LocalDate } from '../kernel/local-date.js';
import { parseDate } from '../kernel/parse-date.js';
import { cancelOrderEffect } from './effects.js';
import { confirmStep, targetName, unitName, type OrderData, orderData } from './flow-orders-confirm.js';
import { menuButton } from './invite-texts.js';
import { isClerk, type Unit } from './model.js';
import { dayRefusal, unitNameOf, type OrderKind, type UnitOrder } from './order.js';
import type { UnitsReadPort } from './reads.js';
import { searchUnits } from './search.js';
import { readUnitNames } from './unit-lines.js';

type Data = OrderData;
type Reads = UnitsReadPort;

const order = (name: string, words: readonly string[], kind: OrderKind) =>
  defineCommand<Data, Reads>({
    name,
    words,
    allow: isClerk,
    start: () => ({ to: 'from', data: { kind } }),
  });

const ASK_FROM = {
  merge: 'units.order.askMerge',
  split: 'units.order.askSplit',
  rename: 'units.order.askRename',
} as const;

/** The units that the change begins with; several lines for a merge. */
const fromStep = defineStep<Data, Reads, Unit[]>({
  load: (read, { now }) => read.units.unitsAt(now),
  ask: ({ data }) => ({
    text: t(ASK_FROM[data.kind]),
    free: true,
    buttons: [{ label: t('units.order.listButton'), command: 'unit-orders' }],
  }),
  answer: ({ data, loaded, today }, answer): Move<Data> => {
    if (answer.kind !== 'text') return { again: t(ASK_FROM[data.kind]) };
    const { units, errors } = readUnitNames(answer.text, loaded, today);
    const [error] = errors;
    if (error) return { again: t('units.add.error', { line: error.line, text: error.text }) };
    const ids = units.map((unit) => unit.id);
    if (data.kind === 'merge')
      return ids.length < 2 ? { again: t('units.order.twoUnits') } : next({ ...data, from: ids });
    return ids.length === 1 ? next({ ...data, from: ids }) : { again: t('units.order.oneUnit') };
  },
});

const next = (data: Data): Move<Data> => ({ to: data.kind === 'merge' ? 'heir' : 'names', data });

/** Which of the merged units goes on; or the name of a new one. */
const heirStep = defineStep<Data, Reads, Unit[]>({
  load: (read, { data }) => read.units.unitsById(data.from ?? []),
  ask: ({ loaded }) => ({
    text: t('units.order.askHeir'),
    free: true,
    options: loaded.map((unit): Option => ({ value: unit.id, label: raw(unit.name), words: [unit.code] })),
  }),
  answer: ({ data, loaded }, answer): Move<Data> => {
    if (answer.kind === 'option' && loaded.some((unit) => unit.id === answer.value))
      return { to: 'day', data: { ...data, to: [{ unitId: answer.value }] } };
    const name = answer.kind === 'text' ? unitNameOf(answer.text) : null;
    return name === null ? { again: t('units.order.badName') } : { to: 'day', data: { ...data, to: [{ name }] } };
  },
});

/** The parts of a split, the first the heir of what is open; or the new name. */
const namesStep = defineStep<Data, Reads, Unit[]>({
  load: (read, { now }) => read.units.unitsAt(now),
  ask: ({ data, loaded }) => ({
    text: t(data.kind === 'split' ? 'units.order.askParts' : 'units.order.askNewName', {
      unit: unitName(loaded, data.from?.[0]),
    }),
  }),
  answer: ({ data, loaded, today }, answer): Move<Data> => {
    const typed = answer.kind === 'text' ? answer.text.split(/[\n;]/).filter((line) => line.trim() !== '') : [];
    const names = typed.map(unitNameOf);
    if (names.length === 0 || names.includes(null)) return { again: t('units.order.badName') };
    const said = names.flatMap((name) => (name === null ? [] : [name]));
    const [first = ''] = said;
    if (data.kind === 'rename') {
      if (said.length > 1) return { again: t('units.order.oneName') };
      if (first === unitName(loaded, data.from?.[0])) return { again: t('units.order.sameName') };
      return { to: 'day', data: { ...data, to: [{ name: first }] } };
    }
    if (said.length < 2) return { again: t('units.order.twoParts') };
    return { to: 'day', data: { ...data, to: said.map((name) => partOf(name, loaded, today)) } };
  },
});

/** A part that is there already under exactly this name, or a new one. */
function partOf(name: string, units: readonly Unit[], today: LocalDate): { unitId: string } | { name: string } {
  const [found] = searchUnits(units, name, today, 1);
  return found && fold(found.name) === fold(name) ? { unitId: found.id } : { name };
}

const dayStep = defineStep<Data, Reads>({
  ask: () => ({ text: t('units.order.askDay') }),
  answer: ({ data, today }, answer): Move<Data> => {
    const day = answer.kind === 'text' ? parseDate(answer.text, today) : null;
    if (day === null) return { again: t('units.order.badDay') };
    const wrong = dayRefusal(day, today);
    return wrong ? { again: wrong.text } : { to: 'basis', data: { ...data, day } };
  },
});

const BASIS_MAX = 300;

const basisStep = defineStep<Data, Reads>({
  ask: () => ({ text: t('units.order.askBasis') }),
  answer: ({ data }, answer): Move<Data> => {
    const basis = answer.kind === 'text' ? answer.text.replace(/\s+/g, ' ').trim() : '';
    if (basis === '') return { again: t('units.order.askBasis') };
    if (basis.length > BASIS_MAX)
      return { again: t('units.order.longBasis', { most: BASIS_MAX, length: basis.length }) };
    return { to: 'confirm', data: { ...data, basis } };
  },
});

interface Listed {
  readonly orders: readonly UnitOrder[];
  readonly units: readonly Unit[];
}

const ORDER_LINE = {
  merge: 'units.order.lineMerge',
  split: 'units.order.lineSplit',
  rename: 'units.order.lineRename',
} as const;

const listStep = defineStep<object, Reads, Listed>({
  load: async (read) => ({ orders: await read.units.unitOrders(), units: await read.units.allUnits() }),
  ask: ({ loaded: { orders, units } }) => {
    if (orders.length === 0) return { end: true, say: [{ text: t('units.order.none'), buttons: [menuButton] }] };
    return {
      text: [
        t('units.order.listTitle'),
        ...orders.map(({ kind, plan, effectiveOn }, n) =>
          t(ORDER_LINE[kind], {
            n: n + 1,
            day: formatDate(effectiveOn),
            from: plan.from.map((id) => unitName(units, id)).join(', '),
            to: plan.to.map((one) => targetName(units, one)).join(', '),
          }),
        ),
        t('units.order.listChoose'),
      ],
      options: orders.map((one, n) => ({ value: one.id, label: raw(String(n + 1)) })),
      buttons: [menuButton],
    };
  },
  answer: ({ loaded }, answer): Move<object> => {
    const one = loaded.orders.find(({ id }) => answer.kind === 'option' && id === answer.value);
    if (!one) return { again: t('conversation.chooseOne') };
    return {
      end: true,
      say: [{ text: t('units.order.cancelled', { day: formatDate(one.effectiveOn) }), buttons: [menuButton] }],
      effects: [cancelOrderEffect({ id: one.id })],
    };
  },
  refused: (_, refusal) => ({ end: true, say: [{ text: refusal.text, buttons: [menuButton] }] }),
});

export const ordersFlow: Flow<Data, Reads> = defineFlow<Data, Reads>({
  name: 'change-units',
  version: 1,
  data: orderData,
  commands: [
    order('merge-units', ['sáp nhập đơn vị', 'sáp nhập', 'hợp nhất đơn vị', 'merge units'], 'merge'),
    order('split-unit', ['chia tách đơn vị', 'chia tách', 'tách đơn vị', 'split unit'], 'split'),
    order('rename-unit', ['đổi tên đơn vị', 'rename unit'], 'rename'),
  ],
  steps: {
    from: fromStep,
    heir: heirStep,
    names: namesStep,
    day: dayStep,
    basis: basisStep,
    confirm: confirmStep,
  },
});

/** Changes that wait for their day, each to be taken back. */
export const orderListFlow: Flow<object, Reads> = defineFlow<object, Reads>({
  name: 'unit-orders',
  version: 1,
  data: z.object({}),
  keepsDraft: false,
  commands: [
    defineCommand<object, Reads>({
      name: 'unit-orders',
      words: ['thay đổi đơn vị', 'lịch thay đổi đơn vị', 'unit changes'],
      allow: isClerk,
      start: () => ({ to: 'list', data: {} }),
    }),
  ],
  steps: { list: listStep },
});
