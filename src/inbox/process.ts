/** Drains conversations: turns one after another for each, several conversations side by side. */
import type { Clock } from '../kernel/clock.js';
import { t } from '../conversation/index.js';
import { renderText } from '../conversation/render.js';
import type { Outbox } from '../delivery/ports.js';
import { personKey } from '../kernel/people.js';
import { isOutage, isSerializationFailure, readBusinessClock, type Store } from '../store/index.js';
import type { Bells, Logger, People } from './ports.js';
import type { Prepared } from './prepare.js';
import { TurnError, type TurnOutcome } from './turn.js';

/** A message that failed so often by its own fault is closed with an apology, and the next one gets its turn. */
const MAX_TRIES = 3;
const RETRY_DELAY_MS = 1_000;

export interface ProcessorDeps {
  readonly store: Store;
  readonly people: People;
  readonly outbox: Outbox;
  readonly bells: Bells;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly runTurn: (conversationId: string, prepared?: Prepared | null) => Promise<TurnOutcome>;
  /** Works something out before a turn, in no slot and no transaction; absent: turns follow one another at once. */
  readonly prepare?: (conversationId: string) => Promise<Prepared | null>;
  /** Turns under way at once in this process. */
  readonly concurrency: number;
  /** Counts a message closed with an apology. */
  readonly onApology?: () => void;
}

export interface Processor {
  /** Has the conversation drained soon; returns at once. */
  readonly kick: (conversationId: string) => void;
  /** Drains the conversation and returns when nothing of it waits. */
  readonly drain: (conversationId: string) => Promise<void>;
  /** Waits until no turn is under way. */
  readonly idle: () => Promise<void>;
}

/** Builds the processor of one process. */
export function createProcessor(deps: ProcessorDeps): Processor {
  // A conversation at work, and whether more came in meanwhile: its lock is never waited for inside one process.
  const atWork = new Map<string, { again: boolean; done: Promise<void> }>();
  const queue: (() => void)[] = [];
  let running = 0;

  const slot = async (): Promise<void> => {
    if (running < deps.concurrency) running += 1;
    else await new Promise<void>((resolve) => queue.push(resolve));
  };
  const release = (): void => {
    const next = queue.shift();
    if (next) next();
    else running -= 1;
  };

  const inSlot = async <T>(run: () => Promise<T>): Promise<T> => {
    await slot();
    try {
      return await run();
    } finally {
      release();
    }
  };

  const work = (conversationId: string): Promise<void> =>
    deps.prepare ? prepareAndWork(deps.prepare, conversationId) : inSlot(() => drainTurns(deps, conversationId));

  /** One turn after the other, each prepared before it takes a slot: others are not kept waiting meanwhile. */
  const prepareAndWork = async (prepare: NonNullable<typeof deps.prepare>, conversationId: string): Promise<void> => {
    const turns = createTurns(deps, conversationId);
    for (let more = true; more;) {
      const prepared = await prepare(conversationId);
      more = await inSlot(() => turns.next(prepared));
    }
  };

  const drain = (conversationId: string): Promise<void> => {
    const current = atWork.get(conversationId);
    if (current) {
      current.again = true;
      return current.done;
    }
    const entry = { again: false, done: Promise.resolve() };
    entry.done = (async () => {
      try {
        do {
          entry.again = false;
          await work(conversationId);
        } while (entry.again);
      } finally {
        atWork.delete(conversationId);
      }
    })();
    atWork.set(conversationId, entry);
    return entry.done;
  };

  return {
    drain,
    kick: (conversationId) => {
      drain(conversationId).catch((error: unknown) => {
        deps.logger.warn({ err: error, conversationId }, 'a conversation could not be drained');
        deps.bells.conversation(conversationId, RETRY_DELAY_MS);
      });
    },
    idle: async () => {
      await Promise.allSettled([...atWork.values()].map((entry) => entry.done));
    },
  };
}

/** Runs turns until none is waiting. Throws only what a later try may heal (an outage). */
async function drainTurns(deps: ProcessorDeps, conversationId: string): Promise<void> {
  const turns = createTurns(deps, conversationId);
  while (await turns.next()) {
    // The next one is looked for until there is none.
  }
}

/** The turns of a conversation, one by one; `next` is false when none was waiting. */
function createTurns(deps: ProcessorDeps, conversationId: string) {
  let collisions = 0;
  return {
    async next(prepared: Prepared | null = null): Promise<boolean> {
      try {
        const outcome = await deps.runTurn(conversationId, prepared);
        if (outcome.kind === 'idle') return false;
        deps.bells.deliver('reply');
        if (outcome.told) deps.bells.deliver('bulk');
        for (const workId of outcome.works) deps.bells.work(workId);
      } catch (error) {
        if (!(error instanceof TurnError) || error.inboundId === null || isOutage(error)) throw error;
        if (isSerializationFailure(error) && collisions < 10) collisions += 1;
        else await countFailure(deps, error.inboundId, error);
      }
      return true;
    },
  };
}

/** Counts a failed try in its own transaction; after the last one closes the message with an apology. */
async function countFailure(deps: ProcessorDeps, inboundId: string, error: TurnError): Promise<void> {
  const row = await deps.store.db.inbound.update({
    where: { id: BigInt(inboundId) },
    data: { tries: { increment: 1 } },
  });
  deps.logger.error({ err: error.cause, inboundId, tries: row.tries }, 'a message could not be processed');
  if (row.tries < MAX_TRIES) return;
  await deps.store.transaction(async (tx) => {
    const now = await readBusinessClock(tx);
    const actor = await deps.people.loadActor(tx, row.contactId);
    await tx.inbound.update({ where: { id: row.id }, data: { processedAt: deps.clock.now(), outcome: 'apologised' } });
    await deps.outbox.reply(
      tx,
      {
        inboundId,
        person: personKey(actor),
        conversationId: actor.conversationId,
        contactId: actor.contactId,
        channel: actor.channel,
        contents: [{ text: renderText(t('conversation.failed'), actor.language) }],
      },
      now,
    );
  });
  deps.onApology?.();
  deps.bells.deliver('reply');
}
