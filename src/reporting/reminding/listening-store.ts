/** When people want to be reminded, and how often anybody is: read and kept. */
import { z } from 'zod';
import { loadQuietHours } from '../../calendar/index.js';
import type { QuietHours } from '../../delivery/index.js';
import { isId } from '../../kernel/ids.js';
import type { PersonKey } from '../../kernel/people.js';
import type { Tx } from '../../store/index.js';
import { DEFAULT_PER_DAY, type OwnHours } from './cap.js';

/** The hours that these people chose. */
export async function loadOwnHours(tx: Tx, people: readonly PersonKey[]): Promise<ReadonlyMap<string, OwnHours>> {
  const ids = people.flatMap((person) => (person.startsWith('m:') ? [person.slice(2)] : []));
  const rows = await tx.member.findMany({
    where: { id: { in: ids }, remindFrom: { not: null } },
    select: { id: true, remindFrom: true, remindTo: true },
  });
  return new Map(
    rows.flatMap(({ id, remindFrom: from, remindTo: to }) =>
      from === null || to === null ? [] : [[`m:${id}`, { from, to }] as const],
    ),
  );
}

export interface RemindHours {
  readonly own: OwnHours | null;
  readonly quiet: QuietHours;
}

export async function findRemindHours(tx: Tx, memberId: string): Promise<RemindHours> {
  const own = isId(memberId) ? (await loadOwnHours(tx, [`m:${memberId}`])).get(`m:${memberId}`) : undefined;
  return { own: own ?? null, quiet: await loadQuietHours(tx) };
}

/** Keeps the hours of a person; null: any hour. */
export async function keepRemindHours(tx: Tx, memberId: string, hours: OwnHours | null): Promise<void> {
  const data = { remindFrom: hours?.from ?? null, remindTo: hours?.to ?? null };
  await tx.member.update({ where: { id: memberId }, data });
}

const PER_DAY_KEY = 'reminders.perDay';
export const MOST_PER_DAY = 20;
const perDaySchema = z.number().int().min(1).max(MOST_PER_DAY);

/** How many messages of reminders a person gets in a day. */
export async function readPerDay(tx: Tx): Promise<number> {
  const row = await tx.setting.findUnique({ where: { key: PER_DAY_KEY } });
  const read = perDaySchema.safeParse(row?.value);
  return read.success ? read.data : DEFAULT_PER_DAY;
}

export async function keepPerDay(tx: Tx, count: number): Promise<void> {
  const value = perDaySchema.parse(count);
  await tx.setting.upsert({ where: { key: PER_DAY_KEY }, create: { key: PER_DAY_KEY, value }, update: { value } });
}
