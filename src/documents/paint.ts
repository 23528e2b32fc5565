/** The pictures that can be asked for, and how a request for one looks between processes. */
import type { BarChart } from './bar-chart.js';
import type { CardResult, HonourCard } from './honour-card.js';

export type PaintRequest =
  | { readonly id: number; readonly kind: 'card'; readonly card: HonourCard }
  | { readonly id: number; readonly kind: 'chart'; readonly chart: BarChart };

export type PaintAnswer =
  | { readonly id: number; readonly ok: true; readonly result: CardResult | Buffer }
  | { readonly id: number; readonly ok: false; readonly message: string };

/** Draws a card of at most 1 MB, here and now. The drawing code is loaded with the first picture: it takes 30 MB. */
export async function renderHonourCard(card: HonourCard): Promise<CardResult> {
  return (await import('./honour-card.js')).renderHonourCard(card);
}

/** Draws a chart of at most 30 rows, here and now. */
export async function barChart(chart: BarChart): Promise<Buffer> {
  return (await import('./bar-chart.js')).barChart(chart);
}
