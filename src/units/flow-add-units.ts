/** How an admin enters the province: lists of units, then clusters of them. */
import { z } from 'zod';
import { defineCommand, defineFlow, defineStep, raw, t, type Move, type Text } from '../conversation/index.js';
import { shorten } from '../kernel/text.js';
import { addClusterEffect, addUnitsEffect } from './effects.js';
import { inviteButton, menuButton } from './invite-texts.js';
import { isAdmin, type Unit } from './model.js';
import type { UnitsReadPort } from './reads.js';
import { codeOf, readUnitLines, readUnitNames, tooManyLines, type LineError } from './unit-lines.js';

const dataSchema = z.object({ name: z.string().optional(), text: z.string().optional() });
type Data = z.infer<typeof dataSchema>;
type Reads = UnitsReadPort;

const SHOWN_ERRORS = 8;
const SHOWN_UNITS = 5;
const NAME_LIMIT = 150;

const CONFIRM_OPTIONS = [
  { value: 'add', label: t('units.add.confirm'), words: ['thêm', 'đồng ý', 'có'] },
  { value: 'edit', label: t('units.add.again'), words: ['sửa', 'dán lại'] },
];

/** The lines that cannot be used, the first of them in full. */
const errorTexts = (errors: readonly LineError[]): Text[] => [
  t('units.add.errors', { count: errors.length }),
  ...errors.slice(0, SHOWN_ERRORS).map((error) => t('units.add.error', { line: error.line, text: error.text })),
  ...(errors.length > SHOWN_ERRORS ? [t('units.add.moreErrors', { count: errors.length - SHOWN_ERRORS })] : []),
];

const namesText = (names: readonly string[]): Text =>
  raw(shorten(names.slice(0, SHOWN_UNITS).join(', ') + (names.length > SHOWN_UNITS ? ', …' : ''), 300));

/** A list is only looked at in the next step, where what exists is known. */
function takeList(data: Data, next: string, answer: { readonly kind: string; readonly text?: string }): Move<Data> {
  if (answer.kind !== 'text' || answer.text === undefined) return { again: t('units.add.needsText') };
  if (tooManyLines(answer.text)) return { again: t('units.add.tooMany') };
  return { to: next, data: { ...data, text: answer.text } };
}

const pasteStep = defineStep<Data, Reads>({
  ask: () => ({ text: [t('units.add.ask'), t('units.add.format'), t('units.add.types')], numbersAreAnswers: true }),
  answer: ({ data }, answer) => takeList(data, 'check', answer),
});

const checkStep = defineStep<Data, Reads, Unit[]>({
  // Codes of units that ended stay taken, so all units count.
  load: (read) => read.units.allUnits(),
  ask: ({ data, loaded }) => {
    const { fresh, known, errors } = readUnitLines(data.text ?? '', loaded);
    if (errors.length > 0)
      return { to: 'paste', data: {}, say: [{ text: [...errorTexts(errors), t('units.add.nothingYet')] }] };
    if (fresh.length + known === 0) return { to: 'paste', data: {}, say: [{ text: t('units.add.needsText') }] };
    if (fresh.length === 0)
      return { end: true, say: [{ text: t('units.add.allKnown', { known }), buttons: [inviteButton, menuButton] }] };
    return {
      text: [
        t('units.add.preview', { count: fresh.length }),
        namesText(fresh.map((unit) => unit.name)),
        ...(known > 0 ? [t('units.add.known', { known })] : []),
      ],
      options: CONFIRM_OPTIONS,
    };
  },
  answer: ({ data, loaded }, answer) => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value === 'edit') return { to: 'paste', data: {} };
    const { fresh } = readUnitLines(data.text ?? '', loaded);
    return {
      end: true,
      say: [{ text: t('units.add.done', { count: fresh.length }), buttons: [inviteButton, addMore, menuButton] }],
      effects: [addUnitsEffect({ units: fresh })],
    };
  },
  refused: (_, refusal) => ({ to: 'paste', data: {}, say: [{ text: refusal.text }] }),
});

const addMore = { label: t('units.add.more'), command: 'add-units' };

/** Adds units from a pasted list. */
export const addUnitsFlow = defineFlow<Data, Reads>({
  name: 'add-units',
  version: 1,
  data: dataSchema,
  commands: [
    defineCommand<Data, Reads>({
      name: 'add-units',
      words: ['thêm đơn vị', 'nhập đơn vị', 'add units'],
      allow: isAdmin,
      start: () => ({ to: 'paste', data: {} }),
    }),
  ],
  steps: { paste: pasteStep, check: checkStep },
});

const nameStep = defineStep<Data, Reads>({
  ask: () => ({ text: t('units.cluster.askName'), numbersAreAnswers: true }),
  answer: (_, answer) => {
    const name = answer.kind === 'text' ? answer.text.replace(/\s+/g, ' ').trim() : '';
    if (codeOf(name) === '' || name.length > NAME_LIMIT) return { again: t('units.cluster.badName') };
    return { to: 'members', data: { name } };
  },
});

const membersStep = defineStep<Data, Reads>({
  ask: ({ data }) => ({ text: t('units.cluster.askUnits', { name: data.name ?? '' }), numbersAreAnswers: true }),
  answer: ({ data }, answer) => takeList(data, 'check', answer),
});

const clusterCheckStep = defineStep<Data, Reads, Unit[]>({
  load: (read) => read.units.allUnits(),
  ask: ({ data, loaded, today }) => {
    const { units, errors } = readUnitNames(data.text ?? '', loaded, today);
    if (errors.length === 0 && units.length === 0)
      return { to: 'members', data: { ...data, text: '' }, say: [{ text: t('units.add.needsText') }] };
    if (errors.length > 0)
      return {
        to: 'members',
        data: { ...data, text: '' },
        say: [{ text: [...errorTexts(errors), t('units.add.nothingYet')] }],
      };
    return {
      text: [
        t('units.cluster.preview', { name: data.name ?? '', count: units.length }),
        namesText(units.map((unit) => unit.name)),
      ],
      options: CONFIRM_OPTIONS,
    };
  },
  answer: ({ data, loaded, today }, answer) => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value === 'edit') return { to: 'members', data };
    const { units } = readUnitNames(data.text ?? '', loaded, today);
    const name = data.name ?? '';
    return {
      end: true,
      say: [{ text: t('units.cluster.done', { name, count: units.length }), buttons: [menuButton] }],
      effects: [addClusterEffect({ code: codeOf(name), name, unitIds: units.map((unit) => unit.id) })],
    };
  },
});

/** Adds a cluster, or units to one. */
export const addClusterFlow = defineFlow<Data, Reads>({
  name: 'add-cluster',
  version: 1,
  data: dataSchema,
  commands: [
    defineCommand<Data, Reads>({
      name: 'add-cluster',
      words: ['thêm cụm', 'thêm khối', 'thêm cụm thi đua', 'add cluster'],
      allow: isAdmin,
      start: () => ({ to: 'name', data: {} }),
    }),
  ],
  steps: { name: nameStep, members: membersStep, check: clusterCheckStep },
});
