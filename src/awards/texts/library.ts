/** The loaded official texts: the version in force on a day, the words of a clause, the check of a quote. */
import type { LocalDate } from '../../kernel/local-date.js';
import type { Basis, LegalDocument } from '../model.js';
import { letter } from './inline-points.js';
import type { OfficialText, Passage, Place } from './model.js';
import { checkWording, type Quote, type QuoteCheck, type Wording } from './quote.js';
import { createPassageSearch, type PassageSearch } from './search.js';

/** The official words of an article, clause or point. */
export interface OfficialPassage extends Place {
  readonly document: string;
  /** As printed, with numbers and letters. */
  readonly text: string;
  /** The version these words are of. */
  readonly from: LocalDate;
  /** The first day on which they need not hold any more: ended, replaced or amended. */
  readonly to?: LocalDate;
  /** amended: these are the words of before, and the new ones are not loaded. ended: the document is over. */
  readonly state: 'in-force' | 'amended' | 'ended';
  /** Not all of its words were in the file. */
  readonly cut: boolean;
}

export interface Texts {
  readonly loaded: readonly OfficialText[];
  /** The words that a basis points to, as of a day; undefined where they are not loaded. */
  passage(basis: Basis, day: LocalDate): OfficialPassage | undefined;
  /** Passages near to a question, best first; none of a document that is over. */
  search(query: string, day: LocalDate, limit?: number): readonly OfficialPassage[];
  /** Whether a quote stands in the version in force on a day. */
  check(quote: Quote, day: LocalDate): QuoteCheck;
  /** The same for any words and the newest version of that day, in force or not. */
  compare(words: string, basis: Basis, day: LocalDate): QuoteCheck;
}

const NEAREST = 3;

/** A library over the texts. The search index is built when it is first needed. */
export function createTexts(deps: {
  readonly texts: readonly OfficialText[];
  readonly documents: ReadonlyMap<string, LegalDocument>;
  readonly filler: readonly string[];
}): Texts {
  const versions = new Map<string, OfficialText[]>();
  for (const one of [...deps.texts].sort((a, b) => (a.from < b.from ? -1 : 1)))
    versions.set(one.number, [...(versions.get(one.number) ?? []), one]);
  const on = (number: string, day: LocalDate): Version | undefined =>
    versionOn(versions.get(number) ?? [], deps.documents.get(number), day);
  let index: { readonly units: readonly Unit[]; readonly search: PassageSearch } | null = null;
  const built = () => (index ??= buildIndex(deps.texts, deps.filler));

  return {
    loaded: deps.texts,
    passage: (basis, day) => {
      const version = on(basis.document, day);
      return version && passageOf(version, basis, day);
    },
    search: (query, day, limit = NEAREST) => {
      if (deps.texts.length === 0) return [];
      const { units, search } = built();
      return search
        .find(query, limit * 4)
        .flatMap((id) => {
          const unit = units[id];
          const version = unit && on(unit.text.number, day);
          if (!unit || version?.text !== unit.text) return [];
          return passageOf(version, { document: unit.text.number, ...unit.place }, day) ?? [];
        })
        .filter((one) => one.state !== 'ended')
        .slice(0, limit);
    },
    check: (quote, day) => {
      const version = on(quote.document, day);
      if (!version || !holds(version, day)) return { kind: 'unknown' };
      const wording = wordingOf(version.text, quote);
      if (!wording) return { kind: version.text.partial ? 'unknown' : 'missing' };
      return checkWording(quote.text, wording);
    },
    compare: (words, basis, day) => {
      const version = on(basis.document, day);
      const wording = version && wordingOf(version.text, basis);
      return wording ? checkWording(words, wording) : { kind: 'unknown' };
    },
  };
}

interface Version {
  readonly text: OfficialText;
  readonly to?: LocalDate;
  /** The first day on which the document itself is over. */
  readonly over?: LocalDate;
}

const holds = (version: Version, day: LocalDate): boolean => version.to === undefined || day < version.to;

