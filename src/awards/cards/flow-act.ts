/** Acts on a card as a whole: checked with its document, the check taken back, ended, an earlier version restored. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Flow,
  type GoButton,
  type Move,
  type Text,
} from '../../conversation/index.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { Answerer } from '../answerer.js';
import type { Card } from '../model.js';
import { toFile } from './card-file.js';
import { findProblem, problemText } from './check.js';
import { loadCurrent, shippedCard, type Current, type Reads } from './current.js';
import { saveCard } from './effects.js';
import { fieldText } from './texts.js';
import { isOfficer } from '../officers.js';

const ACTS = ['verify', 'unverify', 'end', 'restore'] as const;
type Act = (typeof ACTS)[number];

const dataSchema = z.object({
  id: z.string(),
  act: z.enum(ACTS),
  /** The version to be restored. */
  version: z.number().optional(),
  /** The newest version that the officer has seen. */
  seen: z.number(),
  reason: z.string(),
});
type Data = z.infer<typeof dataSchema>;

const SHORTEST = 3;
const LONGEST = 500;

export const cardButton = (id: string): GoButton => ({
  label: t('awards.cards.button.open'),
  command: 'card',
  arg: id,
});

/** The flow over the knowledge of an answerer. */
export function createActFlow(answerer: Answerer): Flow<Data, Reads> {
  return defineFlow<Data, Reads>({
    name: 'card-act',
    version: 1,
    data: dataSchema,
    commands: ACTS.map((act) =>
      defineCommand<Data, Reads, Current>({
        name: `card-${act}`,
        words: [],
        allow: isOfficer,
        load: (read, { arg }) => loadCurrent(read, answerer, idOf(arg)),
        start: ({ arg, loaded }) => begin(act, arg, loaded),
      }),
    ),
    steps: { reason: reasonStep(), confirm: confirmStep(answerer) },
  });
}

const idOf = (arg: string): string => arg.split(':')[0] ?? '';

function begin(act: Act, arg: string, { card, version }: Current): Move<Data> {
  const id = idOf(arg);
  const other = Number(arg.split(':')[1] ?? Number.NaN);
  if (!card || card.lifeOf !== undefined) return { end: true, say: [{ text: t('awards.cards.unknown', { id }) }] };
  if (act === 'restore' && !(other >= 0 && other < version)) return { begin: 'card', arg: id };
  const data: Data = { id, act, seen: version, reason: '', ...(act === 'restore' ? { version: other } : {}) };
  return { to: act === 'verify' ? 'confirm' : 'reason', data };
}

const reasonStep = () =>
  defineStep<Data, Reads>({
    ask: () => ({ text: t('awards.cards.reason'), free: true, numbersAreAnswers: true }),
    answer: ({ data }, answer): Move<Data> => {
      const reason = answer.kind === 'text' ? answer.text.trim() : '';
      return reason.length >= SHORTEST && reason.length <= LONGEST
        ? { to: 'confirm', data: { ...data, reason } }
        : { again: t('awards.cards.bad.length', { least: SHORTEST, most: LONGEST }) };
    },
  });

interface Confirming extends Current {
  /** The card that the act would leave. */
  readonly next: Card | null;
}

function confirmStep(answerer: Answerer) {
  return defineStep<Data, Reads, Confirming>({
    load: async (read, { data: { id, act, version = 0 } }) => {
      const current = await loadCurrent(read, answerer, id);
      if (act !== 'restore') return { ...current, next: current.card };
      const earlier = version > 0 ? (await read.cards.version(id, version))?.card : shippedCard(answerer, id);
      return { ...current, next: earlier ?? null };
    },
    ask: ({ data, today, loaded: { next } }) =>
      next
        ? {
            text: previewOf(data, next, answerer, today),
            options: [
              { value: 'yes', label: t('awards.cards.button.confirm'), words: ['đồng ý', 'đúng', 'có'] },
              { value: 'no', label: t('button.later'), words: ['thôi', 'không'] },
            ],
          }
        : { end: true, say: [{ text: t('awards.cards.bad.gone') }] },
    answer: ({ data, loaded: { next }, newId, actor }, answer): Move<Data> => {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      const buttons = [cardButton(data.id)];
      if (answer.value === 'no' || !next) return { end: true, say: [{ text: t('awards.cards.notSaved'), buttons }] };
      const problem = data.act === 'end' ? null : findProblem(next, answerer.knowledge);
      if (problem) return { end: true, say: [{ text: problemText(problem), buttons }] };
      const { id: cardId, seen, act, reason } = data;
      const done =
        act === 'verify'
          ? t('awards.cards.verify.done', { title: next.title, name: actor.name })
          : t('awards.cards.act.done', { title: next.title });
      return {
        end: true,
        effects: [saveCard({ id: newId(), cardId, seen, act, card: toFile(next), reason })],
        say: [{ text: done, buttons }],
      };
    },
    // What was confirmed was another version: it is shown anew before anybody confirms it.
    refused: ({ data, loaded }, refusal) => ({
      to: 'confirm',
      data: { ...data, seen: loaded.version },
      say: [{ text: [refusal.text, t('awards.cards.changedLook')] }],
    }),
  });
}

function previewOf({ act, version = 0, reason }: Data, card: Card, answerer: Answerer, today: LocalDate): Text[] {
  const { knowledge } = answerer;
  const content = [
    t('awards.cards.show.answer', { text: fieldText(card, 'answer', knowledge) }),
    ...(card.details === undefined ? [] : [t('awards.cards.show.details', { text: raw(card.details) })]),
    t('awards.cards.show.basis', { text: fieldText(card, 'basis', knowledge) }),
  ];
  if (act === 'verify') {
    const documents = [...new Set(card.basis.map((one) => one.document))].flatMap((number) => {
      const one = knowledge.documents.get(number);
      return one ? [raw(`• ${one.kind} ${one.number}: ${one.title}`)] : [];
    });
    return [
      t('awards.cards.verify.ask', { title: card.title }),
      ...content,
      ...documents,
      ...passagesOf(card, answerer, today),
    ];
  }
  const head = t(`awards.cards.act.${act}`, { title: card.title, n: version });
  return [head, ...(act === 'end' ? [] : content), t('awards.cards.preview.reason', { reason })];
}

/** The official words of the basis, where they are loaded. */
function passagesOf(card: Card, answerer: Answerer, today: LocalDate): Text[] {
  const words = (answerer.basis(card.id, today)?.documents ?? []).flatMap((one) => one.passage ?? []);
  return words.length === 0
    ? [t('awards.cards.verify.noText')]
    : words.map((text) => t('awards.cards.verify.passage', { text }));
}
