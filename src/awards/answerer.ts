/** Answers questions from the knowledge, or says honestly why not. Pure: the same question on the same day gets the same answer. */
import { translate } from '../i18n/index.js';
import type { LocalDate } from '../kernel/local-date.js';
import { cleanInput, fold } from '../kernel/text.js';
import { showBasis, type ShownBasis } from './basis-view.js';
import { unknownDocument, withoutIssuers } from './asked-document.js';
import { createCardIndex } from './card-index.js';
import { isSpeechAct } from './decision.js';
import { decide } from './gate.js';
import type { Card, Concept, Knowledge, Reply, Topic } from './model.js';
import {
  mayBeOffered,
  nearOptions,
  noSuchDay,
  replyTo,
  replyWithCard,
  topicOf,
  withoutDocument,
  type Asked,
  type Room,
} from './make-reply.js';
import { askedDate } from './question-date.js';
import { heartOf } from './question-heart.js';
import { toldHeads, toldShare } from './question-numbers.js';
import { aboutTitles, titlesApart, type Query } from './query.js';
import { isAnswer, joinReplies, topicFrom } from './replies.js';
import type { Texts } from './texts/library.js';
import { replyToPaste } from './texts/paste.js';
import { shownPassage } from './texts/reply-quotes.js';
import { inForce } from './validity.js';

export interface AskOptions {
  /** The day on which the question is asked. */
  readonly asOf: LocalDate;
  /** What the conversation was about before. */
  readonly topic?: Topic;
}

export interface Answerer {
  answer(question: string, options: AskOptions): Reply;
  /** The answer of one card, for a button that names it; undefined for an id that is no card. */
  card(id: string, options: AskOptions): Reply | undefined;
  /** Other cards about a title or form that answer by themselves, for buttons. */
  about(subject: string, except: readonly string[]): readonly Card[];
  /** What a card rests on, for a person who wants to see it; undefined for an id that is no card. */
  basis(id: string, day?: LocalDate): ShownBasis | undefined;
  /** The card as its file has it, whatever an officer made of it; without this member nothing was changed. */
  shipped?(id: string): Card | undefined;
  /** Builds at once what the first question would otherwise wait for. */
  warm(): void;
  readonly knowledge: Knowledge;
}

export interface AnswererDeps {
  readonly knowledge: Knowledge;
  /** The official texts with which quotes are compared. */
  readonly texts?: Texts;
}

const QUESTION_LIMIT = 1500;
/** A pasted clause may be longer than a question. */
const PASTE_LIMIT = 8000;
/** From this likeness of words on, another card is worth a button beside an answer. */
const ALSO_MEANT = 0.4;
const ALSO_OFFERED = 2;
const BY_FAR = 0.15;
// The title whose holders are counted for titles of a collective.
const COUNTED = 'ldtt';
// What is asked of these depends on the day: amounts, and who may give.
const DAY_COUNTS = ['money', 'authority', 'chu-tich-xa', 'cap-huyen', 'thu-truong', 'chu-tich-tinh'];

/** An answerer over the knowledge; building the index is the slow part, so keep it. */
export function createAnswerer(deps: AnswererDeps): Answerer {
  const room: Room = {
    knowledge: deps.knowledge,
    index: createCardIndex(deps.knowledge),
    texts: deps.texts,
  };
  return {
    knowledge: deps.knowledge,
    warm: () => room.index.warm(),
    about: (subject, except) =>
      room.index.cardsAbout(subject).filter((card) => !except.includes(card.id) && mayBeOffered(card, room)),
    basis: (id, day) =>
      showBasis(room.knowledge, id, (one) =>
        day === undefined ? undefined : shownPassage(room.texts?.passage(one, day)),
      ),
    answer: (question, options) => {
      const clean = cleanInput(question);
      const pasted = replyToPaste(clean.slice(0, PASTE_LIMIT), room.knowledge, room.texts, options.asOf);
      return pasted ?? answerAll(room, shortened(clean), options);
    },
    card: (id, options) => {
      const card = room.knowledge.cards.find((one) => one.id === id);
      return (
        card &&
        replyWithCard(room, card, {
          asOf: options.asOf,
          today: options.asOf,
          question: card.title,
          topic: topicOf(room, card),
        })
      );
    },
  };
}

