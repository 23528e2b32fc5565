/** Looking units up: their seats, who holds them, and which units nobody answers for. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type GoButton,
  type Move,
  type Text,
} from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import { isId } from '../kernel/ids.js';
import type { Actor } from '../kernel/people.js';
import { menuButton, seatLine } from './invite-texts.js';
import { isClerk, isLeader, listText, unitLevelText, unitTypeText, type Unit } from './model.js';
import type { UnitsReadPort } from './reads.js';
import type { UnitCard } from './store-cards.js';

const dataSchema = z.object({
  query: z.string().optional(),
  unitId: z.string().optional(),
  offset: z.number().optional(),
});
type Data = z.infer<typeof dataSchema>;
type Reads = UnitsReadPort;

const PAGE = 8;
const mayLook = (actor: Actor): boolean => isClerk(actor) || isLeader(actor);
const emptyButton: GoButton = { label: t('units.empty.button'), command: 'units-without-seat' };

const units = defineCommand<Data, Reads>({
  name: 'units',
  words: ['đơn vị', 'tra cứu đơn vị', 'danh sách đơn vị', 'units'],
  allow: mayLook,
  start: ({ arg }) => (isId(arg) ? { to: 'card', data: { unitId: arg } } : { to: 'search', data: {} }),
});

const find = defineCommand<Data, Reads>({
  name: 'find-unit',
  words: ['tìm đơn vị', 'xem đơn vị', 'find unit'],
  takesText: true,
  allow: mayLook,
  start: ({ arg }) => (arg === '' ? { to: 'search', data: {} } : { to: 'pick', data: { query: arg } }),
});

const withoutSeat = defineCommand<Data, Reads>({
  name: 'units-without-seat',
  words: ['đơn vị chưa có đầu mối', 'chưa có đầu mối', 'units without a seat'],
  allow: mayLook,
  start: () => ({ to: 'empty', data: { offset: 0 } }),
});

const searchStep = defineStep<Data, Reads, { units: number; empty: number }>({
  load: async (read, { now }) => ({
    units: (await read.units.unitsAt(now)).length,
    empty: (await read.units.unitsWithoutSeat(now)).length,
  }),
  ask: ({ loaded }) => ({
    text: [t('units.find.count', { units: loaded.units, empty: loaded.empty }), t('units.find.ask')],
    buttons: [...(loaded.empty > 0 ? [emptyButton] : []), menuButton],
  }),
  answer: (_, answer) => search(answer),
});

function search(answer: { readonly kind: string; readonly text?: string }): Move<Data> {
  return answer.kind === 'text' ? { to: 'pick', data: { query: answer.text ?? '' } } : { again: t('units.find.ask') };
}

const pickStep = defineStep<Data, Reads, Unit[]>({
  load: (read, { data, now }) => read.units.searchUnits(data.query ?? '', now),
  ask: ({ data, loaded }) => {
    const [first] = loaded;
    if (!first) return { to: 'search', data: {}, say: [{ text: t('units.find.none', { typed: data.query ?? '' }) }] };
    if (loaded.length === 1) return { to: 'card', data: { unitId: first.id } };
    return {
      text: t('units.find.which'),
      free: true,
      options: loaded.map((unit) => ({ value: unit.id, label: raw(unit.name), words: [unit.shortName, unit.code] })),
    };
  },
  answer: (_, answer) => (answer.kind === 'option' ? { to: 'card', data: { unitId: answer.value } } : search(answer)),
});

const cardStep = defineStep<Data, Reads, UnitCard | null>({
  load: (read, { data, now }) => read.units.unitCard(data.unitId ?? '', now),
  ask: ({ actor, loaded }) => {
    if (!loaded) return { to: 'search', data: {} };
    return {
      text: [...describe(loaded), ...loaded.seats.map(seatLine), t('units.card.next')],
      free: true,
      buttons: [
        ...(isClerk(actor) ? [{ label: t('button.inviteSeat'), command: 'invite-seat', arg: loaded.unit.id }] : []),
        menuButton,
      ],
    };
  },
  answer: (_, answer) => search(answer),
});

/** Name, kind and place of a unit. */
function describe({ unit, parentName, clusters }: UnitCard): Text[] {
  const kind = listText([unitTypeText(unit.type), unitLevelText(unit.level)]);
  return [
    t('units.card.title', { name: unit.name, code: unit.code, kind }),
    ...(parentName === null ? [] : [t('units.card.parent', { name: parentName })]),
    ...(clusters.length === 0 ? [] : [t('units.card.clusters', { names: clusters.join(', ') })]),
    ...(unit.validTo === null ? [] : [t('units.card.until', { day: formatDate(unit.validTo) })]),
  ];
}

const emptyStep = defineStep<Data, Reads, { id: string; name: string }[]>({
  load: (read, { now }) => read.units.unitsWithoutSeat(now),
  ask: ({ data, loaded }) => {
    if (loaded.length === 0) return { end: true, say: [{ text: t('units.empty.none'), buttons: [menuButton] }] };
    const offset = data.offset ?? 0;
    const shown = loaded.slice(offset, offset + PAGE);
    return {
      text: t('units.empty.title', { count: loaded.length }),
      options: [
        ...shown.map((unit) => ({ value: unit.id, label: raw(unit.name) })),
        ...(offset + PAGE < loaded.length ? [{ value: 'more', label: t('units.more') }] : []),
      ],
      buttons: [menuButton],
    };
  },
  answer: ({ data }, answer) => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value === 'more') return { to: 'empty', data: { offset: (data.offset ?? 0) + PAGE } };
    return { to: 'card', data: { unitId: answer.value } };
  },
});

export const unitsFlow = defineFlow<Data, Reads>({
  name: 'units',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [units, find, withoutSeat],
  steps: { search: searchStep, pick: pickStep, card: cardStep, empty: emptyStep },
});
