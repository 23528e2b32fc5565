/** Turns what rooms say into messages of one language, small enough for every channel. */
import type { Language } from '../kernel/format.js';
import { splitText } from '../kernel/text.js';
import { translate } from '../i18n/index.js';
import { goAction } from './action.js';
import type { GoButton, Say } from './flow.js';
import type { Button, Content } from './message.js';
import type { Text, Texts } from './text.js';

/** Zalo takes 2,000 units; what is left over is for "nhắc lại" and the numbered menu of buttons. */
export const TEXT_LIMIT = 1_800;
/** Telegram's captions end at 1,024; longer words go as a message of their own. */
export const CAPTION_LIMIT = 900;

/** The words of a text in a language; several stand one below the other, empty ones leave no gap. */
export function renderText(texts: Texts, language: Language): string {
  return (isList(texts) ? texts : [texts])
    .map((text) => renderOne(text, language))
    .filter((words) => words.trim() !== '')
    .join('\n');
}

/**
 * The messages that say this, in order: usually one, more when the words are too many for one message or for a
 * caption. The buttons stand under the last. Nothing to say makes no message.
 */
export function renderSay(say: Say, language: Language): Content[] {
  const words = renderText(say.text, language);
  const pieces = words.trim() === '' ? [] : splitText(words, TEXT_LIMIT);
  const attached = attachments(say);
  const isCaption = attached.length > 0 && pieces.length === 1 && words.length <= CAPTION_LIMIT;
  const contents: Content[] = isCaption
    ? attached.map((attachment, n) => ({ text: n === 0 ? words : '', ...attachment }))
    : [...attached.map((attachment) => ({ text: '', ...attachment })), ...pieces.map((text) => ({ text }))];
  return withButtons(contents, renderButtons(say.buttons ?? [], language));
}

/** The buttons of a say: each starts a command. */
export function renderButtons(buttons: readonly GoButton[], language: Language): Button[] {
  return buttons.map(({ label, command, arg }) => ({
    label: renderText(label, language),
    action: goAction(command, arg),
  }));
}

function renderOne(text: Text, language: Language): string {
  if ('raw' in text) return text.raw;
  const params = Object.entries(text.params ?? {}).map(([name, value]) => [
    name,
    typeof value === 'object' ? renderOne(value, language) : value,
  ]);
  return translate(language, text.key, Object.fromEntries(params) as Record<string, string | number>);
}

/** A picture and a file travel apart: no platform takes both in one message. */
function attachments(say: Say): Pick<Content, 'imageId' | 'imageAlt' | 'fileId'>[] {
  const image =
    say.imageId === undefined
      ? []
      : [{ imageId: say.imageId, ...(say.imageAlt === undefined ? {} : { imageAlt: say.imageAlt }) }];
  return say.fileId === undefined ? image : [...image, { fileId: say.fileId }];
}

function withButtons(contents: Content[], buttons: readonly Button[]): Content[] {
  const last = contents.at(-1);
  if (!last || buttons.length === 0) return contents;
  return [...contents.slice(0, -1), { ...last, buttons }];
}

const isList = (texts: Texts): texts is readonly Text[] => Array.isArray(texts);
