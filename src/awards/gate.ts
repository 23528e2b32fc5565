/** Decides, before anything is answered, whether it may be. */
import type { CardIndex } from './card-index.js';
import type { Ranked } from './card-score.js';
import { ENOUGH, type Decision, type GateInput } from './decision.js';
import { OFFICERS_CARD, type Card, type Concept, type Knowledge } from './model.js';
import { deadDocument, oldRule } from './older-law.js';
import type { Query } from './query.js';
import { inForce } from './validity.js';

/** A card of which less was asked may be offered, never given. */
const WORTH_OFFERING = 0.45;
/** From this likeness of words on, a card may be what was meant. */
const ALIKE = 0.3;
const RATHER_ALIKE = 0.38;
const SAME = 0.05;
const UNCLEAR_WORDS = 2;
const GENERAL_WORDS = 5;
const SENTENCE = 5;
const BARE = 3;
/** With more other words than this, a bare title is no open question but one about something unknown. */
const OPEN_WORDS = 1;
/** A title beside words that nobody here knows needs a better match than usual. */
const SURE = 0.8;

// "luật thi đua, khen thưởng" without a number.
const LAW = '06/2022/QH15';
// Asked to write a report or a submission for somebody: this card offers what can be done instead.
const WRITE_CARD = 'viet-bao-cao';

/** The decision for one question. */
export function decide(knowledge: Knowledge, index: CardIndex, input: GateInput): Decision {
  const { query } = input;
  const concepts = [...query.concepts.values()];
  const speech = decideSpeechAct(concepts);
  if (speech) return speech;
  const exact = exactly(index, input, knowledge);
  if (exact) return exact;
  const anchored = concepts.some((one) => one.type === 'subject' || one.anchor !== undefined);
  const outside = concepts.some((one) => one.type === 'outside');
  if (!anchored) return decideWithoutAnchor(knowledge, index, input, outside);
  const written =
    has(concepts, 'act-write') && !has(concepts, 'mau-bieu') && knowledge.cards.find((card) => card.id === WRITE_CARD);
  if (written) return { kind: 'card', card: written };
  if (onlyGeneral(query)) return { kind: 'choose', why: 'unclear', cards: [] };
  if (onlyKind(query)) return { kind: 'choose', why: 'unclear', cards: offer(knowledge, index, input) };
  const strong = concepts.some((one) => one.type === 'subject' || one.anchor === 'strong');
  if (outside && !strong) return { kind: 'out_of_scope', why: 'topic' };

  const allowed = (card: Card) => inForce(card, input.asOf, knowledge);
  const ranked = index.rank(query, allowed);
  const best = ranked[0];
  const dead = deadDocument(knowledge, index, input);
  if (dead) return dead;
  if (outside && (!best || best.score < ENOUGH)) return { kind: 'out_of_scope', why: 'topic' };
  const open = openQuestion(index, query, ranked, knowledge, allowed);
  if (open) return open;
  if (best && best.score >= ENOUGH)
    return (
      oldRule(ranked, input) ??
      officersCard(ranked) ??
      sameScore(ranked, query, knowledge) ?? { kind: 'card', card: best.card }
    );
  return notEnough(knowledge, index, input, { ranked, allowed });
}

/** Asked in the very words of one card: that card, whatever else the words may mean. */
function exactly(index: CardIndex, { query, asOf }: GateInput, knowledge: Knowledge): Decision | null {
  const cards = index.askedAs(query).filter((card) => inForce(card, asOf, knowledge));
  return cards.length === 1 && cards[0] ? { kind: 'card', card: cards[0] } : null;
}

const has = (concepts: readonly Concept[], id: string): boolean => concepts.some((one) => one.id === id);

function decideSpeechAct(concepts: readonly Concept[]): Decision | null {
  if (has(concepts, 'act-inject')) return { kind: 'out_of_scope', why: 'instruction' };
  if (has(concepts, 'act-person')) return { kind: 'hand_over', why: 'asked_for_person' };
  if (has(concepts, 'act-complaint')) return { kind: 'hand_over', why: 'complaint' };
  if (has(concepts, 'act-unpublished')) return { kind: 'out_of_scope', why: 'unpublished' };
  if (has(concepts, 'act-verdict')) return { kind: 'out_of_scope', why: 'verdict' };
  if (has(concepts, 'act-status')) return { kind: 'hand_over', why: 'status' };
  return null;
}

/** "khen thưởng" and nothing more: the field, but no question. */
function onlyGeneral(query: Query): boolean {
  return (
    query.reading.tokens.length <= GENERAL_WORDS && [...query.concepts.values()].every((one) => one.type === 'domain')
  );
}

/** "hồ sơ": what is wanted, but of what? */
const onlyKind = (query: Query): boolean =>
  query.reading.tokens.length <= BARE && [...query.concepts.values()].every((one) => one.type === 'kind');

