/** The letters of all pictures and papers: Be Vietnam Pro, as TTF because neither renderer reads web fonts. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Font, FontWeight } from 'satori';

export const FONT_FAMILY = 'Be Vietnam Pro';

const CUTS: readonly (readonly [FontWeight, string])[] = [
  [400, '400Regular/BeVietnamPro_400Regular.ttf'],
  [600, '600SemiBold/BeVietnamPro_600SemiBold.ttf'],
  [800, '800ExtraBold/BeVietnamPro_800ExtraBold.ttf'],
];

let loaded: Font[] | null = null;

/** Reads the fonts on first use. Always the same array: the renderer keeps what it has parsed by that. */
export function loadFonts(): Font[] {
  if (loaded !== null) return loaded;
  loaded = CUTS.map(([weight, file]) => ({
    name: FONT_FAMILY,
    weight,
    style: 'normal',
    data: readFileSync(locate(file)),
  }));
  return loaded;
}

/** Where the file of one weight is. */
export const fontFile = (weight: 400 | 600): string => locate(CUTS.find(([cut]) => cut === weight)?.[1] ?? '');

const locate = (file: string): string =>
  createRequire(import.meta.url).resolve(`@expo-google-fonts/be-vietnam-pro/${file}`);
