/** Vietnamese words as they are typed: with or without marks, either tone placement, i or y, telex left undone. */
import { cleanInput } from '../kernel/text.js';

/** One word. `key` keeps its marks in one fixed form; `folded` has none. */
export interface Token {
  readonly key: string;
  readonly folded: string;
  /** Typed with a capital that does not begin the text: likely a name. */
  readonly name: boolean;
}

const WORD = /[\p{L}\p{M}]+|\p{N}+|%/gu;
// Combining grave, acute, tilde, hook above, dot below: the five tones, in any order of typing.
const TONES = /[\u0300\u0301\u0303\u0309\u0323]/g;
const TONE_NUMBER: Readonly<Record<string, string>> = {
  '\u0300': '2',
  '\u0301': '1',
  '\u0309': '3',
  '\u0303': '4',
  '\u0323': '5',
};

/** The words of a text; letters and digits that touch are two words ("nd152"). */
export const tokenize = (text: string): Token[] => tokenizeClean(cleanInput(text));

/** The same of a text without hidden characters, such as those of the knowledge. */
export function tokenizeClean(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(WORD)) {
    const word = match[0];
    const capital = match.index > 0 && /^\p{Lu}\p{Ll}/u.test(word);
    tokens.push({ ...wordForms(word), name: capital });
  }
  return tokens;
}

// Taking a word apart is the slowest step of reading, and the same words come again and again.
const remembered = new Map<string, WordForms>();
const REMEMBER = 20_000;

interface WordForms {
  readonly key: string;
  readonly folded: string;
}

/** Both forms of one word: the tone stands as a digit at the end, so that its placement does not matter. */
export function wordForms(word: string): WordForms {
  const before = remembered.get(word);
  if (before) return before;
  const forms = takeApart(word);
  if (remembered.size >= REMEMBER) remembered.clear();
  remembered.set(word, forms);
  return forms;
}

function takeApart(word: string): WordForms {
  const split = word.toLowerCase().normalize('NFD');
  const tone = split.match(TONES)?.[0];
  const toneless = split.replace(TONES, '').normalize('NFC');
  const folded = sameVowel(toneless.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd'));
  return { key: sameVowel(toneless) + (tone === undefined ? '' : (TONE_NUMBER[tone] ?? '')), folded };
}

/** "sỹ" is "sĩ": a y that is the only vowel after consonants is an i. */
function sameVowel(syllable: string): string {
  return syllable.replace(/^([bcdđghklmnpqrstvx]+)y$/, '$1i');
}

export const hasMarks = (token: Token): boolean => token.key !== token.folded;

const ONSET = '(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx])?';
const NUCLEUS =
  '(?:uye|uya|uyu|uay|uoi|uou|oai|oay|oao|oeo|ieu|yeu|uau|uao|uai|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|oo|ua|ue|ui|uo|uy|uu|ye|a|e|i|o|u|y)';
const SYLLABLE = new RegExp(`^${ONSET}${NUCLEUS}(?:ch|ng|nh|c|m|n|p|t)?$`);

/** True when a folded word could be a Vietnamese syllable; a word that cannot is a slip or an abbreviation. */
export const isSyllable = (folded: string): boolean => SYLLABLE.test(folded);

/** What a telex typist meant ("laof" → "lao", "ddoongj" → "dong"), folded; null when it is not telex. */
export function undoTelex(folded: string): string | null {
  const vowels = folded
    .replace(/dd/g, 'd')
    .replace(/aa/g, 'a')
    .replace(/ee/g, 'e')
    .replace(/oo/g, 'o')
    .replace(/([uoa])w/g, '$1')
    .replace(/w/g, 'u');
  const bare = vowels.replace(/([aeiouy][a-z]*?)[sfrxj](?=[a-z]?[a-z]?$)/, '$1');
  return bare !== folded && isSyllable(bare) ? bare : null;
}