/** The cards nearest to so few words, for buttons. */
const offer = (knowledge: Knowledge, index: CardIndex, { query, asOf }: GateInput): Card[] =>
  index
    .rank(query, (card) => card.outcome === 'answer' && inForce(card, asOf, knowledge))
    .slice(0, 3)
    .map((one) => one.card);

/** A few words, filler, or nothing but digits and signs, may still mean something here; a whole sentence about other things does not. */
function decideWithoutAnchor(knowledge: Knowledge, index: CardIndex, input: GateInput, outside: boolean): Decision {
  const { query } = input;
  if (outside) return { kind: 'out_of_scope', why: 'topic' };
  if (isVague(query)) return { kind: 'choose', why: 'unclear', cards: offer(knowledge, index, input) };
  const nothing = query.concepts.size === 0 && [...query.reading.words.values()].every((kind) => kind === 'common');
  const few = nothing || query.reading.tokens.filter((token) => /\p{L}/u.test(token.folded)).length <= UNCLEAR_WORDS;
  const near = index.near(query, (card) => inForce(card, input.asOf, knowledge)).filter((one) => one.score >= ALIKE);
  const cards = near.slice(0, 3).map((one) => one.card);
  return few ? { kind: 'choose', why: 'unclear', cards } : { kind: 'out_of_scope', why: 'topic', near: cards };
}

/** "ai ký quyết định", "bao giờ hết hạn": what is wanted is said, and no word of what. */
function isVague({ concepts, reading }: Query): boolean {
  const general = (one: Concept) =>
    ['kind', 'domain', 'level', 'who'].includes(one.type) || (one.type === 'topic' && one.soft);
  const all = [...concepts.values()];
  return (
    all.some((one) => one.type === 'kind' || one.type === 'topic') &&
    all.every(general) &&
    [...reading.words.values()].every((kind) => kind === 'common')
  );
}

/** Where a shipped card only says that nothing is known, the card that an officer added since answers. */
function officersCard(ranked: readonly Ranked[]): Decision | null {
  if (ranked[0]?.card.outcome !== 'hand_over') return null;
  const added = ranked.find(
    ({ card, score, uncovered }) =>
      card.id.startsWith(OFFICERS_CARD) && card.outcome !== 'hand_over' && score >= ENOUGH && uncovered.length === 0,
  );
  return added ? { kind: 'card', card: added.card } : null;
}

/** A question about a title that is not yet clear enough. */
interface Open {
  readonly index: CardIndex;
  readonly query: Query;
  readonly ranked: readonly Ranked[];
  readonly subject: Concept;
  readonly allowed: (card: Card) => boolean;
}

/** Only a name ("LĐTT"), or a name that means several: ask which. */
function openQuestion(
  index: CardIndex,
  query: Query,
  ranked: readonly Ranked[],
  knowledge: Knowledge,
  allowed: (card: Card) => boolean,
): Decision | null {
  const concepts = [...query.concepts.values()];
  const subjects = concepts.filter((one) => one.type === 'subject');
  const subject = subjects[0];
  if (subjects.length !== 1 || !subject) return null;
  const specific =
    concepts.some(
      (one) => one.type === 'kind' || (one.type === 'topic' && one.id !== subject.id) || one.type === 'document',
    ) || query.article !== undefined;
  const children = [...knowledge.vocabulary.concepts.values()].filter((one) => one.parent === subject.id);
  if (!specific && query.reading.words.size > OPEN_WORDS)
    return ranked[0] && ranked[0].score >= SURE ? null : withoutBasis({ index, query, ranked, allowed });
  if (children.length > 0) return chooseChild({ index, query, ranked, subject, allowed }, children, specific);
  if (specific) return null;
  // A whole sentence about one title asks for its criteria; only a bare name leaves open what is wanted.
  const best = ranked[0];
  if (query.reading.tokens.length >= SENTENCE && best && best.score >= ENOUGH && index.asks(best.card, 'criteria'))
    return null;
  const cards = index
    .cardsAbout(subject.id)
    .filter((card) => card.certainty !== 'VERIFIED-OLD' && allowed(card) && onlyKindsMissing(card, query, knowledge));
  if (cards.length === 1 && cards[0]) return { kind: 'card', card: cards[0] };
  return cards.length === 0 ? null : { kind: 'choose', why: 'kind', cards: cards.slice(0, 3), subject: subject.id };
}

/** A card may be offered for a bare title when all that it still needs is a kind of question. */
function onlyKindsMissing(card: Card, query: Query, knowledge: Knowledge): boolean {
  const offered = (id: string) => query.concepts.has(id) || knowledge.vocabulary.concepts.get(id)?.type === 'kind';
  return card.lifeOf === undefined && card.needs.every((choice) => choice.some(offered));
}

