/** Numbers of one process for Prometheus. */
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Ban, Measure, Settled } from '../delivery/index.js';

export interface Metrics {
  readonly registry: Registry;
  readonly received: (channel: string, what: string) => void;
  readonly settled: (rows: readonly Settled[]) => void;
  readonly apology: () => void;
  readonly fired: (count: number) => void;
  /** What became of asking the language model. */
  readonly phrased: (outcome: string) => void;
  readonly watched: (seen: Watched) => void;
  /** Asked whenever the numbers are read. */
  readonly bans: (now: () => Promise<readonly Ban[]>) => void;
}

/** What one look of the watchdog saw. */
export interface Watched {
  readonly measures: readonly Measure[];
  /** Jobs by lane; null while the queue is away. */
  readonly lanes: Readonly<Record<string, { readonly waiting: number }>> | null;
  /** Jobs that wait for something to do; null while the queue is away. */
  readonly bells: number | null;
  /** Kinds of the open alarms. */
  readonly alarms: readonly string[];
  readonly ageMs: () => number;
}

/** Builds the registry; nothing is global. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const received = counter('inbound_events_total', 'Events taken from channels', ['channel', 'what']);
  const attempts = counter('delivery_attempts_total', 'Calls to channels by outcome', [
    'channel',
    'lane',
    'state',
    'reason',
  ]);
  const apologies = counter('inbound_apologies_total', 'Messages closed with an apology', []);
  const steps = counter('reminder_steps_total', 'Steps of the ladder that ran', []);
  const phrased = counter('language_model_total', 'Answers put to the language model, by what became of them', [
    'outcome',
  ]);
  return {
    registry,
    received: (channel, what) => received.inc({ channel, what }),
    settled: (rows) => {
      for (const row of rows)
        attempts.inc({ channel: row.channel, lane: row.lane, state: row.state, reason: row.reason ?? '' });
    },
    apology: () => apologies.inc(),
    fired: (count) => steps.inc(count),
    phrased: (outcome) => phrased.inc({ outcome }),
    watched: createWatchGauges(registry),
    bans: (now) => {
      new Gauge({
        name: 'delivery_banned_seconds',
        help: 'How long a platform still wants an account to wait',
        labelNames: ['account'],
        registers: [registry],
        async collect() {
          this.reset();
          const all = await now().catch(() => []);
          for (const { account, until } of all)
            this.set({ account }, Math.max(0, (until.getTime() - Date.now()) / 1000));
        },
      });
    },
  };
}

/** The numbers of the watchdog; each look replaces those of the one before. */
function createWatchGauges(registry: Registry): (seen: Watched) => void {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const due = gauge('ledger_due', 'Things whose time has come and that are not begun', ['what']);
  const oldest = gauge('ledger_oldest_due_seconds', 'How long the oldest of them has been due', ['what']);
  const sending = gauge('ledger_sending_too_long', 'Messages held or sent for longer than any call takes');
  const waiting = gauge('queue_waiting', 'Jobs that wait in the queue', ['lane']);
  const difference = gauge('queue_ledger_difference', 'Jobs that wait, less things that are due in the ledger');
  const alarms = gauge('alarms_open', 'Open alarms', ['kind']);
  let ageMs = (): number => 0;
  new Gauge({
    name: 'reconciler_age_seconds',
    help: 'Since when the reconciler of this process was not heard',
    registers: [registry],
    collect() {
      this.set(ageMs() / 1000);
    },
  });
  return (seen) => {
    ageMs = seen.ageMs;
    for (const one of [due, oldest, alarms]) one.reset();
    const inLedger = seen.measures.filter(({ kind }) => kind === 'late');
    for (const { subject, count, oldestMs } of inLedger) {
      due.set({ what: subject }, count);
      oldest.set({ what: subject }, oldestMs / 1000);
    }
    sending.set(seen.measures.find(({ subject }) => subject === 'sending')?.count ?? 0);
    for (const [lane, counts] of Object.entries(seen.lanes ?? {})) waiting.set({ lane }, counts.waiting);
    const owed = inLedger
      .filter(({ subject }) => subject === 'inbound' || subject === 'work')
      .reduce((sum, { count }) => sum + count, 0);
    if (seen.bells !== null) difference.set(seen.bells - owed);
    for (const kind of seen.alarms) alarms.inc({ kind });
  };
}
