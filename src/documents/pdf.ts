/** A table paper as PDF: A4 across, the head of the table on every page, letters embedded. Pages leave as they are full. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import PDFDocument from 'pdfkit';
import { formatDate } from '../kernel/format.js';
import { localDate, localTime } from '../kernel/local-date.js';
import { drawable } from './drawable.js';
import { fontFile } from './fonts.js';
import { createInk, INK, type Weight } from './pdf-ink.js';
import type { Cell, Column, Fact, Row, Rows, TablePaper } from './table.js';

const PAGE = { width: 841.89, height: 595.28, side: 30, top: 32, bottom: 30 } as const;
const WIDTH = PAGE.width - 2 * PAGE.side;
const FOOT = 16;
const SIZE = { title: 16, subtitle: 11, fact: 9, cell: 7.5, note: 7 } as const;
const LEADING = 1.32;
const PAD = 3;
const MOST_LINES = 14;
const FACT_LABEL = 150;
const PAGES = 'Pages';

/** Writes the whole paper into `out` and ends it. Memory does not grow with the rows. */
export async function writePdf(paper: TablePaper, rows: Rows, out: Writable): Promise<void> {
  const sheet = new Sheet(paper, out);
  sheet.open();
  for await (const page of rows) {
    for (const row of page) sheet.row(row);
    // pdfkit makes pages as fast as it can and hands them on between turns; whoever takes them away sets the pace.
    await setImmediate();
    if (out.writableNeedDrain) await once(out, 'drain');
  }
  sheet.close();
  await once(out, 'finish');
}

class Sheet {
  readonly #paper: TablePaper;
  readonly #doc: InstanceType<typeof PDFDocument>;
  readonly #ink: ReturnType<typeof createInk>;
  readonly #columns: readonly { readonly column: Column; readonly x: number; readonly width: number }[];
  // A drawing that every page shows and that is made last: only then is the number of pages known.
  readonly #total: PDFKit.PDFKitReference;
  #pages = 0;
  #y = 0;
  #inTable = false;