/** "Bằng khen": of the province or of the Prime Minister? Only asked when the answer depends on it. */
function chooseChild(open: Open, children: readonly Concept[], specific: boolean): Decision | null {
  const { index, ranked } = open;
  const best = ranked[0];
  const bestIsGeneral =
    best &&
    best.score >= ENOUGH &&
    best.uncovered.length === 0 &&
    !children.some((child) => index.cardsAbout(child.id).includes(best.card) && best.card.applies !== 'any');
  if (bestIsGeneral) return null;
  const cards = children.flatMap(
    (child) => (specific ? cardForChild(open, child) : index.cardsAbout(child.id)[0]) ?? [],
  );
  const distinct = [...new Set(cards)];
  if (distinct.length === 0) return null;
  if (distinct.length === 1 && distinct[0]) return { kind: 'card', card: distinct[0] };
  return { kind: 'choose', why: 'subject', cards: distinct.slice(0, 3) };
}

/** The card that the same question would get had it named this child: some cards need its very name. */
function cardForChild({ index, query, subject, allowed }: Open, child: Concept): Card | undefined {
  const concepts = new Map(query.concepts);
  concepts.delete(subject.id);
  concepts.set(child.id, child);
  const own = new Set(index.cardsAbout(child.id));
  return index
    .rank({ ...query, concepts }, allowed)
    .find((one) => own.has(one.card) && one.score >= WORTH_OFFERING && one.uncovered.length === 0)?.card;
}

/** Two answers equally good and different: ask. The same subject twice is no doubt: the first wins. */
function sameScore(ranked: readonly Ranked[], query: Query, knowledge: Knowledge): Decision | null {
  const [best, second] = ranked;
  if (!best || !second || best.score - second.score > SAME / 5) return null;
  // Two bonuses are two amounts, whatever words their cards ask for.
  const amounts = best.card.bonus !== undefined && second.card.bonus !== undefined;
  if (best.card.needs.length > 0 && !amounts) return null;
  const asked = [...query.concepts.keys()].filter((id) => knowledge.vocabulary.concepts.get(id)?.type === 'subject');
  if (asked.length > 0 || second.score < ENOUGH) return null;
  return { kind: 'choose', why: 'unclear', cards: ranked.slice(0, 3).map((one) => one.card) };
}

/** No card is good enough: say which one would have been on another day, or hand over. */
function notEnough(
  knowledge: Knowledge,
  index: CardIndex,
  input: GateInput,
  { ranked, allowed }: Pick<Open, 'ranked' | 'allowed'>,
): Decision {
  const anyDay = index.rank(
    input.query,
    (card) => card.certainty !== 'VERIFIED-OLD' && !inForce(card, input.asOf, knowledge),
  )[0];
  if (anyDay && anyDay.score >= ENOUGH && anyDay.score > (ranked[0]?.score ?? 0))
    return { kind: 'hand_over', why: 'not_in_force', card: anyDay.card };
  if (isVague(input.query)) return { kind: 'choose', why: 'unclear', cards: offer(knowledge, index, input) };
  const cited = citing(knowledge, input.query, allowed);
  return cited.length > 0
    ? { kind: 'hand_over', why: 'no_basis', near: cited }
    : withoutBasis({ index, query: input.query, ranked, allowed });
}

/** "Điều 24 luật thi đua, khen thưởng nói gì": the whole article is not here, but cards that rest on it are. */
function citing(knowledge: Knowledge, { article, concepts }: Query, allowed: (card: Card) => boolean): Card[] {
  const named = [...concepts.keys()].filter((id) => id.startsWith('doc:')).map((id) => id.slice(4));
  const numbers = named.length === 0 && concepts.has('luat-tdkt') ? [LAW] : named;
  if (article === undefined) return [];
  return knowledge.cards.filter(
    (card) =>
      card.outcome === 'answer' &&
      allowed(card) &&
      card.basis.some((one) => one.article === article && numbers.includes(one.document)),
  );
}

/** Handed over, with the cards beside it that may have been meant: by their matter first, then by their words. */
function withoutBasis({
  index,
  query,
  ranked,
  allowed,
}: Pick<Open, 'index' | 'query' | 'ranked' | 'allowed'>): Decision {
  const byMatter = ranked.filter((one) => one.score >= WORTH_OFFERING && one.uncovered.length === 0);
  const byWords = index.near(query, allowed).filter((one) => one.score >= ALIKE);
  const [first, second] = byWords;
  // Handed over either way, but with the reason that is known.
  if (first?.card.outcome === 'hand_over' && first.score >= Math.max(RATHER_ALIKE, (second?.score ?? 0) + SAME))
    return { kind: 'card', card: first.card };
  return {
    kind: 'hand_over',
    why: 'no_basis',
    near: [...new Set([...byMatter.slice(0, 1), ...byWords, ...byMatter].map((one) => one.card))],
  };
}
