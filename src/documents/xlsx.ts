/** A table paper as a workbook: one sheet of facts, one of rows, every cell of its type. */
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import writeExcelFile, { type CellObject, type SheetData } from 'write-excel-file/node';
import { ZONE_OFFSET_MS } from '../kernel/local-date.js';
import type { Cell, Column, Rows, TablePaper } from './table.js';

const MOMENT = 'dd/mm/yyyy hh:mm';
/** Characters across the sheet, shared out by the weights. */
const SHEET_CHARACTERS = 190;
const CELL_LIMIT = 32_000;
const HEAD = { fontWeight: 'bold', backgroundColor: '#F5E6D3', wrap: true, alignVertical: 'top' } as const;

/** Writes the whole workbook into `out` and ends it. All rows are in memory meanwhile: print in a process of its own. */
export async function writeXlsx(paper: TablePaper, rows: Rows, out: Writable): Promise<void> {
  const table: SheetData = [paper.columns.map(({ label }) => ({ value: safeText(label), ...HEAD }))];
  for await (const page of rows)
    for (const row of page) table.push(paper.columns.map((column, n) => cellOf(row[n] ?? null, column)));
  const sum = paper.columns.reduce((all, { weight }) => all + weight, 0);
  const columns = paper.columns.map(({ weight }) => ({ width: Math.round((SHEET_CHARACTERS * weight) / sum) + 2 }));
  const bytes = await writeExcelFile(
    [
      { data: factRows(paper), sheet: paper.labels.factsSheet, columns: [{ width: 34 }, { width: 110 }] },
      { data: table, sheet: paper.labels.tableSheet, columns, stickyRowsCount: 1, orientation: 'landscape' },
    ],
    { fontFamily: 'Arial', fontSize: 10 },
  ).toBuffer();
  out.end(bytes);
  await finished(out, { readable: false });
}

function factRows({ title, subtitle, stamp, facts, passages, closing, notes }: TablePaper): SheetData {
  const wide = (value: string, style: object = {}) => [{ value: safeText(value), ...style }, null];
  const pair = (label: string, value: string) => [
    { value: safeText(label), textColor: '#5C5452', alignVertical: 'top' as const },
    { value: safeText(value), wrap: true, alignVertical: 'top' as const },
  ];
  return [
    ...(stamp === undefined ? [] : [wide(stamp, { fontWeight: 'bold', textColor: '#A61219' })]),
    wide(title, { fontWeight: 'bold', fontSize: 15, textColor: '#A61219' }),
    wide(subtitle, { fontWeight: 'bold', fontSize: 11 }),
    ...facts.map(({ label, value }) => pair(label, value)),
    ...passages.map(({ heading, text }) => pair(heading, text)),
    ...closing.map(({ label, value }) => pair(label, value)),
    ...notes.map((note) => pair('', note)),
  ];
}

function cellOf(cell: Cell, { kind }: Column): CellObject | null {
  if (cell === null) return null;
  if (kind === 'number' && typeof cell === 'number') return { value: cell, type: Number };
  // A workbook has no zones: the clock on the wall in Việt Nam is what stands there.
  if (kind === 'moment')
    return { value: new Date(new Date(cell).getTime() + ZONE_OFFSET_MS), type: Date, format: MOMENT };
  return { value: safeText(String(cell)), type: String };
}

/** Text that no spreadsheet takes for a formula, also after it was saved as CSV, without what XML cannot hold. */
export function safeText(text: string): string {
  const clean = text
    .normalize('NFC')
    // Cut first: half of a sign at the cut goes with what XML cannot hold.
    .slice(0, CELL_LIMIT)
    // eslint-disable-next-line no-control-regex -- control characters are exactly what is removed here
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu, '');
  return /^[\s]*[=+\-@]|^[\t\r]/.test(clean) ? `'${clean}` : clean;
}
