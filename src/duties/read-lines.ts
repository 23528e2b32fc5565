/** What officers type as lines: the fields of a form, the steps of a ladder, days of their own. */
import type { LocalDate } from '../kernel/local-date.js';
import { parseDate } from '../kernel/parse-date.js';
import { cleanInput, fold } from '../kernel/text.js';
import { LADDER_AUDIENCES, LONGEST_WORDS, rankOf, type Audience, type LadderStep } from './ladder.js';
import { FILE_KINDS, type Field, type FileKind } from './model.js';
import type { PeriodRule } from './periods.js';

/** What was read, or the line that could not be. */
export type Lines<T> = { readonly read: readonly T[] } | { readonly bad: string; readonly why: 'unreadable' | 'twice' };

export const MOST_FIELDS = 30;
export const MOST_STEPS = 20;
export const MOST_DATES = 60;

/** Reads each line; the first that cannot be read, or that says what another said, ends it. */
function readLines<T>(text: string, readLine: (line: string) => T | null, keyOf: (one: T) => string): Lines<T> {
  const read: T[] = [];
  const seen = new Set<string>();
  for (const line of text.split(/\n|;/).map(cleanInput)) {
    if (line === '') continue;
    const one = readLine(line);
    if (one === null) return { bad: line, why: 'unreadable' };
    if (seen.has(keyOf(one))) return { bad: line, why: 'twice' };
    seen.add(keyOf(one));
    read.push(one);
  }
  return { read };
}

/** `Số gương: số 0-100`, `Nhận xét: chữ`. */
export const readFields = (text: string): Lines<Field> => readLines(text, readFieldLine, (field) => field.name);

const NUMBER = String.raw`(-?\d{1,9})`;
const RANGE = new RegExp(`^(?:so|number)(?:\\s+(?:tu\\s+)?${NUMBER}(?:\\s*(?:-|–|den|to)\\s*${NUMBER})?)?$`);

function readFieldLine(line: string): Field | null {
  const at = line.lastIndexOf(':');
  const label = line.slice(0, at).trim();
  const name = nameOf(label);
  if (at < 0 || name === '' || label.length > 200) return null;
  const type = fold(line.slice(at + 1));
  if (['chu', 'van ban', 'text'].includes(type)) return { name, label, type: 'text' };
  const range = RANGE.exec(type);
  if (!range) return null;
  const [min, max] = [range[1], range[2]].map((part) => (part === undefined ? undefined : Number(part)));
  if (min !== undefined && max !== undefined && min > max) return null;
  return { name, label, type: 'number', ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

/** The name under which a value is kept: small letters without marks. */
export const nameOf = (label: string): string =>
  fold(label)
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60);

const AUDIENCE_WORDS: Readonly<Record<Audience, readonly string[]>> = {
  seat: ['đầu mối', 'seat'],
  primary: ['đầu mối chính', 'primary'],
  deputy: ['phó đầu mối', 'đầu mối phó', 'deputy'],
  head: ['thủ trưởng', 'head'],
  officer: ['chuyên viên', 'cán bộ', 'officer'],
  leader: ['lãnh đạo', 'leader'],
};
const URGENT_WORDS = ['khẩn', 'critical'];
const FURTHEST = 60;

/** `T-7 đầu mối`, `T-1 phó đầu mối (khẩn): lời nhắn`, in the order of their days. */
export function readLadder(text: string): Lines<LadderStep> {
  const lines = readLines(text, readStep, (step) => `${step.step} ${step.audience}`);
  if (!('read' in lines)) return lines;
  const sorted = [...lines.read].sort((a, b) => a.offset - b.offset || rankOf(a.audience) - rankOf(b.audience));
  // One day may speak to several; a step's name stands for itself in its ladder.
  const isFirst = (step: LadderStep) => sorted.find((one) => one.step === step.step) === step;
  return { read: sorted.map((step) => (isFirst(step) ? step : { ...step, step: `${step.step}.${step.audience}` })) };
}

const STEP_LINE = /^t\s*(?:([+-])\s*(\d{1,2}))?\s*:?\s+([^:()]+?)\s*(?:\(\s*([^()]+?)\s*\)\s*)?(?::\s*(.*))?$/isu;

function readStep(line: string): LadderStep | null {
  const parts = STEP_LINE.exec(line.trim().replace(/^(t\s*)[−–]/iu, '$1-'));
  const [, sign, digits = '0', who = '', urgent, said = ''] = parts ?? [];
  const audience = LADDER_AUDIENCES.find((one) => AUDIENCE_WORDS[one].some((word) => fold(word) === fold(who)));
  const isUrgent = urgent !== undefined && URGENT_WORDS.some((word) => fold(word) === fold(urgent));
  const words = said.trim();
  const size = Number(digits);
  if (!parts || audience === undefined || (urgent !== undefined && !isUrgent)) return null;
  if (size > FURTHEST || words.length > LONGEST_WORDS) return null;
  const offset = sign === '-' ? -size : size;
  const step = offset === 0 ? 'T' : `T${offset > 0 ? '+' : ''}${String(offset)}`;
  return {
    step,
    offset: offset === 0 ? 0 : offset,
    audience,
    class: isUrgent ? 'critical' : 'deadline',
    ...(words === '' ? {} : { words }),
  };
}

type CustomPeriod = Extract<PeriodRule, { kind: 'custom' }>['periods'][number];

/** `Đợt 1: 15/03/2027`: a name and its due day, which may not be over. */
export const readDates = (text: string, today: LocalDate): Lines<CustomPeriod> =>
  readLines(
    text,
    (line) => {
      const at = line.lastIndexOf(':');
      const name = line.slice(0, at).trim();
      const dueOn = at < 0 ? null : parseDate(line.slice(at + 1), today);
      const key = nameOf(name);
      return dueOn === null || dueOn < today || key === '' || name.length > 60 ? null : { key, name, dueOn };
    },
    (period) => period.key,
  );

const FILE_WORDS: Readonly<Record<FileKind, readonly string[]>> = {
  pdf: ['pdf'],
  word: ['word', 'doc', 'docx'],
  excel: ['excel', 'xls', 'xlsx', 'bảng tính'],
  image: ['ảnh', 'hình', 'hình ảnh', 'image', 'jpg', 'png'],
};

/** `pdf, excel`; null when one is no kind of file. */
export function readFiles(text: string): FileKind[] | null {
  const words = text.split(/,|;|\n| hoặc | hoac | và | va | or /i).map(fold);
  const kinds = words.filter((word) => word !== '').map(kindOf);
  return kinds.length === 0 || kinds.includes(null) ? null : FILE_KINDS.filter((kind) => kinds.includes(kind));
}

const kindOf = (word: string): FileKind | null =>
  FILE_KINDS.find((kind) => FILE_WORDS[kind].some((one) => fold(one) === word)) ?? null;
