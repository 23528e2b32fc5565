/** Slow work that a turn asked for: run by a job, its result returned as an internal message of the conversation. */
import type { Clock } from '../kernel/clock.js';
import { askForWork } from '../conversation/index.js';
import { isOutage, type Store } from '../store/index.js';
import { handle, type EffectHandler } from './effects.js';
import type { Bells, Logger } from './ports.js';

/** One piece of work as its handler sees it. */
export interface WorkItem {
  readonly id: string;
  readonly payload: unknown;
  readonly contactId: string | null;
}

/**
 * Does one kind of work and returns what the waiting step will read. Runs twice harmlessly.
 * `finish: 'self'` means that the handler itself writes its outcome and no internal message follows.
 */
export interface WorkHandler {
  readonly kind: string;
  readonly finish?: 'self';
  run(item: WorkItem): Promise<unknown>;
  /** Called after the last failed try, for handlers that finish themselves. */
  giveUp?(item: WorkItem): Promise<void>;
}

const MAX_TRIES = 5;
const BACKOFF_MS = 2_000;

export interface WorkDeps {
  readonly store: Store;
  readonly bells: Bells;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly handlers: readonly WorkHandler[];
  process(conversationId: string): void;
}

/** The effect that asks for work: a row in the turn's transaction. */
export function createWorkEffect(clock: Clock): EffectHandler {
  return handle(askForWork, async ({ workId, kind, payload }, at) => {
    await at.tx.work.create({
      data: {
        id: workId,
        kind,
        payload: payload as object,
        contactId: at.actor.contactId,
        conversationId: at.actor.conversationId,
        runAfter: clock.now(),
      },
    });
  });
}

/** Builds `runWork`, the handler of the job `work.run`. */
export function createRunWork(deps: WorkDeps) {
  const handlers = new Map(deps.handlers.map((handler) => [handler.kind, handler]));

  return async function runWork(workId: string): Promise<'done' | 'later' | 'gone'> {
    const row = await deps.store.db.work.findUnique({ where: { id: workId } });
    if (row?.state !== 'open') return 'gone';
    const handler = handlers.get(row.kind);
    if (!handler) throw new Error(`no handler for work ${row.kind}`);
    const item: WorkItem = { id: row.id, payload: row.payload, contactId: row.contactId };
    try {
      const data = await handler.run(item);
      await finish(deps, handler, row, true, data);
      return 'done';
    } catch (error) {
      if (isOutage(error)) throw error;
      const tries = row.tries + 1;
      deps.logger.warn({ err: error, workId, kind: row.kind, tries }, 'a piece of work failed');
      if (tries < MAX_TRIES && !isPermanent(error)) {
        const delayMs = BACKOFF_MS * 2 ** row.tries;
        await deps.store.db.work.update({
          where: { id: workId },
          data: { tries, runAfter: new Date(deps.clock.now().getTime() + delayMs) },
        });
        return 'later';
      }
      await handler.giveUp?.(item);
      await finish(deps, handler, row, false, null);
      return 'done';
    }
  };
}

const isPermanent = (error: unknown): boolean => (error as { permanent?: unknown }).permanent === true;

interface WorkRow {
  readonly id: string;
  readonly kind: string;
  readonly contactId: string | null;
}

/** Closes the work and, unless its handler wrote the outcome itself, stores the result as a message. */
async function finish(deps: WorkDeps, handler: WorkHandler, row: WorkRow, ok: boolean, data: unknown): Promise<void> {
  const now = deps.clock.now();
  const conversationId = await deps.store.transaction(async (tx) => {
    const closed = await tx.work.updateMany({
      where: { id: row.id, state: 'open' },
      data: { state: ok ? 'done' : 'failed', doneAt: now },
    });
    if (row.contactId === null) return null;
    // The contact may have been bound to a member meanwhile: its conversation now is the right one.
    const [owner] = await tx.$queryRaw<{ id: string }[]>`
      select v.id from contact c join conversation v on v.member_id = c.member_id or v.contact_id = c.id
      where c.id = ${row.contactId}::uuid limit 1`;
    if (!owner) return null;
    if (closed.count === 1 && handler.finish !== 'self') {
      const body = JSON.stringify({ kind: 'result', workId: row.id, work: row.kind, ok, data });
      await tx.$executeRaw`
        insert into inbound (channel, external_id, contact_id, conversation_id, body, body_hash, received_at)
        values ('internal', ${`work:${row.id}`}, ${row.contactId}::uuid, ${owner.id}::uuid, ${body}::jsonb, '', ${now})
        on conflict (channel, external_id) do nothing`;
    }
    return owner.id;
  });
  if (conversationId !== null) deps.process(conversationId);
}
