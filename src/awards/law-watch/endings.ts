/** What ends or begins by law, and which alarm is due on a day. Pure. */
import { daysBetween, type LocalDate } from '../../kernel/local-date.js';
import type { Knowledge } from '../model.js';

/** Something of which the answers must hear before its day. */
export interface Ending {
  /** Stands for this thing on this day: another day is another ending. */
  readonly id: string;
  readonly kind: 'document' | 'salary' | 'bonus' | 'amendment';
  /** The document whose cards are touched. */
  readonly number: string;
  /** The first day on which it is different. */
  readonly on: LocalDate;
  readonly replacedBy?: string;
}

/** One alarm: `key` is raised once, ever. */
export interface Alarm {
  readonly key: string;
  readonly ending: Ending;
  readonly daysLeft: number;
}

/** Days before, farthest first; 0 is the day itself. */
const STEPS = [180, 90, 30, 7, 0] as const;

/** Everything with an end or an announced amendment, past ones included. */
export function endingsOf({ documents, parameters }: Knowledge): Ending[] {
  const endings: Ending[] = [];
  for (const one of documents.values()) {
    if (one.inForceTo !== undefined)
      endings.push({
        id: `document:${one.number}:${one.inForceTo}`,
        kind: 'document',
        number: one.number,
        on: one.inForceTo,
        ...(one.replacedBy === undefined ? {} : { replacedBy: one.replacedBy }),
      });
    for (const { by, from } of one.amendments)
      endings.push({
        id: `amendment:${one.number}:${from}:${by}`,
        kind: 'amendment',
        number: one.number,
        on: from,
        replacedBy: by,
      });
  }
  for (const { document, to } of parameters.baseSalary) {
    if (to === undefined) continue;
    const next = parameters.baseSalary.find((one) => one.from >= to);
    const replacedBy = next === undefined ? {} : { replacedBy: next.document };
    endings.push({ id: `salary:${document}:${to}`, kind: 'salary', number: document, on: to, ...replacedBy });
  }
  for (const [id, { basis, to }] of Object.entries(parameters.bonuses))
    if (to !== undefined) endings.push({ id: `bonus:${id}:${to}`, kind: 'bonus', number: basis.document, on: to });
  return endings.sort((a, b) => a.on.localeCompare(b.on) || a.id.localeCompare(b.id));
}

const keyOf = (endingId: string, step: number): string => `${endingId}:${String(step)}`;

/** All keys that an ending may ever have. */
export const keysOf = (endingId: string): string[] => STEPS.map((step) => keyOf(endingId, step));

/**
 * The alarms due on a day: for each ending only the nearest step, whatever was missed before. What had begun before
 * the first alarm is history; a day that passed while nobody looked is told late if it had been announced.
 */
export function dueAlarms(endings: readonly Ending[], today: LocalDate, raised: ReadonlySet<string>): Alarm[] {
  return endings.flatMap((ending) => {
    const daysLeft = daysBetween(today, ending.on);
    const step = STEPS.findLast((one) => Math.max(daysLeft, 0) <= one);
    if (step === undefined) return [];
    const key = keyOf(ending.id, step);
    const announced = keysOf(ending.id).some((one) => raised.has(one));
    return raised.has(key) || (daysLeft < 0 && !announced) ? [] : [{ key, ending, daysLeft }];
  });
}
