/** The shapes of a card that are no boxes: stars, the emblem, the framed photo. */
import { PALETTE } from './palette.js';

export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const ROUND = 18;

/** A photo with round corners in a white and golden frame. */
export function framed(href: string, { x, y, width, height }: Frame): string {
  const at = (grow: number): string =>
    `x="${x - grow}" y="${y - grow}" width="${width + 2 * grow}" height="${height + 2 * grow}" rx="${ROUND + grow}"`;
  const clip = `<clipPath id="photo"><rect ${at(0)}/></clipPath>`;
  const image = `<image ${at(0)} href="${href}" clip-path="url(#photo)"/>`;
  return `${clip}<rect ${at(14)} fill="${PALETTE.gold}"/><rect ${at(10)} fill="${PALETTE.white}"/>${image}`;
}

/** A star in a ring, where there is no photo. */
export function emblem({ x, y, width, height }: Frame): string {
  const [cx, cy] = [x + width / 2, y + height / 2];
  const ring = (radius: number, fill: string): string => `<circle cx="${cx}" cy="${cy}" r="${radius}" fill="${fill}"/>`;
  return `${ring(194, PALETTE.gold)}${ring(188, PALETTE.white)}${ring(178, PALETTE.red)}${star(cx, cy + 8, 112)}`;
}

/** A golden star with five points. */
export function star(x: number, y: number, radius: number): string {
  const points = Array.from({ length: 10 }, (_, i) => {
    const reach = i % 2 === 0 ? radius : radius * 0.382;
    const angle = (Math.PI / 5) * i - Math.PI / 2;
    return `${(x + reach * Math.cos(angle)).toFixed(1)},${(y + reach * Math.sin(angle)).toFixed(1)}`;
  });
  return `<polygon points="${points.join(' ')}" fill="${PALETTE.gold}"/>`;
}
