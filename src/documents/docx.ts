/** Word blanks in the form of official papers: heading in two columns, title, paragraphs with dotted lines, tables, signatures. */
import {
  AlignmentType,
  BorderStyle,
  Document,
  Packer,
  Paragraph,
  Table,
  TableCell,
  TableRow,
  TextRun,
  WidthType,
} from 'docx';

/** One part of the body. */
export type PaperPart =
  | { readonly kind: 'text'; readonly text: string; readonly bold?: boolean; readonly center?: boolean }
  | { readonly kind: 'table'; readonly columns: readonly string[]; readonly rows: number };

/** A paper to be filled in by hand. */
export interface BlankPaper {
  /** What Word shows as the author; without it the library signs for itself. */
  readonly author: string;
  /** Printed above everything: sample data. */
  readonly stamp?: string;
  /** Left: who issues it, and its number. Right: the state's name, the motto, place and day. */
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly title: string;
  readonly parts: readonly PaperPart[];
  /** Left and right below the text. */
  readonly signatures: readonly [readonly string[], readonly string[]];
  /** Small print at the end: what this paper is not. */
  readonly note: string;
}

/** Half points: 13 pt for the text, 10 pt for the small print. */
const SIZE = 26;
const SMALL = 20;
const FONT = 'Times New Roman';
/** Twentieths of a point, from the decree on official papers: 20 mm around, 30 mm at the left. */
const MARGIN = { top: 1134, bottom: 1134, left: 1701, right: 1134 };
const NONE = { style: BorderStyle.NONE, size: 0, color: 'auto' };
const BORDERLESS = { top: NONE, bottom: NONE, left: NONE, right: NONE, insideHorizontal: NONE, insideVertical: NONE };
// eslint-disable-next-line no-control-regex -- what XML may not hold is exactly what is removed
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu;

const clean = (text: string): string => text.normalize('NFC').replace(FORBIDDEN, '');

function line(
  text: string,
  over: { bold?: boolean; center?: boolean; size?: number; italics?: boolean } = {},
): Paragraph {
  const { bold = false, center = false, size = SIZE, italics = false } = over;
  return new Paragraph({
    alignment: center ? AlignmentType.CENTER : AlignmentType.BOTH,
    spacing: { after: 80, line: 300 },
    children: [new TextRun({ text: clean(text), bold, italics, size, font: FONT })],
  });
}

/** The bytes of a .docx file. The same paper gives the same text; the bytes hold the time of writing. */
export async function writeBlank(paper: BlankPaper): Promise<Buffer> {
  const children = [
    ...(paper.stamp === undefined ? [] : [line(paper.stamp, { center: true, bold: true })]),
    twoColumns(paper.left, paper.right, true),
    line(''),
    line(paper.title, { bold: true, center: true }),
    ...paper.parts.map((part) =>
      part.kind === 'text'
        ? line(part.text, { bold: part.bold === true, center: part.center === true })
        : grid(part.columns, part.rows),
    ),
    line(''),
    twoColumns(...paper.signatures, true),
    line(paper.note, { size: SMALL, italics: true }),
  ];
  const document = new Document({
    creator: paper.author,
    lastModifiedBy: paper.author,
    sections: [{ properties: { page: { margin: MARGIN } }, children }],
  });
  return Packer.toBuffer(document);
}

function twoColumns(left: readonly string[], right: readonly string[], isBold: boolean): Table {
  const cell = (lines: readonly string[]) =>
    new TableCell({
      width: { size: 50, type: WidthType.PERCENTAGE },
      children: lines.map((text, n) => line(text, { center: true, bold: isBold && n < 2 })),
    });
  return new Table({
    width: { size: 100, type: WidthType.PERCENTAGE },
    borders: BORDERLESS,
    rows: [new TableRow({ children: [cell(left), cell(right)] })],
  });
}

function grid(columns: readonly string[], rows: number): Table {
  const row = (texts: readonly string[], bold: boolean) =>
    new TableRow({
      children: texts.map((text) => new TableCell({ children: [line(text, { bold, center: true })] })),
    });
  return new Table({
    width: { size: 100, type: WidthType.PERCENTAGE },
    rows: [
      row(columns, true),
      ...Array.from({ length: rows }, (_, n) =>
        row(
          columns.map((_c, at) => (at === 0 ? String(n + 1) : '')),
          false,
        ),
      ),
    ],
  });
}
