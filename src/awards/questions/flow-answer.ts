/** The officer's answer: written, put in general form, with or without a card, for one or for all who asked the same. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Answer,
  type Ask,
  type At,
  type Flow,
  type Move,
  type Text,
} from '../../conversation/index.js';
import { formatMoment } from '../../kernel/format.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { fold, shorten } from '../../kernel/text.js';
import type { Answerer } from '../answerer.js';
import { basisText, documentWarnings } from '../compose.js';
import type { AwardsReads } from '../store.js';
import { answerQuestion, answerSay } from './effects.js';
import { sameAs } from './group.js';
import { MOST_WAITING, type LikenessNow } from './questions.js';
import type { QuestionReads, WaitingQuestion } from './store.js';
import { isOfficer } from '../officers.js';
import { TASKS } from '../go-buttons.js';

type Reads = { readonly awards: AwardsReads; readonly questions: QuestionReads };
const dataSchema = z.object({
  id: z.string(),
  text: z.string().optional(),
  general: z.string().optional(),
  card: z.string().optional(),
  others: z.array(z.string()).optional(),
});
type Data = z.infer<typeof dataSchema>;
/** The question, and whoever asked the same. */
type Loaded = { readonly question: WaitingQuestion; readonly same: readonly WaitingQuestion[] } | null;

const MINIMUM = 3;
const LIMIT = 1500;
const GENERAL_LIMIT = 300;
const LINE_LIMIT = 160;
const CARDS = 3;
const gone = (): Move<Data> => ({ end: true, say: [{ text: t('awards.answer.gone'), buttons: [TASKS] }] });

/** The flow; `likeness` says who asked the same. */
export function createAnswerFlow(answerer: Answerer, likeness: LikenessNow): Flow<Data, Reads> {
  const load = async (read: Reads, at: At<Data, undefined>): Promise<Loaded> => {
    await read.awards.fresh();
    const question = await read.questions.one(at.data.id);
    if (!question) return null;
    return { question, same: sameAs(question, await read.questions.waiting(MOST_WAITING), likeness()) };
  };
  return defineFlow<Data, Reads>({
    name: 'answer-question',
    version: 3,
    data: dataSchema,
    commands: [
      defineCommand<Data, Reads>({
        name: 'answer-question',
        words: ['trả lời câu hỏi'],
        allow: isOfficer,
        start: ({ arg }) => (arg === '' ? { begin: 'question-queue' } : { to: 'write', data: { id: arg } }),
      }),
    ],
    steps: {
      write: defineStep<Data, Reads, Loaded>({ load, ask: askWrite, answer: takeWritten }),
      general: defineStep<Data, Reads, Loaded>({ load, ask: askGeneral, answer: takeGeneral }),
      cite: defineStep<Data, Reads, Loaded>({
        load,
        ask: ({ loaded, data, today }) => (loaded ? askCite(answerer, data, loaded.question, today) : gone()),
        answer: ({ data, today }, answer) => {
          const on = (card?: string): Move<Data> => {
            const { card: _before, ...rest } = data;
            return { to: 'confirm', data: card === undefined ? rest : { ...rest, card } };
          };
          if (answer.kind === 'option') return on(answer.value === 'none' ? undefined : answer.value);
          const found = answer.kind === 'text' ? cardsFor(answerer, answer.text, today)[0] : undefined;
          return found ? on(found.id) : { again: t('awards.answer.noCard') };
        },
      }),
      who: defineStep<Data, Reads, Loaded>({ load, ask: askWho, answer: takeWho }),
      confirm: defineStep<Data, Reads, Loaded>({
        load,
        ask: (at) => (at.loaded ? preview(answerer, at, at.loaded) : gone()),
        answer: (at, answer) => {
          if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
          if (answer.value === 'send') return send(answerer, at);
          return answer.value === 'edit'
            ? { to: 'write', data: { id: at.data.id } }
            : { to: answer.value, data: at.data };
        },
        refused,
      }),
    },
  });
}

