/**
 * Moves messages from the lease to the call and their outcomes back.
 *
 * Only rows that a commit turned into `sending` are called, and a row keeps its slot until the commit that writes its
 * outcome: so every call is known before it is made, and at most `concurrency` rows are in doubt when the process dies.
 */
import type { Pool } from 'pg';
import type { Clock } from '../../kernel/clock.js';
import { createCaller, type Caller } from './caller.js';
import { createEngineConnection, type EngineConnection } from './connection.js';
import { Flusher, type SettledRow } from './flusher.js';
import { Intake } from './intake.js';
import { LeaseBook } from './leases.js';
import { isIdle, type Held, type Line } from './line.js';
import { offerRows, unprepare, type SlotLimits } from './offer.js';
import { countsNot, notCalled, outcomeOf, type Outcome } from './outcome.js';

export interface DispatcherOptions extends SlotLimits {
  readonly pool: Pool;
  readonly lines: readonly Line[];
  readonly worker: string;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly sendTimeoutMs: number;
  readonly events: DispatcherEvents;
}

/** What the engine wants to know. */
export interface DispatcherEvents {
  settled(done: readonly SettledRow[]): void;
  /** Something may be leased again at this machine time. */
  dueAt(line: Line, atMs: number): void;
  idle(line: Line): void;
  problem(error: unknown, what: string): void;
}

/** Committed, not yet begun: more would block the event loop, which all answers need too. */
const MAX_UNBEGUN = 50;
/** How often a line is looked at again whose burst limit may hold something back. */
const CHASES = 12;
const PACED_LEAD_MS = 60;
/** For what was cut off by a stop, to be written before the store closes. */
const LAST_WORDS_MS = 1_000;

export class Dispatcher {
  readonly #o: DispatcherOptions;
  readonly #connections: readonly [EngineConnection, EngineConnection];
  readonly #caller: Caller;
  readonly #flusher: Flusher;
  readonly #intake: Intake;
  readonly #bans = new Map<string, number>();
  readonly #unbegun: Held[] = [];
  #isPumping = false;
  #isBeginning = false;
  #isStopping = false;
  #turn = 0;

