/** Reads a form that came back: its mark, and what stands in the cells of its fields. */
import type { FileSource } from './file-source.js';
import { KEY_PREFIX, MARK_SHEET, VALUE_OFFSET } from './form-sheet.js';
import { openWorkbook, type Merge, type SheetCell, type SheetContent, type Workbook } from './workbook.js';

export interface ReadForm {
  readonly mark: string;
  /** Key of a field → its cell. */
  readonly cells: ReadonlyMap<string, FormCell>;
}

export interface FormCell {
  /** Row of the sheet, from 1. */
  readonly row: number;
  /** Merged with other cells, or a row that is there twice: nobody can tell which value is meant. */
  readonly content: SheetCell | { readonly kind: 'merged' | 'twice' };
}

/** True for a workbook that has our mark's sheet, whatever stands in it. Reads one small entry. */
export async function isForm(source: FileSource): Promise<boolean> {
  return (await openWorkbook(source))?.names.includes(MARK_SHEET) ?? false;
}

/** Reads a form; null when it is damaged or larger than any form. */
export async function readForm(source: FileSource): Promise<ReadForm | null> {
  const book = await openWorkbook(source);
  const marks = await book?.sheet(MARK_SHEET);
  const content = book && (await fieldSheet(book));
  if (!marks || !content) return null;
  const mark = marks.rows.get(1)?.get(1);
  return { mark: mark?.kind === 'text' ? mark.text.trim() : '', cells: cellsOf(content) };
}

/** The form may have got company: the sheet that has keys is it. */
async function fieldSheet(book: Workbook): Promise<SheetContent | null> {
  const [first, ...more] = book.names.filter((name) => name !== MARK_SHEET).slice(0, 5);
  if (first === undefined) return null;
  const content = await book.sheet(first);
  if (content && [...content.rows.values()].some((row) => keyOf(row) !== null)) return content;
  for (const name of more) {
    const other = await book.sheet(name);
    if (other && [...other.rows.values()].some((row) => keyOf(row) !== null)) return other;
  }
  return content;
}

function cellsOf({ rows, merges }: SheetContent): Map<string, FormCell> {
  const cells = new Map<string, FormCell>();
  for (const [row, columns] of rows) {
    const found = keyOf(columns);
    if (found === null) continue;
    const column = found.column + VALUE_OFFSET;
    const content = merges.some((merge) => isMerged(merge, row, column))
      ? ({ kind: 'merged' } as const)
      : plain(columns.get(column));
    const isTwice = cells.has(found.key);
    cells.set(found.key, { row, content: isTwice ? { kind: 'twice' } : content });
  }
  return cells;
}

function keyOf(columns: ReadonlyMap<number, SheetCell>): { readonly key: string; readonly column: number } | null {
  for (const [column, cell] of columns)
    if (cell.kind === 'text' && cell.text.startsWith(KEY_PREFIX))
      return { key: cell.text.slice(KEY_PREFIX.length), column };
  return null;
}

const isMerged = ({ top, bottom, left, right }: Merge, row: number, column: number): boolean =>
  top <= row && row <= bottom && left <= column && column <= right;

/** Text without the sign that kept it from being a formula. */
function plain(cell: SheetCell | undefined): SheetCell {
  if (cell === undefined) return { kind: 'empty' };
  if (cell.kind !== 'text') return cell;
  const text = cell.text.replace(/_x000D_/g, '');
  return { kind: 'text', text: /^'+\s*[=+\-@\t\r]/.test(text) ? text.slice(1) : text };
}
