/** What a person types as the answer to a condition. */
import { z } from 'zod';
import { fold } from '../../kernel/text.js';
import type { AskedCondition } from './model.js';

/** The answer to one condition; `unknown` stands for "I do not know". */
export const givenSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unknown') }),
  z.object({ kind: z.literal('yes'), yes: z.boolean() }),
  z.object({ kind: z.literal('counts'), part: z.number(), whole: z.number() }),
  z.object({ kind: z.literal('percent'), percent: z.number() }),
  z.object({ kind: z.literal('years'), years: z.array(z.number()) }),
  z.object({ kind: z.literal('number'), number: z.number() }),
  z.object({ kind: z.literal('choice'), id: z.string().nullable() }),
]);
export type Given = z.infer<typeof givenSchema>;

/** Why an answer cannot be taken; each has its own words. */
export type BadAnswer = 'share' | 'share-turned' | 'years' | 'years-ahead' | 'number';

/** The conditions whose answer is typed; those with a choice are answered by it. */
export type TypedCondition = Extract<AskedCondition, { kind: 'share' | 'years' | 'number' }>;

const NONE = /^(?:khong co|khong|chua|chua co|khong nam nao|none|no)$/;
const MINUS = /(?:^|\s)[-–]\s*\d/;
const OLDEST = 1990;
const MOST_PEOPLE = 99_999;

/** Reads what was typed for this condition; `year` is the current one. */
export function readAnswer(condition: TypedCondition, typed: string, year: number): Given | BadAnswer {
  const text = fold(typed).trim();
  switch (condition.kind) {
    case 'share':
      return readShare(text);
    case 'years':
      return readYears(text, year);
    case 'number':
      return readNumber(text);
  }
}

/** "8/12", "12 người, 8 LĐTT", "8 trên 12", "66,7 %". */
function readShare(text: string): Given | BadAnswer {
  const percent = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*(?:%|phan tram)$/.exec(text);
  if (percent) {
    const value = Number(`${percent[1] ?? ''}.${percent[2] ?? '0'}`);
    return value <= 100 ? { kind: 'percent', percent: value } : 'share-turned';
  }
  // "1.200 người" is one number.
  const numbers = [...text.replace(/(\d)\.(?=\d{3}\b)/g, '$1').matchAll(/\d+/g)].map((match) => Number(match[0]));
  const [first, second] = numbers;
  if (numbers.length !== 2 || first === undefined || second === undefined || MINUS.test(text)) return 'share';
  if (Math.max(first, second) > MOST_PEOPLE) return 'share';
  // "8/12" and "8 trên 12" name the part first; people who tell both in words name either first, so the larger is the whole.
  const isFraction = /\d\s*(?:\/|tren|trong)/.test(text);
  const [part, whole] = isFraction ? [first, second] : [Math.min(first, second), Math.max(first, second)];
  return whole > 0 && part <= whole ? { kind: 'counts', part, whole } : 'share-turned';
}

const SPAN = /\b((?:19|20)\d{2})\s*(?:-|–|den|toi)\s*((?:19|20)\d{2})\b/g;
const BUT = /\b(?:khong|ko|chua|tru|thieu|truot|rot|mat|hut)\b/;

/** "2023, 2024 và 2025", "2021-2023", "không năm nào". */
function readYears(text: string, year: number): Given | BadAnswer {
  if (NONE.test(text)) return { kind: 'years', years: [] };
  // "2022, 2023 có, 2024 không": only the years that count are to be told.
  if (BUT.test(text)) return 'years';
  const school = schoolYears(text);
  if (school) return school.length > 1 ? { kind: 'years', years: school } : 'years';
  const years = new Set<number>();
  for (const [, from = '', to = ''] of text.matchAll(SPAN))
    for (let one = Math.min(Number(from), Number(to)); one <= Math.max(Number(from), Number(to)); one += 1)
      years.add(one);
  for (const [, one = ''] of text.matchAll(/\b((?:19|20)\d{2})\b/g)) years.add(Number(one));
  const sorted = [...years].sort((a, b) => a - b);
  if (sorted.length === 0) return 'years';
  return sorted.some((one) => one > year || one < OLDEST) ? 'years-ahead' : { kind: 'years', years: sorted };
}

/**
 * "2022-2023, 2023-2024": school years, each by its last year; null where none is told. One alone may as well be two
 * years: then there is only one entry.
 */
function schoolYears(text: string): number[] | null {
  const spans = [...text.matchAll(SPAN)].map(([, from, to]) => [Number(from), Number(to)] as const);
  const isSchool = spans.length > 0 && spans.every(([from, to]) => to - from === 1);
  return isSchool && !/\bden\b|\btoi\b/.test(text) ? spans.map(([, to]) => to).sort((a, b) => a - b) : null;
}

function readNumber(text: string): Given | BadAnswer {
  if (NONE.test(text)) return { kind: 'number', number: 0 };
  const numbers = [...text.matchAll(/\d{1,3}/g)].map((match) => Number(match[0]));
  return numbers.length === 1 && !/\d{4}|[.,]\d/.test(text) && !MINUS.test(text)
    ? { kind: 'number', number: numbers[0] ?? 0 }
    : 'number';
}
