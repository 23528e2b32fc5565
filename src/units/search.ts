/** Finds a unit by what a person typed: code, name or part of it, with or without diacritics and with small slips. */
import { fold } from '../kernel/text.js';
import { isValidOn, type Unit } from './model.js';
import type { LocalDate } from '../kernel/local-date.js';

// What people leave out or shorten in front of a name.
const PREFIXES = ['ubnd', 'phuong', 'xa', 'so', 'huyen', 'truong', 'cong ty', 'tinh'] as const;
const SHORT_PREFIXES: Readonly<Record<string, string>> = { p: 'phuong', 'p.': 'phuong', x: 'xa', 'x.': 'xa', s: 'so' };
const SHORT_WORDS: Readonly<Record<string, string>> = {
  gddt: 'giao duc va dao tao',
  'gd&dt': 'giao duc va dao tao',
  khcn: 'khoa hoc va cong nghe',
  mttq: 'mat tran to quoc',
};
const GOOD_ENOUGH = 0.45;
const WHOLE_NAME = 2;

/** The units of a day that fit best, best first, at most `limit`. */
export function searchUnits(units: readonly Unit[], text: string, day: LocalDate, limit = 5): Unit[] {
  const wanted = normalise(text);
  if (wanted === '') return [];
  const scored = units
    .filter((unit) => isValidOn(unit, day))
    .map((unit) => ({ unit, score: score(unit, wanted) }))
    .filter((entry) => entry.score >= GOOD_ENOUGH)
    .sort(
      (a, b) =>
        b.score - a.score || a.unit.name.length - b.unit.name.length || a.unit.name.localeCompare(b.unit.name, 'vi'),
    );
  // A whole name ends the question; anything weaker is offered with its neighbours.
  const best = scored[0]?.score ?? 0;
  const named = scored.filter((entry) => best < WHOLE_NAME || entry.score >= Math.floor(best));
  return named.slice(0, limit).map((entry) => entry.unit);
}

function normalise(text: string): string {
  return fold(text)
    .split(' ')
    .map((word, n) => (n === 0 ? SHORT_PREFIXES[word] : undefined) ?? SHORT_WORDS[word] ?? word)
    .join(' ');
}

function score(unit: Unit, wanted: string): number {
  const names = [unit.name, unit.shortName, ...(unit.formerNames ?? [])].map(normalise);
  if (fold(unit.code) === wanted || names.includes(wanted)) return 4;
  const bare = stripPrefix(wanted);
  if (names.some((name) => stripPrefix(name) === bare))
    return wanted === bare || names.some((name) => name.startsWith(wanted)) ? 3 : 2;
  if (names.some((name) => ` ${name} `.includes(` ${wanted} `))) return 1.8;
  const words = bare.split(' ').filter((word) => word !== '');
  if (words.length > 0 && names.some((name) => words.every((word) => ` ${name}`.includes(` ${word}`)))) return 1.4;
  return Math.max(...names.map((name) => similarity(stripPrefix(name), bare)));
}

function stripPrefix(name: string): string {
  let rest = name;
  for (let again = true; again;) {
    again = false;
    for (const prefix of PREFIXES) {
      if (!rest.startsWith(`${prefix} `)) continue;
      rest = rest.slice(prefix.length + 1);
      again = true;
    }
  }
  return rest;
}

/** Dice's coefficient over pairs of letters: 1 for the same text, 0 for nothing in common. */
function similarity(a: string, b: string): number {
  const [left, right] = [pairs(a), pairs(b)];
  if (left.length === 0 || right.length === 0) return 0;
  const rest = new Map<string, number>();
  for (const pair of left) rest.set(pair, (rest.get(pair) ?? 0) + 1);
  let common = 0;
  for (const pair of right) {
    const count = rest.get(pair) ?? 0;
    if (count === 0) continue;
    rest.set(pair, count - 1);
    common += 1;
  }
  return (2 * common) / (left.length + right.length);
}

const pairs = (text: string): string[] =>
  Array.from({ length: Math.max(0, text.length - 1) }, (_, n) => text.slice(n, n + 2));
