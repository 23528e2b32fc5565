/** What the screens of the law watch share: their data, pages and lines. */
import { z } from 'zod';
import { raw, t, type Option, type Text } from '../../conversation/index.js';
import { shorten } from '../../kernel/text.js';
import type { Card } from '../model.js';
import type { AwardsReads } from '../store.js';
import type { LawReads } from './store.js';

export type Reads = { readonly awards: AwardsReads; readonly law: LawReads };
export const dataSchema = z.object({
  offset: z.number(),
  number: z.string().optional(),
  ref: z.string().optional(),
  /** Cards found right in this very talk: their rows are written when the turn ends. */
  kept: z.array(z.string()).optional(),
});
export type Data = z.infer<typeof dataSchema>;

/** Cards on one page. */
export const LISTED = 10;
export const LABEL_LIMIT = 60;

/** The options of one page, and the ways to the next and the one before. */
export function paged<T>(
  all: readonly T[],
  offset: number,
  size: number,
  option: (one: T, n: number) => Option,
): Option[] {
  return [
    ...all.slice(offset, offset + size).map(option),
    ...(offset + size < all.length ? [{ value: 'more', label: t('awards.law.button.more') }] : []),
    ...(offset > 0 ? [{ value: 'less', label: t('awards.law.button.less') }] : []),
  ];
}

/** Where a page leads that is not chosen from but turned; null when it was chosen from. */
export function turned(data: Data, value: string, size: number): Data | null {
  if (value === 'more') return { ...data, offset: data.offset + size };
  return value === 'less' ? { ...data, offset: Math.max(0, data.offset - size) } : null;
}

export const fresh = (read: Reads): Promise<void> => read.awards.fresh();

export const numbered = (card: Card, n: number): Text => raw(`${String(n + 1)}. ${card.title}`);
export const cardOption = (card: Card, n: number): Option => ({
  value: `c:${card.id}`,
  label: raw(shorten(`${String(n + 1)} ${card.title}`, LABEL_LIMIT)),
});