/** Several questions in one message are answered one by one; what has no basis is said to have none. */
function answerAll(room: Room, question: string, options: AskOptions): Reply {
  const whole = answerOne(room, question, options);
  const parts = mixedParts(room, question) ?? sentencesOf(question);
  if (parts.length < 2 || parts.length > 4 || whole.reason === 'complaint' || whole.outcome === 'out_of_scope')
    return whole;
  const replies = parts.map((part) => answerOne(room, part, { ...options, topic: whole.topic }));
  const answered = replies.filter((reply) => isAnswer(reply.outcome) || reply.outcome === 'local_setting');
  const first = answered[0];
  if (!first || (answered.length === replies.length && new Set(answered.flatMap((reply) => reply.cards)).size === 1))
    return first ?? whole;
  if (replies.some((reply) => reply.outcome === 'out_of_scope' || reply.reason === 'complaint'))
    return isAnswer(whole.outcome) ? joinReplies(answered, true) : whole;
  return joinReplies(answered, answered.length < replies.length);
}

/** A long story has its question at the end, if it has one. */
const shortened = (clean: string): string =>
  clean.length <= QUESTION_LIMIT ? clean : (heartOf(clean.slice(-QUESTION_LIMIT)) ?? clean.slice(0, QUESTION_LIMIT));

const sentencesOf = (question: string): string[] =>
  question
    .split(/(?<=\?)\s+|\n+/)
    .map((part) => part.trim())
    .filter((part) => part.split(/\s+/).length >= 4);

/** "tiêu chuẩn CSTĐCS và hồ sơ bằng khen tỉnh": each part names its title and what is asked of it; null for other questions. */
function mixedParts(room: Room, question: string): string[] | null {
  const count = (text: string, type: Concept['type']) =>
    [...room.index.understand(text).concepts.values()].filter((one) => one.type === type).length;
  const parts = question.split(/\s+v(?:à|a)\s+|[,;]\s*/i).filter((part) => part.trim() !== '');
  const isMixed = parts.length > 1 && count(question, 'subject') > 1 && count(question, 'kind') > 1;
  return isMixed && parts.every((part) => count(part, 'subject') === 1 && count(part, 'kind') > 0) ? parts : null;
}

function answerOne(room: Room, question: string, options: AskOptions): Reply {
  const query = room.index.understand(withoutIssuers(question), options.topic);
  const dayCounts = DAY_COUNTS.some((id) => query.concepts.has(id));
  const told = askedDate(question, { today: options.asOf, dayCounts });
  const asOf = told?.day ?? options.asOf;
  const topic = topicFrom(query, options.topic);
  if (told?.noSuchDay !== undefined && query.concepts.size > 0) return noSuchDay(told.noSuchDay, topic);
  const wholeYear = told?.wholeYear === true;
  const asked: Asked = { asOf, today: options.asOf, wholeYear, question, query, topic };
  const decision = decide(room.knowledge, room.index, { query, asOf, today: options.asOf });
  const unknown = isSpeechAct(decision) ? null : unknownDocument(question, room.knowledge.documents);
  if (unknown) return withoutDocument(room, unknown, asked);
  const unanswered = decision.kind === 'hand_over' && decision.why === 'no_basis';
  const listed = decision.kind === 'card' && listsTitles(question) ? answerEachTitle(room, query, asked) : null;
  if (listed && decision.kind === 'card' && listed.cards.includes(decision.card.id))
    return alsoMeant(room, query, listed, asOf);
  const apart = decision.kind === 'card' || unanswered ? answerEachKind(room, query, asked) : null;
  if (apart) return apart;
  const mayCount = decision.kind === 'card' || decision.kind === 'choose' || unanswered;
  const counted = mayCount ? answerCounts(room, query, asked, options.topic?.subjects ?? []) : null;
  if (counted) return counted;
  const other = unanswered || (decision.kind === 'out_of_scope' && decision.why === 'topic');
  const heart = other ? heartOf(question) : null;
  const fromHeart = () => (heart === null ? null : answerHeart(room, heart, options));
  const each = unanswered ? answerEachTitle(room, query, asked) : null;
  return each === null
    ? (fromHeart() ?? alsoMeant(room, query, replyTo(room, decision, asked), asOf))
    : alsoMeant(room, query, each, asOf);
}

/**
 * Beside an answer, the cards whose ways to ask are as near to the question in its words: the other readings of it. None
 * where the answering card is the nearest by far.
 */
function alsoMeant(room: Room, query: Query, reply: Reply, asOf: LocalDate): Reply {
  if (reply.cards.length === 0 || reply.outcome === 'clarify') return reply;
  const [first, ...rest] = room.index
    .near(query, (card) => inForce(card, asOf, room.knowledge))
    .filter(({ score }) => score >= ALSO_MEANT);
  if (!first || (reply.cards.includes(first.card.id) && first.score - (rest[0]?.score ?? 0) >= BY_FAR)) return reply;
  const others = [first, ...rest].map(({ card }) => card).filter(({ id }) => !reply.cards.includes(id));
  return { ...reply, options: nearOptions(others).slice(0, ALSO_OFFERED) };
}

