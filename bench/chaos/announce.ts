/** Orders a broadcast of a run of chaos: at any hour of the day. */
import type { Store } from '../../src/store/index.js';
import { announce as order } from '../announce.js';
import type { ChaosClass } from './verdict.js';

/** Writes its row. */
export const announce = (store: Store, id: string, kind: ChaosClass): Promise<void> =>
  order(store, id, { title: 'Chaos', text: `Thông báo ${id.slice(0, 8)}`, class: kind }, { quietHours: null });
