/** "Ghi nhận thay đổi": an officer records that a document ends, is replaced, begins, or is new. */
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Flow,
  type GoButton,
  type Move,
} from '../../conversation/index.js';
import { formatDate } from '../../kernel/format.js';
import { localDate } from '../../kernel/local-date.js';
import { parseDate } from '../../kernel/parse-date.js';
import { shorten } from '../../kernel/text.js';
import type { Answerer } from '../answerer.js';
import type { Knowledge } from '../model.js';
import { CHANGES, findChangeProblem, findDocument, readArticles, readNumber } from './change.js';
import { cardsOf, changeDraftSchema, changeOf, draftText, gapText, problemOf, type ChangeDraft } from './draft.js';
import { recordChange } from './effects.js';
import type { TouchedBy } from './flow-documents.js';
import type { Reads } from './screens.js';
import type { RecordedChange } from './store.js';
import { cardLines, documentName, rulesLines, standingText } from './texts.js';
import { isOfficer } from '../officers.js';

const LISTED = 10;
const SHORTEST = 5;
const LONGEST = 500;
const TO_LIST: GoButton = { label: t('awards.law.button.list'), command: 'law' };

type Data = ChangeDraft;

/** The flow over the knowledge of an answerer. */
export function createChangeFlow(answerer: Answerer, touched: TouchedBy): Flow<Data, Reads> {
  const knowledge = () => answerer.knowledge;
  return defineFlow<Data, Reads>({
    name: 'law-change',
    version: 1,
    data: changeDraftSchema,
    commands: [
      defineCommand<Data, Reads, RecordedChange>({
        name: 'law-change',
        words: [],
        allow: isOfficer,
        load: async (read, { arg }) => {
          await read.awards.fresh();
          return read.law.change(arg);
        },
        start: ({ arg, loaded: { version, recorded } }) => {
          if (!knowledge().documents.has(arg)) return { begin: 'law-document', arg };
          const last = recorded && { on: formatDate(localDate(recorded.at)), reason: recorded.reason };
          return { to: 'what', data: { number: arg, seen: version, ...(last ? { last } : {}) } };
        },
      }),
      defineCommand<Data, Reads>({
        name: 'law-new',
        words: ['thêm văn bản mới'],
        allow: isOfficer,
        start: () => ({ to: 'number', data: { number: '', seen: 0, what: 'new' } }),
      }),
    ],
    steps: {
      what: whatStep(knowledge),
      by: byStep(knowledge),
      articles: articlesStep(),
      number: numberStep(knowledge),
      kind: kindStep(knowledge),
      title: titleStep(),
      on: onStep(knowledge),
      reason: reasonStep(),
      confirm: confirmStep(knowledge, touched),
    },
  });
}

const fresh = (read: Reads): Promise<void> => read.awards.fresh();

function whatStep(knowledge: () => Knowledge) {
  return defineStep<Data, Reads, void>({
    load: fresh,
    ask: ({ data: { number, last }, today }) => {
      const one = knowledge().documents.get(number);
      return {
        text: [
          t('awards.law.what', { document: documentName(knowledge(), number) }),
          ...(one ? [standingText(one, today)] : []),
        ],
        options: [...CHANGES, ...(last ? (['undo'] as const) : [])].map((value) => ({
          value,
          label: t(`awards.law.what.${value}`),
        })),
      };
    },
    answer: ({ data }, answer): Move<Data> => {
      if (answer.kind === 'option' && answer.value === 'undo') return { to: 'reason', data: { ...data, what: 'undo' } };
      const what = answer.kind === 'option' ? CHANGES.find((one) => one === answer.value) : undefined;
      if (!what) return { again: t('conversation.chooseOne') };
      return { to: what === 'replace' || what === 'amend' ? 'by' : 'on', data: { ...data, what } };
    },
  });
}

