/** Duties in words: periods, terms, ladders, and why a due day is the day it is. */
import { raw, t, type Text } from '../conversation/index.js';
import { dayText, termText } from '../calendar/index.js';
import { renderText } from '../conversation/render.js';
import { translate } from '../i18n/index.js';
import { formatDate, type Language } from '../kernel/format.js';
import type { DayOff, DueRule, HowPart, Shift } from './due.js';
import type { Audience, LadderStep } from './ladder.js';
import type { DutyContent, Field, FileKind } from './model.js';
import type { PeriodName, PeriodRule } from './periods.js';

// Names of duties and periods are rows of the office, which works in Vietnamese.
const OFFICE: Language = 'vi';

/** Document, number, date: as units read it. */
export const basisText = ({ document, number, on }: DutyContent['basis']): string =>
  translate(OFFICE, 'duties.basis', { document, number, day: formatDate(on) });

const ROMAN = ['I', 'II', 'III', 'IV'] as const;
const HALVES = ['duties.period.half1', 'duties.period.half2'] as const;

/** What a period is called; null for what is owed once. */
export function periodText(name: PeriodName): Text | null {
  switch (name.kind) {
    case 'once':
      return null;
    case 'month':
      return t('duties.period.month', { n: String(name.n).padStart(2, '0'), year: name.year });
    case 'quarter':
      return t('duties.period.quarter', { n: ROMAN[name.n - 1] ?? name.n, year: name.year });
    case 'half-year':
      return t(HALVES[name.n - 1] ?? HALVES[0], { year: name.year });
    case 'year':
      return t('duties.period.year', { year: name.year });
    case 'school-year':
      return t('duties.period.schoolYear', { from: name.from, to: name.to });
    case 'custom':
      return raw(name.name);
  }
}

/** The name that is kept with the obligations of a period. */
export function periodName(name: PeriodName): string | undefined {
  const text = periodText(name);
  return text === null ? undefined : renderText(text, OFFICE);
}

/** How often. */
export function ruleText(rule: PeriodRule): Text {
  if (rule.kind === 'school-year') return t('duties.rule.schoolYear', { from: rule.startMonth, to: rule.endMonth });
  if (rule.kind === 'custom') return t('duties.rule.custom', { n: rule.periods.length });
  return t(`duties.rule.${rule.kind}`);
}

/** By when, as a rule. */
export function dueRuleText(due: DueRule): Text {
  switch (due.kind) {
    case 'dates':
      return t('duties.due.dates');
    case 'working-days-after-end':
      return t('duties.due.workingDays', { n: due.days });
    case 'day': {
      const months = due.monthsAfterEnd;
      const kind = months === 0 ? 'lastMonth' : months === 1 ? 'nextMonth' : months > 0 ? 'after' : 'before';
      return t(`duties.due.${kind}`, { day: due.day, n: Math.abs(months) });
    }
  }
}

export const shiftText = (shift: Shift): Text => t(`duties.shift.${shift}`);

const offText = ({ on, name }: DayOff): Text =>
  name === null ? t('duties.how.weekend', { day: dayText(on) }) : t('duties.how.off', { day: formatDate(on), name });

/** Why a due day is the day it is. */
export const howText = (how: readonly HowPart[]): Text => listed(how.map(partText), 'duties.how.list');

function partText(part: HowPart): Text {
  switch (part.kind) {
    case 'set':
    case 'moved':
    case 'day':
      return t(`duties.how.${part.kind}`, { day: formatDate(part.on) });
    case 'not-before':
      return t('duties.how.notBefore', { day: formatDate(part.on) });
    case 'short-month':
      return t('duties.how.shortMonth', { wanted: part.wanted, day: formatDate(part.on) });
    case 'shifted': {
      const key = part.to > part.off.on ? 'duties.how.shiftedNext' : 'duties.how.shiftedPrevious';
      return t(key, { off: offText(part.off), day: formatDate(part.to) });
    }
    case 'kept':
      return t('duties.how.kept', { off: offText(part.off) });
    case 'working-days':
      return termText(part.term);
  }
}

const AUDIENCES: Readonly<Record<Audience, Text>> = {
  seat: t('duties.audience.seat'),
  primary: t('duties.audience.primary'),
  deputy: t('duties.audience.deputy'),
  head: t('duties.audience.head'),
  officer: t('duties.audience.officer'),
  leader: t('duties.audience.leader'),
};

/** A ladder in one line: "T-7 đầu mối, T+1 thủ trưởng". */
export const ladderText = (ladder: readonly LadderStep[]): Text => listed(ladder.map(stepText), 'duties.list');

/** A step named after its audience as well says so only once. */
function stepText({ step, audience, class: kind, words }: LadderStep): Text {
  const line = t('duties.ladder.step', { step: step.split('.')[0] ?? step, audience: AUDIENCES[audience] });
  const marked = kind === 'critical' ? t('duties.ladder.urgent', { line }) : line;
  return words === undefined ? marked : t('duties.ladder.words', { line: marked, words });
}

/** A form's field as it is typed: "Số gương: số 0-100". */
export function fieldText(field: Field): Text {
  const { label, min, max } = field;
  if (field.type === 'text') return t('duties.field.text', { label });
  if (min === undefined) return t('duties.field.number', { label });
  return max === undefined ? t('duties.field.from', { label, min }) : t('duties.field.range', { label, min, max });
}

export const fileText = (kind: FileKind): Text => t(`duties.file.${kind}`);

/** From when to when a duty is owed. */
export const spanText = ({ startsOn, endsOn }: Pick<DutyContent, 'startsOn' | 'endsOn'>): Text =>
  endsOn === null
    ? t('duties.span.open', { from: formatDate(startsOn) })
    : t('duties.span.closed', { from: formatDate(startsOn), to: formatDate(endsOn) });

/** Texts in one line; "–" where there are none. */
export function listed(texts: readonly Text[], key: 'duties.list' | 'duties.how.list'): Text {
  const [first, ...rest] = texts;
  return first === undefined ? raw('–') : rest.reduce<Text>((left, right) => t(key, { left, right }), first);
}
