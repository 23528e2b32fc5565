/** The years in which a title was won, as a question tells them. */
import { fold } from '../kernel/text.js';

const LONGEST_SPAN = 30;
const YEAR = String.raw`20\d{2}`;
const TITLE = String.raw`(?:cstdcs|cstd cs|cstd(?: co so)?|chien si thi dua(?: co so)?)`;
/** What may stand between a title and its years. */
const LINK = String.raw`(?:\s|[:,(]|trong|vao|cac|nam|tu|lien tuc|lien tiep|lien|deu|em|toi|minh|co|dat|duoc|la|danh hieu|ba|hai|\d{1,2} (?:lan|nam))*`;
const BETWEEN = String.raw`\s*(?:[,;&+-]|–|\bva\b|\bden\b|\btoi\b|\broi\b|\s)\s*(?:\bnam\s+)?`;
const GROUP = new RegExp(String.raw`${YEAR}(?:${BETWEEN}${YEAR})*`, 'g');
const SPAN = new RegExp(String.raw`\b(${YEAR})\s*(?:-|–|den|toi)\s*(?:nam\s*)?(${YEAR})\b`);
// Years of something else, years denied, years of school: which of them count is not for guessing.
const UNSURE =
  /\b(?:nam hoc|sang kien|de tai|htxs\w*|hoan thanh|(?<!de )nghi|vao nganh|luat|nghi dinh|tru|ngoai|thieu|truot|rot|hut|mat|bo|gian doan|dut|ngat|anh \w|chi \w|(?:khong|chua) (?:dat|duoc|co|phai|la|xet))\b/;

/**
 * The years in which a question says that Chiến sĩ thi đua was won, each once, in order; "2023 đến 2025" is three. None
 * unless they stand in one row right beside the title, and the question names no other year.
 */
export function toldYears(question: string): number[] {
  const text = fold(question);
  const groups = [...text.matchAll(GROUP)];
  const [group] = groups;
  if (groups.length !== 1 || !group || UNSURE.test(text)) return [];
  const before = text.slice(0, group.index);
  const after = text.slice(group.index + group[0].length);
  const beside =
    new RegExp(String.raw`\b${TITLE}${LINK}$`).test(before) || new RegExp(String.raw`^${LINK}\b${TITLE}\b`).test(after);
  return beside && isEven(group[0], before) ? yearsOf(group[0]) : [];
}

/** "năm 2022, năm 2023" is one row; in "2019, 2020, năm 2025" the last year is told apart from the others. */
const isEven = (row: string, before: string): boolean => {
  const named = row.match(/\bnam\b/g)?.length ?? 0;
  const between = (row.match(/20\d{2}/g)?.length ?? 0) - 1;
  return named === 0 || (named === between && /\bnam\s*$/.test(before));
};

function yearsOf(row: string): number[] {
  const years = [...row.matchAll(/20\d{2}/g)].map((match) => Number(match[0]));
  const span = SPAN.exec(row);
  if (span && years.length > 2) return [];
  const [from = 0, to = 0] = years;
  // "2023-2024" may be one school year.
  if (span && to - from === 1 && !/den|toi/.test(row)) return [];
  if (span && to - from > 0 && to - from < LONGEST_SPAN)
    return Array.from({ length: to - from + 1 }, (_, n) => from + n);
  return [...new Set(years)].sort((one, other) => one - other);
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
