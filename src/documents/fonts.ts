/** The letters of all pictures: Be Vietnam Pro, as TTF because the renderer reads no web fonts. */
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
  const { resolve } = createRequire(import.meta.url);
  loaded = CUTS.map(([weight, file]) => ({
    name: FONT_FAMILY,
    weight,
    style: 'normal',
    data: readFileSync(resolve(`@expo-google-fonts/be-vietnam-pro/${file}`)),
  }));
  return loaded;
}
