/** The calendar in the database. */
import { buildCalendar, type WorkingCalendar } from '../kernel/calendar.js';
import { fromDbDate, toDbDate, type LocalDate } from '../kernel/local-date.js';
import { oncePerTransaction, type Tx } from '../store/index.js';
import type { DaySource, KnownDay, NewDay } from './model.js';

const readCalendar = oncePerTransaction(async (tx) => {
  const days = await tx.calendarDay.findMany();
  return buildCalendar(
    days.map(({ on, kind, name }) => ({ on: fromDbDate(on), kind: kind === 'work' ? 'work' : 'off', name })),
  );
});

/** The working calendar with its holidays and make-up days as they stand in this transaction. */
export const loadCalendar = (tx: Tx): Promise<WorkingCalendar> => readCalendar(tx);

// Any number; other locks have others.
const LOCK = 5_071_231;

/** Holds the calendar until the transaction ends, so that of two who change it the second sees what the first did. */
export async function lockCalendar(tx: Tx): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(${LOCK})`;
  readCalendar.forget(tx);
}

/**
 * Holds the calendar as it is until the transaction ends, together with others who only read it. The order of locks:
 * the calendar, then the duty, then its obligations in the order of their ids, then their steps; whoever changes the
 * calendar takes it the same way, or two would wait for each other. Asked again it costs a look, and after a turn was
 * undone to its savepoint, which lets go of it, it holds again.
 */
export async function shareCalendar(tx: Tx): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock_shared(${LOCK})`;
  readCalendar.forget(tx);
}

/** The days of a year that differ from the ordinary week, in order. */
export const findYear = (tx: Tx, year: number): Promise<KnownDay[]> =>
  findBetween(tx, `${String(year)}-01-01`, `${String(year)}-12-31`);

/** The same from one day to another. */
export async function findBetween(tx: Tx, from: LocalDate, to: LocalDate): Promise<KnownDay[]> {
  const rows = await tx.calendarDay.findMany({
    where: { on: { gte: toDbDate(from), lte: toDbDate(to) } },
    orderBy: { on: 'asc' },
  });
  return rows.map(toDay);
}

/** Those of these days that are on record already. */
export async function findKnown(tx: Tx, days: readonly LocalDate[]): Promise<KnownDay[]> {
  const rows = await tx.calendarDay.findMany({ where: { on: { in: days.map(toDbDate) } }, orderBy: { on: 'asc' } });
  return rows.map(toDay);
}

export interface Entry {
  readonly source: DaySource;
  readonly note: string | null;
  readonly byMemberId: string | null;
  readonly at: Date;
}

/** Writes days; those on record already stay as they are. Returns how many are new. */
export async function insertDays(tx: Tx, days: readonly NewDay[], entry: Entry): Promise<number> {
  const { count } = await tx.calendarDay.createMany({
    data: days.map(({ on, kind, name }) => ({ on: toDbDate(on), kind, name, ...entry })),
    skipDuplicates: true,
  });
  readCalendar.forget(tx);
  return count;
}

/** Takes days out. */
export async function deleteDays(tx: Tx, days: readonly LocalDate[]): Promise<void> {
  await tx.calendarDay.deleteMany({ where: { on: { in: days.map(toDbDate) } } });
  readCalendar.forget(tx);
}

function toDay(row: { on: Date; kind: string; name: string; source: string; note: string | null }): KnownDay {
  return {
    on: fromDbDate(row.on),
    kind: row.kind === 'work' ? 'work' : 'off',
    name: row.name,
    source: row.source === 'proposed' ? 'proposed' : 'entered',
    note: row.note,
  };
}
