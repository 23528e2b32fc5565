/** The years in which a title was won, as a question tells them. */
import { fold } from '../kernel/text.js';

// A number of a document holds a year that is none: "06/2022/QH15", "luật 2022".
const NAMED =
  /\b\d{1,4}\s*\/\s*\d{4}(?:\s*\/\s*[a-z-]+\d*)?|\b(?:luat|nghi dinh|nd|thong tu|tt|ke hoach)(?: nam| so)?\s*\d{4}\b/g;
const SPAN = /\b(20\d{2})\s*(?:-|–|den|toi)\s*(?:nam\s*)?(20\d{2})\b/g;
const LONGEST_SPAN = 30;

/** The told years, each once, in order; "2023 đến 2025" is three. */
export function toldYears(question: string): number[] {
  const text = fold(question).replace(NAMED, ' ');
  const years = [...text.matchAll(/\b20\d{2}\b/g)].map((match) => Number(match[0]));
  for (const match of text.matchAll(SPAN)) {
    const from = Number(match[1]);
    const to = Number(match[2]);
    if (to - from > 0 && to - from < LONGEST_SPAN) for (let year = from; year < to; year += 1) years.push(year);
  }
  return [...new Set(years)].sort((a, b) => a - b);
}

/** The most years without a gap. */
export function longestRun(years: readonly number[]): number {
  let best = 0;
  let run = 0;
  years.forEach((year, at) => {
    run = years[at - 1] === year - 1 ? run + 1 : 1;
    best = Math.max(best, run);
  });
  return best;
}
