/** Makes the reply of what was decided: from a card, with a choice, as a refusal or a hand-over. */
import { translate, type LocaleKey } from '../i18n/index.js';
import { formatDate } from '../kernel/format.js';
import type { LocalDate } from '../kernel/local-date.js';
import type { UnknownDocument } from './asked-document.js';
import type { CardIndex } from './card-index.js';
import { adviser, composeCard } from './compose.js';
import type { Occasion } from './occasion.js';
import type { Decision, HandOver } from './decision.js';
import type { Card, Knowledge, Outcome, Reply, ReplyOption, Topic } from './model.js';
import type { Payee } from './money.js';
import { countsWinnersApart, toldDenials, toldHeads, toldSalary, toldShare, toldWhole } from './question-numbers.js';
import { toldYears } from './question-years.js';
import type { Query } from './query.js';
import { empty, NO_TOPIC, optionsOf, withOptions } from './replies.js';
import type { Texts } from './texts/library.js';
import { judgeQuotes } from './texts/reply-quotes.js';
import { inForce, isEnded } from './validity.js';

const NEAR_OFFERED = 3;

/** What answers are made of. */
export interface Room {
  readonly knowledge: Knowledge;
  readonly index: CardIndex;
  readonly texts: Texts | undefined;
}

/** One question, on its day. */
export interface Asked {
  readonly asOf: LocalDate;
  readonly today: LocalDate;
  /** Only a year was named, not a day of it. */
  readonly wholeYear?: boolean;
  readonly question: string;
  readonly query?: Query;
  readonly topic: Topic;
}

// Titles that a collective wins.
const COLLECTIVE = /^(?:ttld|tap-the|co-|co$|thon-|xa-)/;
// Offered when nothing was understood: what people ask for most.
const LIKELY = ['cstdcs-tieu-chuan', 'ho-so-danh-hieu', 'tien-tong-hop'];

const say = (key: LocaleKey, params: Readonly<Record<string, string | number>> = {}): string =>
  translate('vi', key, params);

/** A card that makes sense when it is opened by a button, without a question. */
export function mayBeOffered(card: Card, room: Room): boolean {
  const kindOrSubject = (id: string) =>
    ['kind', 'subject'].includes(room.knowledge.vocabulary.concepts.get(id)?.type ?? '');
  return card.lifeOf === undefined && canAnswer(card) && card.needs.every((choice) => choice.some(kindOrSubject));
}

const canAnswer = (card: Card): boolean =>
  !isEnded(card) && card.certainty !== 'VERIFIED-OLD' && card.outcome !== 'hand_over';

/** The reply to one question. */
export function replyTo(room: Room, decision: Decision, asked: Asked): Reply {
  switch (decision.kind) {
    case 'card':
      return replyWithCard(
        room,
        decision.card,
        decision.asOf === undefined ? asked : { ...asked, asOf: decision.asOf },
      );
    case 'choose':
      return replyWithChoice(room, decision, asked);
    case 'out_of_scope': {
      const options = nearOptions(decision.near ?? []);
      const lines = [
        say(`awards.outOfScope.${decision.why}` as LocaleKey),
        ...(options.length > 0 ? [say('awards.nearTopic')] : []),
      ];
      return { ...empty('out_of_scope', NO_TOPIC), text: lines.join('\n'), options };
    }
    case 'hand_over':
      return { ...handOver(decision.why, decision.card, asked), options: nearOptions(decision.near ?? []) };
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

/** A document was named that is not here: another of the same number must not stand in for it. */
export function withoutDocument(room: Room, { asked: document, near }: UnknownDocument, asked: Asked): Reply {
  const ground = say('awards.unknownDocument', { document });
  const lives = near.flatMap(({ number }) => room.knowledge.cards.find((card) => card.lifeOf === number) ?? []);
  return {
    ...empty('hand_over', asked.topic),
    text: `${ground}\n${say('awards.noBasis.ask', { whom: adviser(undefined) })}`,
    passedOnText: ground,
    options: optionsOf(lives),
    reason: 'no_basis',
  };
}

/** Somebody named a day that no calendar has. */
export const noSuchDay = (day: string, topic: Topic): Reply => ({
  ...empty('clarify', topic),
  text: say('awards.noSuchDay', { day }),
});

/** What one card says to a question. */
export function replyWithCard(room: Room, card: Card, asked: Asked): Reply {
  const topic: Topic = { ...asked.topic, card: card.id };
  // A button of before may lead to a card that has ended since.
  if (!inForce(card, asked.asOf, room.knowledge) && card.certainty !== 'VERIFIED-OLD')
    return handOver('not_in_force', card, asked);
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
  const isOpen = card.outcome === 'local_setting' && card.local === undefined;
  const outcome: Outcome = isOpen ? 'local_setting' : composed.warned ? 'answer_with_warning' : 'answer';
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
    wholeYear: asked.wholeYear === true,
    payee,
    share: toldShare(asked.question),
    winnersApart: countsWinnersApart(asked.question),
    whole: toldWhole(asked.question),
    denied: toldDenials(asked.question),
    heads: toldHeads(
      asked.question,
      payee === 'collective' || [...(concepts?.keys() ?? [])].some((id) => COLLECTIVE.test(id)),
    ),
    salary: toldSalary(asked.question),
    years: toldYears(asked.question),
    subjects: [...(concepts?.values() ?? [])].filter((one) => one.type === 'subject').map((one) => one.id),
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

/** Cards that may have been meant, as far as they can answer. */
export const nearOptions = (near: readonly Card[]): ReplyOption[] =>
  optionsOf(near.filter((card) => canAnswer(card)).slice(0, NEAR_OFFERED));

/** What a conversation is about once this card was shown. */
export function topicOf(room: Room, card: Card): Topic {
  const concepts = [...room.index.lexicon.read(`${card.title} ${card.asks[0] ?? ''}`).concepts.values()];
  const of = (type: string) => concepts.filter((one) => one.type === type).map((one) => one.id);
  return { subjects: of('subject'), kinds: of('kind'), card: card.id };
}
