/**
 * The watchdog: looks from the ledger, not from the queue, at what is due and not begun, and at what does not move.
 * An alarm is open if and only if something is broken: what is late twice in a row although it was looked after.
 */
import type { Pool } from 'pg';
import type { Clock } from '../../kernel/clock.js';
import type { AlarmKind } from './alarm.js';
import type { Alarms } from './alarms.js';
import { beat, forgetHeart, hearts, silentFor } from './heartbeats.js';

/** What one look at one place found. */
export interface Measure {
  readonly kind: Extract<AlarmKind, 'late' | 'stuck'>;
  readonly subject: string;
  readonly count: number;
  /** How long the oldest has been due. */
  readonly oldestMs: number;
  /** While it changes from look to look, the place is busy, not broken. */
  readonly mark?: string;
}

export interface LookAt {
  /** Machine clock. */
  readonly now: Date;
  readonly businessNow: Date;
  /** Nothing is begun on purpose. */
  readonly isSafe: boolean;
}

/** A place to look at; it measures everything that is due, late or not. */
export type Look = (at: LookAt) => Promise<readonly Measure[]>;

export interface WatchdogOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly businessNow: () => Promise<Date>;
  readonly isSafe: () => Promise<boolean>;
  /** Name of this process. */
  readonly worker: string;
  readonly alarms: Alarms;
  readonly looks: readonly Look[];
  readonly onMeasured?: (measures: readonly Measure[]) => void;
  /** What may have been due for so long is looked after; beyond it, it is late (60 s). */
  readonly lateMs?: number;
}

export interface Watchdog {
  /** The reconciler of this process has done a round, or could not because the database was away. */
  beat(done: 'round' | 'outage'): Promise<void>;
  /** Looks everywhere, opens and closes alarms. */
  look(): Promise<readonly Measure[]>;
  /** Listens for reconcilers that have gone silent, this one included. For a timer of its own. */
  guard(): Promise<void>;
  /** How long ago this process's reconciler was heard. */
  ageMs(): number;
  /** This process ends in order: its silence is no alarm. */
  leave(): Promise<void>;
}

/** A heart of another process is silent only when it was so in three looks: after an outage all are old for a moment. */
const SILENT_LOOKS = 3;

/** Builds the watchdog of one process. */
export function createWatchdog(options: WatchdogOptions): Watchdog {
  return new Dog(options);
}

class Dog implements Watchdog {
  readonly #o: WatchdogOptions;
  readonly #lateMs: number;
  readonly #name: string;
  #heardMs: number;
  #marks: ReadonlyMap<string, string> | null = null;
  #silent = new Map<string, number>();

  constructor(options: WatchdogOptions) {
    this.#o = options;
    this.#lateMs = options.lateMs ?? 60_000;
    this.#name = `reconciler:${options.worker}`;
    this.#heardMs = options.clock.now().getTime();
  }

  async beat(done: 'round' | 'outage'): Promise<void> {
    this.#heardMs = this.#now().getTime();
    if (done === 'round') await beat(this.#o.pool, this.#name, this.#o.worker, this.#now());
  }

  async look(): Promise<readonly Measure[]> {
    const at = { now: this.#now(), businessNow: await this.#o.businessNow(), isSafe: await this.#o.isSafe() };
    const looked = await Promise.allSettled(this.#o.looks.map((look) => look(at)));
    const measures = looked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const failed = looked.find((one) => one.status === 'rejected');
    await this.#judge(measures, failed === undefined);
    await this.#o.alarms.tellOver();
    this.#o.onMeasured?.(measures);
    if (failed) throw failed.reason as Error;
    return measures;
  }

  /** What could not be looked at is not over. */
  async #judge(measures: readonly Measure[], isComplete: boolean): Promise<void> {
    const late = measures.filter(({ oldestMs, count }) => count > 0 && oldestMs > this.#lateMs);
    const before = this.#marks;
    this.#marks = new Map(late.map((one) => [keyOf(one), one.mark ?? '']));
    // The first look of a process cannot tell what stands still from what is on its way.
    if (before === null) return;
    const bad = late.filter((one) => before.get(keyOf(one)) === (one.mark ?? ''));
    for (const { kind, subject, count, oldestMs } of bad)
      await this.#o.alarms.open({ kind, subject, detail: { count, oldestSeconds: Math.round(oldestMs / 1000) } });
    if (!isComplete) return;
    const keys = new Set(bad.map(keyOf));
    for (const alarm of await this.#o.alarms.list()) {
      const isOurs = alarm.kind === 'late' || alarm.kind === 'stuck';
      if (isOurs && !keys.has(keyOf(alarm))) await this.#o.alarms.close(alarm.kind, alarm.subject);
    }
  }

  async guard(): Promise<void> {
    const now = this.#now();
    const silent = new Map<string, number>();
    for (const { name, at } of await hearts(this.#o.pool, 'reconciler:')) {
      const ageMs = name === this.#name ? this.ageMs() : silentFor(at, now);
      if (ageMs > this.#lateMs) silent.set(name, ageMs);
    }
    if (this.ageMs() > this.#lateMs) silent.set(this.#name, this.ageMs());
    const before = this.#silent;
    this.#silent = new Map([...silent.keys()].map((name) => [name, (before.get(name) ?? 0) + 1]));
    for (const [name, looks] of this.#silent) {
      if (name !== this.#name && looks < SILENT_LOOKS) continue;
      const oldestSeconds = Math.round((silent.get(name) ?? 0) / 1000);
      await this.#o.alarms.open({ kind: 'silent', subject: name, detail: { count: 1, oldestSeconds } });
    }
    for (const alarm of await this.#o.alarms.list()) {
      if (alarm.kind === 'silent' && !silent.has(alarm.subject)) await this.#o.alarms.close('silent', alarm.subject);
    }
  }

  ageMs(): number {
    return this.#now().getTime() - this.#heardMs;
  }

  leave(): Promise<void> {
    return forgetHeart(this.#o.pool, this.#name);
  }

  #now(): Date {
    return this.#o.clock.now();
  }
}

const keyOf = ({ kind, subject }: { readonly kind: string; readonly subject: string }): string => `${kind} ${subject}`;