function byStep(knowledge: () => Knowledge) {
  return defineStep<Data, Reads, void>({
    load: fresh,
    ask: ({ data: { number, what } }) => ({
      text: t(what === 'amend' ? 'awards.law.byAmend' : 'awards.law.by', { document: number }),
      options: [{ value: 'new', label: t('awards.law.button.new') }],
      free: true,
      numbersAreAnswers: true,
    }),
    answer: ({ data }, answer): Move<Data> => {
      if (answer.kind === 'option') return { begin: 'law-new' };
      const typed = answer.kind === 'text' ? answer.text : '';
      const by = findDocument(knowledge(), typed);
      if (!by) return { again: t('awards.law.bad.unknownReplacement', { document: shorten(typed, 60) }) };
      const next = { ...data, by: by.number };
      if (data.what === 'amend')
        return by.number === data.number
          ? { again: t('awards.law.bad.amendsItself', { document: by.number }) }
          : { to: 'articles', data: next };
      const document = knowledge().documents.get(data.number);
      const problem = document && findChangeProblem(knowledge(), document, { replacedBy: by.number });
      // The same replacement may get another day.
      if (problem && problem !== 'same') return { again: t(`awards.law.bad.${problem}`, { document: by.number }) };
      return { to: 'on', data: next };
    },
  });
}

const articlesStep = () =>
  defineStep<Data, Reads>({
    ask: ({ data: { number, by = '' } }) => ({
      text: t('awards.law.articles', { document: number, by }),
      options: [{ value: 'unknown', label: t('awards.law.button.articlesUnknown'), words: ['chưa rõ', 'không rõ'] }],
      free: true,
      numbersAreAnswers: true,
    }),
    answer: ({ data }, answer): Move<Data> => {
      const articles = answer.kind === 'option' ? [] : readArticles(answer.kind === 'text' ? answer.text : '');
      return articles ? { to: 'on', data: { ...data, articles } } : { again: t('awards.law.bad.articles') };
    },
  });

function numberStep(knowledge: () => Knowledge) {
  return defineStep<Data, Reads, void>({
    load: fresh,
    ask: () => ({ text: t('awards.law.new.number'), free: true, numbersAreAnswers: true }),
    answer: ({ data }, answer): Move<Data> => {
      const number = answer.kind === 'text' ? readNumber(answer.text) : null;
      if (number === null) return { again: t('awards.law.bad.number') };
      if (findDocument(knowledge(), number)) return { again: t('awards.law.bad.exists', { document: number }) };
      return { to: 'kind', data: { ...data, number } };
    },
  });
}

/** The kinds that are there already: another kind of document has no place in the answers. */
const kindsOf = (knowledge: Knowledge): string[] => [
  ...new Set([...knowledge.documents.values()].map(({ kind }) => kind)),
];

const kindStep = (knowledge: () => Knowledge) =>
  defineStep<Data, Reads>({
    ask: ({ data: { number } }) => ({
      text: t('awards.law.new.kind', { document: number }),
      options: kindsOf(knowledge()).map((kind) => ({ value: kind, label: raw(kind) })),
    }),
    answer: ({ data }, answer): Move<Data> =>
      answer.kind === 'option'
        ? { to: 'title', data: { ...data, kind: answer.value } }
        : { again: t('conversation.chooseOne') },
  });

const titleStep = () =>
  defineStep<Data, Reads>({
    ask: ({ data: { number } }) => ({ text: t('awards.law.new.title', { document: number }), free: true }),
    answer: ({ data }, answer): Move<Data> => {
      const title = answer.kind === 'text' ? answer.text.replace(/\s+/g, ' ').trim() : '';
      const fits = title.length >= SHORTEST && title.length <= LONGEST;
      return fits ? { to: 'on', data: { ...data, title } } : { again: lengthText() };
    },
  });

const lengthText = () => t('awards.law.bad.length', { least: SHORTEST, most: LONGEST });

