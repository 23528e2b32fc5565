/** Text that our letters can draw. */

/** One line without emoji, controls and whatever else the font has no shape for. */
export function drawable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\p{Extended_Pictographic}\p{Cc}\p{Cf}\p{Co}\uFE0F]/gu, (sign) => (/\s/.test(sign) ? ' ' : ''))
    .replace(/\s+/g, ' ')
    .trim();
}
