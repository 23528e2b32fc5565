/** A workbook that somebody sent, as far as its cells go: values as they stand there, formulas never counted again. */
import type { FileSource } from './file-source.js';
import { readXml, type XmlReader } from './xml-events.js';
import { isDateFormat, serialDate } from './sheet-dates.js';
import { readZipEntry, readZipTable, type ZipEntry } from './zip-listing.js';

export type SheetCell =
  | { readonly kind: 'empty' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly text: string }
  /** dd/MM/yyyy. */
  | { readonly kind: 'date'; readonly text: string }
  /** What a failed formula shows: `#REF!`. */
  | { readonly kind: 'error'; readonly text: string };

export interface Merge {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export interface SheetContent {
  /** Row → column → cell, both from 1; what is empty is not there. */
  readonly rows: ReadonlyMap<number, ReadonlyMap<number, SheetCell>>;
  readonly merges: readonly Merge[];
}

export interface Workbook {
  /** Names in the order of the sheets. */
  readonly names: readonly string[];
  /** One sheet; null when it is not there, damaged, or larger than any form. */
  sheet(name: string): Promise<SheetContent | null>;
}

/** A form is some kilobytes; a sheet of more than this is not read. */
const MAX_XML_BYTES = 4 * 1024 * 1024;
const MAX_ROWS = 2_000;
const MAX_MERGES = 500;

/** Opens a workbook; null when it is none or damaged. */
export async function openWorkbook(source: FileSource): Promise<Workbook | null> {
  const table = await readZipTable(source);
  if (table === null) return null;
  const entries = new Map(table.map((entry) => [entry.name.toLowerCase(), entry]));
  const xml = (path: string): Promise<string | null> => readEntry(source, entries.get(path.toLowerCase()));
  const sheets = sheetsOf(await xml('xl/workbook.xml'));
  if (sheets === null) return null;
  let shared: { readonly texts: readonly string[]; readonly dates: ReadonlySet<number> } | undefined;
  return {
    names: [...sheets.keys()],
    async sheet(name) {
      const targets = targetsOf(await xml('xl/_rels/workbook.xml.rels'));
      const target = targets.get(sheets.get(name) ?? '');
      const content = target === undefined ? null : await xml(target);
      if (content === null) return null;
      shared ??= {
        texts: stringsOf(await xml('xl/sharedStrings.xml')),
        dates: dateStylesOf(await xml('xl/styles.xml')),
      };
      return cellsOf(content, shared.texts, shared.dates);
    },
  };
}

async function readEntry(source: FileSource, entry: ZipEntry | undefined): Promise<string | null> {
  const bytes = entry && (await readZipEntry(source, entry, MAX_XML_BYTES));
  return bytes?.toString('utf8') ?? null;
}

/** Sheet name → id of its relation. */
function sheetsOf(xml: string | null): Map<string, string> | null {
  const sheets = new Map<string, string>();
  const isWhole = readXml(xml ?? '<', {
    open: (tag, { name = '', id = '' }) => {
      if (tag === 'sheet') sheets.set(name, id);
    },
  });
  return isWhole ? sheets : null;
}

/** Id of a relation → path in the archive. */
function targetsOf(xml: string | null): Map<string, string> {
  const targets = new Map<string, string>();
  readXml(xml ?? '', {
    open: (tag, { Id = '', Target = '' }) => {
      if (tag === 'Relationship') targets.set(Id, Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`);
    },
  });
  return targets;
}

/** Shared texts; of text with formats all pieces, without how it is read aloud. */
function stringsOf(xml: string | null): string[] {
  const texts: string[] = [];
  const { reader, take } = textReader();
  readXml(xml ?? '', {
    ...reader,
    close: (tag) => {
      reader.close(tag);
      if (tag === 'si') texts.push(take());
    },
  });
  return texts;
}

/** Collects the text of `<t>`; what stands in `<rPh>` only tells how it is read aloud. */
function textReader() {
  let text = '';
  let isIn = false;
  let isAside = false;
  return {
    reader: {
      open: (tag: string) => {
        if (tag === 't') isIn = true;
        if (tag === 'rPh') isAside = true;
      },
      close: (tag: string) => {
        if (tag === 't') isIn = false;
        if (tag === 'rPh') isAside = false;
      },
      text: (more: string) => {
        if (isIn && !isAside) text += more;
      },
    },
    take: () => {
      const taken = text;
      text = '';
      return taken;
    },
  };
}

/** Styles of cells whose numbers are days. */
function dateStylesOf(xml: string | null): Set<number> {
  const own = new Map<number, string>();
  const dates = new Set<number>();
  let isInCells = false;
  let n = 0;
  readXml(xml ?? '', {
    open: (tag, { numFmtId = '0', formatCode = '' }) => {
      if (tag === 'numFmt') own.set(Number(numFmtId), formatCode);
      if (tag === 'cellXfs') isInCells = true;
      if (tag !== 'xf' || !isInCells) return;
      if (isDateFormat(Number(numFmtId), own.get(Number(numFmtId)))) dates.add(n);
      n += 1;
    },
    close: (tag) => {
      if (tag === 'cellXfs') isInCells = false;
    },
  });
  return dates;
}

interface RawCell {
  readonly column: number;
  readonly type: string;
  readonly isDate: boolean;
  value: string;
}

/** Takes the cells of one sheet as they go by. */
class CellReader implements XmlReader {
  readonly rows = new Map<number, Map<number, SheetCell>>();
  readonly merges: Merge[] = [];
  private readonly texts: readonly string[];
  private readonly dates: ReadonlySet<number>;
  private readonly inline = textReader();
  private row = 0;
  private column = 0;
  private cell: RawCell | null = null;
  private isValue = false;

  constructor(texts: readonly string[], dates: ReadonlySet<number>) {
    this.texts = texts;
    this.dates = dates;
  }

  open(tag: string, { r = '', t = 'n', s = '', ref = '' }: Readonly<Record<string, string>>): void {
    if (tag === 'row') {
      this.row = r === '' ? this.row + 1 : Number(r);
      this.column = 0;
    } else if (tag === 'c') {
      this.column = r === '' ? this.column + 1 : columnOf(r);
      this.cell = { column: this.column, type: t, isDate: this.dates.has(Number(s)), value: '' };
    } else if (tag === 'v') this.isValue = true;
    else if (tag === 'mergeCell' && this.merges.length < MAX_MERGES) this.merges.push(...mergeOf(ref));
    else if (this.cell?.type === 'inlineStr') this.inline.reader.open(tag);
  }

  text(text: string): void {
    if (this.isValue && this.cell) this.cell.value += text;
    else this.inline.reader.text(text);
  }

  close(tag: string): void {
    this.inline.reader.close(tag);
    if (tag === 'v') this.isValue = false;
    if (tag !== 'c' || !this.cell) return;
    const made = toCell(this.cell, this.cell.type === 'inlineStr' ? this.inline.take() : null, this.texts);
    if (made.kind !== 'empty') this.keep(this.cell.column, made);
    this.cell = null;
  }

  private keep(column: number, cell: SheetCell): void {
    const row = this.rows.get(this.row) ?? new Map<number, SheetCell>();
    if (this.rows.size < MAX_ROWS) this.rows.set(this.row, row);
    row.set(column, cell);
  }
}

function cellsOf(xml: string, texts: readonly string[], dates: ReadonlySet<number>): SheetContent | null {
  const reader = new CellReader(texts, dates);
  return readXml(xml, reader) ? reader : null;
}

function toCell({ type, value, isDate }: RawCell, inline: string | null, texts: readonly string[]): SheetCell {
  if (type === 'e') return { kind: 'error', text: value };
  if (type === 'n') return numberCell(value, isDate);
  const text = inline ?? (type === 's' ? (texts[Number(value)] ?? '') : type === 'b' ? booleanText(value) : value);
  return text.trim() === '' ? { kind: 'empty' } : { kind: 'text', text };
}

const booleanText = (value: string): string => (value === '1' ? 'TRUE' : 'FALSE');

function numberCell(text: string, isDate: boolean): SheetCell {
  const value = Number(text);
  if (text.trim() === '') return { kind: 'empty' };
  if (!Number.isFinite(value)) return { kind: 'error', text };
  const day = isDate ? serialDate(value) : null;
  return day === null ? { kind: 'number', value } : { kind: 'date', text: day };
}

/** "C12" is column 3. */
const columnOf = (address: string): number =>
  [...(/^\$?([A-Z]{1,3})/.exec(address)?.[1] ?? '')].reduce((sum, letter) => 26 * sum + letter.charCodeAt(0) - 64, 0);

function mergeOf(ref: string): Merge[] {
  const [from = '', to = ''] = ref.split(':');
  const rowOf = (address: string): number => Number(/^\$?[A-Z]{1,3}\$?(\d{1,7})$/.exec(address)?.[1] ?? 0);
  return to === '' ? [] : [{ top: rowOf(from), bottom: rowOf(to), left: columnOf(from), right: columnOf(to) }];
}
