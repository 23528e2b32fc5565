/**
 * Letters on a PDF page. Vietnamese in NFC has one glyph a letter, so a text is encoded letter by letter: some
 * hundred letters are remembered instead of every word of a large table, and nothing is shaped twice.
 */
import type PDFDocument from 'pdfkit';
import { fontFile } from './fonts.js';

export type Weight = 400 | 600;

interface Letter {
  readonly hex: string;
  /** Of a size of 1. */
  readonly width: number;
}

/** What pdfkit's types leave out of its fonts. */
interface EmbeddedFont {
  readonly id: string;
  encode(text: string): [readonly string[], readonly { readonly xAdvance: number }[]];
  ref(): unknown;
}

export interface Ink {
  width(text: string, size: number, weight?: Weight): number;
  /** Lines of at most this width; a word that is longer is broken. */
  wrap(text: string, width: number, size: number, weight?: Weight): string[];
  /** Writes one line from its left end on its base line, counted from the top of the page. */
  write(text: string, x: number, y: number, size: number, weight?: Weight, colour?: string): void;
  /** The operators of a text at the origin, and the fonts that they need, for a drawing of its own. */
  stencil(
    text: string,
    size: number,
  ): { readonly operators: string; readonly fonts: Readonly<Record<string, unknown>> };
}

/** RGB shares as PDF writes them. */
export const INK = { black: '0.12 0.1 0.1', soft: '0.38 0.34 0.33', red: '0.65 0.07 0.1' } as const;

/** Opens both weights in a document. */
export function createInk(doc: InstanceType<typeof PDFDocument>): Ink {
  const load = (weight: Weight): EmbeddedFont => {
    doc.font(fontFile(weight));
    return (doc as unknown as { readonly _font: EmbeddedFont })._font;
  };
  const fonts: Readonly<Record<Weight, EmbeddedFont>> = { 400: load(400), 600: load(600) };
  const known: Readonly<Record<Weight, Map<string, Letter>>> = { 400: new Map(), 600: new Map() };

  const letter = (char: string, weight: Weight): Letter => {
    const found = known[weight].get(char);
    if (found) return found;
    const [codes, places] = fonts[weight].encode(char);
    const made = { hex: codes.join(''), width: places.reduce((sum, { xAdvance }) => sum + xAdvance, 0) / 1000 };
    known[weight].set(char, made);
    return made;
  };
  const width = (text: string, size: number, weight: Weight = 400): number => {
    let sum = 0;
    for (const char of text) sum += letter(char, weight).width;
    return sum * size;
  };
  const encode = (text: string, weight: Weight): string => {
    let hex = '';
    for (const char of text) hex += letter(char, weight).hex;
    return `<${hex}>`;
  };

  return {
    width,
    wrap: (text, limit, size, weight = 400) => wrapWords(text, (part) => width(part, size, weight) <= limit),
    write(text, x, y, size, weight = 400, colour = INK.black) {
      const font = fonts[weight];
      (doc.page.fonts as Record<string, unknown>)[font.id] ??= font.ref();
      const place = `${x.toFixed(2)} ${y.toFixed(2)}`;
      doc.addContent(
        `BT ${colour} rg /${font.id} ${String(size)} Tf 1 0 0 -1 ${place} Tm ${encode(text, weight)} Tj ET`,
      );
    },
    stencil: (text, size) => ({
      operators: `BT ${INK.soft} rg /${fonts[400].id} ${String(size)} Tf 0 2 Td ${encode(text, 400)} Tj ET`,
      fonts: { [fonts[400].id]: fonts[400].ref() },
    }),
  };
}

function wrapWords(text: string, fits: (part: string) => boolean): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (!fits(line)) {
      const cut = breakPoint(line, fits);
      lines.push(line.slice(0, cut));
      line = line.slice(cut);
    }
  }
  return [...lines, line];
}

/** How much of a long word fits: at least one letter, so that this comes to an end. */
function breakPoint(word: string, fits: (part: string) => boolean): number {
  const letters = [...word];
  let count = 1;
  while (count < letters.length - 1 && fits(letters.slice(0, count + 1).join(''))) count += 1;
  return letters.slice(0, count).join('').length;
}
