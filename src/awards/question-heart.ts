/** The question itself, at the end of a long story. */
import { fold } from '../kernel/text.js';

const ASKING = new Set(['xin', 'muon', 'cho', 'duoc', 'nho', 'can', 'em', 'toi', 'minh', 'chau', 'chung', 'con']);
const SHORTEST = 4;
const STORY = 6;

/** What follows the last "xin hỏi", "cho em hỏi", "em muốn hỏi"; null where no story stands before it. */
export function heartOf(question: string): string | null {
  const words = question.split(/\s+/);
  const plain = words.map((word) => fold(word).replace(/[^a-z]/g, ''));
  const at = plain.findLastIndex((word, n) => word === 'hoi' && n > 0 && ASKING.has(plain[n - 1] ?? ''));
  if (at < STORY || words.length - at - 1 < SHORTEST) return null;
  return words.slice(at + 1).join(' ');
}
