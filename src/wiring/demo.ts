/** What only the demo has: choosing a person, inviting, reading the record, and walking the business clock. */
import { setTimeout as sleep } from 'node:timers/promises';
import { REDATE_WORK } from '../calendar/index.js';
import type { DemoPort } from '../channels/web/index.js';
import type { Broadcasts, DeliveryEngine, LedgerReader } from '../delivery/index.js';
import { DELIVERY_LANES, IS_SAFE_SQL } from '../delivery/index.js';
import { demoInvite, demoPeople } from '../dev/index.js';
import { localDate, type LocalDate } from '../kernel/local-date.js';
import { moveBusinessClock, readBusinessClock, type Store } from '../store/index.js';
import type { Watch } from './watch.js';

export interface WalkDeps {
  readonly store: Store;
  readonly engine: DeliveryEngine;
  readonly broadcasts: Pick<Broadcasts, 'expandDue' | 'settle'>;
  /** What must be proven is judged on the way, at its own time. */
  readonly watch: Pick<Watch, 'judge' | 'judgements'>;
  /** Instants of the business clock, after `from` and up to `to`, at which something falls due; in order. */
  dueInstants(from: Date, to: Date): Promise<readonly Date[]>;
  reminderTick(now: Date): Promise<{ readonly fired: number; readonly told: number }>;
  /** Makes the obligations that come within reach until a day. */
  planDuties(now: Date, until: { readonly through: LocalDate }): Promise<unknown>;
}

/** One stop of the walk. */
export interface WalkStep {
  readonly at: string;
  readonly fired: number;
  readonly told: number;
}

const SETTLE_LIMIT_MS = 60_000;
/** A scheduler that was killed in the middle holds its steps until the database has noticed. */
const HELD_LIMIT_MS = 10_000;
const LOOK_MS = 25;

/**
 * Walks the business clock forward, stopping at every instant at which something falls due, so that each step runs at
 * its own time. Resolves when all is planned and every message is final or deferred.
 */
export function createWalk(deps: WalkDeps) {
  let last: Promise<unknown> = Promise.resolve();

  const walk = async (to: Date): Promise<{ now: Date; steps: WalkStep[] }> => {
    const steps: WalkStep[] = [];
    const settle = async (at: Date): Promise<void> => {
      const done = await settleAt(deps);
      if (done.fired > 0 || done.told > 0) steps.push({ at: at.toISOString(), ...done });
    };
    await nothingToRedate(deps.store);
    // What is owed on the way stands in its place before the first step.
    await deps.planDuties(await readBusinessClock(deps.store.db), { through: localDate(to) });
    // A walk that was killed may have left its last stop undone; from the next one it would look days late.
    await settle(await readBusinessClock(deps.store.db));
    for (;;) {
      const now = await readBusinessClock(deps.store.db);
      if (now >= to) break;
      const [next] = await upcoming(deps, now, to);
      await moveBusinessClock(deps.store.db, next ?? to);
      await settle(next ?? to);
    }
    return { now: await readBusinessClock(deps.store.db), steps };
  };

  /** One walk at a time in this process; the clock itself only ever goes forward. */
  return (to: Date): Promise<{ now: Date; steps: WalkStep[] }> => {
    const mine = last.then(() => walk(to));
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** The instants at which a step, a held message or a scheduled broadcast falls due, nearest first. */
async function upcoming(deps: WalkDeps, now: Date, to: Date): Promise<Date[]> {
  const release = await deps.engine.nextRelease();
  const starts = await deps.store.db.broadcast.findMany({
    where: { state: 'planned', startAt: { gt: now, lte: to } },
    select: { startAt: true },
  });
  const all = [
    ...(await deps.dueInstants(now, to)),
    ...(await deps.watch.judgements(now, to)),
    ...(release ? [release] : []),
    ...starts.flatMap((row) => (row.startAt ? [row.startAt] : [])),
  ];
  return all.filter((at) => at > now && at <= to).sort((a, b) => a.getTime() - b.getTime());
}

/** Everything that is due at this moment of the business clock, until nothing is under way. */
async function settleAt(deps: WalkDeps): Promise<{ fired: number; told: number }> {
  const now = await readBusinessClock(deps.store.db);
  const { fired, told } = await tickAll(deps, now);
  await deps.broadcasts.expandDue();
  await deps.engine.release(now);
  await deps.watch.judge(now);
  await Promise.all(DELIVERY_LANES.map((lane) => deps.engine.drain(lane)));
  await nothingUnderWay(deps.store);
  await deps.broadcasts.settle(now);
  return { fired, told };
}

/** Ticks until no step is left that another scheduler held: at the next stop it would be late. */
async function tickAll(deps: WalkDeps, now: Date): Promise<{ fired: number; told: number }> {
  const until = Date.now() + HELD_LIMIT_MS;
  let { fired, told } = await deps.reminderTick(now);
  while (Date.now() < until && (await hasDueSteps(deps.store, now))) {
    await sleep(LOOK_MS);
    const more = await deps.reminderTick(now);
    fired += more.fired;
    told += more.told;
  }
  return { fired, told };
}

async function hasDueSteps(store: Store, now: Date): Promise<boolean> {
  const { rows } = await store.pool.query<{ due: boolean }>(
    `select not ${IS_SAFE_SQL} and exists (select 1 from reminder_step where state = 'pending' and due_at <= $1) as due`,
    [now],
  );
  return rows[0]?.due === true;
}

/** Waits until every attempt is final or held back; another process may be sending. Neither a long ban nor safe mode holds the clock for ever. */
async function nothingUnderWay(store: Store): Promise<void> {
  const until = Date.now() + SETTLE_LIMIT_MS;
  while (Date.now() < until) {
    const { rows } = await store.pool.query<{ busy: boolean }>(
      `select exists (select 1 from attempt where waiting and due <= clock_timestamp() and (lane = 'reply' or not ${IS_SAFE_SQL})) or
              exists (select 1 from attempt a join lease l on l.id = a.lease_id where not l.closed and a.ended_at is null and not a.waiting) as busy`,
    );
    if (rows[0]?.busy !== true) return;
    await sleep(LOOK_MS);
  }
}

/** Waits until reminders stand where a calendar that was just changed has them. */
async function nothingToRedate(store: Store): Promise<void> {
  const until = Date.now() + SETTLE_LIMIT_MS;
  while (Date.now() < until) {
    if ((await store.db.work.count({ where: { kind: REDATE_WORK, state: 'open' } })) === 0) return;
    await sleep(LOOK_MS);
  }
}

/** The port of the web API. */
export function createDemoPort(deps: WalkDeps & { readonly ledger: LedgerReader }): DemoPort {
  return {
    people: () => demoPeople(deps.store.db),
    invite: (code) => demoInvite(deps.store.db, code),
    walkTo: createWalk(deps),
    ledger: async (source) =>
      source ? deps.ledger.ofSource(source.kind, source.id) : { sources: await deps.ledger.latestSources() },
  };
}
