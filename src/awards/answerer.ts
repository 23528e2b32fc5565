/** Answers questions from the knowledge, or says honestly why not. Pure: the same question on the same day gets the same answer. */
import { translate, type LocaleKey } from '../i18n/index.js';
import { formatDate } from '../kernel/format.js';
import type { LocalDate } from '../kernel/local-date.js';
import { cleanInput, fold } from '../kernel/text.js';
import { showBasis, type ShownBasis } from './basis-view.js';
import { createCardIndex, type CardIndex } from './card-index.js';
import { adviser, composeCard, type Occasion } from './compose.js';
import { decide, type Decision, type HandOver } from './gate.js';
import type { Card, Knowledge, Outcome, Reply, ReplyOption, Topic } from './model.js';
import type { Payee } from './money.js';
import { askedDate } from './question-date.js';
import { heartOf } from './question-heart.js';
import { toldHeads, toldShare } from './question-numbers.js';
import { toldYears } from './question-years.js';
import { titlesApart, type Query } from './query.js';
import { empty, isAnswer, joinReplies, NO_TOPIC, optionsOf, topicFrom, withOptions } from './replies.js';
import type { Texts } from './texts/library.js';
import { replyToPaste } from './texts/paste.js';
import { judgeQuotes, shownPassage } from './texts/reply-quotes.js';

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
  readonly knowledge: Knowledge;
}

export interface AnswererDeps {
  readonly knowledge: Knowledge;
  /** What the province has set, by the name of the setting. */
  readonly localSettings?: ReadonlyMap<string, string>;
  /** The official texts with which quotes are compared. */
  readonly texts?: Texts;
}

const QUESTION_LIMIT = 1500;
/** A pasted clause may be longer than a question. */
const PASTE_LIMIT = 8000;
// Titles that a collective wins.
const COLLECTIVE = /^(?:ttld|tap-the|co-|co$|thon-|xa-)/;
// Offered when nothing was understood: what people ask for most.
const LIKELY = ['cstdcs-tieu-chuan', 'ho-so-danh-hieu', 'tien-tong-hop'];

const say = (key: LocaleKey, params: Readonly<Record<string, string | number>> = {}): string =>
  translate('vi', key, params);

