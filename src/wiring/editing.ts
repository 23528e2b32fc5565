/** What changes messages after they were sent: corrections and the cards of running broadcasts, by a clock of their own. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  changesDue,
  createCorrections,
  createEditor,
  createProgressCards,
  type Corrections,
  type DeliveryEngine,
  type Editor,
  type LedgerReader,
  type Outbox,
  type ProgressCards,
} from '../delivery/index.js';
import type { Logger } from '../inbox/index.js';
import { machineClock } from '../kernel/clock.js';
import type { Store } from '../store/index.js';
import type { Channels } from './channels.js';

export interface EditingDeps {
  readonly store: Store;
  readonly engine: Pick<DeliveryEngine, 'kick'>;
  readonly outbox: Outbox;
  readonly ledger: LedgerReader;
  readonly channels: Channels['byName'];
  readonly businessNow: () => Promise<Date>;
  readonly logger: Logger;
}

const TICK_MS = 1_000;
const CLOCK_MS = 60_000;

/** Starts the clock of a worker; the function that stops it waits for what is under way. */
export function startEditing(deps: EditingDeps): (deadlineMs: number) => Promise<void> {
  const shared = { ...deps, pool: deps.store.pool, transaction: deps.store.transaction.bind(deps.store) };
  const editor = createEditor(shared);
  const round = createRound(deps, {
    editor,
    corrections: createCorrections(shared),
    cards: createProgressCards({ ...shared, command: 'broadcast' }),
  });

  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= round().finally(() => {
      running = null;
    });
  }, TICK_MS);
  return async (deadlineMs) => {
    clearInterval(timer);
    const until = Date.now() + deadlineMs;
    await Promise.race([running, sleep(deadlineMs, undefined, { ref: false })]);
    await editor.stop(Math.max(0, until - Date.now()));
  };
}

interface RoundParts {
  readonly editor: Editor;
  readonly corrections: Corrections;
  readonly cards: ProgressCards;
}

/** What happens every second: one look, and then only what it found. */
function createRound(deps: EditingDeps, { editor, corrections, cards }: RoundParts): () => Promise<void> {
  const { engine, store, logger } = deps;
  const businessNow = fromTimeToTime(deps.businessNow);
  let isTold = false;
  const failed = (error: unknown): void => {
    // An outage lasts many seconds; it is told once.
    if (!isTold) logger.warn({ err: error }, 'messages could not be changed; it is tried again in a moment');
    isTold = true;
  };
  return async () => {
    try {
      const due = await changesDue(store.pool, machineClock.now(), await businessNow());
      if (due.cards && (await cards.tick())) engine.kick('reply');
      if (due.corrections && (await corrections.work())) engine.kick('bulk');
      isTold = false;
      // It may take minutes; cards and corrections go on beside it.
      if (due.cards || due.corrections || due.edits) editor.drain().catch(failed);
    } catch (error) {
      failed(error);
    }
  };
}

/** The business clock as it was at most a minute ago: it never goes back, so it was not later. */
function fromTimeToTime(read: () => Promise<Date>): () => Promise<Date> {
  let last: { readonly at: Date; readonly readMs: number } | null = null;
  return async () => {
    if (last === null || performance.now() - last.readMs > CLOCK_MS)
      last = { at: await read(), readMs: performance.now() };
    return last.at;
  };
}
