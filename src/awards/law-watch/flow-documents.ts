/** "Theo dõi văn bản": every document with its life, the cards that stand on it, and what is to be checked again. */
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
  type Text,
} from '../../conversation/index.js';
import { formatDate } from '../../kernel/format.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { shorten } from '../../kernel/text.js';
import type { Answerer } from '../answerer.js';
import type { Card, Knowledge, LegalDocument } from '../model.js';
import type { AwardsReads } from '../store.js';
import { closeLawTask, isOfficer, keepCard } from './effects.js';
import type { LawReads, LawTask } from './store.js';
import { cardLines, documentName, rulesLines, standingText } from './texts.js';
import { cardsTouchedBy, type RulesTouched } from './touched.js';

export type Reads = { readonly awards: AwardsReads; readonly law: LawReads };
const dataSchema = z.object({ offset: z.number(), number: z.string().optional(), ref: z.string().optional() });
type Data = z.infer<typeof dataSchema>;

const PAGE = 8;
const LISTED = 10;
const LABEL_LIMIT = 60;
const LIST: Move<Data> = { to: 'list', data: { offset: 0 } };

/** What else stands on a document of this number. */
export type TouchedBy = (number: string) => RulesTouched;

/** The flow over the knowledge of an answerer. */
export function createDocumentsFlow(answerer: Answerer, touched: TouchedBy): Flow<Data, Reads> {
  const knowledge = () => answerer.knowledge;
  return defineFlow<Data, Reads>({
    name: 'law',
    version: 1,
    data: dataSchema,
    keepsDraft: false,
    commands: [
      defineCommand<Data, Reads>({
        name: 'law',
        words: ['theo dõi văn bản', 'danh mục văn bản', 'law watch'],
        allow: isOfficer,
        start: () => LIST,
      }),
      defineCommand<Data, Reads>({
        name: 'law-document',
        words: [],
        allow: isOfficer,
        start: ({ arg }) => ({ to: 'document', data: { offset: 0, number: arg } }),
      }),
      defineCommand<Data, Reads>({
        name: 'law-task',
        words: [],
        allow: isOfficer,
        start: ({ arg }) => ({ to: 'task', data: { offset: 0, ref: arg } }),
      }),
    ],
    steps: {
      list: listStep(knowledge),
      document: documentStep(knowledge, touched),
      cards: cardsStep(knowledge),
      task: taskStep(knowledge),
      card: cardStep(knowledge),
    },
  });
}

/** What ends soonest stands first, then what is in force, newest first; what has ended comes last. */
function inOrder(knowledge: Knowledge, today: LocalDate): LegalDocument[] {
  const rank = (one: LegalDocument) => (one.inForceTo === undefined ? 1 : one.inForceTo > today ? 0 : 2);
  const since = (one: LegalDocument) => one.inForceFrom ?? one.issuedOn ?? '';
  return [...knowledge.documents.values()].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (rank(a) === 0 ? (a.inForceTo ?? '').localeCompare(b.inForceTo ?? '') : since(b).localeCompare(since(a))) ||
      a.number.localeCompare(b.number),
  );
}

/** The options of one page, and the ways to the next and the one before. */
function paged<T>(all: readonly T[], offset: number, size: number, option: (one: T, n: number) => Option): Option[] {
  return [
    ...all.slice(offset, offset + size).map(option),
    ...(offset + size < all.length ? [{ value: 'more', label: t('awards.law.button.more') }] : []),
    ...(offset > 0 ? [{ value: 'less', label: t('awards.law.button.less') }] : []),
  ];
}

/** Where a page leads that is not chosen from but turned; null when it was chosen from. */
function turned(data: Data, value: string, size: number): Data | null {
  if (value === 'more') return { ...data, offset: data.offset + size };
  return value === 'less' ? { ...data, offset: Math.max(0, data.offset - size) } : null;
}

const fresh = (read: Reads): Promise<void> => read.awards.fresh();

function listStep(knowledge: () => Knowledge) {
  return defineStep<Data, Reads, void>({
    load: fresh,
    ask: ({ data: { offset }, today }) => {
      const all = inOrder(knowledge(), today);
      const name = (one: LegalDocument) => documentName(knowledge(), one.number);
      return {
        text: [
          t('awards.law.list', { n: all.length }),
          ...all
            .slice(offset, offset + PAGE)
            .map((one, n) => t('awards.law.line', { n: n + 1, document: name(one), stands: standingText(one, today) })),
        ],
        options: [
          ...paged(all, offset, PAGE, (one, n) => ({
            value: `d:${one.number}`,
            label: raw(`${String(n + 1)} ${one.number}`),
            words: [one.number],
          })),
          { value: 'new', label: t('awards.law.button.new'), words: ['thêm văn bản'] },
        ],
      };
    },
    answer: ({ data }, answer): Move<Data> => {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      const page = turned(data, answer.value, PAGE);
      if (page) return { to: 'list', data: page };
      if (answer.value === 'new') return { begin: 'law-new' };
      return { to: 'document', data: { offset: 0, number: answer.value.slice(2) } };
    },
  });
}