/** The newest version that had come into force; its words end with the document, with the next version or an amendment. */
function versionOn(
  versions: readonly OfficialText[],
  document: LegalDocument | undefined,
  day: LocalDate,
): Version | undefined {
  const at = versions.findLastIndex((one) => one.from <= day);
  const text = versions[at];
  if (!text) return undefined;
  const over = earliest([text.to, document?.inForceTo]);
  const amended = (document?.amendments ?? []).map((one) => one.from).filter((from) => from > text.from);
  const to = earliest([over, versions[at + 1]?.from, ...amended]);
  return { text, ...(to === undefined ? {} : { to }), ...(over === undefined ? {} : { over }) };
}

const earliest = (days: readonly (LocalDate | undefined)[]): LocalDate | undefined =>
  days.filter((one) => one !== undefined).sort()[0];

function passageOf(version: Version, basis: Basis, day: LocalDate): OfficialPassage | undefined {
  const wording = wordingOf(version.text, basis);
  if (!wording || basis.article === undefined) return undefined;
  return {
    document: basis.document,
    article: basis.article,
    ...(basis.clause === undefined ? {} : { clause: basis.clause }),
    ...(basis.point === undefined ? {} : { point: basis.point }),
    text: wording.printed,
    from: version.text.from,
    ...(version.to === undefined ? {} : { to: version.to }),
    state: holds(version, day) ? 'in-force' : version.over !== undefined && version.over <= day ? 'ended' : 'amended',
    cut: wording.cut,
  };
}

/** All words at a place, with everything below it; undefined where the text has no such place. */
function wordingOf(text: OfficialText, place: Place): Wording | undefined {
  if (place.article === undefined) return undefined;
  const inArticle = text.passages.filter((one) => one.article === place.article && one.kind !== 'closing');
  // "Điều 3 Quyết định 86" means the regulation that was issued with the decision, where there is one.
  const part = Math.max(...inArticle.map((one) => one.part));
  const found = inArticle.filter(
    (one) =>
      one.part === part &&
      (place.clause === undefined || one.clause === place.clause) &&
      (place.point === undefined || one.point === place.point),
  );
  if (found.length === 0) return undefined;
  return {
    printed: found.map((one) => [one.label, one.title, one.text].filter(Boolean).join(' ')).join('\n'),
    bare: found.map((one) => one.text).join('\n'),
    cut: found.some((one) => one.cut) || (text.partial && isPartOf(found, place)),
  };
}

/** Of an excerpt: an article may have more clauses than were loaded, a clause more points than those that follow one another. */
function isPartOf(found: readonly Passage[], place: Place): boolean {
  if (place.clause === undefined) return found.some((one) => one.clause !== undefined);
  if (place.point !== undefined) return false;
  return found.flatMap((one) => one.point ?? []).some((point, n) => letter(point) !== n + 1);
}

interface Unit {
  readonly text: OfficialText;
  readonly place: Place;
}

function buildIndex(texts: readonly OfficialText[], filler: readonly string[]) {
  const units = texts.flatMap((text) => unitsOf(text));
  const search = createPassageSearch(
    units.map(({ text, place }) => ({
      title: titleOf(text.passages, place),
      text: wordingOf(text, place)?.printed ?? '',
    })),
    filler,
  );
  return { units, search };
}

/** Clauses with their points, and articles that have no clauses. */
function unitsOf(text: OfficialText): Unit[] {
  const places = new Map<string, Place>();
  const divided = new Set(text.passages.filter((one) => one.clause !== undefined).map((one) => one.article));
  for (const { kind, article, clause } of text.passages) {
    if (article === undefined || kind === 'closing' || kind === 'chapter' || kind === 'section') continue;
    if (clause === undefined && divided.has(article)) continue;
    places.set(`${article}.${clause ?? ''}`, { article, ...(clause === undefined ? {} : { clause }) });
  }
  return [...places.values()].map((place) => ({ text, place }));
}

const titleOf = (passages: readonly Passage[], place: Place): string =>
  passages.findLast((one) => one.kind === 'article' && one.article === place.article)?.title ?? '';