function onStep(knowledge: () => Knowledge) {
  return defineStep<Data, Reads, void>({
    load: fresh,
    ask: ({ data: { what, number } }) => {
      const known = knowledge().documents.get(number)?.inForceTo;
      const keep = what === 'replace' && known !== undefined;
      return {
        text: t(`awards.law.on.${what === undefined || what === 'undo' ? 'end' : what}`, { document: number }),
        options: keep ? [{ value: 'keep', label: t('awards.law.button.keepDay', { day: formatDate(known) }) }] : [],
        free: true,
        numbersAreAnswers: true,
      };
    },
    answer: ({ data, today }, answer): Move<Data> => {
      const on = answer.kind === 'text' ? parseDate(answer.text, today) : null;
      if (on === null && answer.kind !== 'option') return { again: t('awards.law.bad.date') };
      const { on: _before, ...rest } = data;
      const next: Data = on === null ? rest : { ...rest, on };
      const problem = problemOf(knowledge(), next);
      return problem === null
        ? { to: 'reason', data: next }
        : { again: t(`awards.law.bad.${problem}`, { document: data.number }) };
    },
  });
}

const reasonStep = () =>
  defineStep<Data, Reads>({
    ask: () => ({ text: t('awards.law.reason'), free: true }),
    answer: ({ data }, answer): Move<Data> => {
      const reason = answer.kind === 'text' ? answer.text.trim() : '';
      const fits = reason.length >= SHORTEST && reason.length <= LONGEST;
      return fits ? { to: 'confirm', data: { ...data, reason } } : { again: lengthText() };
    },
  });

function confirmStep(knowledge: () => Knowledge, touched: TouchedBy) {
  return defineStep<Data, Reads, RecordedChange>({
    load: async (read, { data }) => {
      await fresh(read);
      return read.law.change(data.number);
    },
    ask: ({ data }) => {
      const cards = cardsOf(knowledge(), data);
      return {
        text: [
          draftText(knowledge(), data),
          t('awards.law.preview.reason', { reason: data.reason ?? '' }),
          ...gapText(knowledge(), data),
          t('awards.law.preview.cards', { n: cards.length }),
          ...cardLines(cards, LISTED),
          ...rulesLines(touched(data.number)),
        ],
        options: [
          { value: 'save', label: t('awards.law.button.save'), words: ['đồng ý', 'xác nhận'] },
          { value: 'no', label: t('button.later'), words: ['thôi', 'không'] },
        ],
      };
    },
    answer: ({ data, newId, loaded }, answer): Move<Data> => {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value !== 'save') return { end: true, say: [{ text: t('awards.law.notSaved'), buttons: [TO_LIST] }] };
      const problem = problemOf(knowledge(), data);
      if (problem !== null) return { again: t(`awards.law.bad.${problem}`, { document: data.number }) };
      const { number, reason = '' } = data;
      // A new one may have been added before, and taken back.
      const seen = data.what === 'new' ? loaded.version : data.seen;
      const cards = cardsOf(knowledge(), data).map((card) => card.id);
      const check: GoButton[] =
        cards.length === 0
          ? []
          : [{ label: t('awards.law.button.check'), command: 'law-task', arg: `change:${number}:${String(seen + 1)}` }];
      return {
        end: true,
        effects: [
          recordChange({
            id: newId(),
            number,
            seen,
            change: changeOf(knowledge(), data),
            ...(data.what === 'undo' ? { undo: true } : {}),
            reason,
            cards,
          }),
        ],
        say: [{ text: t('awards.law.saved', { document: number, n: cards.length }), buttons: [...check, TO_LIST] }],
      };
    },
    // What was typed stays: the officer looks at what the other one recorded and begins from there.
    refused: ({ data }, refusal) => ({
      end: true,
      say: [
        {
          text: [refusal.text, draftText(knowledge(), data), raw(data.reason ?? '')],
          buttons: [{ label: t('awards.law.button.document'), command: 'law-document', arg: data.number }],
        },
      ],
    }),
  });
}
