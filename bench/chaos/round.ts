/** One broadcast, told to its end through kills. */
import { randomUUID } from 'node:crypto';
import { createBroadcasts } from '../../src/delivery/index.js';
import type { Store } from '../../src/store/index.js';
import { announce } from './announce.js';
import type { Moment } from './bot-api.js';
import type { BotApi } from './bot-api-client.js';
import { attemptsOf, connectionsOf, inFlightOf, stateOf, unfinished } from './ledger.js';
import { judge, type ChaosClass, type Kill, type KillMoment, type RoundFigures } from './verdict.js';
import type { Worker, Workers } from './workers.js';

export interface RoundPlan {
  readonly class: ChaosClass;
  /** Sending at one time. */
  readonly workers: number;
  readonly recipients: number;
  readonly kills: number;
  /** Kills at the places that random moments seldom meet: expanding, paused, in the sweep. */
  readonly nasty: boolean;
  readonly patienceMs: number;
}

export interface RoundTools {
  readonly store: Store;
  readonly api: BotApi;
  readonly workers: Workers;
  readonly random: () => number;
}

const LONGEST_RANDOM_MS = 200;
const MOST_MESSAGES = 40;

/** Runs it. Kills end with the broadcast, so there may be fewer than asked for. */
export async function runRound(tools: RoundTools, plan: RoundPlan): Promise<RoundFigures> {
  const round = new Round(tools, plan);
  return round.run();
}

class Round {
  readonly #tools: RoundTools;
  readonly #plan: RoundPlan;
  readonly #id = randomUUID();
  readonly #kills: Kill[] = [];
  readonly #active: Worker[] = [];
  readonly #broadcasts;
  readonly #began = performance.now();
  #hasSwept = false;

