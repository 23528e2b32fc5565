/** Numbers for people who lead: one bar a row, the figures written beside it. */
import { shorten } from '../kernel/text.js';
import { drawable } from './drawable.js';
import { PALETTE } from './palette.js';
import { box, toPng, toSvg, words, type Box } from './render.js';

export interface BarChart {
  readonly title: string;
  /** What is counted and on which day. */
  readonly subtitle?: string;
  readonly rows: readonly BarRow[];
  readonly footer?: string;
  /** Says that the figures are samples. */
  readonly stamp?: string;
}

export interface BarRow {
  readonly label: string;
  /** The figure as it should read: `12 / 15`. */
  readonly value: string;
  /** Length of the bar, 0 to 1. */
  readonly share: number;
  /** weak: what asks for attention. */
  readonly tone?: 'normal' | 'weak';
}

/** More rows than this cannot be read on a telephone; the caller gives the others as a list. */
export const MAX_BAR_ROWS = 30;

const WIDTH = 1080;
const ROW = 64;
const MARGIN = 56;
const LABEL_WIDTH = 390;
const VALUE_WIDTH = 190;
const TRACK_WIDTH = WIDTH - 2 * MARGIN - LABEL_WIDTH - VALUE_WIDTH - 40;

/** Draws the chart as a PNG as high as its rows need. */
export async function barChart(chart: BarChart): Promise<Buffer> {
  if (chart.rows.length > MAX_BAR_ROWS) throw new RangeError(`a bar chart has at most ${MAX_BAR_ROWS} rows`);
  const parts = [head(chart), ...chart.rows.map(bar), foot(chart)];
  const height = parts.reduce((sum, part) => sum + part.height, 2 * MARGIN);
  const page = { backgroundColor: PALETTE.paper, color: PALETTE.ink, padding: MARGIN };
  return toPng(await toSvg(box(page, ...parts.map((part) => part.box)), WIDTH, height), WIDTH);
}

interface Part {
  readonly box: Box;
  readonly height: number;
}

function head({ title, subtitle, stamp }: BarChart): Part {
  const height = 90 + (subtitle === undefined ? 0 : 44) + (stamp === undefined ? 0 : 60);
  const line = { fontSize: 24, color: PALETTE.soft, marginTop: 2 };
  const mark = { fontSize: 22, fontWeight: 800, color: PALETTE.deepRed, backgroundColor: PALETTE.paleGold };
  const stamped = stamp === undefined ? null : words(stamp, { ...mark, padding: '6px 14px', marginBottom: 14 });
  return {
    height,
    box: box(
      { height, flexShrink: 0, alignItems: 'flex-start' },
      stamped,
      words(clip(title, 54), { fontSize: 38, fontWeight: 800, color: PALETTE.red, whiteSpace: 'nowrap' }),
      subtitle === undefined ? null : words(clip(subtitle, 76), { ...line, whiteSpace: 'nowrap' }),
    ),
  };
}

function bar({ label, value, share, tone = 'normal' }: BarRow): Part {
  const length = Math.round(TRACK_WIDTH * Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0)));
  const fill = tone === 'weak' ? PALETTE.gold : PALETTE.red;
  const track = {
    width: TRACK_WIDTH,
    height: 26,
    borderRadius: 13,
    backgroundColor: PALETTE.track,
    overflow: 'hidden',
  };
  return {
    height: ROW,
    box: box(
      { flexDirection: 'row', alignItems: 'center', height: ROW, flexShrink: 0 },
      words(label, { width: LABEL_WIDTH, fontSize: 25, lineHeight: 1.2, paddingRight: 16, lineClamp: 2 }),
      box(track, box({ width: length, height: 26, backgroundColor: fill })),
      words(clip(value, 16), {
        width: VALUE_WIDTH,
        marginLeft: 40,
        fontSize: 25,
        fontWeight: 600,
        whiteSpace: 'nowrap',
      }),
    ),
  };
}

function foot({ footer }: BarChart): Part {
  if (footer === undefined) return { height: 0, box: box({ height: 0 }) };
  const text = words(clip(footer, 90), { fontSize: 20, color: PALETTE.soft, whiteSpace: 'nowrap' });
  return { height: 56, box: box({ height: 56, justifyContent: 'flex-end' }, text) };
}

const clip = (text: string, limit: number): string => shorten(drawable(text), limit);
