/** What every tick of the business clock does, in its order. */
import type { Logger } from 'pino';
import { createLawWatch, type LiveAnswerer } from '../awards/index.js';
import { loadQuietHours } from '../calendar/index.js';
import type { Outbox } from '../delivery/ports.js';
import { createReminderTick, createReviewWatch, type Ticked } from '../reporting/index.js';
import type { Store, Tx } from '../store/index.js';
import { closeTask, openTasks } from '../tasks/index.js';
import { createUnitsDay, inCharge } from '../units/index.js';
import { reportingDeps } from './effects.js';
import { SUCCESSION } from './succession.js';

const NOTHING_TICKED: Ticked = { fired: 0, voided: 0, told: 0 };

/** Builds the tick. It may run twice, and in any number of processes at once. */
export function createBusinessTick(deps: {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly logger: Pick<Logger, 'error'>;
  readonly safeMode: { isOn(): Promise<boolean> };
  readonly fired: (steps: number) => void;
  /** Whose documents are watched for their end. */
  readonly answerer?: Pick<LiveAnswerer, 'knowledge' | 'refresh'>;
}) {
  const { store, outbox, logger } = deps;
  // The province's own, as messages keep them.
  const quietHours = (tx: Tx = store.db) => loadQuietHours(tx);
  const tick = createReminderTick({ ...reportingDeps, store, outbox, quietHours });
  const watchReviews = createReviewWatch({ ...reportingDeps, store, outbox });
  const { answerer } = deps;
  const watchLaw = answerer
    ? createLawWatch({
        ...{ store, outbox, inCharge, openTasks, closeTask },
        knowledge: () => answerer.knowledge,
        refresh: () => answerer.refresh(store.db),
      })
    : () => Promise.resolve(0);
  const unitsDay = createUnitsDay({
    store,
    outbox,
    hooks: SUCCESSION,
    failed: (error, orderId) => {
      logger.error({ err: error, orderId }, 'a change of units could not be carried out; it is tried again');
    },
  });
  return async (now: Date): Promise<Ticked> => {
    if (await deps.safeMode.isOn()) return NOTHING_TICKED;
    // Whoever answers for a unit from today on hears what falls due today.
    await unitsDay(now);
    const done = await tick(now);
    deps.fired(done.fired);
    // Messages of either kind are to leave at once.
    const reviews = await watchReviews(now);
    return { ...done, fired: done.fired + reviews + (await watchLaw(now)) };
  };
}