  constructor(options: DispatcherOptions) {
    this.#o = options;
    this.#caller = createCaller(options.sendTimeoutMs);
    this.#connections = [createEngineConnection(options.pool), createEngineConnection(options.pool)];
    const shared = {
      leases: new LeaseBook(),
      now: () => this.#now(),
      problem: options.events.problem.bind(options.events),
    };
    this.#flusher = new Flusher({
      ...shared,
      connection: this.#connections[0],
      committed: (done, granted, refused) => this.#committed(done, granted, refused),
      banned: (account, untilMs) => this.#learnBan(account, untilMs),
    });
    this.#intake = new Intake({
      ...shared,
      connection: this.#connections[1],
      lines: options.lines,
      worker: options.worker,
      leaseMs: options.leaseMs,
      changed: () => this.#pumpSoon(),
      settle: (held, outcome) => this.#settle(held, outcome),
    });
  }

  /** Looks for work on a line. */
  wake(line: Line): void {
    if (this.#isStopping) return;
    line.hasMore = true;
    line.floor.dueMs = 0;
    // What was planned a moment ago may be held back by the burst limit, and nothing rings when it ends.
    line.chases = line.burst === null ? 0 : CHASES;
    this.#pumpSoon();
  }

  /** Begins nothing more, gives back what was not begun, waits for the rest until the deadline. */
  async stop(deadlineMs: number): Promise<void> {
    this.#isStopping = true;
    const until = Date.now() + deadlineMs;
    await this.#emptied(until - LAST_WORDS_MS);
    this.#caller.abortAll();
    await this.#emptied(Math.max(until, Date.now() + LAST_WORDS_MS));
    this.#intake.stop();
    for (const { timer } of this.#o.lines) if (timer !== null) clearTimeout(timer);
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }

  async #emptied(untilMs: number): Promise<void> {
    const isBusy = () => this.#o.lines.some((line) => line.open > 0 || line.isLeasing);
    while (isBusy() && Date.now() < untilMs) {
      this.#pumpSoon();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  // Everything that came in during one turn of the event loop goes into one commit.
  #pumpSoon(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    setImmediate(() => {
      this.#isPumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    for (const line of this.#o.lines) {
      if (this.#isStopping || this.#isBanned(line)) this.#giveBack(line);
      else this.#intake.refill(line);
    }
    if (!this.#flusher.isBusy) this.#flusher.run(() => (this.#isStopping ? [] : this.#offer()));
    for (const line of this.#o.lines) {
      this.#armTimer(line);
      if (isIdle(line)) this.#o.events.idle(line);
    }
  }

  #offer(): Held[] {
    this.#turn += 1;
    return offerRows(this.#o.lines, this.#o, MAX_UNBEGUN - this.#unbegun.length, this.#now(), this.#turn);
  }

  #committed(done: readonly SettledRow[], granted: readonly Held[], refused: readonly Held[]): void {
    for (const settled of done) this.#release(settled);
    if (done.length > 0) this.#o.events.settled(done);
    for (const held of granted) (held.line.pacer === null ? this.#unbegun : held.line.granted).push(held);
    for (const held of refused) this.#settle(held, notCalled(null));
    // The next commit begins before the calls do, so that it runs while they are made.
    this.#pump();
    this.#begin();
  }

  #release({ held, outcome }: SettledRow): void {
    const { line } = held;
    line.open -= 1;
    if (outcome.state === 'queued') {
      if (outcome.dueMs !== null) this.#o.events.dueAt(line, outcome.dueMs);
    } else if (held.hasNext || outcome.state === 'uncertain') {
      // What follows in the conversation may leave now, or the repeat of this one.
      line.hasMore = true;
      line.chases = line.burst === null ? 0 : CHASES;
    }
  }

  #begin(): void {
    if (this.#isBeginning || this.#unbegun.length === 0) return;
    this.#isBeginning = true;
    setImmediate(() => {
      this.#isBeginning = false;
      for (let left = 1 + (this.#unbegun.length >> 2); left > 0; left -= 1) {
        const held = this.#unbegun.shift();
        if (held) this.#call(held);
      }
      if (this.#unbegun.length === 0) this.#pumpSoon();
      this.#begin();
    });
  }

  #beginPaced(line: Line): void {
    while (line.granted.length > 0 && line.pacer?.take(this.#now()) === true) {
      const held = line.granted.shift();
      if (held) this.#call(held);
    }
  }

  #armTimer(line: Line): void {
    if (line.pacer === null || line.timer !== null || line.granted.length + line.ready.length === 0) return;
    const nowMs = this.#now();
    const next = line.pacer.next(nowMs);
    if (next === null) return;
    const atMs = line.granted.length > 0 ? next : next - PACED_LEAD_MS;
    line.timer = setTimeout(
      () => {
        line.timer = null;
        this.#beginPaced(line);
        this.#pump();
      },
      Math.max(1, Math.ceil(atMs - nowMs)),
    );
  }

  #call(held: Held): void {
    unprepare(held);
    if (this.#isStopping || this.#isBanned(held.line)) {
      this.#settle(held, notCalled(null), 1);
      return;
    }
    void this.#caller
      .call(held)
      .then((result) => this.#settle(held, outcomeOf(result, held.sends + 1, this.#now()), countsNot(result)));
  }

  #settle(held: Held, outcome: Outcome, uncalled: 0 | 1 = 0): void {
    unprepare(held);
    this.#flusher.add({ held, outcome, uncalled });
    if (outcome.banUntilMs !== null) this.#learnBan(held.line.channel.account, outcome.banUntilMs);
    this.#pumpSoon();
  }

  #isBanned(line: Line): boolean {
    return (this.#bans.get(line.channel.account) ?? 0) > this.#now();
  }

  #learnBan(account: string, untilMs: number): void {
    if (untilMs <= Math.max(this.#now(), this.#bans.get(account) ?? 0)) return;
    this.#bans.set(account, untilMs);
    for (const line of this.#o.lines) {
      if (line.channel.account === account) this.#o.events.dueAt(line, untilMs);
    }
  }

  /** What was not called goes back to wait, for another process or another time. */
  #giveBack(line: Line): void {
    for (const held of line.ready.splice(0)) this.#settle(held, notCalled(null));
    for (const held of line.granted.splice(0)) this.#settle(held, notCalled(null), 1);
    line.hasMore = false;
  }

  #now(): number {
    return this.#o.clock.now().getTime();
  }
}
