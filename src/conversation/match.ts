/** Finds what a typed text means: an option of the question asked, or a command. */
import { fold } from '../kernel/text.js';
import type { Command } from './flow.js';
import type { Button } from './message.js';
import type { Question } from './session.js';

export type AnyCommand = Command<unknown, unknown, never>;

/** The option that a text chooses: its label, one of its words, or its number. Null when it chooses none. */
export function matchOption(question: Question, text: string): string | null {
  const folded = fold(text);
  const exact = question.options.find((option) => option.words.includes(folded));
  if (exact) return exact.value;
  if (!question.numbers) return null;
  const numbered = /^(?:so |chon |muc )?(\d{1,3})$/.exec(folded);
  return numbered ? (question.options[Number(numbered[1]) - 1]?.value ?? null) : null;
}

/** True when the text is one of these words and nothing else. */
export const matchWord = (text: string, words: readonly string[]): boolean =>
  words.some((word) => fold(word) === fold(text));

export const CANCEL_WORDS: readonly string[] = ['huy', 'huy bo', 'thoat', '/huy', '/cancel', 'cancel'];
export const BACK_WORDS: readonly string[] = ['lui', 'lui lai', 'quay lai', '/lui', '/back', 'back'];

/** True for a text that reads like a question, so that it may be answered in the middle of a form with choices. */
export function isQuestionLike(text: string): boolean {
  const folded = fold(text);
  return (
    text.trim().endsWith('?') ||
    /^(hoi|cho hoi|xin hoi)\b/.test(folded) ||
    /\b(bao nhieu|the nao|la gi|khi nao|o dau|duoc khong|ko|khong)$/.test(folded)
  );
}

/** An option list out of buttons that were shown, so that their labels and numbers can be typed. */
export function questionOfButtons(buttons: readonly Button[], numbers: boolean): Question {
  return {
    id: '',
    free: false,
    files: false,
    numbers,
    options: buttons.map((button) => ({ value: button.action, words: [fold(button.label)] })),
  };
}

export interface CommandMatch {
  readonly command: AnyCommand;
  readonly arg: string;
}

/**
 * The command that a text names. With `exactOnly` a text is a command only when it is nothing but the command's
 * words: inside a form, "hỏi thăm gia đình chính sách" is an answer, not the question command.
 */
export function matchCommand(commands: readonly AnyCommand[], text: string, exactOnly: boolean): CommandMatch | null {
  for (const command of commands) {
    const arg = command.match?.(text, exactOnly) ?? null;
    if (arg !== null) return { command, arg };
  }
  const folded = fold(text);
  let best: (CommandMatch & { length: number }) | null = null;
  for (const command of commands) {
    for (const word of command.words) {
      const wanted = fold(word);
      if (folded === wanted) return { command, arg: '' };
      const follows =
        command.takesText === true && !exactOnly && folded.startsWith(`${wanted} `) && isTypedAs(text, word);
      if (follows && (best === null || wanted.length > best.length)) {
        best = { command, arg: restAfter(text, wanted), length: wanted.length };
      }
    }
  }
  return best;
}

/** "Hội đồng …" is no "hỏi": a word that was typed with marks must have those of the command. */
function isTypedAs(text: string, word: string): boolean {
  const plain = (one: string) => one.normalize('NFC').toLowerCase();
  const typed = text.trim().split(/\s+/);
  return word.split(' ').every((wanted, n) => {
    const one = plain(typed[n] ?? '');
    return one === plain(wanted) || !/\p{M}|đ/u.test(one.normalize('NFD'));
  });
}

/** What follows the command words, as the person typed it. Works on folded lengths because folding may drop letters' marks. */
function restAfter(text: string, wanted: string): string {
  const words = wanted.split(' ').length;
  return text.trim().split(/\s+/).slice(words).join(' ');
}
