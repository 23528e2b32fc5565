/** What reporting needs of other rooms. */
import type { Recipient } from '../delivery/ports.js';
import type { SeatKind } from '../kernel/people.js';
import type { Tx } from '../store/index.js';
import type { NewTask, TaskKind } from '../tasks/index.js';
import type { SeatHolder } from './reminding/ladder.js';

/** Who answers for units, and who follows up for the province. The units room fulfils it. */
export interface Seats {
  holdersOf(tx: Tx, unitIds: readonly string[], kinds: readonly SeatKind[]): Promise<readonly SeatHolder[]>;
  officers(tx: Tx): Promise<readonly Recipient[]>;
  leaders(tx: Tx): Promise<readonly Recipient[]>;
}

/** The officers' list of tasks. The tasks room fulfils it. */
export interface Tasks {
  openTasks(tx: Tx, tasks: readonly NewTask[], now: Date): Promise<void>;
  closeTask(
    tx: Tx,
    about: { kind: TaskKind; refId: string },
    done: { byId: string | null; result: string },
    now: Date,
  ): Promise<boolean>;
}

export interface ReportingDeps {
  readonly seats: Seats;
  readonly tasks: Tasks;
}

export const ALL_SEATS: readonly SeatKind[] = ['primary', 'deputy', 'head'];
