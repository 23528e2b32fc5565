/** Who does which piece of slow work that a turn asked for. */
import { createBlankWork } from '../awards/index.js';
import type { Channel } from '../channels/channel.js';
import type { Outbox } from '../delivery/index.js';
import type { Painter, Printer } from '../documents/index.js';
import { createPlanWork } from '../duties/index.js';
import { createCardWork } from '../honours/index.js';
import { createFetchFile, type Bells, type WorkHandler } from '../inbox/index.js';
import { createListWork } from '../insights/index.js';
import type { Clock } from '../kernel/clock.js';
import { createRecordWork } from '../notices/index.js';
import { createRedateWork, createSheetWork } from '../reporting/index.js';
import type { FileStore, Store } from '../store/index.js';

export interface WorkParts {
  readonly store: Store;
  readonly files: FileStore;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly painter: Painter;
  readonly printer: Printer;
  readonly outbox: Outbox;
  readonly bells: Bells;
  readonly clock: Clock;
  readonly businessNow: () => Promise<Date>;
  readonly planDuties: Parameters<typeof createPlanWork>[0];
  /** Signs what goes out to come back. */
  readonly secret: string;
  /** Puts the sample-data mark on what is made. */
  readonly demo: boolean;
}

/** The handlers of all rooms. */
export function createWorkHandlers(parts: WorkParts): WorkHandler[] {
  const { store, files, painter, planDuties, businessNow, demo } = parts;
  return [
    createPlanWork(planDuties, businessNow),
    createRedateWork(store, businessNow),
    createFetchFile(parts),
    createCardWork({ files, paint: (card) => painter.honourCard(card), demo }),
    createListWork(parts),
    createBlankWork(parts),
    createRecordWork(parts),
    ...createSheetWork(parts),
  ];
}
