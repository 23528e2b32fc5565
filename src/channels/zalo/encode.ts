/** Turns a message into bodies for Zalo's consultation messages. */
import { translate } from '../../i18n/index.js';
import { shorten, splitText } from '../../kernel/text.js';
import type { Button, Content } from '../../conversation/message.js';

/** How buttons are drawn. Only the numbered menu (`none`) is sure to work on every account; see docs/go-live.md. */
export type ZaloButtons = 'none' | 'text_buttons' | 'list' | 'button';

/** How a file of ours travels: uploaded, or as a link. */
export type Carried =
  { readonly by: 'id'; readonly fileId: string; readonly id: string } | { readonly by: 'link'; readonly url: string };

/** One call that carries a message or a piece of it. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  /** Drawn buttons, and the same message with a numbered menu for where they are refused. */
  | { readonly kind: 'rich'; readonly message: object; readonly plain: string }
  | { readonly kind: 'image'; readonly fileId: string; readonly id: string; readonly text: string }
  | { readonly kind: 'file'; readonly fileId: string; readonly id: string };

export interface Carriage {
  readonly image?: Carried;
  readonly file?: Carried;
}

const TEXT_LIMIT = 2_000;
const BUTTONS_LIMIT = 5;
const TITLE_LIMIT = 100;
const SUBTITLE_LIMIT = 500;

/** The calls of a message, in order; the words and the menu come last. An empty message has none. */
export function encode(content: Content, carriage: Carriage, renderer: ZaloButtons): Part[] {
  const { image, file } = carriage;
  const buttons = (content.buttons ?? [])
    .map(({ label, action }) => ({ label: label.normalize('NFC').trim(), action }))
    .filter(({ label }) => label !== '');
  const text = wordsOf(content, carriage);
  const files: Part[] = file?.by === 'id' ? [{ kind: 'file', fileId: file.fileId, id: file.id }] : [];
  const whole = withMenu(text, buttons);
  const fitsOne = whole.length <= TEXT_LIMIT;
  if (image?.by === 'id') {
    const picture: Part = { kind: 'image', fileId: image.fileId, id: image.id, text: fitsOne ? whole : '' };
    return [...files, picture, ...(fitsOne ? [] : plainParts(text, buttons))];
  }
  const rich = fitsOne ? draw(text, buttons, renderer) : null;
  return [...files, ...(rich ? [{ kind: 'rich', message: rich, plain: whole } as const] : plainParts(text, buttons))];
}

/** The words, then the links of what cannot be attached. The alternative text speaks where nothing else does. */
function wordsOf(content: Content, { image, file }: Carriage): string {
  const said = content.text.trim() === '' ? (content.imageAlt ?? '') : content.text;
  const links = [image, file].flatMap((carried) =>
    carried?.by === 'link' ? [translate('vi', 'zalo.link', { url: carried.url })] : [],
  );
  return [said, ...links]
    .filter((line) => line.trim() !== '')
    .join('\n\n')
    .normalize('NFC')
    .trim();
}

/** Numbers that can be typed: the twin of every button. */
function menuOf(buttons: readonly Button[]): string {
  return buttons
    .map(({ label, byWords }, n) =>
      byWords === true ? translate('vi', 'zalo.typeWords', { label }) : `${String(n + 1)}. ${label}`,
    )
    .join('\n');
}

const withMenu = (text: string, buttons: readonly Button[]) =>
  [text, menuOf(buttons)].filter((piece) => piece !== '').join('\n\n');

function plainParts(text: string, buttons: readonly Button[]): Part[] {
  const whole = withMenu(text, buttons);
  if (whole === '') return [];
  const pieces = splitText(text, TEXT_LIMIT);
  const last = withMenu(pieces.at(-1) ?? '', buttons);
  const texts =
    last.length <= TEXT_LIMIT ? [...pieces.slice(0, -1), last] : [...pieces, ...splitText(menuOf(buttons), TEXT_LIMIT)];
  return texts.filter((piece) => piece !== '').map((piece) => ({ kind: 'text', text: piece }));
}

/** The three shapes seen in use elsewhere; which one Zalo takes has to be tried on a real account. */
function draw(text: string, buttons: readonly Button[], renderer: ZaloButtons): object | null {
  if (renderer === 'none' || text === '' || buttons.length === 0 || buttons.length > BUTTONS_LIMIT) return null;
  const drawn = buttons.map(({ label, action }) => ({
    title: shorten(label, TITLE_LIMIT),
    type: 'oa.query.hide',
    payload: action,
  }));
  if (renderer === 'text_buttons') return { text, attachment: template({ buttons: drawn }) };
  if (renderer === 'button') return { attachment: template({ template_type: 'button', text, buttons: drawn }) };
  const [title = '', ...rest] = text.split('\n');
  const subtitle = rest.join('\n').trim() || translate('vi', 'zalo.choose');
  if (title.length > TITLE_LIMIT || subtitle.length > SUBTITLE_LIMIT) return null;
  return { attachment: template({ template_type: 'list', elements: [{ title, subtitle, buttons: drawn }] }) };
}

const template = (payload: object) => ({ type: 'template', payload });

/** The `message` of a part, as `/message/cs` takes it. */
export function messageOf(part: Part): object {
  switch (part.kind) {
    case 'text':
      return { text: part.text };
    case 'rich':
      return part.message;
    case 'file':
      return { attachment: { type: 'file', payload: { token: part.id } } };
    case 'image': {
      const attachment = template({
        template_type: 'media',
        elements: [{ media_type: 'image', attachment_id: part.id }],
      });
      return part.text === '' ? { attachment } : { text: part.text, attachment };
    }
  }
}
