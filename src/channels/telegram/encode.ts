/** Turns a message into Bot API calls. */
import { shorten, splitText } from '../../kernel/text.js';
import type { Button, Content } from '../../conversation/message.js';

/** One call that carries a message or a piece of it. */
export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly buttons: readonly Button[] }
  | {
      readonly kind: 'photo' | 'document';
      readonly fileId: string;
      readonly text: string;
      readonly buttons: readonly Button[];
    };

/** Below the platform's 4096 and 1024, which are counted in a way that its papers leave open. */
const TEXT_LIMIT = 4_000;
const CAPTION_LIMIT = 1_000;
const CALLBACK_LIMIT_BYTES = 64;
/** Longest label where so many buttons stand in one row; longer ones would be cut on a phone. */
const ROW_LABELS: readonly { readonly size: number; readonly longest: number }[] = [
  { size: 3, longest: 9 },
  { size: 2, longest: 18 },
];

/** The calls of a message, in order; buttons stand under the last one. An empty message has none. */
export function encode(content: Content): Part[] {
  const file = fileOf(content);
  const text = content.text.trim() === '' && file ? (content.imageAlt ?? '') : content.text;
  const whole = file !== null && text.length <= CAPTION_LIMIT;
  const media: Part[] = file ? [{ ...file, text: whole ? text : '', buttons: [] }] : [];
  if (content.imageId !== undefined && content.fileId !== undefined)
    media.push({ kind: 'document', fileId: content.fileId, text: '', buttons: [] });
  const texts: Part[] =
    whole || text.trim() === ''
      ? []
      : splitText(text, TEXT_LIMIT).map((piece) => ({ kind: 'text', text: piece, buttons: [] }));
  const parts = [...media, ...texts];
  const last = parts.at(-1);
  return last ? [...parts.slice(0, -1), { ...last, buttons: content.buttons ?? [] }] : [];
}

/**
 * The part whose id stands for a message, as it is to be now. A picture keeps its place even where the new content has
 * none: Telegram changes words into words and captions into captions.
 */
export function changedPart(content: Content, hasMedia: boolean | undefined): Part | undefined {
  if (hasMedia !== true) return encode(content).at(-1);
  return { kind: 'photo', fileId: '', text: shorten(content.text, CAPTION_LIMIT), buttons: content.buttons ?? [] };
}

function fileOf(content: Content): { kind: 'photo' | 'document'; fileId: string } | null {
  if (content.imageId !== undefined) return { kind: 'photo', fileId: content.imageId };
  return content.fileId === undefined ? null : { kind: 'document', fileId: content.fileId };
}

/** Everything that HTML mode would read as markup, as plain signs. */
export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

interface InlineButton {
  readonly text: string;
  readonly callback_data: string;
}

/**
 * The keyboard of a message; undefined without buttons. A button whose action is over the platform's limit is left out:
 * its label can still be typed, and the message must not be lost for it.
 */
export function keyboard(buttons: readonly Button[]): { inline_keyboard: InlineButton[][] } | undefined {
  const fitting = buttons.filter(({ label, action }) => label.trim() !== '' && fits(action));
  if (fitting.length === 0) return undefined;
  const rows: InlineButton[][] = [];
  for (const { label, action } of fitting) {
    const button = { text: label, callback_data: action };
    const row = rows.at(-1);
    if (row && takes(row, button)) row.push(button);
    else rows.push([button]);
  }
  return { inline_keyboard: rows };
}

const fits = (action: string) => action !== '' && Buffer.byteLength(action, 'utf8') <= CALLBACK_LIMIT_BYTES;

function takes(row: readonly InlineButton[], next: InlineButton): boolean {
  const together = [...row, next];
  return ROW_LABELS.some(
    ({ size, longest }) => together.length <= size && together.every(({ text }) => text.length <= longest),
  );
}
