/** Tells a closing word ("ok em", "vâng ạ", "cảm ơn nhé") from a question. */
import { tokenize } from './vietnamese.js';

const CLOSING =
  /^(?:cam on|thanks?|thank you|thx|tks|ok|oke|okay|okie|okela|da|vang|u|uh|um|uhm|uk|ukm|duoc roi|hieu roi|ro roi|biet roi|the thoi|tot qua|hay qua|tuyet voi)$/;
const LONGEST = 2;
// Said around a closing word and to nobody's question.
const AROUND = new Set(
  'a nhe nha nhi nhieu lam qua rat roi thoi em anh chi ban minh toi chau co thay bac chu ad admin bot tro ly xin so much'.split(
    ' ',
  ),
);

/** True for a text of closing words and what goes around them, and nothing else. */
export function isCourtesy(text: string): boolean {
  const words = tokenize(text).map((token) => token.folded);
  let closed = false;
  for (let at = 0; at < words.length;) {
    const size = closingAt(words, at);
    if (size === 0 && !AROUND.has(words[at] ?? '')) return false;
    closed ||= size > 0;
    at += Math.max(size, 1);
  }
  return closed;
}

/** How many words the closing phrase takes that begins here; 0 for none. */
function closingAt(words: readonly string[], at: number): number {
  for (let size = LONGEST; size > 0; size -= 1)
    if (at + size <= words.length && CLOSING.test(words.slice(at, at + size).join(' '))) return size;
  return 0;
}
