/** When the leaders' summary leaves: a day of the week and an hour, set by an officer, a leader or an administrator. */
import { z } from 'zod';
import { addDays, atLocal, localDate, weekday } from '../kernel/local-date.js';
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

/** The latest instant of the schedule up to `now`; null when it began after that, or is off. */
export function latestInstant(schedule: DigestSchedule, now: Date): Date | null {
  if (!schedule.on) return null;
  const today = localDate(now);
  for (let back = 0; back <= 7; back += 1) {
    const day = addDays(today, -back);
    const at = atLocal(day, schedule.time);
    if (weekday(day) === schedule.weekday && at <= now) return at > schedule.since ? at : null;
  }
  return null;
}

/** The instants of the schedule after `from` and up to `to`. */
export async function digestInstants(db: Db | Tx, from: Date, to: Date): Promise<Date[]> {
  const schedule = await find(db);
  if (!schedule?.on) return [];
  const found: Date[] = [];
  for (let day = localDate(from); day <= localDate(to); day = addDays(day, 1)) {
    const at = atLocal(day, schedule.time);
    if (weekday(day) === schedule.weekday && at > from && at <= to && at > schedule.since) found.push(at);
  }
  return found;
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
