/** The tick: what is due now is told, once, to those who still owe. */
import { skipMissed } from './catch-up.js';
import { packUnits } from './firing.js';
import { ALL_SEATS } from '../ports.js';
import { deliveryProofs } from './proof-store.js';
import { findDueUnits } from './store-steps.js';
import { STEPS_A_BATCH, tellLeaders, tellOfficers } from './tick-office.js';
import type { TickDeps, Ticked, TickParts } from './tick-parts.js';
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
    // What is too late is set aside first, so that nobody hears of it.
    let sum = await store.transaction((tx) => skipMissed(deps, tx, now), limit);
    const dueUnits = await findDueUnits(store.db, now);
    const holders = dueUnits.length === 0 ? [] : await deps.seats.holdersOf(store.db, dueUnits, ALL_SEATS);
    for (const pack of packUnits(dueUnits, holders, UNITS_A_BATCH))
      sum = add(sum, await store.transaction((tx) => remindUnits(deps, tx, pack, now), limit));
    for (;;) {
      const done = await store.transaction((tx) => tellOfficers(deps, tx, now), limit);
      sum = add(sum, done);
      if (done.fired + done.voided < STEPS_A_BATCH) break;
    }
    return add(sum, await store.transaction((tx) => tellLeaders(deps, tx, now), limit));
  };
}

const add = (a: Ticked, b: Ticked): Ticked => ({
  fired: a.fired + b.fired,
  voided: a.voided + b.voided,
  told: a.told + b.told,
});
