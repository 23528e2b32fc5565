/** What officers recorded of documents, and what is still to be checked again, in the database. */
import type { Tx } from '../../store/index.js';
import { changeSchema, type DocumentChange } from './change.js';

/** The newest change of a document; version 0 when there is none. */
export interface RecordedChange {
  readonly version: number;
  readonly change: DocumentChange;
  /** False where a later release wrote what this one does not know. */
  readonly isReadable: boolean;
  /** When and why it was recorded; absent for version 0. */
  readonly recorded?: { readonly at: Date; readonly reason: string };
}

/** A task of this part, as its screen shows it. */
export interface LawTask {
  readonly refId: string;
  readonly title: string;
  /** Cards that somebody still has to look at. */
  readonly cards: readonly string[];
}

/** What the flows of this part may read. */
export interface LawReads {
  change(number: string): Promise<RecordedChange>;
  /** An open task; null when it is done or unknown. */
  task(refId: string): Promise<LawTask | null>;
}

/** What a task about cards keeps beside its text. */
export interface CheckData {
  readonly text: string;
  readonly cards: readonly string[];
  /** Looked at and found to need no change. */
  readonly checked: readonly string[];
  /** When the change was recorded: what was corrected later is checked. */
  readonly since: string;
}

/** How the tasks begin in which cards are checked again after a change; the others are alarms. */
export const CHECK_REF = 'change:';

/** Builds the reads on a transaction. */
export function createLawReads(tx: Tx): LawReads {
  return { change: (number) => newestChange(tx, number), task: (refId) => findLawTask(tx, refId) };
}

/** The newest change of a document; with `upTo` the newest one that is no newer than that version. */
export async function newestChange(tx: Tx, number: string, upTo?: number): Promise<RecordedChange> {
  const where = { number, ...(upTo === undefined ? {} : { version: { lte: upTo } }) };
  const row = await tx.documentChange.findFirst({ where, orderBy: { version: 'desc' } });
  if (!row) return { version: 0, change: {}, isReadable: true };
  const parsed = changeSchema.safeParse(row.change);
  const { version, at, reason } = row;
  return { version, change: parsed.success ? parsed.data : {}, isReadable: parsed.success, recorded: { at, reason } };
}

export async function findLawTask(tx: Tx, refId: string): Promise<LawTask | null> {
  const row = await tx.task.findFirst({ where: { kind: 'law', refId, doneAt: null } });
  if (!row) return null;
  const { cards = [], checked = [], since } = row.data as Partial<CheckData>;
  if (since === undefined) return { refId, title: row.title, cards: [] };
  const corrected = await tx.cardChange.findMany({
    where: { cardId: { in: [...cards] }, at: { gt: new Date(since) } },
    select: { cardId: true },
    distinct: ['cardId'],
  });
  const done = new Set([...checked, ...corrected.map((one) => one.cardId)]);
  return { refId, title: row.title, cards: cards.filter((id) => !done.has(id)) };
}

/** Which of these alarms were raised before. */
export async function raisedKeys(tx: Tx, keys: readonly string[]): Promise<Set<string>> {
  const rows = await tx.lawAlarm.findMany({ where: { key: { in: [...keys] } }, select: { key: true } });
  return new Set(rows.map((row) => row.key));
}

/** Notes alarms as raised; returns those that nobody had raised before, also not at this very moment. */
export async function claimAlarms(tx: Tx, keys: readonly string[], now: Date): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ key: string }[]>`
    insert into law_alarm (key, raised_at) select unnest(${[...keys]}::text[]), ${now}
    on conflict do nothing returning key`;
  return new Set(rows.map((row) => row.key));
}

/** What open alarms are about: ids of endings. */
export async function openAlarmTasks(tx: Tx): Promise<string[]> {
  const where = { kind: 'law', doneAt: null, NOT: { refId: { startsWith: CHECK_REF } } };
  return (await tx.task.findMany({ where, select: { refId: true } })).map(({ refId }) => refId);
}

export async function forgetAlarms(tx: Tx, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await tx.lawAlarm.deleteMany({ where: { key: { in: [...keys] } } });
}
