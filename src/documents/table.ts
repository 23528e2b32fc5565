/** A paper that is mostly a table: some facts, some passages, many rows. The same for a workbook and for a PDF. */

export interface TablePaper {
  readonly title: string;
  readonly subtitle: string;
  /** Says that the contents are samples. */
  readonly stamp?: string;
  /** Above the table. */
  readonly facts: readonly Fact[];
  readonly passages: readonly Passage[];
  readonly columns: readonly Column[];
  /** Below the table. */
  readonly closing: readonly Fact[];
  /** Small print. */
  readonly notes: readonly string[];
  /** ISO time. */
  readonly madeAt: string;
  readonly labels: {
    /** Before "3/12". */
    readonly page: string;
    readonly factsSheet: string;
    readonly tableSheet: string;
  };
}

export interface Fact {
  readonly label: string;
  readonly value: string;
}

export interface Passage {
  readonly heading: string;
  readonly text: string;
}

export interface Column {
  readonly label: string;
  /** A moment is an ISO time, written dd/MM/yyyy HH:mm as in Việt Nam. */
  readonly kind: 'text' | 'number' | 'moment';
  /** Share of the width. */
  readonly weight: number;
}

export type Cell = string | number | null;
export type Row = readonly Cell[];
export type Rows = AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>;

export const PAPER_FORMATS = ['xlsx', 'pdf'] as const;
export type PaperFormat = (typeof PAPER_FORMATS)[number];
