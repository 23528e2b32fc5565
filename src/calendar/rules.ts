/**
 * The days off of the law, as data: what can be said of a year before anybody announces it.
 *
 * - Bộ luật Lao động 45/2019/QH14, Art. 112: 1/1, five days of Tết, Giỗ Tổ (10/3 of the lunar calendar), 30/4, 1/5, 2/9 with
 *   the day before or after it. Nghị quyết 28/2026/QH16 added 24/11 from 2026 on.
 * - Art. 111: one that falls on a weekend is made up on the next working day.
 * - Which five days Tết has (one, two or three of them before mùng 1) and which day goes with 2/9 is decided every year: only
 *   what is off under every choice is proposed; the rest is entered as it is announced.
 *
 * Which weekday is swapped for which is decided by people; no rule here makes a working day of a weekend.
 */
import type { LocaleKey } from '../i18n/index.js';
import { addDays, type LocalDate } from '../kernel/local-date.js';
import { lunarToSolar } from '../kernel/lunar.js';
import { isWeekend } from './model.js';

interface Holiday {
  readonly name: LocaleKey;
  readonly calendar: 'solar' | 'lunar';
  readonly month: number;
  readonly day: number;
  /** First and last day as days from that one; several where it is chosen every year. */
  readonly choices: readonly (readonly [first: number, last: number])[];
  /** The first year in which it is off. */
  readonly since?: number;
  /** What must be entered as announced. */
  readonly announced?: LocaleKey;
}

const ALONE = [[0, 0]] as const;

export const HOLIDAYS: readonly Holiday[] = [
  { name: 'calendar.holiday.newYear', calendar: 'solar', month: 1, day: 1, choices: ALONE },
  {
    name: 'calendar.holiday.tet',
    calendar: 'lunar',
    month: 1,
    day: 1,
    choices: [
      [-1, 3],
      [-2, 2],
      [-3, 1],
    ],
    announced: 'calendar.announced.tet',
  },
  { name: 'calendar.holiday.kings', calendar: 'lunar', month: 3, day: 10, choices: ALONE },
  { name: 'calendar.holiday.victory', calendar: 'solar', month: 4, day: 30, choices: ALONE },
  { name: 'calendar.holiday.labour', calendar: 'solar', month: 5, day: 1, choices: ALONE },
  {
    name: 'calendar.holiday.national',
    calendar: 'solar',
    month: 9,
    day: 2,
    choices: [
      [-1, 0],
      [0, 1],
    ],
    announced: 'calendar.announced.national',
  },
  { name: 'calendar.holiday.culture', calendar: 'solar', month: 11, day: 24, choices: ALONE, since: 2026 },
];

/** A day that is off whatever is chosen. */
export interface CertainDay {
  readonly on: LocalDate;
  readonly holiday: LocaleKey;
  /** Off in place of a day of the weekend. */
  readonly isMadeUp: boolean;
}

/** The days of a year that are off under every choice, in order. */
export function certainDays(year: number): CertainDay[] {
  const [first, ...others] = choicesOf(holidaysOf(year)).map((choice) => withMadeUp(choice));
  if (!first) return [];
  return [...first.values()]
    .filter(({ on }) => others.every((days) => days.has(on)))
    .map((day) => ({ ...day, isMadeUp: day.isMadeUp && others.every((days) => days.get(day.on)?.isMadeUp === true) }))
    .sort((a, b) => (a.on < b.on ? -1 : 1));
}

/** What of a year has to be entered as it is announced. */
export const toBeAnnounced = (year: number): LocaleKey[] =>
  holidaysOf(year).flatMap(({ announced }) => (announced === undefined ? [] : [announced]));

interface HolidayOfYear extends Holiday {
  readonly on: LocalDate;
}
type Days = ReadonlyMap<LocalDate, CertainDay>;

function holidaysOf(year: number): HolidayOfYear[] {
  return HOLIDAYS.filter(({ since = 0 }) => year >= since).map((holiday) => ({ ...holiday, on: dayOf(holiday, year) }));
}

function dayOf({ calendar, month, day }: Holiday, year: number): LocalDate {
  if (calendar === 'lunar') return lunarToSolar(year, month, day);
  return `${String(year)}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** Every way in which the year may be chosen, without what is made up. */
function choicesOf(holidays: readonly HolidayOfYear[]): Days[] {
  return holidays.reduce<Days[]>(
    (ways, { name, on, choices }) =>
      ways.flatMap((way) => choices.map(([first, last]) => new Map([...way, ...daysOf(name, on, first, last)]))),
    [new Map()],
  );
}

const daysOf = (holiday: LocaleKey, on: LocalDate, first: number, last: number): [LocalDate, CertainDay][] =>
  Array.from({ length: last - first + 1 }, (_, n) => {
    const day = addDays(on, first + n);
    return [day, { on: day, holiday, isMadeUp: false }];
  });

/** With the working days that make up for weekends: the next one each, none taken twice. */
function withMadeUp(days: Days): Days {
  const all = new Map(days);
  for (const { on, holiday } of [...days.values()].sort((a, b) => (a.on < b.on ? -1 : 1))) {
    if (!isWeekend(on)) continue;
    let next = addDays(on, 1);
    while (isWeekend(next) || all.has(next)) next = addDays(next, 1);
    all.set(next, { on: next, holiday, isMadeUp: true });
  }
  return all;
}