  constructor(tools: RoundTools, plan: RoundPlan) {
    this.#tools = tools;
    this.#plan = plan;
    this.#broadcasts = createBroadcasts({
      pool: tools.store.pool,
      businessNow: () => Promise.resolve(new Date()),
      quietHours: null,
    });
  }

  async run(): Promise<RoundFigures> {
    const { store, api } = this.#tools;
    const { nasty, workers } = this.#plan;
    await announce(store, this.#id, this.#plan.class);
    if (nasty) await this.#killExpanding();
    while (this.#active.length < workers) await this.#engage();

    const over = this.#watch();
    const pauseAt = nasty ? Math.floor(this.#plan.kills / 2) : -1;
    for (let n = 0; n < this.#plan.kills && !over.isOver(); n += 1) {
      if (n === pauseAt) await this.#killPaused(over.isOver);
      else if (!(await this.#killAt(this.#moment(), over.ended))) break;
      if (nasty && !this.#hasSwept) await this.#killSweeping();
    }
    await over.ended;
    const state = await this.#settledState();
    for (const worker of this.#active) worker.kill('SIGKILL');
    const { class: kind, recipients } = this.#plan;
    const seconds = (performance.now() - this.#began) / 1000;
    const facts = { class: kind, workers, recipients, seconds, state, kills: this.#kills };
    return judge({ ...facts, attempts: await attemptsOf(store.pool, this.#id), got: await api.tally() });
  }

  async #engage(): Promise<Worker> {
    const worker = await this.#tools.workers.next();
    worker.ask({ go: 'drain' });
    this.#active.push(worker);
    return worker;
  }

  /** Most at any time, some as a message arrives, some as the answer is out and not yet written down. */
  #moment(): Moment {
    const { random } = this.#tools;
    const dice = random();
    if (dice < 0.6) return { kind: 'random', afterMs: Math.round(random() * LONGEST_RANDOM_MS) };
    return { kind: dice < 0.75 ? 'arrival' : 'answer', nth: 1 + Math.floor(random() * MOST_MESSAGES) };
  }

  async #killAt(moment: Moment, until: Promise<unknown>): Promise<boolean> {
    const victim = this.#active[0];
    if (!victim || !(await this.#tools.api.killAt(victim, moment, until))) return false;
    await this.#bury(victim, moment.kind);
    return true;
  }

  /** Looks at once what was in flight, then lets another worker take over. */
  async #bury(victim: Worker, moment: KillMoment): Promise<void> {
    await victim.ended;
    const { pool } = this.#tools.store;
    // Its last statement may have reached the server and still be at work there.
    await this.#until('its connections to end', async () => (await connectionsOf(pool, victim.name)) === 0);
    const inFlight = await inFlightOf(pool, victim.name);
    this.#kills.push({ worker: victim.name, moment, inFlight });
    this.#active.splice(this.#active.indexOf(victim), 1);
    await this.#engage();
  }

  /** Dies while it writes the messages; whoever comes next writes the rest. */
  async #killExpanding(): Promise<void> {
    const { workers, store, random } = this.#tools;
    const worker = await workers.next();
    worker.ask({ go: 'expand', broadcastId: this.#id });
    const enough = random() * this.#plan.recipients * 0.7;
    await this.#until('messages to be written', async () => (await this.#written()) > enough);
    worker.kill('SIGKILL');
    await worker.ended;
    const wasExpanding = (await stateOf(store.pool, this.#id)) === 'expanding';
    if (wasExpanding) this.#kills.push({ worker: worker.name, moment: 'expanding', inFlight: [] });
  }

  async #written(): Promise<number> {
    const { rows } = await this.#tools.store.pool.query<{ n: number }>(
      `select count(*)::int as n from message where source_kind = 'broadcast' and source_id = $1`,
      [this.#id],
    );
    return rows[0]?.n ?? 0;
  }

  /** Dies while the broadcast is being paused, with calls under way; lives when they had all ended before. */
  async #killPaused(isOver: () => boolean): Promise<void> {
    const victim = this.#active[0];
    if (!victim) return;
    const { pool } = this.#tools.store;
    await this.#until('calls', async () => (await inFlightOf(pool, victim.name)).length > 0 || isOver());
    const paused = this.#broadcasts.pause(this.#id).then(() => new Promise((resolve) => setTimeout(resolve, 100)));
    const isKilled = await this.#tools.api.killAt(victim, { kind: 'random', afterMs: 0 }, paused);
    await paused;
    if (isKilled) await this.#bury(victim, 'paused');
    await this.#broadcasts.resume(this.#id);
  }

  /** Dies inside the statement that ends the leases of those who died before, as if their time were over. */
  async #killSweeping(): Promise<void> {
    const { pool } = this.#tools.store;
    const dead = this.#kills.flatMap(({ inFlight }) => inFlight);
    const holder = await pool.connect();
    try {
      await holder.query('begin');
      const { rows } = await holder.query(HELD_BY_THE_DEAD, [dead]);
      if (rows.length === 0) return;
      const names = this.#kills.map(({ worker }) => worker);
      await pool.query(`update lease set until = '2000-01-01Z' where not closed and worker = any($1::text[])`, [names]);
      await this.#until('a sweep', async () => (await pool.query(SWEEPING)).rows.length > 0);
      const victim = this.#active[0];
      victim?.kill('SIGKILL');
      await victim?.ended;
      await holder.query('rollback');
      if (victim) await this.#bury(victim, 'sweep');
      this.#hasSwept = true;
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  }

  #watch(): { readonly ended: Promise<void>; isOver: () => boolean } {
    let over = false;
    const ended = this.#until('the end of the broadcast', async () => {
      const state = await stateOf(this.#tools.store.pool, this.#id);
      return (
        (state === 'sending' || state === 'finished') && (await unfinished(this.#tools.store.pool, this.#id)) === 0
      );
    }).finally(() => {
      over = true;
    });
    ended.catch(() => undefined);
    return { ended, isOver: () => over };
  }

  async #settledState(): Promise<string> {
    const state = () => stateOf(this.#tools.store.pool, this.#id);
    await this.#until('the last state', async () => (await state()) === 'finished').catch(() => undefined);
    return state();
  }

  async #until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + this.#plan.patienceMs;
    while (!(await isSo())) {
      if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

const HELD_BY_THE_DEAD = `select a.id from attempt a join lease l on l.id = a.lease_id
  where a.id = any($1::bigint[]) and a.state = 'sending' and not l.closed for update of a`;

// Somebody waits for the rows that we hold. Asked on another connection: a transaction sees one picture of the others.
const SWEEPING = `select 1 from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock' and query like '%update lease set closed%'`;