function askWrite({ loaded }: At<Data, Loaded>): Ask | Move<Data> {
  if (!loaded) return gone();
  const { question, same } = loaded;
  return {
    text: [
      t('awards.answer.question', { code: question.code, at: formatMoment(question.askedAt) }),
      raw(question.text),
      ...(same.length === 0 ? [] : [t('awards.answer.same', { n: same.length })]),
      t('awards.answer.write'),
    ],
    options: [{ value: 'close', label: t('awards.answer.close'), words: ['khép', 'khép câu hỏi'] }],
    free: true,
  };
}

/** Who is the only one gets the answer as it is; what several get is put in general form first. */
function takeWritten({ data, loaded }: At<Data, Loaded>, answer: Answer): Move<Data> {
  if (answer.kind === 'option') return { begin: 'close-question', arg: data.id };
  const text = textOf(answer);
  if (text.length < MINIMUM) return { again: t('awards.answer.tooShort') };
  if (text.length > LIMIT) return { again: t('awards.answer.tooLong', { limit: LIMIT }) };
  return { to: loaded && loaded.same.length > 0 ? 'general' : 'confirm', data: { ...data, text } };
}

/** One asker may read the own question back; several read one that names nobody. */
function askGeneral({ loaded }: At<Data, Loaded>): Ask | Move<Data> {
  if (!loaded) return gone();
  const alone = loaded.same.length === 0;
  return {
    text: [t(alone ? 'awards.answer.general' : 'awards.answer.generalForAll'), raw(loaded.question.text)],
    ...(alone ? { options: [{ value: 'keep', label: t('awards.answer.keep'), words: ['giữ nguyên'] }] } : {}),
    free: true,
  };
}

function takeGeneral({ data, loaded }: At<Data, Loaded>, answer: Answer): Move<Data> {
  const isShared = loaded !== null && loaded.same.length > 0 && data.others === undefined;
  const to = isShared ? 'who' : 'confirm';
  if (answer.kind === 'option') return { to, data };
  const general = textOf(answer);
  if (general.length < MINIMUM) return { again: t('awards.answer.tooShort') };
  if (general.length > GENERAL_LIMIT) return { again: t('awards.answer.tooLong', { limit: GENERAL_LIMIT }) };
  return { to, data: { ...data, general } };
}

/** Cards that may carry the answer: those of the question, or of what the officer looks for. */
function cardsFor(answerer: Answerer, typed: string, today: LocalDate) {
  const { cards } = answerer.knowledge;
  const named = cards.find((card) => card.id === fold(typed).replaceAll(' ', '-'));
  if (named) return [named];
  const reply = answerer.answer(typed, { asOf: today });
  const ids = [...reply.cards, ...reply.options.map((one) => one.card)];
  const found = ids.flatMap((id) => cards.find((card) => card.id === id) ?? []);
  return found.filter((card) => card.outcome !== 'hand_over' && card.state !== 'het-hieu-luc').slice(0, CARDS);
}

function askCite(answerer: Answerer, data: Data, question: WaitingQuestion, today: LocalDate): Ask {
  const near = cardsFor(answerer, data.general ?? question.text, today);
  return {
    text: t('awards.answer.cite'),
    options: [
      ...near.map((card) => ({ value: card.id, label: raw(card.title) })),
      { value: 'none', label: t('awards.answer.citeNone'), words: ['không dẫn'] },
    ],
    free: true,
  };
}

function askWho({ loaded }: At<Data, Loaded>): Ask | Move<Data> {
  if (!loaded) return gone();
  return {
    text: [
      t('awards.answer.who', { n: loaded.same.length }),
      ...loaded.same.map((one) => raw(`${one.code}: ${shorten(one.text, LINE_LIMIT)}`)),
      t('awards.answer.whoHow'),
    ],
    options: [
      { value: 'all', label: t('awards.answer.whoAll', { n: loaded.same.length + 1 }), words: ['tất cả'] },
      { value: 'one', label: t('awards.answer.whoOne'), words: ['chỉ một người'] },
    ],
    free: true,
  };
}

