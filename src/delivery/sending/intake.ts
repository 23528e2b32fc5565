/** Fills the lines: leases rows, reserves moments of the account's budget, keeps the leases alive. */
import type { EngineConnection } from './connection.js';
import type { LeaseBook } from './leases.js';
import { holdRow, leaseSize, type Held, type Line } from './line.js';
import { notCalled, outcomeOf, type Outcome } from './outcome.js';
import { HELD_BACK, LEASE, RENEW, RESERVE, type LeasedRow } from './statements.js';

export interface IntakeOptions {
  readonly connection: EngineConnection;
  readonly leases: LeaseBook;
  readonly lines: readonly Line[];
  readonly worker: string;
  readonly leaseMs: number;
  readonly now: () => number;
  /** Something changed: look at the lines again. */
  readonly changed: () => void;
  /** A row has an outcome without a call. */
  readonly settle: (held: Held, outcome: Outcome) => void;
  readonly problem: (error: unknown, what: string) => void;
}

const CHASE_EVERY_MS = 300;
const FLOOR_FOR_MS = 1_000;
const RESERVE_AGAIN_MS = 500;

export class Intake {
  readonly #o: IntakeOptions;
  readonly #renewal: NodeJS.Timeout;

  constructor(options: IntakeOptions) {
    this.#o = options;
    this.#renewal = setInterval(() => void this.#renew(), options.leaseMs / 3);
    this.#renewal.unref();
  }

  /** Leases and reserves what the line needs next. */
  refill(line: Line): void {
    const size = leaseSize(line);
    if (line.hasMore && !line.isLeasing && line.ready.length < size / 2) void this.#lease(line, size);
    const waiting = line.ready.length + line.granted.length;
    if (line.pacer === null || waiting === 0 || line.isReserving) return;
    const count = line.pacer.wants(this.#o.now(), waiting);
    if (count > 0) void this.#reserve(line, line.pacer, count);
  }

  stop(): void {
    clearInterval(this.#renewal);
  }

  async #lease(line: Line, size: number): Promise<void> {
    const nowMs = this.#o.now();
    const fromMs = nowMs - line.floor.sinceMs > FLOOR_FOR_MS ? 0 : line.floor.dueMs;
    line.isLeasing = true;
    line.hasMore = false;
    try {
      const rows = await this.#o.connection.run<LeasedRow>(LEASE, this.#leaseValues(line, size, nowMs, fromMs));
      line.error = null;
      this.#take(line, rows);
      if (fromMs === 0) line.floor.sinceMs = nowMs;
      line.floor.dueMs = rows.length < size ? 0 : Math.max(...rows.map((row) => row.due.getTime()));
      if (rows.length === size || fromMs > 0) line.hasMore = true;
      else if (line.chases > 0 && (await this.#isHeldBack(line, nowMs))) this.#chaseLater(line);
    } catch (error) {
      line.error = error;
      this.#o.problem(error, 'lease');
    }
    line.isLeasing = false;
    this.#o.changed();
  }

  #leaseValues(line: Line, size: number, nowMs: number, fromMs: number): unknown[] {
    const { channel, lane, burst } = line;
    const known = lane === 'bulk' ? line.contents.known() : [];
    const until = new Date(nowMs + this.#o.leaseMs);
    const limits = [size, channel.account, burst?.count ?? 0, burst?.windowMs ?? 0];
    return [lane, channel.name, new Date(nowMs), this.#o.worker, until, ...limits, known, new Date(fromMs)];
  }

  #take(line: Line, rows: readonly LeasedRow[]): void {
    const leaseId = rows[0]?.lease_id;
    if (leaseId === undefined) return;
    this.#o.leases.add(leaseId, rows.length);
    line.open += rows.length;
    for (const row of rows) {
      const content = line.contents.of(row);
      const held = holdRow(line, row, content ?? { text: '' });
      if (content === null) this.#o.settle(held, notCalled(null));
      else if (held.isReachable) line.ready.push(held);
      else this.#o.settle(held, outcomeOf(NOT_ACTIVE, 0, this.#o.now()));
    }
  }

  async #isHeldBack({ lane, channel, burst }: Line, nowMs: number): Promise<boolean> {
    if (burst === null) return false;
    const values = [lane, channel.name, new Date(nowMs), burst.count, burst.windowMs];
    const [row] = await this.#o.connection.run<{ held: boolean }>(HELD_BACK, values);
    return row?.held === true;
  }

  // A burst limit holds messages back for seconds and nothing rings when it ends: look again a few times.
  #chaseLater(line: Line): void {
    if (line.chase !== null) return;
    line.chases -= 1;
    line.chase = setTimeout(() => {
      line.chase = null;
      line.hasMore = true;
      this.#o.changed();
    }, CHASE_EVERY_MS);
  }

  async #reserve(line: Line, pacer: NonNullable<Line['pacer']>, count: number): Promise<void> {
    line.isReserving = true;
    try {
      const values = [line.channel.account, new Date(this.#o.now()), pacer.spacingUs * count];
      const [row] = await this.#o.connection.run<{ first_ms: number }>(RESERVE, values);
      if (row) pacer.add(row.first_ms, count);
    } catch (error) {
      this.#o.problem(error, 'reserve');
      await new Promise((resolve) => setTimeout(resolve, RESERVE_AGAIN_MS));
    }
    line.isReserving = false;
    this.#o.changed();
  }

  async #renew(): Promise<void> {
    const ids = this.#o.leases.ids();
    if (ids.length === 0) return;
    try {
      const until = new Date(this.#o.now() + this.#o.leaseMs);
      const kept = await this.#o.connection.run<{ id: string }>(RENEW, [ids, until]);
      this.#dropLost(new Set(kept.map(({ id }) => id)), new Set(ids));
    } catch (error) {
      this.#o.problem(error, 'renew');
    }
  }

  /** Rows of a lost lease would be refused by the next commit; dropping them now frees their places. */
  #dropLost(kept: ReadonlySet<string>, asked: ReadonlySet<string>): void {
    for (const line of this.#o.lines) {
      const lost = line.ready.filter(({ leaseId }) => asked.has(leaseId) && !kept.has(leaseId));
      if (lost.length === 0) continue;
      line.ready.splice(0, line.ready.length, ...line.ready.filter((held) => !lost.includes(held)));
      for (const held of lost) this.#o.settle(held, notCalled(null));
    }
  }
}

const NOT_ACTIVE = { kind: 'failed', failure: 'recipient-gone', detail: 'contact not active' } as const;
