/**
 * Commits outcomes and starts together, one statement at a time.
 *
 * Whenever it is idle and something is pending, one statement, which is one commit, writes the outcomes that came in
 * and turns the next rows into `sending`. There is no timer: while a commit runs, the next batch gathers.
 */
import type { EngineConnection } from './connection.js';
import type { LeaseBook } from './leases.js';
import type { Held } from './line.js';
import { leaveSlot, unprepare } from './offer.js';
import { notCalled, type Outcome } from './outcome.js';
import { REST } from './rest.js';
import { FLUSH, REFER, type FlushRow } from './statements.js';
import { watchAt } from './watch.js';

export interface SettledRow {
  readonly held: Held;
  readonly outcome: Outcome;
  /** 1 when the row was committed as sending and then not called. */
  readonly uncalled: 0 | 1;
}

export interface FlusherOptions {
  readonly connection: EngineConnection;
  readonly leases: LeaseBook;
  readonly now: () => number;
  /** A commit is done: these outcomes are written, these rows may be called, those may not. */
  readonly committed: (done: readonly SettledRow[], granted: readonly Held[], refused: readonly Held[]) => void;
  /** Nobody of this account may be called until then. */
  readonly banned: (account: string, untilMs: number) => void;
  readonly problem: (error: unknown, what: string) => void;
}

interface Batch {
  readonly starts: readonly Held[];
  readonly done: readonly SettledRow[];
  readonly bans: ReadonlyMap<string, number>;
  readonly closed: readonly string[];
}

const MAX_WAIT_MS = 5_000;

export class Flusher {
  readonly #o: FlusherOptions;
  #done: SettledRow[] = [];
  #bans = new Map<string, number>();
  #closed: string[] = [];
  readonly #unrested: string[] = [];
  #failures = 0;
  #isBusy = false;

  constructor(options: FlusherOptions) {
    this.#o = options;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Writes an outcome with the next commit. */
  add(settled: SettledRow): void {
    this.#done.push(settled);
    const { banUntilMs } = settled.outcome;
    if (banUntilMs !== null) this.#noteBan(settled.held.line.channel.account, banUntilMs);
  }

  /**
   * Commits what is pending, and the starts that `offer` chooses. One statement ends some calls and begins others, so
   * the slots of those that end are free for those that begin: after it no more rows are sending than before.
   */
  run(offer: () => readonly Held[]): void {
    const done = this.#done;
    for (const { held } of done) leaveSlot(held);
    const starts = offer();
    if (done.length === 0 && starts.length === 0) return;
    const closed = [...this.#closed, ...this.#o.leases.settle(done.map(({ held }) => held.leaseId))];
    const batch: Batch = { starts, done, bans: this.#bans, closed };
    this.#done = [];
    this.#bans = new Map();
    this.#closed = [];
    this.#isBusy = true;
    void this.#commit(batch);
  }

  async #commit(batch: Batch): Promise<void> {
    let rows: readonly FlushRow[] | null = null;
    try {
      await this.#refer(batch.done);
      rows = await this.#o.connection.run<FlushRow>(FLUSH, flushValues(batch, this.#o.now()));
      this.#failures = 0;
    } catch (error) {
      this.#o.problem(error, 'flush');
      await this.#takeBack(batch);
    }
    if (rows !== null) await this.#rest(batch.done);
    this.#isBusy = false;
    this.#report(batch, rows);
  }

  /** What waits again may belong to a broadcast that was paused or cancelled while it was on its way. */
  async #rest(done: readonly SettledRow[]): Promise<void> {
    const again = done.filter(
      ({ held, outcome }) => held.line.lane === 'bulk' && (outcome.state === 'queued' || outcome.state === 'uncertain'),
    );
    const ids = [...this.#unrested.splice(0), ...again.map(({ held }) => held.id)];
    if (ids.length === 0) return;
    try {
      await this.#o.connection.run(REST, [ids, timestamp(this.#o.now())]);
    } catch (error) {
      this.#o.problem(error, 'rest');
      this.#unrested.push(...ids);
    }
  }

  #report({ starts, done }: Batch, rows: readonly FlushRow[] | null): void {
    if (rows === null) {
      this.#o.committed([], [], []);
      return;
    }
    for (const { account, banned_until: until } of rows) {
      if (account !== null && until !== null) this.#o.banned(account, until.getTime());
    }
    const ids = new Set(rows.map(({ id }) => id));
    const granted = starts.filter(({ id }) => ids.has(id));
    const refused = starts.filter(({ id }) => !ids.has(id));
    this.#o.committed(done, granted, refused);
  }

  /** The commit may or may not have happened: outcomes are offered again, starts are taken back uncalled. */
  async #takeBack({ starts, done, bans, closed }: Batch): Promise<void> {
    // Or a paced line would count them as prepared for ever, and offer nothing any more.
    for (const held of starts) unprepare(held);
    const uncalled = starts.map((held) => ({ held, outcome: notCalled(null), uncalled: 0 as const }));
    this.#done = [...done, ...uncalled, ...this.#done];
    this.#closed.push(...closed);
    for (const { held } of done) this.#o.leases.add(held.leaseId, 1);
    for (const [account, until] of bans) this.#noteBan(account, until);
    this.#failures += 1;
    const waitMs = Math.min(MAX_WAIT_MS, 50 * 2 ** this.#failures);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }

  /** Ids of platforms that send receipts are noted before the outcome, so that not even a crash loses a receipt. */
  async #refer(done: readonly SettledRow[]): Promise<void> {
    const sent = done.filter(
      ({ held, outcome }) => held.line.channel.proof === 'delivered' && outcome.platformMessageId,
    );
    if (sent.length === 0) return;
    try {
      await this.#o.connection.run(REFER, [
        sent.map(({ held }) => held.line.channel.name),
        sent.map(({ outcome }) => outcome.platformMessageId),
        sent.map(({ held }) => held.id),
      ]);
    } catch (error) {
      // The outcome matters more than its receipt.
      this.#o.problem(error, 'refer');
    }
  }

  #noteBan(account: string, untilMs: number): void {
    this.#bans.set(account, Math.max(untilMs, this.#bans.get(account) ?? 0));
  }
}

function flushValues({ starts, done, bans, closed }: Batch, nowMs: number): unknown[] {
  const now = timestamp(nowMs);
  return [
    done.map(({ held }) => held.id),
    done.map(({ held }) => held.leaseId),
    done.map(({ outcome }) => outcome.state),
    done.map(({ outcome }) => outcome.platformMessageId),
    done.map(({ outcome }) => outcome.reason),
    done.map(({ outcome }) => outcome.detail),
    done.map(() => now),
    done.map(({ outcome }) => (outcome.dueMs === null ? null : timestamp(outcome.dueMs))),
    done.map(({ uncalled }) => uncalled),
    starts.map(({ id }) => id),
    starts.map(({ leaseId }) => leaseId),
    starts.map(({ line }) => line.channel.account),
    [...bans.keys()],
    [...bans.values()].map(timestamp),
    closed,
    now,
    done.map(({ held, outcome }) => {
      const watchMs = watchAt(held, outcome, nowMs);
      return watchMs === null ? null : timestamp(watchMs);
    }),
  ];
}

const timestamp = (ms: number): string => new Date(ms).toISOString();
