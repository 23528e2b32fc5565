/** "Thẻ tri thức": find a card, read it whole, and see what was done to it. */
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
import { fold, shorten } from '../../kernel/text.js';
import type { Answerer } from '../answerer.js';
import type { Card } from '../model.js';
import { loadCurrent, shippedCard, type Current, type Reads } from './current.js';
import type { CardVersion } from './store.js';
import { cardTexts, changedFields, fieldText, historyLine } from './texts.js';
import { isOfficer } from '../officers.js';

const dataSchema = z.object({ query: z.string(), offset: z.number(), id: z.string().optional() });
type Data = z.infer<typeof dataSchema>;

const PAGE = 8;
const LABEL_LIMIT = 60;
const QUERY_LIMIT = 100;
const LIST: Move<Data> = { to: 'list', data: { query: '', offset: 0 } };

/** The flow over the knowledge of an answerer. */
export function createCardsFlow(answerer: Answerer): Flow<Data, Reads> {
  return defineFlow<Data, Reads>({
    name: 'cards',
    version: 1,
    data: dataSchema,
    keepsDraft: false,
    commands: [
      defineCommand<Data, Reads>({
        name: 'cards',
        words: ['thẻ tri thức', 'kho tri thức', 'knowledge cards'],
        takesText: true,
        allow: isOfficer,
        start: ({ arg }) => ({ to: 'list', data: { query: arg.trim().slice(0, QUERY_LIMIT), offset: 0 } }),
      }),
      defineCommand<Data, Reads>({
        name: 'card',
        words: [],
        allow: isOfficer,
        start: ({ arg }) => ({ to: 'show', data: { query: '', offset: 0, id: arg } }),
      }),
    ],
    steps: {
      list: listStep(answerer),
      show: showStep(answerer),
      history: historyStep(answerer),
      version: versionStep(answerer),
    },
  });
}

/** Cards by id, by words of title and question forms, then by what the question would be answered with. */
function findCards(answerer: Answerer, query: string, today: string): Card[] {
  const own = answerer.knowledge.cards.filter((card) => card.lifeOf === undefined);
  if (query === '') return own;
  const words = fold(query).split(/\s+/);
  const holds = (text: string) => words.every((word) => fold(text).includes(word));
  const exact = own.filter((card) => card.id === query.toLowerCase());
  const named = own.filter((card) => holds(card.title) || holds(card.id));
  const asked = own.filter((card) => card.asks.some(holds));
  const { cards, outcome } = answerer.answer(query, { asOf: today });
  // What is asked back offers likely cards, not found ones.
  const answering = outcome === 'clarify' ? [] : own.filter((card) => cards.includes(card.id));
  const loose = own.filter((card) => holds(`${card.answer} ${card.details ?? ''}`));
  return [...new Set([...exact, ...named, ...answering, ...asked, ...loose])];
}

function listStep(answerer: Answerer) {
  return defineStep<Data, Reads, void>({
    load: (read) => read.awards.fresh(),
    ask: ({ data: { query, offset }, today }) => {
      const all = findCards(answerer, query, today);
      const page = all.slice(offset, offset + PAGE);
      const shown = query === '' ? t('awards.cards.list', { n: all.length }) : foundText(query, all.length);
      return {
        text: [shown, ...page.map(lineOf)],
        options: [
          ...page.map((card, n): Option => ({
            value: `c:${card.id}`,
            label: raw(shorten(`${String(n + 1)} ${card.title}`, LABEL_LIMIT)),
            words: [card.id],
          })),
          ...(offset + PAGE < all.length ? [{ value: 'more', label: t('awards.cards.button.more') }] : []),
          ...(offset > 0 ? [{ value: 'less', label: t('awards.law.button.less') }] : []),
          { value: 'new', label: t('awards.cards.button.new'), words: ['thêm thẻ'] },
        ],
        free: true,
      };
    },
    answer: ({ data }, answer): Move<Data> => {
      if (answer.kind === 'text') return { to: 'list', data: { query: answer.text.slice(0, QUERY_LIMIT), offset: 0 } };
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'new') return { begin: 'card-new' };
      if (answer.value === 'more') return { to: 'list', data: { ...data, offset: data.offset + PAGE } };
      if (answer.value === 'less') return { to: 'list', data: { ...data, offset: Math.max(0, data.offset - PAGE) } };
      return { to: 'show', data: { ...data, id: answer.value.slice(2) } };
    },
  });
}

const foundText = (query: string, n: number): Text =>
  n === 0 ? t('awards.cards.found.none', { query }) : t('awards.cards.found', { query, n });

const lineOf = (card: Card, n: number): Text =>
  t('awards.cards.line', { n: n + 1, title: card.title, state: t(`awards.cards.state.${card.state}`) });

function showStep(answerer: Answerer) {
  return defineStep<Data, Reads, Current>({
    load: (read, { data }) => loadCurrent(read, answerer, data.id ?? ''),
    ask: ({ data, loaded: { card, version } }) => {
      if (!card) return { ...LIST, say: [{ text: t('awards.cards.unknown', { id: data.id ?? '' }) }] };
      const text = cardTexts(card, version, answerer.knowledge);
      if (card.lifeOf !== undefined)
        return {
          text: [...text, t('awards.cards.ofDocument')],
          options: [{ value: 'list', label: t('awards.cards.button.list') }],
        };
      return { text, options: actsOn(card) };
    },
    answer: ({ data }, answer): Move<Data> => {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'list') return { to: 'list', data: { query: data.query, offset: 0 } };
      if (answer.value === 'history') return { to: 'history', data: { ...data, offset: 0 } };
      return { begin: answer.value, arg: data.id ?? '' };
    },
  });
}

