/** Vietnamese text: folding for comparison, safe cutting, clean input. */

// Zero-width characters, bidirectional controls and byte-order marks: invisible, so they must not change a meaning.
const INVISIBLE = /[\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g;
// eslint-disable-next-line no-control-regex -- control characters are exactly what is removed here
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g;

/** What a person typed, in NFC, without invisible and control characters, trimmed. Line breaks stay. */
export function cleanInput(text: string): string {
  return (
    text
      .normalize('NFC')
      // Half a character cannot be stored.
      .replace(/\p{Surrogate}/gu, '\uFFFD')
      .replace(/\r\n?/g, '\n')
      .replace(INVISIBLE, '')
      .replace(CONTROL, '')
      .trim()
  );
}

/** Lower case without tones and diacritics, đ as d, one space between words, no punctuation at the ends. */
export function fold(text: string): string {
  return cleanInput(text)
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/đ/g, 'd')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.,;:!?…"'“”‘’()[\]]+|[\s.,;:!?…"'“”‘’()[\]]+$/g, '');
}

/**
 * Cuts a text into pieces of at most `limit` UTF-16 units, at a line end or a space where there is one,
 * never inside a surrogate pair.
 */
export function splitText(text: string, limit: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const at = cutPoint(rest, limit);
    pieces.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  if (rest !== '' || pieces.length === 0) pieces.push(rest);
  return pieces;
}

function cutPoint(text: string, limit: number): number {
  for (const mark of ['\n', ' ']) {
    const at = text.lastIndexOf(mark, limit);
    if (at > limit / 2) return at;
  }
  const code = text.charCodeAt(limit - 1);
  return code >= 0xd800 && code <= 0xdbff ? limit - 1 : limit;
}

/** At most `limit` UTF-16 units, ending in "…" when something was cut. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const code = text.charCodeAt(limit - 2);
  return `${text.slice(0, code >= 0xd800 && code <= 0xdbff ? limit - 2 : limit - 1).trimEnd()}…`;
}
