/** A table paper between processes: the paper on the first line, pages of rows after it, and a last line that says so. */
import type { Writable } from 'node:stream';
import type { PaperFormat, Row, Rows, TablePaper } from './table.js';

const END = 'end';

/** The lines to print. */
export async function* toLines(paper: TablePaper, rows: Rows): AsyncGenerator<string> {
  yield `${JSON.stringify(paper)}\n`;
  for await (const page of rows) yield `${JSON.stringify(page)}\n`;
  yield `${END}\n`;
}

/** Prints what the lines say. Throws when they break off: half a record must not look like a whole one. */
export async function printLines(format: PaperFormat, lines: AsyncIterable<string>, out: Writable): Promise<void> {
  const source = lines[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done === true) throw new Error('nothing to print');
  await printPaper(format, JSON.parse(first.value) as TablePaper, rowsOf(source), out);
}

async function* rowsOf(source: AsyncIterator<string>): AsyncGenerator<readonly Row[]> {
  for (;;) {
    const next = await source.next();
    if (next.done === true) throw new Error('the rows broke off');
    if (next.value === END) return;
    yield JSON.parse(next.value) as readonly Row[];
  }
}

/** Prints here and now. The code is loaded with the first paper. */
export async function printPaper(format: PaperFormat, paper: TablePaper, rows: Rows, out: Writable): Promise<void> {
  if (format === 'pdf') await (await import('./pdf.js')).writePdf(paper, rows, out);
  else await (await import('./xlsx.js')).writeXlsx(paper, rows, out);
}
