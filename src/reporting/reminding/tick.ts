/** The tick: what is due now is told, once, to those who still owe. */
import { skipMissed } from './catch-up.js';
import { packUnits } from './firing.js';
import { isOutage, type Tx } from '../../store/index.js';
import { ALL_SEATS } from '../ports.js';
import { deliveryProofs } from './proof-store.js';
import { findDueUnits } from './store-steps.js';
import { tellLeaders, tellOfficers } from './tick-office.js';
import { NOTHING, type TickDeps, type Ticked, type TickParts } from './tick-parts.js';
import { remindUnits } from './tick-units.js';

const UNITS_A_BATCH = 50;
const BATCH_TIMEOUT_MS = 20_000;

/** Builds `reminderTick`. It may run twice, and in any number of processes at once. */
export function createReminderTick(given: TickDeps) {
  const deps: TickParts = { ...given, proofs: given.proofs ?? deliveryProofs };
  const { store } = deps;
  const limit = { timeoutMs: BATCH_TIMEOUT_MS };

  /** Tells what is due at `now` (business clock). */
  return async function reminderTick(now: Date): Promise<Ticked> {
    let sum = NOTHING;
    const failed: unknown[] = [];
    /** One part of the tick; null when it failed: what is wrong with one unit must not silence all others. */
    const part = async (work: (tx: Tx) => Promise<Ticked>): Promise<Ticked | null> => {
      try {
        const done = await store.transaction(work, limit);
        sum = add(sum, done);
        return done;
      } catch (error) {
        if (isOutage(error)) throw error;
        failed.push(error);
        return null;
      }
    };
    // What is too late is set aside first, so that nobody hears of it.
    await part((tx) => skipMissed(deps, tx, now));
    const dueUnits = await findDueUnits(store.db, now);
    const holders = dueUnits.length === 0 ? [] : await deps.seats.holdersOf(store.db, dueUnits, ALL_SEATS);
    for (const pack of packUnits(dueUnits, holders, UNITS_A_BATCH)) {
      const done = await part((tx) => remindUnits(deps, tx, pack, now));
      if (done !== null || pack.length === 1) continue;
      for (const group of pack) await part((tx) => remindUnits(deps, tx, [group], now));
    }
    await part((tx) => tellOfficers(deps, tx, now));
    await part((tx) => tellLeaders(deps, tx, now));
    if (failed.length > 0) throw failed[0];
    return sum;
  };
}

const add = (a: Ticked, b: Ticked): Ticked => ({
  fired: a.fired + b.fired,
  voided: a.voided + b.voided,
  told: a.told + b.told,
});
