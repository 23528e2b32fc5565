/** The card that a screen works on: as the officers left it, else as its file has it. */
import type { Answerer } from '../answerer.js';
import type { Card } from '../model.js';
import type { AwardsReads } from '../store.js';
import type { CardReads } from './store.js';

export type Reads = { readonly awards: AwardsReads; readonly cards: CardReads };

/** A card and the number of its newest version; 0 where nobody has changed it. */
export interface Current {
  readonly card: Card | null;
  readonly version: number;
}

export async function loadCurrent(read: Reads, answerer: Answerer, id: string): Promise<Current> {
  await read.awards.fresh();
  const newest = await read.cards.newest(id);
  const known = answerer.knowledge.cards.find((one) => one.id === id);
  return { card: newest?.card ?? shippedCard(answerer, id) ?? known ?? null, version: newest?.version ?? 0 };
}

/** The card of the files, without what officers made of it. */
export const shippedCard = (answerer: Answerer, id: string): Card | undefined =>
  answerer.shipped ? answerer.shipped(id) : answerer.knowledge.cards.find((one) => one.id === id);