function documentStep(knowledge: () => Knowledge, touched: TouchedBy) {
  return defineStep<Data, Reads, void>({
    load: fresh,
    ask: ({ data: { number = '' }, today }) => {
      const one = knowledge().documents.get(number);
      if (!one)
        return { ...LIST, say: [{ text: t('awards.law.unknown', { document: shorten(number, LABEL_LIMIT) }) }] };
      const cards = cardsTouchedBy(knowledge(), number);
      const replaced = one.replacedBy === undefined ? [] : [t('awards.law.replacement', { by: one.replacedBy })];
      const changed = one.amendments.map(({ by, from }) => t('awards.law.amendedBy', { by, from: formatDate(from) }));
      return {
        text: [
          t('awards.law.document', { document: documentName(knowledge(), number), title: one.title }),
          standingText(one, today),
          ...replaced,
          ...changed,
          t('awards.law.cards', { n: cards.length }),
          ...cardLines(cards, LISTED),
          ...rulesLines(touched(number)),
        ],
        options: [
          { value: 'change', label: t('awards.law.button.change'), words: ['ghi nhận thay đổi'] },
          ...(cards.length > 0
            ? [{ value: 'cards', label: t('awards.law.button.cards'), words: ['danh sách thẻ'] }]
            : []),
          { value: 'list', label: t('awards.law.button.list') },
        ],
      };
    },
    answer: ({ data: { number = '' } }, answer): Move<Data> => {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'change') return { begin: 'law-change', arg: number };
      return answer.value === 'cards' ? { to: 'cards', data: { offset: 0, number } } : LIST;
    },
  });
}

function cardsStep(knowledge: () => Knowledge) {
  return defineStep<Data, Reads, void>({
    load: fresh,
    ask: ({ data: { number = '', offset } }) => {
      const cards = cardsTouchedBy(knowledge(), number);
      return {
        text: [
          t('awards.law.cardsOf', { document: documentName(knowledge(), number), n: cards.length }),
          ...cards.slice(offset, offset + LISTED).map(numbered),
        ],
        options: [
          ...paged(cards, offset, LISTED, cardOption),
          { value: 'back', label: raw(shorten(number, LABEL_LIMIT)) },
        ],
      };
    },
    answer: ({ data }, answer): Move<Data> => {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      const page = turned(data, answer.value, LISTED);
      if (page) return { to: 'cards', data: page };
      if (answer.value === 'back') return { to: 'document', data: { ...data, offset: 0 } };
      return { begin: 'ask-card', arg: answer.value.slice(2) };
    },
  });
}

const numbered = (card: Card, n: number): Text => raw(`${String(n + 1)}. ${card.title}`);
const cardOption = (card: Card, n: number): Option => ({
  value: `c:${card.id}`,
  label: raw(shorten(`${String(n + 1)} ${card.title}`, LABEL_LIMIT)),
});

/** An alarm to take note of, or cards to be gone through again. */
function taskStep(knowledge: () => Knowledge) {
  return defineStep<Data, Reads, LawTask | null>({
    load: async (read, { data }) => {
      await read.awards.fresh();
      return read.law.task(data.ref ?? '');
    },
    ask: ({ loaded, data: { offset, ref = '' } }) => {
      if (!loaded || (isCheck(ref) && loaded.cards.length === 0))
        return {
          end: true,
          say: [{ text: t('awards.law.task.gone'), buttons: [{ label: t('button.tasks'), command: 'tasks' }] }],
          effects: loaded ? [closeLawTask({ refId: ref })] : [],
        };
      const cards = loaded.cards.flatMap((id) => knowledge().cards.find((card) => card.id === id) ?? []);
      const known = knowledge().documents.has(numberOf(ref));
      const head = isCheck(ref) ? t('awards.law.task.left', { n: cards.length }) : t('awards.law.task.note');
      return {
        text: [raw(loaded.title), head, ...cards.slice(offset, offset + LISTED).map(numbered)],
        options: [
          ...paged(cards, offset, LISTED, cardOption),
          ...(known ? [{ value: 'document', label: t('awards.law.button.document') }] : []),
          { value: 'done', label: t('tasks.markDone'), words: ['xong'] },
        ],
      };
    },
    answer: ({ data }, answer): Move<Data> => {
      const { ref = '' } = data;
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      const page = turned(data, answer.value, LISTED);
      if (page) return { to: 'task', data: page };
      if (answer.value === 'document') return { to: 'document', data: { offset: 0, number: numberOf(ref) } };
      if (answer.value === 'done') return { begin: 'tasks', effects: [closeLawTask({ refId: ref })] };
      return { to: 'card', data: { ...data, number: answer.value.slice(2) } };
    },
    refused: (_at, refusal) => ({ end: true, say: [{ text: refusal.text }] }),
  });
}

/** One card after a change: it stays, or it is corrected. Here `number` names the card. */
function cardStep(knowledge: () => Knowledge) {
  return defineStep<Data, Reads, void>({
    load: fresh,
    ask: ({ data }) => {
      const card = knowledge().cards.find((one) => one.id === data.number);
      if (!card) return { to: 'task', data: { offset: 0, ref: data.ref } };
      return {
        text: [raw(card.title), ...(card.answer === '' ? [] : [raw(card.answer)]), t(`awards.state.${card.state}`)],
        options: [
          { value: 'keep', label: t('awards.law.button.keep'), words: ['giữ nguyên', 'vẫn đúng'] },
          { value: 'correct', label: t('awards.law.button.correct'), words: ['sửa thẻ'] },
          { value: 'back', label: t('awards.law.button.toCards') },
        ],
      };
    },
    answer: ({ data }, answer): Move<Data> => {
      const { ref = '', number: cardId = '' } = data;
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'correct') return { begin: 'card', arg: cardId };
      const back = { to: 'task', data: { offset: 0, ref } };
      return answer.value === 'keep' ? { ...back, effects: [keepCard({ refId: ref, cardId })] } : back;
    },
    refused: (_at, refusal) => ({ end: true, say: [{ text: refusal.text }] }),
  });
}

const isCheck = (ref: string): boolean => ref.startsWith('change:');
/** `document:152/2025/NĐ-CP:2027-03-01` and `change:152/2025/NĐ-CP:1`. */
const numberOf = (ref: string): string => ref.split(':')[1] ?? '';
