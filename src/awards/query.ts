/** What a question speaks about, with what the conversation speaks about where the question leaves it out. */
import { ANY_DOCUMENT } from './document-life.js';
import type { Reading } from './lexicon.js';
import type { Concept, Topic } from './model.js';
import { tellsCollective } from './told-collective.js';

/** A question as ranking sees it. */
export interface Query {
  readonly reading: Reading;
  readonly concepts: ReadonlyMap<string, Concept>;
  readonly article?: string;
}

const COLLECTIVE = 'tap-the';
const PAYEES = [COLLECTIVE, 'ho-gia-dinh', 'ca-nhan'];
const ROUNDING = 'lam-tron';
const MOST_TITLES = 3;
const NUMBERED = /\b(?:luat|nghi dinh|nd|thong tu|tt|quyet dinh|qd|chi thi|ke hoach) (?:so )?\d/;
const FOLLOW_UP = /^(?:the con|vay con|con|the|vay|thi con|the thi|vay thi|va)\b/;

/** A question without a subject of its own speaks about the subject of the conversation. */
export function buildQuery(reading: Reading, all: ReadonlyMap<string, Concept>, topic: Topic | undefined): Query {
  const concepts = new Map(reading.concepts);
  if ([...concepts.values()].some((one) => one.type === 'document')) concepts.set(ANY_DOCUMENT, anyDocument);
  if (![...concepts.values()].some(({ id }) => PAYEES.includes(id)) && tellsCollective(reading.tokens))
    addAll(concepts, [COLLECTIVE], all);
  const article = articleOf(reading);
  const query = (): Query => ({ reading, concepts, ...(article === undefined ? {} : { article }) });
  if (!topic) return query();
  const has = (type: Concept['type']) => [...concepts.values()].some((one) => one.type === type);
  const words = reading.tokens.map((token) => token.folded).join(' ');
  const short = reading.tokens.length <= 8;
  const followsUp = FOLLOW_UP.test(words) || short;
  // A document, a title's field or a thing of its own was named: that is what is asked about.
  const ofItsOwn = [...concepts.values()].some((one) => one.type === 'document' || one.anchor === 'strong');
  if ((ofItsOwn || NUMBERED.test(words)) && !FOLLOW_UP.test(words)) return query();
  if (!followsUp || has('subject') || has('act') || has('outside')) {
    if (has('subject') && followsUp && !has('kind') && !hasHardTopic(concepts)) addAll(concepts, topic.kinds, all);
    return query();
  }
  for (const id of topic.subjects) addTopicSubject(concepts, all, id);
  const asksAnew = has('kind') || hasHardTopic(concepts);
  if (!asksAnew) addAll(concepts, topic.kinds, all);
  // "ký ngày 1/6/2026 thì sao" after the bonus of a collective still means the collective.
  const kept = (topic.also ?? []).filter((id) => (all.get(id)?.type === 'who' ? !has('who') : !asksAnew));
  addAll(concepts, kept, all);
  return query();
}

/**
 * The same question once for each of the two or three titles it names; empty where it names one, or more.
 * How titles differ shows in the criteria of each.
 */
export function titlesApart(
  query: Query,
  all: ReadonlyMap<string, Concept>,
): { readonly subject: string; readonly query: Query }[] {
  const subjects = [...query.concepts.values()].filter((one) => one.type === 'subject').map((one) => one.id);
  if (subjects.length < 2 || subjects.length > MOST_TITLES) return [];
  const differ = query.concepts.has('khac-biet') && ![...query.concepts.values()].some((one) => one.type === 'kind');
  return subjects.map((subject) => {
    const concepts = new Map(query.concepts);
    for (const other of [...subjects, 'khac-biet']) if (other !== subject) concepts.delete(other);
    if (differ) addAll(concepts, ['criteria'], all);
    return { subject, query: { ...query, concepts } };
  });
}

/** The same question about the criteria of other titles than the one it names. */
export function aboutTitles(query: Query, titles: readonly string[], all: ReadonlyMap<string, Concept>): Query {
  // "69,9 % có được làm tròn không": a share is compared as it is.
  const concepts = new Map([...query.concepts].filter(([id, one]) => one.type !== 'subject' && id !== ROUNDING));
  addAll(concepts, [...titles, 'criteria'], all);
  return { ...query, concepts };
}

const anyDocument: Concept = { id: ANY_DOCUMENT, type: 'domain', soft: true, implies: [], needs: [], words: [] };
const hasHardTopic = (concepts: ReadonlyMap<string, Concept>) =>
  [...concepts.values()].some((one) => one.type === 'topic' && !one.soft);

function addAll(concepts: Map<string, Concept>, ids: readonly string[], all: ReadonlyMap<string, Concept>): void {
  for (const id of ids) {
    const concept = all.get(id);
    if (concept) concepts.set(id, concept);
  }
}

/** "thế còn cấp tỉnh?" after Chiến sĩ thi đua cơ sở means its sister of that level. */
function addTopicSubject(concepts: Map<string, Concept>, all: ReadonlyMap<string, Concept>, id: string): void {
  const before = all.get(id);
  if (!before) return;
  const sister = [...all.values()].find(
    (one) =>
      one.parent !== undefined &&
      (one.parent === before.parent || one.parent === id) &&
      one.level !== undefined &&
      concepts.has(one.level),
  );
  const meant = sister ?? before;
  // "thế còn Thủ tướng?" has said which sister, and nothing else.
  if (sister?.level !== undefined) concepts.delete(sister.level);
  concepts.set(meant.id, meant);
}

function articleOf(reading: Reading): string | undefined {
  const words = reading.tokens.map((token) => token.folded);
  const at = words.findIndex((word, n) => word === 'dieu' && /^\d{1,3}$/.test(words[n + 1] ?? ''));
  return at < 0 ? undefined : words[at + 1];
}