/** "X và Y" asks of both, though the card of one mentions the other; where people are counted, one card judges the sum. */
const listsTitles = (question: string): boolean => /\b(?:va|voi)\b/.test(fold(question)) && !/\d/.test(question);

/** "12 người, 8 LĐTT" asks for a title of the collective and names none: the share is worked out for each that wants one. */
function answerCounts(room: Room, query: Query, before: Asked, subjectsBefore: readonly string[]): Reply | null {
  const told = [...query.concepts.values()].filter((one) => one.type === 'subject').map((one) => one.id);
  if (told.join() !== COUNTED || query.concepts.has('money') || toldShare(before.question) === null) return null;
  const shared = Object.keys(room.knowledge.parameters.shares);
  const spokenOf = shared.filter((id) => subjectsBefore.includes(id));
  const titles = spokenOf.length > 0 ? spokenOf : shared;
  const about = aboutTitles(query, titles, room.knowledge.vocabulary.concepts);
  // The talk stays with the collective: Lao động tiên tiến is only what is counted.
  const asked: Asked = { ...before, topic: { ...before.topic, subjects: titles } };
  if (titles.length > 1) return answerEachTitle(room, about, asked, asked.question);
  const decision = decide(room.knowledge, room.index, { query: about, asOf: asked.asOf, today: asked.today });
  return decision.kind === 'card' ? replyTo(room, decision, { ...asked, query: about }) : null;
}

/** A story that nobody can place, with a question at its end that can be answered. */
function answerHeart(room: Room, heart: string, options: AskOptions): Reply | null {
  const reply = answerOne(room, heart, options);
  return reply.outcome === 'hand_over' || reply.outcome === 'out_of_scope' ? null : reply;
}

// Asked together of one title, these are two questions: "cần gì và thưởng bao nhiêu".
const SEPARATE = ['criteria', 'papers', 'money', 'authority'];

/** Two things asked of one title are answered one after the other, where each has an answer of its own. */
function answerEachKind(room: Room, query: Query, asked: Asked): Reply | null {
  const kinds = SEPARATE.filter((id) => query.concepts.has(id));
  const subjects = [...query.concepts.values()].filter((one) => one.type === 'subject');
  const [first, second] = kinds;
  if (first === undefined || second === undefined || kinds.length > 2 || subjects.length !== 1) return null;
  if (!/\bva\b/.test(fold(asked.question))) return null;
  const replies = [
    [first, second],
    [second, first],
  ].flatMap(([kind = '', other = '']): Reply[] => {
    const concepts = new Map([...query.concepts].filter(([id]) => id !== other));
    const one = { ...query, concepts };
    const decision = decide(room.knowledge, room.index, { query: one, asOf: asked.asOf, today: asked.today });
    const own = decision.kind === 'card' && room.index.asks(decision.card, kind);
    return own ? [replyTo(room, decision, { ...asked, query: one })] : [];
  });
  const cards = new Set(replies.flatMap((reply) => reply.cards));
  const whole = replies.length === 2 && cards.size === 2;
  return whole && replies.every(({ outcome }) => isAnswer(outcome) || outcome === 'local_setting')
    ? joinReplies(replies, false)
    : null;
}

/** A question of several titles that no one card answers is answered for each of them, or not at all. */
function answerEachTitle(room: Room, query: Query, asked: Asked, counts = ''): Reply | null {
  // Several things asked of several titles: which belongs to which is not for guessing.
  if ([...query.concepts.values()].filter((one) => one.type === 'kind' && !one.soft).length > 1) return null;
  const titles = titlesApart(query, room.knowledge.vocabulary.concepts);
  const replies = titles.flatMap((apart): Reply[] => {
    const decision = decide(room.knowledge, room.index, { query: apart.query, asOf: asked.asOf, today: asked.today });
    const own = decision.kind === 'card' && room.index.cardsAbout(apart.subject).includes(decision.card);
    // Counts belong to one of the titles: nothing is worked out from them, unless they are meant for all.
    return own ? [replyTo(room, decision, { ...asked, question: counts, query: apart.query })] : [];
  });
  const whole = replies.length > 1 && replies.length === titles.length;
  if (!whole || !replies.every((reply) => isAnswer(reply.outcome))) return null;
  const joined = joinReplies(replies, false);
  const countsSeveral = query.concepts.has('money') && toldHeads(asked.question, false).isUnclear;
  return countsSeveral ? { ...joined, text: `${joined.text}\n\n${translate('vi', 'awards.bonus.each')}` } : joined;
}