/** An answerer over the knowledge; building the index is the slow part, so keep it. */
export function createAnswerer(deps: AnswererDeps): Answerer {
  const room: Room = {
    knowledge: deps.knowledge,
    index: createCardIndex(deps.knowledge),
    settings: deps.localSettings ?? new Map<string, string>(),
    texts: deps.texts,
  };
  return {
    knowledge: deps.knowledge,
    about: (subject, except) =>
      room.index.cardsAbout(subject).filter((card) => !except.includes(card.id) && mayBeOffered(card, room)),
    basis: (id, day) =>
      showBasis(room.knowledge, id, (one) =>
        day === undefined ? undefined : shownPassage(room.texts?.passage(one, day)),
      ),
    answer: (question, options) => {
      const clean = cleanInput(question);
      const pasted = replyToPaste(clean.slice(0, PASTE_LIMIT), room.knowledge, room.texts, options.asOf);
      return pasted ?? answerAll(room, clean.slice(0, QUESTION_LIMIT), options);
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

interface Room {
  readonly knowledge: Knowledge;
  readonly index: CardIndex;
  readonly settings: ReadonlyMap<string, string>;
  readonly texts: Texts | undefined;
}

/** A card that makes sense when it is opened by a button, without a question. */
function mayBeOffered(card: Card, room: Room): boolean {
  const kindOrSubject = (id: string) =>
    ['kind', 'subject'].includes(room.knowledge.vocabulary.concepts.get(id)?.type ?? '');
  return (
    card.lifeOf === undefined &&
    card.certainty !== 'VERIFIED-OLD' &&
    card.outcome !== 'hand_over' &&
    card.needs.every((choice) => choice.some(kindOrSubject))
  );
}

/** Several questions in one message are answered one by one; what has no basis is said to have none. */
function answerAll(room: Room, question: string, options: AskOptions): Reply {
  const whole = answerOne(room, question, options);
  const parts = question
    .split(/(?<=\?)\s+|\n+/)
    .map((part) => part.trim())
    .filter((part) => part.split(/\s+/).length >= 4);
  if (parts.length < 2 || parts.length > 4 || whole.reason === 'complaint' || whole.outcome === 'out_of_scope')
    return whole;
  const replies = parts.map((part) => answerOne(room, part, { ...options, topic: whole.topic }));
  const answered = replies.filter((reply) => isAnswer(reply.outcome));
  const first = answered[0];
  if (!first || (answered.length === replies.length && new Set(answered.flatMap((reply) => reply.cards)).size === 1))
    return first ?? whole;
  if (replies.some((reply) => reply.outcome === 'out_of_scope' || reply.reason === 'complaint'))
    return isAnswer(whole.outcome) ? first : whole;
  return joinReplies(answered, answered.length < replies.length);
}

interface Asked {
  readonly asOf: LocalDate;
  readonly today: LocalDate;
  readonly question: string;
  readonly query?: Query;
  readonly topic: Topic;
}

function answerOne(room: Room, question: string, options: AskOptions): Reply {
  const query = room.index.understand(question, options.topic);
  const told = askedDate(question, options.asOf);
  const asOf = told?.day ?? options.asOf;
  const asked: Asked = { asOf, today: options.asOf, question, query, topic: topicFrom(query, options.topic) };
  const decision = decide(room.knowledge, room.index, { query, asOf, today: options.asOf });
  const unanswered = decision.kind === 'hand_over' && decision.why === 'no_basis';
  const listed = decision.kind === 'card' && listsTitles(question) ? answerEachTitle(room, query, asked) : null;
  if (listed && decision.kind === 'card' && listed.cards.includes(decision.card.id)) return listed;
  const other = unanswered || (decision.kind === 'out_of_scope' && decision.why === 'topic');
  const heart = other ? heartOf(question) : null;
  return (
    (unanswered ? answerEachTitle(room, query, asked) : null) ??
    (heart === null ? null : answerHeart(room, heart, options)) ??
    replyTo(room, decision, asked)
  );
}

/** "X và Y" asks of both, though the card of one mentions the other; where people are counted, one card judges the sum. */
const listsTitles = (question: string): boolean => /\b(?:va|voi)\b/.test(fold(question)) && !/\d/.test(question);

/** A story that nobody can place, with a question at its end that can be answered. */
function answerHeart(room: Room, heart: string, options: AskOptions): Reply | null {
  const reply = answerOne(room, heart, options);
  return reply.outcome === 'hand_over' || reply.outcome === 'out_of_scope' ? null : reply;
}

/** A question of several titles that no one card answers is answered for each of them, or not at all. */
function answerEachTitle(room: Room, query: Query, asked: Asked): Reply | null {
  const titles = titlesApart(query, room.knowledge.vocabulary.concepts);
  const replies = titles.flatMap((apart): Reply[] => {
    const decision = decide(room.knowledge, room.index, { query: apart.query, asOf: asked.asOf, today: asked.today });
    const own = decision.kind === 'card' && room.index.cardsAbout(apart.subject).includes(decision.card);
    // Counts belong to one of the titles: nothing is worked out from them.
    return own ? [replyTo(room, decision, { ...asked, question: '', query: apart.query })] : [];
  });
  const whole = replies.length > 1 && replies.length === titles.length;
  return whole && replies.every((reply) => isAnswer(reply.outcome)) ? joinReplies(replies, false) : null;
}

function replyTo(room: Room, decision: Decision, asked: Asked): Reply {
  switch (decision.kind) {
    case 'card':
      return replyWithCard(
        room,
        decision.card,
        decision.asOf === undefined ? asked : { ...asked, asOf: decision.asOf },
      );
    case 'choose':
      return replyWithChoice(room, decision, asked);
    case 'out_of_scope':
      return {
        outcome: 'out_of_scope',
        text: say(`awards.outOfScope.${decision.why}` as LocaleKey),
        citations: [],
        cards: [],
        options: [],
        topic: NO_TOPIC,
      };
    case 'hand_over':
      return { ...handOver(decision.why, decision.card, asked), options: nearOptions(room, decision.near ?? []) };
  }
}

function handOver(why: HandOver, card: Card | undefined, asked: Asked): Reply {
  const reply = (text: string, passedOnText = text): Reply => ({
    ...empty('hand_over', asked.topic),
    text,
    passedOnText,
    reason: why === 'asked_for_person' || why === 'complaint' ? why : 'no_basis',
  });
  if (why === 'asked_for_person') return reply(say('awards.person'), '');
  if (why === 'complaint') return reply(say('awards.complaint'));
  if (why === 'status') return reply(say('awards.status'));
  const ground =
    why === 'not_in_force' && card
      ? say('awards.notInForce', { title: card.title, day: formatDate(asked.asOf) })
      : say('awards.noBasis');
  return reply(`${ground}\n${say('awards.noBasis.ask', { whom: adviser(undefined) })}`, ground);
}

function replyWithCard(room: Room, card: Card, asked: Asked): Reply {
  const topic: Topic = { ...asked.topic, card: card.id };
  if (card.outcome === 'hand_over') {
    const passedOnText = `${say('awards.noBasis')}\n${card.answer}`;
    const text = `${passedOnText}\n${say('awards.noBasis.ask', { whom: adviser(card) })}`;
    return { ...empty('hand_over', topic), text, passedOnText, cards: [card.id], reason: 'no_basis' };
  }
  if (card.outcome === 'clarify') {
    const choices = optionsOf(card.options.flatMap((id) => room.knowledge.cards.find((one) => one.id === id) ?? []));
    return { ...empty('clarify', topic), text: withOptions(card.answer, choices), cards: [card.id], options: choices };
  }
  const quotes = judgeQuotes(card, room.knowledge, room.texts, asked.asOf);
  if (!quotes.ok)
    return {
      ...empty('hand_over', topic),
      text: quotes.text,
      passedOnText: quotes.text,
      cards: [card.id],
      reason: 'quote',
    };
  const composed = composeCard(card, occasionOf(room, asked));
  const known = card.outcome === 'local_setting' && !room.settings.has(card.setting ?? '');
  const outcome: Outcome = known ? 'local_setting' : composed.warned ? 'answer_with_warning' : 'answer';
  const text = [composed.text, ...quotes.lines].join('\n');
  return { outcome, text, citations: composed.citations, cards: [card.id], options: [], topic };
}

function occasionOf(room: Room, asked: Asked): Occasion {
  const concepts = asked.query?.concepts;
  const payee: Payee = concepts?.has('ho-gia-dinh') ? 'household' : concepts?.has('tap-the') ? 'collective' : 'person';
  return {
    knowledge: room.knowledge,
    asOf: asked.asOf,
    today: asked.today,
    payee,
    share: toldShare(asked.question),
    heads: toldHeads(
      asked.question,
      payee === 'collective' || [...(concepts?.keys() ?? [])].some((id) => COLLECTIVE.test(id)),
    ),
    years: toldYears(asked.question),
    subjects: [...(concepts?.values() ?? [])].filter((one) => one.type === 'subject').map((one) => one.id),
    localSettings: room.settings,
  };
}

function replyWithChoice(room: Room, decision: Extract<Decision, { kind: 'choose' }>, asked: Asked): Reply {
  const cards =
    decision.cards.length > 0
      ? decision.cards
      : LIKELY.flatMap((id) => room.knowledge.cards.find((one) => one.id === id) ?? []);
  const choices = optionsOf(cards);
  const name = room.knowledge.vocabulary.concepts.get(decision.subject ?? '')?.name ?? '';
  const head = say(`awards.clarify.${decision.why}` as LocaleKey, { name });
  return {
    ...empty('clarify', asked.topic),
    text: withOptions(head, choices),
    cards: cards.map((card) => card.id),
    options: choices,
  };
}

const nearOptions = (room: Room, near: readonly Card[]): ReplyOption[] =>
  optionsOf(near.filter((card) => mayBeOffered(card, room)).slice(0, 2));

function topicOf(room: Room, card: Card): Topic {
  const concepts = [...room.index.lexicon.read(`${card.title} ${card.asks[0] ?? ''}`).concepts.values()];
  const of = (type: string) => concepts.filter((one) => one.type === type).map((one) => one.id);
  return { subjects: of('subject'), kinds: of('kind'), card: card.id };
}
