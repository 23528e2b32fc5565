/** When the leaders' summary leaves: a day of the week and an hour, set by an officer, a leader or an administrator. */
import { z } from 'zod';
import { loadCalendar } from '../calendar/index.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import { addDays, atLocal, localDate, weekday, type LocalDate } from '../kernel/local-date.js';
import { fold } from '../kernel/text.js';
import type { Db, Tx } from '../store/index.js';

const KEY = 'insights.digest';

const wishSchema = z.object({
  on: z.boolean(),
  /** 0 = Sunday … 6 = Saturday. */
  weekday: z.number().int().min(0).max(6),
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
});
/** What a person sets. */
export type DigestWish = Readonly<z.infer<typeof wishSchema>>;

const scheduleSchema = wishSchema.extend({ since: z.coerce.date() });
/** What holds, and since when: an hour that passed before is not made up for. */
export type DigestSchedule = Readonly<z.infer<typeof scheduleSchema>>;

const DEFAULT: DigestWish = { on: true, weekday: 1, time: '08:00' };

/** The schedule as it stands; null before anything was kept. */
async function find(db: Db | Tx): Promise<DigestSchedule | null> {
  const row = await db.setting.findUnique({ where: { key: KEY } });
  const parsed = scheduleSchema.safeParse(row?.value);
  return parsed.success ? parsed.data : null;
}

export const loadWish = async (db: Db | Tx): Promise<DigestWish> => (await find(db)) ?? DEFAULT;

/** Keeps a schedule from now on. */
export async function keepSchedule(db: Db | Tx, wish: DigestWish, now: Date): Promise<void> {
  const value = { ...wish, since: now.toISOString() };
  await db.setting.upsert({ where: { key: KEY }, update: { value }, create: { key: KEY, value } });
}

/** The schedule that holds; the first look writes the ordinary one down. */
export async function loadSchedule(db: Db | Tx, now: Date): Promise<DigestSchedule> {
  const known = await find(db);
  if (known) return known;
  const value = JSON.stringify({ ...DEFAULT, since: now.toISOString() });
  await db.$executeRaw`
    insert into setting (key, value, updated_at) values (${KEY}, ${value}::jsonb, clock_timestamp()) on conflict (key) do nothing`;
  return (await find(db)) ?? { ...DEFAULT, since: now };
}

/** Further back than any row of days off moves a summary. */
const LOOK_BACK = 28;

/** The latest instant of the schedule up to `now`; null when it began after that, or is off. */
export function latestInstant(schedule: DigestSchedule, now: Date, calendar: WorkingCalendar): Date | null {
  const today = localDate(now);
  const latest = instantsBetween(schedule, addDays(today, -LOOK_BACK), today, calendar)
    .filter((at) => at <= now)
    .at(-1);
  return latest !== undefined && latest > schedule.since ? latest : null;
}

/** The instants of the schedule after `from` and up to `to`. */
export async function digestInstants(db: Db | Tx, from: Date, to: Date): Promise<Date[]> {
  const schedule = await find(db);
  if (schedule === null) return [];
  const days = instantsBetween(schedule, addDays(localDate(from), -LOOK_BACK), localDate(to), await loadCalendar(db));
  return days.filter((at) => at > from && at <= to && at > schedule.since);
}

/** Instants of the schedule's days from one to another, in order; two weeks that meet after a row of days off are one. */
function instantsBetween(schedule: DigestSchedule, from: LocalDate, to: LocalDate, calendar: WorkingCalendar): Date[] {
  if (!schedule.on) return [];
  const days = new Set<LocalDate>();
  for (let day = from; day <= to; day = addDays(day, 1))
    if (weekday(day) === schedule.weekday) days.add(moved(day, calendar));
  return [...days].map((day) => atLocal(day, schedule.time));
}

/** On a holiday nobody is told: the next working day is meant. A weekend that somebody chose stays what it is. */
function moved(day: LocalDate, calendar: WorkingCalendar): LocalDate {
  const isWeekend = weekday(day) === 0 || weekday(day) === 6;
  const isHoliday = !calendar.isWorkingDay(day) && (!isWeekend || calendar.nameOf(day) !== null);
  return isHoliday ? calendar.addWorkingDays(day, 0) : day;
}

const DAYS = [
  'chu nhat|cn',
  'thu (?:hai|2)|t2',
  'thu (?:ba|3)|t3',
  'thu (?:tu|4)|t4',
  'thu (?:nam|5)|t5',
  'thu (?:sau|6)|t6',
  'thu (?:bay|7)|t7',
];
const EARLIEST = '06:00';
const LATEST = '21:00';

/** "thứ Sáu 16:00", "t2 8h"; null when it is none, 'hour' when nobody is to be disturbed then. */
export function readWish(text: string): DigestWish | 'hour' | null {
  const folded = fold(text);
  const day = DAYS.findIndex((words) => new RegExp(`^(?:${words})(?![a-z0-9])`).test(folded));
  const [, hour, minute = '00'] = /(?:^| )(\d{1,2})(?: ?(?::|h|g|gio) ?(\d{2})?)?$/.exec(folded) ?? [];
  if (day < 0 || hour === undefined) return null;
  const wish = wishSchema.safeParse({ on: true, weekday: day, time: `${hour.padStart(2, '0')}:${minute}` });
  if (!wish.success) return null;
  return wish.data.time < EARLIEST || wish.data.time > LATEST ? 'hour' : wish.data;
}
