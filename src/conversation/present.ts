/** Turns what a flow says and asks into messages, and remembers the question. */
import { fold } from '../kernel/text.js';
import type { Language } from '../kernel/format.js';
import { goAction, optionAction } from './action.js';
import type { Ask, GoButton, Option, Say } from './flow.js';
import type { Content } from './message.js';
import { renderSay, renderText } from './render.js';
import type { Question } from './session.js';
import type { Texts } from './text.js';

/** Value of an option that leads to another command; never shown, never a flow's own value. */
export const GO_PREFIX = '\u0001';

/** The question of an ask. It keeps the old id while its options stay the same, so that its first buttons still work. */
export function buildQuestion(ask: Ask, language: Language, newId: string, previous: Question | null): Question {
  const toChoice = (option: Option) => ({
    value: option.value,
    words: [...new Set([renderText(option.label, language), ...(option.words ?? [])].map(fold))],
  });
  const own = (ask.options ?? []).map(toChoice);
  const leads = (ask.buttons ?? []).map((button) => ({
    value: GO_PREFIX + goAction(button.command, button.arg),
    words: [fold(renderText(button.label, language))],
  }));
  // Those without a button stand last: the numbers belong to the buttons.
  const options = [...own, ...leads, ...(ask.typed ?? []).map(toChoice)];
  const same = previous !== null && JSON.stringify(previous.options) === JSON.stringify(options);
  return {
    id: same ? previous.id : newId,
    options,
    free: ask.free ?? own.length === 0,
    numbers: ask.numbersAreAnswers !== true,
    files: ask.files ?? false,
  };
}

/** What is said before, then the question with its buttons; plain texts flow together into one message. */
export function present(
  says: readonly Say[],
  ask: Ask | null,
  question: Question | null,
  language: Language,
): Content[] {
  const last: Say[] = ask === null ? [] : [{ ...withoutOptions(ask), buttons: [] }];
  const contents = join([...says, ...last]).flatMap((say) => renderSay(say, language));
  if (ask === null || question === null) return contents;
  const end = contents.at(-1);
  if (!end) return contents;
  const labels = [...(ask.options ?? []).map((o) => o.label), ...(ask.buttons ?? []).map((b: GoButton) => b.label)];
  const buttons = labels.map((label, n) => {
    const value = question.options[n]?.value ?? '';
    const action = value.startsWith(GO_PREFIX) ? value.slice(GO_PREFIX.length) : optionAction(question.id, n);
    return { label: renderText(label, language), action, ...(question.numbers ? {} : { byWords: true as const }) };
  });
  return [...contents.slice(0, -1), { ...end, buttons }];
}

function withoutOptions(ask: Ask): Say {
  return {
    text: ask.text,
    ...(ask.imageId === undefined ? {} : { imageId: ask.imageId }),
    ...(ask.imageAlt === undefined ? {} : { imageAlt: ask.imageAlt }),
    ...(ask.fileId === undefined ? {} : { fileId: ask.fileId }),
  };
}

/** Joins a plain text with what follows it: one message says it all. */
function join(says: readonly Say[]): Say[] {
  const joined: Say[] = [];
  for (const say of says) {
    const before = joined.at(-1);
    if (before && isPlain(before) && say.imageId === undefined && say.fileId === undefined) {
      joined[joined.length - 1] = { ...say, text: [...list(before.text), ...list(say.text)] };
    } else joined.push(say);
  }
  return joined;
}

const isPlain = (say: Say) =>
  say.imageId === undefined && say.fileId === undefined && (say.buttons === undefined || say.buttons.length === 0);
const list = (texts: Texts) =>
  Array.isArray(texts) ? (texts as Extract<Texts, readonly unknown[]>) : [texts as Exclude<Texts, readonly unknown[]>];
