/** A person's photo made ready for a card: upright, cut to the frame, proved to be readable. */
import { Resvg } from '@resvg/resvg-js';
import type { FileProblem } from '../conversation/message.js';
import { sourceOf } from './file-source.js';
import { readJpeg, readPng, type ImageFacts } from './image-structure.js';

/** More would cost hundreds of megabytes to unpack, whatever the size of the file. */
const MAX_PIXELS = 40_000_000;

export type Photo =
  { readonly ok: true; readonly href: string } | { readonly ok: false; readonly problem: FileProblem };

/** Cuts a JPEG or PNG to a frame; portraits keep their upper part, where the face is. */
export async function preparePhoto(bytes: Buffer, width: number, height: number): Promise<Photo> {
  if (bytes.length === 0) return { ok: false, problem: 'empty' };
  const kind = bytes[0] === 0xff ? 'jpeg' : bytes[0] === 0x89 ? 'png' : null;
  if (kind === null) return { ok: false, problem: 'wrong_type' };
  const facts = await (kind === 'jpeg' ? readJpeg : readPng)(sourceOf(bytes));
  if (facts === null || facts.width === 0 || facts.height === 0) return { ok: false, problem: 'broken' };
  if (facts.width * facts.height > MAX_PIXELS) return { ok: false, problem: 'too_large' };

  const picture = paint(`data:image/${kind};base64,${bytes.toString('base64')}`, facts, width, height);
  if (picture === null) return { ok: false, problem: 'broken' };
  return { ok: true, href: `data:image/png;base64,${picture.toString('base64')}` };
}

/** The painted frame, or null when the renderer could not read the picture and left the frame empty. */
function paint(href: string, facts: ImageFacts, width: number, height: number): Buffer | null {
  const { width: w, height: h, orientation } = facts;
  const isTurned = orientation >= 5;
  const view = `0 0 ${isTurned ? h : w} ${isTurned ? w : h}`;
  const image = `<image width="${w}" height="${h}" transform="${upright(orientation, w, h)}" href="${href}"/>`;
  const inner = `<svg width="${width}" height="${height}" viewBox="${view}" preserveAspectRatio="xMidYMin slice">${image}</svg>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${inner}</svg>`;
  const rendered = new Resvg(svg, { font: { loadSystemFonts: false } }).render();
  return rendered.pixels.some((value) => value !== 0) ? rendered.asPng() : null;
}

/** The turn that makes a picture upright, for each of the eight ways in which EXIF may say it lies. */
function upright(orientation: number, w: number, h: number): string {
  const turns: Readonly<Record<number, string>> = {
    2: `matrix(-1 0 0 1 ${w} 0)`,
    3: `matrix(-1 0 0 -1 ${w} ${h})`,
    4: `matrix(1 0 0 -1 0 ${h})`,
    5: 'matrix(0 1 1 0 0 0)',
    6: `matrix(0 1 -1 0 ${h} 0)`,
    7: `matrix(0 -1 -1 0 ${h} ${w})`,
    8: `matrix(0 -1 1 0 0 ${w})`,
  };
  return turns[orientation] ?? 'matrix(1 0 0 1 0 0)';
}