function actsOn(card: Card): Option[] {
  const act = (value: string, label: Text): Option => ({ value, label });
  const check =
    card.state === 'da-doi-chieu'
      ? [act('card-unverify', t('awards.cards.button.unverify'))]
      : card.state === 'chua-doi-chieu' && card.outcome !== 'hand_over'
        ? [act('card-verify', t('awards.cards.button.verify'))]
        : [];
  return [
    { ...act('card-edit', t('awards.cards.button.edit')), words: ['sửa'] },
    ...check,
    act('history', t('awards.cards.button.history')),
    ...(card.state === 'het-hieu-luc' ? [] : [act('card-end', t('awards.cards.button.end'))]),
    act('list', t('awards.cards.button.list')),
  ];
}

interface History extends Current {
  readonly total: number;
  readonly versions: readonly CardVersion[];
}

function historyStep(answerer: Answerer) {
  return defineStep<Data, Reads, History>({
    load: async (read, { data }) => ({
      ...(await loadCurrent(read, answerer, data.id ?? '')),
      ...(await read.cards.history(data.id ?? '', PAGE, data.offset)),
    }),
    ask: ({ data, loaded: { card, total, versions } }) => {
      const title = card?.title ?? '';
      const more = data.offset + PAGE < total ? [{ value: 'more', label: t('awards.cards.button.more') }] : [];
      const first = shippedCard(answerer, data.id ?? '') && total > 0;
      return {
        text:
          total === 0
            ? t('awards.cards.history.none', { title })
            : [t('awards.cards.history', { title, n: total }), ...versions.map(historyLine)],
        options: [
          ...versions.map((one) => ({ value: `v:${String(one.version)}`, label: raw(`#${String(one.version)}`) })),
          ...more,
          ...(first ? [{ value: 'v:0', label: t('awards.cards.history.first') }] : []),
          { value: 'back', label: t('awards.cards.button.open') },
        ],
        // Versions are named by their own numbers.
        free: true,
        numbersAreAnswers: true,
      };
    },
    answer: ({ data, loaded }, answer): Move<Data> => {
      const typed = answer.kind === 'text' ? /^\s*#?(\d+)\s*$/.exec(answer.text)?.[1] : undefined;
      const value = answer.kind === 'option' ? answer.value : typed === undefined ? '' : `v:${typed}`;
      if (value === 'more') return { to: 'history', data: { ...data, offset: data.offset + PAGE } };
      if (value === 'back') return { to: 'show', data };
      const version = value.startsWith('v:') ? Number(value.slice(2)) : -1;
      if (version < 0 || version > loaded.version) return { again: t('conversation.chooseOne') };
      return { to: 'version', data: { ...data, offset: version } };
    },
  });
}

interface Shown {
  readonly one: CardVersion | null;
  readonly card: Card | null;
  readonly before: Card | null;
  readonly newest: number;
}

/** One version: the card as it was then, and what the act changed. Here `offset` is the version. */
function versionStep(answerer: Answerer) {
  return defineStep<Data, Reads, Shown>({
    load: async (read, { data: { id = '', offset } }) => {
      const { version: newest } = await loadCurrent(read, answerer, id);
      const cardAt = async (n: number) =>
        n <= 0 ? (shippedCard(answerer, id) ?? null) : ((await read.cards.version(id, n))?.card ?? null);
      const one = offset > 0 ? await read.cards.version(id, offset) : null;
      return { one, card: await cardAt(offset), before: offset > 0 ? await cardAt(offset - 1) : null, newest };
    },
    ask: ({ data, loaded: { one, card, before, newest } }) => {
      if (!card) return { to: 'history', data: { ...data, offset: 0 }, say: [{ text: t('awards.cards.bad.gone') }] };
      const { knowledge } = answerer;
      const changes = changedFields(before, card, knowledge).flatMap((field) => [
        t('awards.cards.history.changed', { fields: t(`awards.cards.field.${field}`) }),
        t('awards.cards.preview.old', { text: fieldText(before ?? card, field, knowledge) }),
        t('awards.cards.preview.new', { text: fieldText(card, field, knowledge) }),
      ]);
      return {
        text: [
          one ? historyLine(one) : t('awards.cards.history.first'),
          ...changes,
          ...cardTexts(card, data.offset, knowledge),
        ],
        options: [
          ...(data.offset < newest ? [{ value: 'restore', label: t('awards.cards.button.restore') }] : []),
          { value: 'history', label: t('awards.cards.button.history') },
          { value: 'back', label: t('awards.cards.button.open') },
        ],
      };
    },
    answer: ({ data }, answer): Move<Data> => {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'history') return { to: 'history', data: { ...data, offset: 0 } };
      if (answer.value === 'back') return { to: 'show', data: { ...data, offset: 0 } };
      return { begin: 'card-restore', arg: `${data.id ?? ''}:${String(data.offset)}` };
    },
  });
}
