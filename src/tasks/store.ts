/** Tasks in the database. */
import { newCode, newId } from '../kernel/ids.js';
import type { Tx } from '../store/index.js';
import { TASK_KINDS, type NewTask, type Task, type TaskKind } from './model.js';

/** Opens a task; when one is open for the same thing already, that one stays. */
export async function openTask(tx: Tx, task: NewTask, now: Date): Promise<void> {
  await openTasks(tx, [task], now);
}

// Thousands are opened at once, beside all that were ever opened: with fewer letters two would meet.
const CODE_LETTERS = 8;

/** Opens many tasks in one statement. */
export async function openTasks(tx: Tx, tasks: readonly NewTask[], now: Date): Promise<void> {
  if (tasks.length === 0) return;
  const rows = tasks.map((task) => ({
    id: newId(),
    code: newCode('VC', CODE_LETTERS),
    kind: task.kind,
    ref_id: task.refId,
    unit_id: task.unitId ?? null,
    title: task.title,
    data: task.data ?? {},
  }));
  await tx.$executeRaw`
    insert into task (id, code, kind, ref_id, unit_id, title, data, opened_at)
    select r.id, r.code, r.kind, r.ref_id, r.unit_id, r.title, r.data, ${now}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(id uuid, code text, kind text, ref_id text, unit_id uuid, title text, data jsonb)
    on conflict (kind, ref_id) where done_at is null do nothing`;
}

/** Closes the open task about something. True when there was one. */
export async function closeTask(
  tx: Tx,
  about: { kind: TaskKind; refId: string },
  done: { byId: string | null; result: string },
  now: Date,
): Promise<boolean> {
  const closed = await tx.task.updateMany({
    where: { kind: about.kind, refId: about.refId, doneAt: null },
    data: { doneAt: now, doneById: done.byId, result: done.result },
  });
  return closed.count > 0;
}

/** What the open task about something says below its title; null when there is none open. */
export async function findTaskText(tx: Tx, about: { kind: TaskKind; refId: string }): Promise<string | null> {
  const row = await tx.task.findFirst({ where: { ...about, doneAt: null }, select: { data: true } });
  return row && ((row.data as { text?: string }).text ?? '');
}

/** Reads of this room for flows. */
export interface TasksReads {
  /** Open tasks, oldest first. */
  open(limit: number, offset: number): Promise<{ tasks: Task[]; total: number }>;
  one(id: string): Promise<Task | null>;
}

/** Builds the reads on a transaction. */
export function createTasksReads(tx: Tx): TasksReads {
  return {
    async open(limit, offset) {
      const where = { doneAt: null };
      const total = await tx.task.count({ where });
      const rows = await tx.task.findMany({
        where,
        orderBy: [{ openedAt: 'asc' }, { id: 'asc' }],
        take: limit,
        skip: offset,
      });
      return { tasks: rows.map(toTask), total };
    },
    async one(id) {
      const row = await tx.task.findFirst({ where: { id, doneAt: null } });
      return row && toTask(row);
    },
  };
}

function toTask(row: {
  id: string;
  code: string;
  kind: string;
  refId: string;
  title: string;
  data: unknown;
  openedAt: Date;
}): Task {
  const kind = TASK_KINDS.find((known) => known === row.kind);
  if (!kind) throw new Error(`unknown kind of task ${row.kind}`);
  const { text } = row.data as { text?: string };
  return {
    id: row.id,
    code: row.code,
    kind,
    refId: row.refId,
    title: row.title,
    text: text ?? '',
    openedAt: row.openedAt,
  };
}
