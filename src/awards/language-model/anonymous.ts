/** A question as it may leave the house: only words that the knowledge knows, and no names. */
import type { Knowledge } from '../model.js';
import { maskPersonal } from '../personal.js';
import { wordForms } from '../vietnamese.js';

const GONE = '…';
const QUESTION_LIMIT = 300;
const TOKEN = /[\p{L}\p{M}]+|\d+(?:[.,/]\d+)*|[^\p{L}\p{M}\d]+/gu;
const LETTERS = /^[\p{L}\p{M}]+$/u;
const CAPITAL = /^\p{Lu}[\p{Ll}\p{M}]+$/u;
// After these comes a name, however it is written.
const BEFORE_NAME = new Set(['ông', 'bà', 'cô', 'thầy', 'tên', 'ngài']);
// After these it may be one, or any other word.
const BEFORE_WORD = new Set(['anh', 'chị', 'em', 'chú', 'bác', 'cháu', 'bạn']);
const FAMILY = new Set([
  'nguyen',
  'tran',
  'le',
  'pham',
  'hoang',
  'huynh',
  'phan',
  'vu',
  'vo',
  'dang',
  'bui',
  'ngo',
  'do',
]);
// Two words and more that begin with capitals, or are written in them.
const CAPITALS = /\p{Lu}[\p{L}\p{M}]*(?:\s+\p{Lu}[\p{L}\p{M}]*)+/gu;
const NAME_WORDS = { family: 3, title: 3, address: 1 } as const;
const LONG_NUMBER = 5;
const YEAR_OF_DOCUMENT = /^\d{1,4}\/\d{4}$/;

export type Anonymiser = (question: string, ownNames: readonly string[]) => string;

/** `ownNames`: names of units and people, taken out wherever they stand. */
export function createAnonymiser(knowledge: Knowledge): Anonymiser {
  const known = knownWords(knowledge);
  const titles = titleWords(knowledge);
  const plain = new Set([...knowledge.vocabulary.filler, ...knowledge.vocabulary.common].flatMap(keysOf));
  const isTitle = (run: string) => keysOf(run).every((key) => titles.has(key));
  /** Whether a word may be said, by what stands before it. */
  const mayBeSaid = (token: string, key: string, { before, isFirst }: Place): boolean => {
    if (!known.has(key) || before === 'family') return false;
    if (before === 'address' && !plain.has(key)) return false;
    if (titles.has(key)) return true;
    return before !== 'title' && (isFirst || !CAPITAL.test(token));
  };
  return (question, ownNames) => {
    const bare = withoutNames(maskPersonal(question.normalize('NFC')), ownNames);
    const kept: string[] = [];
    let before: Before = null;
    // How many words may still belong to a name.
    let left = 0;
    for (const [token] of bare.replace(CAPITALS, (run) => (isTitle(run) ? run : GONE)).matchAll(TOKEN)) {
      if (!LETTERS.test(token)) {
        if (/[.?!,;\n]/.test(token)) before = null;
        kept.push(isLongNumber(token) ? GONE : token);
        continue;
      }
      const { key, folded } = wordForms(token);
      kept.push(mayBeSaid(token, key, { before, isFirst: kept.length === 0 }) ? token : GONE);
      const begun = beginsName(token, !known.has(key) && FAMILY.has(folded));
      left = begun === null ? left - 1 : NAME_WORDS[begun];
      if (begun !== null || left <= 0) before = begun;
    }
    return tidy(kept.join(''));
  };
}

/** What went before: a family name that is no word here, a title before a name, or an address. */
type Before = 'family' | 'title' | 'address' | null;

interface Place {
  readonly before: Before;
  readonly isFirst: boolean;
}

function beginsName(token: string, isFamily: boolean): Before {
  if (isFamily) return 'family';
  const word = token.toLowerCase();
  return BEFORE_NAME.has(word) ? 'title' : BEFORE_WORD.has(word) ? 'address' : null;
}

const isLongNumber = (token: string): boolean =>
  !YEAR_OF_DOCUMENT.test(token) && token.replace(/\D/g, '').length > LONG_NUMBER;

const tidy = (text: string): string =>
  text
    .replace(/[\s…*]*…[\s…*]*/g, ` ${GONE} `)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, QUESTION_LIMIT);

function withoutNames(text: string, names: readonly string[]): string {
  let rest = text;
  for (const name of [...names].sort((a, b) => b.length - a.length)) {
    if (name.length < 3) continue;
    const pattern = name
      .normalize('NFC')
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/\s+/g, '\\s+');
    rest = rest.replace(new RegExp(pattern, 'giu'), GONE);
  }
  return rest;
}

const keysOf = (text: string): string[] => [...text.matchAll(/[\p{L}\p{M}]+/gu)].map(([word]) => wordForms(word).key);

/** Words that the knowledge itself uses. */
function knownWords({ vocabulary, cards }: Knowledge): ReadonlySet<string> {
  return new Set([
    ...[...vocabulary.filler, ...vocabulary.common].flatMap(keysOf),
    ...[...vocabulary.concepts.values()].flatMap((concept) => concept.words).flatMap(keysOf),
    ...cards.flatMap((card) => [card.title, ...card.asks]).flatMap(keysOf),
  ]);
}

/** Words of titles, which are often written with capitals. */
const titleWords = ({ vocabulary }: Knowledge): ReadonlySet<string> =>
  new Set(
    [...vocabulary.concepts.values()].filter((one) => one.type === 'subject').flatMap((one) => keysOf(one.name ?? '')),
  );