/** "bỏ CH-ABCDE": everybody but those whose codes are typed. */
function takeWho({ data, loaded }: At<Data, Loaded>, answer: Answer): Move<Data> {
  const same = loaded?.same ?? [];
  const on = (others: readonly WaitingQuestion[]): Move<Data> => ({
    to: 'confirm',
    data: { ...data, others: others.map((one) => one.id) },
  });
  if (answer.kind === 'option') return on(answer.value === 'all' ? same : []);
  const typed = textOf(answer).toUpperCase();
  const left = same.filter((one) => !typed.includes(one.code));
  return left.length < same.length ? on(left) : { again: t('awards.answer.whoHow') };
}

/** Of those chosen, who still waits. */
const stillWaiting = ({ same }: NonNullable<Loaded>, data: Data): readonly WaitingQuestion[] =>
  same.filter((one) => data.others?.includes(one.id) === true);

/** What is said of the card that the answer cites. */
function citeLines(answerer: Answerer, id: string | undefined, today: LocalDate): Text[] | undefined {
  const card = answerer.knowledge.cards.find((one) => one.id === id);
  if (!card) return undefined;
  const basis = card.basis.filter((one) => answerer.knowledge.documents.has(one.document));
  return [
    t('awards.answer.cited', { title: card.title }),
    ...(basis.length === 0
      ? []
      : [t('awards.basis', { list: basis.map((one) => basisText(one, answerer.knowledge)).join('; ') })]),
    ...documentWarnings(basis, answerer.knowledge, today).map((line) => raw(`⚠️ ${line}`)),
    ...(card.certainty === 'VERIFIED-2' ? [t('awards.eligible.secondHand')] : []),
  ];
}

/** Exactly as it will be read. */
function preview(answerer: Answerer, at: At<Data, Loaded>, loaded: NonNullable<Loaded>): Ask {
  const { data, actor, now } = at;
  const cite = citeLines(answerer, data.card, at.today);
  const said = answerSay({
    code: loaded.question.code,
    question: data.general ?? loaded.question.text,
    text: data.text ?? '',
    name: actor.name,
    now,
    ...(cite ? { cite } : {}),
  });
  const people = new Set([loaded.question, ...stillWaiting(loaded, data)].map((one) => one.conversationId)).size;
  return {
    text: [
      t('awards.answer.preview', { code: loaded.question.code, name: actor.name, n: people }),
      ...(Array.isArray(said.text) ? (said.text as Text[]) : [said.text as Text]),
    ],
    options: [
      { value: 'send', label: t('button.send'), words: ['đồng ý', 'gửi đi'] },
      { value: 'edit', label: t('button.edit'), words: ['sửa lại'] },
      { value: 'cite', label: t('awards.answer.toCite'), words: ['dẫn thẻ'] },
      ...(data.general === undefined
        ? [{ value: 'general', label: t('awards.answer.toGeneral'), words: ['viết dạng chung'] }]
        : []),
    ],
  };
}

function send(answerer: Answerer, { data, loaded, today }: At<Data, Loaded>): Move<Data> {
  if (!loaded) return gone();
  const others = stillWaiting(loaded, data).map((one) => one.id);
  const lines = citeLines(answerer, data.card, today);
  return {
    end: true,
    say: [
      {
        text: t('awards.answer.sent', { code: loaded.question.code }),
        buttons: [
          { label: t('awards.answer.toCard'), command: 'card-new', arg: data.id },
          { label: t('awards.queue.button'), command: 'question-queue' },
          TASKS,
        ],
      },
    ],
    effects: [
      answerQuestion({
        questionId: data.id,
        text: data.text ?? '',
        ...(others.length === 0 ? {} : { others }),
        ...(data.general === undefined ? {} : { general: data.general }),
        ...(lines && data.card !== undefined ? { cite: { card: data.card, lines } } : {}),
      }),
    ],
  };
}

/** Somebody was faster: the words are given back, for they may serve elsewhere. */
const refused = ({ data }: At<Data, Loaded>, refusal: { readonly text: Text }): Move<Data> => ({
  end: true,
  say: [
    {
      text: [refusal.text, ...(data.text === undefined ? [] : [t('awards.answer.yourWords', { text: data.text })])],
      buttons: [TASKS],
    },
  ],
});

const textOf = (answer: Answer): string => (answer.kind === 'text' ? answer.text.trim() : '');
