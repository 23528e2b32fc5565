/** Where everything stands on an honour card, and how large the letters may be. */
import { shorten } from '../kernel/text.js';
import type { Frame } from './card-figures.js';
import { drawable } from './drawable.js';
import { PALETTE } from './palette.js';
import { box, words, type Box } from './render.js';

/** All that is written on a card; every text comes from the caller. */
export interface CardWords {
  readonly name: string;
  readonly unit: string;
  /** What they did, in a sentence or two. */
  readonly deed: string;
  readonly award: string;
  /** Number and date of the decision, as they should read. */
  readonly decision: string;
  readonly labels: HonourCardLabels;
  /** True prints the stamp. */
  readonly demo: boolean;
}

interface HonourCardLabels {
  /** Who presents: the province. */
  readonly issuer: string;
  readonly heading: string;
  readonly award: string;
  readonly decision: string;
  readonly footer: string;
  readonly stamp: string;
}

export const CARD = { width: 1080, height: 1440 } as const;
export const PHOTO: Frame = { x: 368, y: 244, width: 344, height: 420 };

const BAND = 316;
/** The words under the picture. */
const SHEET = { left: 80, top: 700, width: 920, height: 680 } as const;
const FOOTER = 40;
const RULE = 48;
const LINE_HEIGHT = 1.34;
/** Mean width of a letter, of its size: a little more than measured, so that what is thought to fit does fit. */
const LETTER = { 400: 0.52, 600: 0.54, 800: 0.58 } as const;
/** Smaller letters cannot be read on a telephone. */
const MIN_SIZE = 20;
const SCALES = [1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.65, 0.6];

interface Line {
  readonly text: string;
  readonly size: number;
  readonly weight: keyof typeof LETTER;
  readonly colour: string;
  /** Space above. */
  readonly gap: number;
}

/** The tree of one card, without its figures. */
export function cardTree(card: CardWords): Box {
  const inset = { position: 'absolute', left: 28, top: 28, right: 28, bottom: 28 };
  return box(
    { backgroundColor: PALETTE.paper, color: PALETTE.ink },
    band(card.labels, card.demo),
    box({ ...inset, border: `2px solid ${PALETTE.gold}` }),
    sheet(card),
  );
}

function band({ issuer, heading, stamp }: HonourCardLabels, demo: boolean): Box {
  const ground = `linear-gradient(180deg, ${PALETTE.deepRed} 0%, ${PALETTE.red} 100%)`;
  const title = cut(heading, 60);
  const size = Math.min(50, Math.floor(960 / (title.length * 0.72)));
  return box(
    {
      height: BAND,
      flexShrink: 0,
      backgroundImage: ground,
      alignItems: 'center',
      paddingTop: 122,
      color: PALETTE.white,
    },
    words(cut(issuer, 50), { fontSize: 26, fontWeight: 600, letterSpacing: 3, color: PALETTE.paleGold }),
    words(title, { fontSize: size, fontWeight: 800, marginTop: 2 }),
    demo ? stamped(stamp) : null,
  );
}

function stamped(text: string): Box {
  const place = { position: 'absolute', top: 48, right: 48, padding: '8px 16px', border: `2px solid ${PALETTE.gold}` };
  const look = { fontSize: 22, fontWeight: 800, color: PALETTE.deepRed, backgroundColor: PALETTE.paleGold };
  return words(cut(text, 24), { ...place, ...look });
}

/** The words under the picture, all smaller together where they are many. */
function sheet({ name, unit, deed, award, decision, labels }: CardWords): Box {
  const { red, soft, ink } = PALETTE;
  const story: readonly Line[] = [
    { text: cut(name, 100), size: 64, weight: 800, colour: red, gap: 0 },
    { text: cut(unit, 150), size: 31, weight: 600, colour: soft, gap: 8 },
    { text: cut(deed, 420), size: 36, weight: 400, colour: ink, gap: 26 },
  ];
  const facts: readonly Line[] = [
    { text: cut(labels.award, 60), size: 24, weight: 400, colour: soft, gap: 20 },
    { text: cut(award, 150), size: 36, weight: 600, colour: ink, gap: 2 },
    { text: cut(labels.decision, 60), size: 24, weight: 400, colour: soft, gap: 16 },
    { text: cut(decision, 150), size: 29, weight: 600, colour: ink, gap: 2 },
  ];
  const room = SHEET.height - FOOTER - RULE;
  const scale = SCALES.find((factor) => heightOf([...story, ...facts], factor) <= room) ?? 0.6;
  const group = (...parts: Box[]): Box => box({ alignItems: 'center', width: '100%' }, ...parts);
  const rule = box({ width: 200, height: 3, backgroundColor: PALETTE.gold });
  return box(
    { position: 'absolute', ...SHEET, alignItems: 'center', justifyContent: 'space-between' },
    group(...story.map((line) => draw(line, scale))),
    group(rule, ...facts.map((line) => draw(line, scale))),
    words(cut(labels.footer, 80), { fontSize: 22, color: PALETTE.soft }),
  );
}

/** What the lines will take, estimated from their letters. */
function heightOf(lines: readonly Line[], scale: number): number {
  return lines.reduce((sum, line) => {
    const size = sizeOf(line, scale);
    const rows = Math.ceil((line.text.length * size * LETTER[line.weight]) / SHEET.width);
    return sum + line.gap + rows * size * LINE_HEIGHT;
  }, 0);
}

const sizeOf = ({ size }: Line, scale: number): number => Math.max(size * scale, MIN_SIZE);

function draw(line: Line, scale: number): Box {
  const look = { fontSize: sizeOf(line, scale), fontWeight: line.weight, color: line.colour, lineHeight: LINE_HEIGHT };
  const flow = { textAlign: 'center', textWrap: 'balance', wordBreak: 'break-word' };
  return words(line.text, { ...look, ...flow, maxWidth: SHEET.width, marginTop: line.gap });
}

/** At most so many letters, ended after a whole word. */
function cut(text: string, limit: number): string {
  const clean = drawable(text);
  return clean.length <= limit ? clean : shorten(clean, limit).replace(/\s\S*…$/, '…');
}