  constructor(paper: TablePaper, out: Writable) {
    this.#paper = paper;
    this.#doc = new PDFDocument({
      size: [PAGE.width, PAGE.height],
      margin: 0,
      autoFirstPage: false,
      font: fontFile(400),
      lang: 'vi-VN',
      displayTitle: true,
      info: { Title: `${paper.title} – ${paper.subtitle}`, CreationDate: new Date(paper.madeAt) },
    });
    this.#doc.pipe(out);
    this.#ink = createInk(this.#doc);
    this.#total = this.#doc.ref({});
    const sum = paper.columns.reduce((all, { weight }) => all + weight, 0);
    let x: number = PAGE.side;
    this.#columns = paper.columns.map((column) => {
      const place = { column, x, width: (WIDTH * column.weight) / sum };
      x += place.width;
      return place;
    });
  }

  open(): void {
    const { stamp, title, subtitle, facts, passages } = this.#paper;
    this.#newPage();
    if (stamp !== undefined) this.#line(stamp, 10, 600, INK.red, 'right');
    this.#line(title, SIZE.title, 600, INK.red, 'middle');
    for (const line of this.#ink.wrap(drawable(subtitle), WIDTH, SIZE.subtitle, 600))
      this.#line(line, SIZE.subtitle, 600, INK.black, 'middle');
    this.#y += 6;
    this.#facts(facts);
    for (const { heading, text } of passages) {
      this.#y += 4;
      this.#line(heading, SIZE.fact, 600);
      this.#prose(text, SIZE.fact);
    }
    this.#y += 8;
    this.#inTable = true;
    this.#room(3 * SIZE.cell * LEADING + 20);
    this.#head();
  }

  row(row: Row): void {
    this.#cells(row, 400);
  }

  close(): void {
    this.#inTable = false;
    this.#y += 10;
    this.#facts(this.#paper.closing);
    this.#y += 4;
    for (const note of this.#paper.notes) this.#prose(note, SIZE.note, INK.soft);
    const { operators, fonts } = this.#ink.stencil(String(this.#pages), SIZE.note);
    Object.assign(this.#total.data as object, {
      ...{ Type: 'XObject', Subtype: 'Form', BBox: [0, 0, 60, 12], Resources: { Font: fonts } },
    });
    this.#total.end(operators);
    this.#doc.end();
  }

  #newPage(): void {
    this.#doc.addPage();
    this.#pages += 1;
    this.#y = PAGE.top;
    const y = PAGE.height - PAGE.bottom + 8;
    const label = drawable(`${this.#paper.labels.page} ${String(this.#pages)}/`);
    const width = this.#ink.width(label, SIZE.note);
    const x = PAGE.width - PAGE.side - width - 24;
    this.#ink.write(label, x, y, SIZE.note, 400, INK.soft);
    (this.#doc.page.xobjects as Record<string, unknown>)[PAGES] = this.#total;
    this.#doc.addContent(`q 1 0 0 -1 ${(x + width).toFixed(2)} ${(y + 2).toFixed(2)} cm /${PAGES} Do Q`);
    const about = [this.#paper.stamp, this.#paper.title, this.#paper.subtitle].filter((part) => part !== undefined);
    const [foot = ''] = this.#ink.wrap(drawable(about.join(' · ')), WIDTH - 120, SIZE.note);
    this.#ink.write(foot, PAGE.side, y, SIZE.note, 400, INK.soft);
    if (this.#inTable) this.#head();
  }

  /** Turns the page when so much does not fit on it any more. */
  #room(height: number): void {
    if (this.#y + height > PAGE.height - PAGE.bottom - FOOT + 8) this.#newPage();
  }

  #line(text: string, size: number, weight: Weight, colour: string = INK.black, at = 'left'): void {
    const height = size * LEADING;
    this.#room(height);
    const clean = drawable(text);
    const free = WIDTH - this.#ink.width(clean, size, weight);
    const x = PAGE.side + (at === 'middle' ? free / 2 : at === 'right' ? free : 0);
    this.#ink.write(clean, x, this.#y + size, size, weight, colour);
    this.#y += height;
  }

  #prose(text: string, size: number, colour: string = INK.black): void {
    for (const paragraph of text.split('\n'))
      for (const line of this.#ink.wrap(drawable(paragraph), WIDTH, size)) this.#line(line, size, 400, colour);
  }

  #facts(facts: readonly Fact[]): void {
    for (const { label, value } of facts) {
      const lines = this.#ink.wrap(drawable(value), WIDTH - FACT_LABEL, SIZE.fact);
      for (const [n, line] of lines.entries()) {
        this.#room(SIZE.fact * LEADING);
        const base = this.#y + SIZE.fact;
        if (n === 0) this.#ink.write(drawable(label), PAGE.side, base, SIZE.fact, 400, INK.soft);
        this.#ink.write(line, PAGE.side + FACT_LABEL, base, SIZE.fact);
        this.#y += SIZE.fact * LEADING;
      }
    }
  }

  #head(): void {
    this.#cells(
      this.#columns.map(({ column }) => column.label),
      600,
    );
  }

  #cells(row: Row, weight: Weight): void {
    const cells = this.#columns.map(({ column, width }, n) => {
      const text = weight === 600 ? drawable(String(row[n] ?? '')) : cellText(row[n] ?? null, column);
      return clip(this.#ink.wrap(text, width - 2 * PAD, SIZE.cell, weight));
    });
    const step = SIZE.cell * LEADING;
    const height = Math.max(...cells.map((lines) => lines.length)) * step + 2 * PAD;
    if (weight === 400) this.#room(height);
    if (weight === 600)
      this.#doc.addContent(`0.96 0.9 0.83 rg ${at(PAGE.side)} ${at(this.#y)} ${at(WIDTH)} ${at(height)} re f`);
    for (const [n, lines] of cells.entries()) {
      const x = (this.#columns[n]?.x ?? 0) + PAD;
      for (const [k, line] of lines.entries())
        if (line !== '') this.#ink.write(line, x, this.#y + PAD + k * step + SIZE.cell, SIZE.cell, weight);
    }
    this.#y += height;
    this.#doc.addContent(
      `0.3 w 0.75 0.7 0.66 RG ${at(PAGE.side)} ${at(this.#y)} m ${at(PAGE.side + WIDTH)} ${at(this.#y)} l S`,
    );
  }
}

const at = (value: number): string => value.toFixed(2);

/** A cell never fills a page: what is so long is cut, and says so. */
const clip = (lines: readonly string[]): readonly string[] =>
  lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES - 1), '…'];

function cellText(cell: Cell, { kind }: Column): string {
  if (cell === null) return '';
  if (kind !== 'moment') return drawable(String(cell));
  const moment = new Date(cell);
  return `${formatDate(localDate(moment))} ${localTime(moment)}`;
}
