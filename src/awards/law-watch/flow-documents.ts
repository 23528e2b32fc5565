/** "Theo dõi văn bản": every document with its life, the cards that stand on it, and what is to be checked again. */
import { defineCommand, defineFlow, defineStep, raw, t, type Flow, type Move } from '../../conversation/index.js';
import { formatDate } from '../../kernel/format.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { shorten } from '../../kernel/text.js';
import type { Answerer } from '../answerer.js';
import type { Knowledge, LegalDocument } from '../model.js';
import {
  cardOption,
  dataSchema,
  fresh,
  LISTED,
  LABEL_LIMIT,
  numbered,
  paged,
  turned,
  type Data,
  type Reads,
} from './screens.js';
import { cardStep, closeStep, taskStep } from './task-steps.js';
import { cardLines, documentName, rulesLines, standingText } from './texts.js';
import { cardsTouchedBy, type RulesTouched } from './touched.js';
import { isOfficer } from '../officers.js';

const PAGE = 8;
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
      close: closeStep(),
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
            words: [one.number, ...one.words],
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
      // The card itself: one that holds no longer would answer with a hand-over.
      return { begin: 'card', arg: answer.value.slice(2) };
    },
  });
}
