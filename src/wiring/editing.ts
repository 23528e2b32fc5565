/** What changes messages after they were sent: corrections and the cards of running broadcasts, by a clock of their own. */
import {
  createCorrections,
  createEditor,
  createProgressCards,
  type Corrections,
  type DeliveryEngine,
  type LedgerReader,
  type Outbox,
} from '../delivery/index.js';
import type { Logger } from '../inbox/index.js';
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

/** Starts the clock of a worker; the function that stops it waits for what is under way. */
export function startEditing(deps: EditingDeps): (deadlineMs: number) => Promise<void> {
  const { engine, logger } = deps;
  const shared = { ...deps, pool: deps.store.pool, transaction: deps.store.transaction.bind(deps.store) };
  const editor = createEditor(shared);
  const corrections: Corrections = createCorrections(shared);
  const cards = createProgressCards({ ...shared, command: 'broadcast' });

  const round = async (): Promise<void> => {
    try {
      if (await cards.tick()) engine.kick('reply');
      if (await corrections.work()) engine.kick('bulk');
      // It may take minutes; cards and corrections go on beside it.
      editor.drain().catch(failed);
    } catch (error) {
      failed(error);
    }
  };
  const failed = (error: unknown): void =>
    logger.warn({ err: error }, 'messages could not be changed; it is tried again in a moment');

  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= round().finally(() => {
      running = null;
    });
  }, TICK_MS);
  return async (deadlineMs) => {
    clearInterval(timer);
    await running;
    await editor.stop(deadlineMs);
  };
}
