/** What the steps of the numbers share: where a person stands, the choices of measures and pages. */
import { z } from 'zod';
import { t, type Move, type Option } from '../conversation/index.js';
import { isTimeSpan, NOW_SPAN, readTimeSpan, type TimeSpan } from '../kernel/time-span.js';
import { fold } from '../kernel/text.js';
import type { LocalDate } from '../kernel/local-date.js';
import { countedScope, type ReportingReadPort } from '../reporting/index.js';
import { GROUPINGS, MEASURES, type Measure, type Numbers } from './model.js';
import type { InsightsReadPort } from './store.js';
import { measureLabel } from './texts.js';

export const dataSchema = z.object({
  page: z.number(),
  span: z.string(),
  by: z.enum(GROUPINGS).optional(),
  key: z.string().optional(),
  scope: countedScope.optional(),
  measure: z.enum(MEASURES).optional(),
});
export type Data = z.infer<typeof dataSchema>;
export type Reads = InsightsReadPort & ReportingReadPort;

/** The first page of all numbers of a time. */
export const toOverview = ({ span }: Pick<Data, 'span'>): Move<Data> => ({ to: 'overview', data: { page: 0, span } });

/** What is asked for most comes first; the others stand behind "Số liệu khác". */
const BY_WEIGHT: readonly Measure[] = [
  'overdue',
  'owing',
  'submitted',
  'late',
  'returned',
  'onTime',
  'accepted',
  'waived',
];

const OTHER: Option = { value: 'other', label: t('insights.otherNumbers'), words: ['số khác', 'các số khác'] };

interface Measures {
  /** With a button, at most as many as there is room for. */
  readonly shown: readonly Option[];
  /** Without one: typed here, or chosen on a page of their own. */
  readonly others: readonly Option[];
}

/** One choice for each number that has a list behind it. */
export function measures(numbers: Numbers, room: number): Measures {
  const all = BY_WEIGHT.filter((measure) => numbers[measure] > 0).map((measure) => ({
    value: `m:${measure}`,
    label: measureLabel(measure, numbers[measure]),
  }));
  if (all.length <= room) return { shown: all, others: [] };
  return { shown: [...all.slice(0, room - 1), OTHER], others: all.slice(room - 1) };
}

export const readMeasure = (value: string): Measure | undefined => MEASURES.find((measure) => value === `m:${measure}`);

export const BACK: Option = { value: 'back', label: t('insights.toOverview'), words: ['tất cả', 'toàn cảnh'] };

/** What stands in a button (`now`, `2025`, `list:overdue:now`, `by:cluster:now`) or was typed after the words. */
export function startAt(arg: string, today: LocalDate): Move<Data> {
  const [what, which, of = NOW_SPAN] = arg.split(':');
  const span: TimeSpan = isTimeSpan(of) ? of : NOW_SPAN;
  const measure = MEASURES.find((one) => what === 'list' && one === which);
  if (measure) return { to: 'list', data: { page: 0, span, scope: { kind: 'all' }, measure } };
  const by = GROUPINGS.find((one) => what === 'by' && one === which);
  if (by) return { to: 'groups', data: { page: 0, span, by } };
  return toOverview({ span: isTimeSpan(arg) ? arg : (readTimeSpan(arg, today) ?? NOW_SPAN) });
}

const WORDS = /^(?:tinh hinh|so lieu)(?: bao cao)? (.+)$/;

/** "tình hình quý 3/2026": only what reads as a time, so that questions stay questions. */
export function matchSpan(text: string): string | null {
  const rest = WORDS.exec(fold(text))?.[1];
  // Any day does: only whether it reads as a time is asked.
  return rest !== undefined && readTimeSpan(rest, '2026-01-01') !== null ? rest : null;
}
