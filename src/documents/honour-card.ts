/** The picture that presents a person or a unit whose example is held up. */
import type { FileProblem } from '../conversation/message.js';
import { emblem, framed, star } from './card-figures.js';
import { CARD, cardTree, PHOTO, type CardWords } from './card-layout.js';
import { preparePhoto } from './photo.js';
import { toPng, toSvg } from './render.js';

export interface HonourCard extends CardWords {
  /** JPEG or PNG. */
  readonly photo?: Buffer;
}

export type CardResult =
  { readonly ok: true; readonly png: Buffer } | { readonly ok: false; readonly problem: FileProblem };

/** What Zalo takes for a picture. */
const MAX_BYTES = 1_000_000;
/** A restless photo packs badly; then the whole card is made smaller. */
const WIDTHS = [CARD.width, 900, 720, 540];

/**
 * Draws a card of at most 1 MB. A photo that cannot be read is refused, an absent one is replaced by an emblem.
 * Takes some 100 ms of CPU and much memory: the server draws through a painter.
 */
export async function renderHonourCard(card: HonourCard): Promise<CardResult> {
  const photo = card.photo && (await preparePhoto(card.photo, PHOTO.width, PHOTO.height));
  if (photo && !photo.ok) return photo;
  const svg = await toSvg(cardTree(card), CARD.width, CARD.height);
  const figures = star(CARD.width / 2, 84, 32) + (photo ? framed(photo.href, PHOTO) : emblem(PHOTO));
  const drawn = svg.replace(/<\/svg>\s*$/, `${figures}</svg>`);
  for (const width of WIDTHS) {
    const png = toPng(drawn, width);
    if (png.length <= MAX_BYTES) return { ok: true, png };
  }
  return { ok: false, problem: 'too_large' };
}
