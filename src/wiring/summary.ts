/** The leaders' weekly summary, joined from the rooms that it needs. */
import type { Outbox } from '../delivery/index.js';
import type { Painter } from '../documents/index.js';
import { createDigestTick } from '../insights/index.js';
import type { FileStore, Store } from '../store/index.js';
import { leaders, officers } from '../units/index.js';
import type { Watch } from './watch.js';

export interface SummaryDeps {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly files: FileStore;
  readonly painter: Pick<Painter, 'barChart'>;
  readonly watch: { readonly safeMode: Pick<Watch['safeMode'], 'isOn'> };
  readonly demo: boolean;
}

/** Builds `tellDigest`: how many people were told. In safe mode nothing is. */
export function createTellDigest({ painter, watch, ...deps }: SummaryDeps): (now: Date) => Promise<number> {
  const tick = createDigestTick({ ...deps, leaders, officers, paint: (chart) => painter.barChart(chart) });
  return async (now) => ((await watch.safeMode.isOn()) ? 0 : tick(now));
}
