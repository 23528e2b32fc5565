/** Numbers of one process for Prometheus. */
import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import type { Settled } from '../delivery/index.js';

export interface Metrics {
  readonly registry: Registry;
  readonly received: (channel: string, what: string) => void;
  readonly settled: (rows: readonly Settled[]) => void;
  readonly apology: () => void;
  readonly fired: (count: number) => void;
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
  return {
    registry,
    received: (channel, what) => received.inc({ channel, what }),
    settled: (rows) => {
      for (const row of rows)
        attempts.inc({ channel: row.channel, lane: row.lane, state: row.state, reason: row.reason ?? '' });
    },
    apology: () => apologies.inc(),
    fired: (count) => steps.inc(count),
  };
}
