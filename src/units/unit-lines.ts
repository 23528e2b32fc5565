/** Reads pasted lists of units, and says for every line that cannot be used what is wrong with it. */
import { t, type Text } from '../conversation/index.js';
import type { LocalDate } from '../kernel/local-date.js';
import { fold } from '../kernel/text.js';
import { isValidOn, type Unit, type UnitLevel, type UnitType } from './model.js';
import { searchUnits } from './search.js';
import type { NewUnit } from './service-growth.js';

const LINE_LIMIT = 400;
const NAME_LIMIT = 200;
const CODE = /^[a-z0-9][a-z0-9-]{0,39}$/;

// What people write for a type, folded; the type's own word stands with them.
const TYPE_WORDS: Readonly<Record<UnitType, readonly string[]>> = {
  so: ['so'],
  'ban-nganh': ['ban-nganh', 'ban nganh', 'ban, nganh', 'ban', 'nganh', 'co quan'],
  'doan-the': ['doan-the', 'doan the', 'hoi'],
  phuong: ['phuong'],
  xa: ['xa', 'dac khu'],
  'doanh-nghiep': ['doanh-nghiep', 'doanh nghiep', 'cong ty', 'dn'],
  truong: ['truong', 'truong hoc'],
  huyen: ['huyen', 'quan', 'thi xa', 'cap huyen'],
  khac: ['khac', 'don vi khac'],
};

const LEVELS: Readonly<Record<UnitType, UnitLevel>> = {
  so: 'tinh',
  'ban-nganh': 'tinh',
  'doan-the': 'tinh',
  phuong: 'xa',
  xa: 'xa',
  'doanh-nghiep': 'co-so',
  truong: 'co-so',
  huyen: 'huyen',
  khac: 'tinh',
};

export interface LineError {
  /** Counted from 1, as the person sees the list. */
  readonly line: number;
  readonly text: Text;
}

export interface ReadUnits {
  readonly fresh: readonly NewUnit[];
  /** Listed with a code that is known already: they stay as they are. */
  readonly known: number;
  readonly errors: readonly LineError[];
}

/** A code of a name or of what was typed as one: "Sở Y tế" becomes "so-y-te". */
export const codeOf = (typed: string): string =>
  fold(typed)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);

interface Line {
  readonly n: number;
  readonly fields: readonly string[];
}

/** Reads "mã; tên; loại; mã đơn vị cấp trên", one unit a line; columns pasted from a sheet do as well. */
export function readUnitLines(text: string, existing: readonly Unit[]): ReadUnits {
  const lines = linesOf(text);
  const errors: LineError[] = [];
  const read: { n: number; unit: NewUnit }[] = [];
  const lineOf = new Map<string, number>();
  for (const line of lines) {
    const unit = readLine(line);
    if ('key' in unit || 'raw' in unit) {
      errors.push({ line: line.n, text: unit });
      continue;
    }
    const first = lineOf.get(unit.code);
    if (first !== undefined)
      errors.push({ line: line.n, text: t('units.add.twice', { code: unit.code, line: first }) });
    else {
      lineOf.set(unit.code, line.n);
      read.push({ n: line.n, unit });
    }
  }
  const known = new Set(existing.map((unit) => unit.code));
  for (const { n, unit } of read) {
    const problem = parentProblem(unit, read, known);
    if (problem) errors.push({ line: n, text: problem });
  }
  const fresh = read.map((one) => one.unit).filter((unit) => !known.has(unit.code));
  return { fresh, known: read.length - fresh.length, errors: errors.sort((a, b) => a.line - b.line) };
}

function linesOf(text: string): Line[] {
  const all = text.split('\n').map((line, n): Line => ({ n: n + 1, fields: fieldsOf(line) }));
  const filled = all.filter((line) => line.fields.some((field) => field !== ''));
  // The headings of a sheet are no unit.
  return fold(filled[0]?.fields[0] ?? '').replace(/ don vi$/, '') === 'ma' ? filled.slice(1) : filled;
}

const fieldsOf = (line: string): string[] =>
  line.split(line.includes(';') ? ';' : '\t').map((field) => field.replace(/\s+/g, ' ').trim());

function readLine({ fields }: Line): NewUnit | Text {
  if (fields.length < 3 || fields.length > 4) return t('units.add.fields');
  const [typedCode = '', name = '', typedType = '', parent = ''] = fields;
  const code = codeOf(typedCode);
  if (!CODE.test(code)) return t('units.add.badCode');
  if (name === '' || name.length > NAME_LIMIT) return t('units.add.badName');
  const type = typeOf(typedType);
  if (type === null) return t('units.add.badType', { typed: typedType === '' ? '–' : typedType });
  return { code, name, type, level: LEVELS[type], parentCode: parent === '' ? null : codeOf(parent) };
}

function typeOf(typed: string): UnitType | null {
  const wanted = fold(typed);
  const found = Object.entries(TYPE_WORDS).find(([, words]) => words.includes(wanted));
  return found ? (found[0] as UnitType) : null;
}

/** Why the unit above cannot be: unknown, or below the unit itself. */
function parentProblem(
  unit: NewUnit,
  read: readonly { readonly unit: NewUnit }[],
  known: ReadonlySet<string>,
): Text | null {
  const listed = new Map(read.map((one) => [one.unit.code, one.unit]));
  const seen = new Set([unit.code]);
  for (let code = unit.parentCode; code !== null && !known.has(code);) {
    if (seen.has(code)) return t('units.add.circle', { code });
    seen.add(code);
    const parent = listed.get(code);
    if (!parent) return code === unit.parentCode ? t('units.add.noParent', { code }) : null;
    code = parent.parentCode;
  }
  return null;
}

export const tooManyLines = (text: string): boolean => text.split('\n').length > LINE_LIMIT;

export interface ReadNames {
  readonly units: readonly Unit[];
  readonly errors: readonly LineError[];
}

/** Finds the unit that each line names. A name that fits several is an error, so that no wrong unit slips in. */
export function readUnitNames(text: string, existing: readonly Unit[], day: LocalDate): ReadNames {
  const today = existing.filter((unit) => isValidOn(unit, day));
  const units = new Map<string, Unit>();
  const errors: LineError[] = [];
  for (const [n, line] of text.split(/[\n;]/).entries()) {
    const name = line.trim();
    if (name === '') continue;
    const found = searchUnits(today, name, day, 3);
    const [only] = found;
    if (only && found.length === 1) units.set(only.id, only);
    else if (found.length === 0) errors.push({ line: n + 1, text: t('units.cluster.unknown', { typed: name }) });
    else {
      const names = found.map((unit) => unit.name).join(', ');
      errors.push({ line: n + 1, text: t('units.cluster.several', { typed: name, names }) });
    }
  }
  return { units: [...units.values()], errors };
}
