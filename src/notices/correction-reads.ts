/** What the flow of corrections reads. */
import {
  countCopies,
  latestCorrectable,
  planCorrection,
  readCorrected,
  type AskedCorrection,
  type Copies,
  type Correctable,
  type CorrectedBroadcast,
  type Plan,
  type Planner,
} from '../delivery/index.js';
import type { Tx } from '../store/index.js';

/** A broadcast that may be corrected, and who has a copy of it. */
export type CorrectionView = Omit<CorrectedBroadcast, 'spoken'> & { readonly copies: Copies };

export interface CorrectionReads {
  readonly corrections: {
    find(id: string): Promise<CorrectionView | null>;
    /** Which way those go who are told anew, and at what cost; null when there is nobody. */
    plan(asked: AskedCorrection, now: Date): Promise<Plan | null>;
    /** The newest first. */
    latest(): Promise<readonly Correctable[]>;
  };
}

const SHOWN = 8;

/** Reads on a turn's transaction. */
export function createCorrectionReads(tx: Tx, planner: Pick<Planner, 'plan'>): CorrectionReads['corrections'] {
  return {
    async find(id) {
      // An argument may have been typed.
      if (!/^[0-9a-f-]{36}$/i.test(id)) return null;
      const broadcast = await readCorrected(tx, id);
      return broadcast && { ...broadcast, copies: await countCopies(tx, id) };
    },
    plan: (asked, now) => planCorrection(tx, planner, asked, now),
    latest: () => latestCorrectable(tx, SHOWN),
  };
}
