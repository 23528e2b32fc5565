/** What a correction or a recall says, slot by slot, and what is told where nothing can be changed. */
import { CAPTION_LIMIT, TEXT_LIMIT } from '../../conversation/render.js';
import { raw, t, type Text } from '../../conversation/text.js';
import type { Say } from '../../conversation/flow.js';
import type { Button } from '../../conversation/message.js';
import { formatDate, type Language } from '../../kernel/format.js';
import { localDate, localTime } from '../../kernel/local-date.js';
import { splitText } from '../../kernel/text.js';
import { translate } from '../../i18n/index.js';

/** What a slot of a broadcast says in one language. */
export interface SlotContent {
  readonly id: string;
  readonly text: string;
  readonly buttons: readonly Button[];
  readonly imageId: string | null;
  readonly imageAlt: string | null;
  readonly fileId: string | null;
}

/** What a slot is to say; an id means that it stays as it is. */
export type NewSlot = { readonly keep: string } | Omit<SlotContent, 'id'>;

/** What was ordered, as the texts need it. */
export interface CorrectionWords {
  readonly kind: 'correction' | 'recall';
  readonly title: string;
  /** The new words of a correction. */
  readonly words: string;
  readonly reason: string;
  readonly at: Date;
  /** The text carries the mark of sample data. */
  readonly isSample: boolean;
  /** Nobody has got it yet: nothing is said about a change. */
  readonly isUnseen: boolean;
}

/** Longest text in one message where words are changed in place; a part of Telegram's 4,096 is left for the lines around them. */
const EDIT_LIMIT = 3_800;
/** Longest new words, the lines around them included. */
const LINES_RESERVE = 120;

/** How long the new words of a broadcast may be: a caption is shorter. */
export function wordsLimit(slots: readonly SlotContent[]): number {
  return (wordSlots(slots).some(hasMedia) ? CAPTION_LIMIT : EDIT_LIMIT) - LINES_RESERVE;
}

/** The slots of one language as they are to be: one entry for each, in order. */
export function newSlots(slots: readonly SlotContent[], said: CorrectionWords, language: Language): NewSlot[] {
  return said.kind === 'recall' ? slots.map(() => recalled(said, language)) : corrected(slots, said, language);
}

function recalled(said: CorrectionWords, language: Language): NewSlot {
  const words = translate(language, 'delivery.recall.text', { ...moment(said.at), reason: said.reason });
  const text = said.isSample ? `${translate(language, 'delivery.demoMark')}\n${words}` : words;
  return { text, buttons: [], imageId: null, imageAlt: null, fileId: null };
}

function corrected(slots: readonly SlotContent[], said: CorrectionWords, language: Language): NewSlot[] {
  const spoken = wordSlots(slots);
  const mark = translate(language, 'delivery.demoMark');
  const stamp = said.isUnseen ? '' : translate(language, 'delivery.correction.stamp', moment(said.at));
  const whole = [said.isSample ? mark : '', said.words, stamp].filter((line) => line !== '').join('\n');
  const pieces = share(whole, spoken.length);
  const above = translate(language, 'delivery.correction.above', moment(said.at));
  return slots.map((slot) => {
    const at = spoken.indexOf(slot);
    const { id, ...rest } = slot;
    return at < 0 ? { keep: id } : { ...rest, text: pieces[at] ?? above };
  });
}

/** The words in at most `count` pieces; the last one takes what is left over. */
function share(words: string, count: number): string[] {
  const pieces = splitText(words, TEXT_LIMIT);
  if (pieces.length <= count) return pieces;
  const first = pieces.slice(0, count - 1);
  const used = first.reduce((sum, piece) => words.indexOf(piece, sum) + piece.length, 0);
  return [...first, words.slice(used).trimStart()];
}

/** The slots that carry words; a broadcast of pictures alone gets its words under the last one. */
function wordSlots(slots: readonly SlotContent[]): SlotContent[] {
  const spoken = slots.filter(({ text }) => text.trim() !== '');
  return spoken.length > 0 ? spoken : slots.slice(-1);
}

const hasMedia = (slot: SlotContent): boolean => slot.imageId !== null || slot.fileId !== null;

/** What people are told whose copy cannot be changed. */
export function toldInstead(said: CorrectionWords): Say {
  const { title, words, reason } = said;
  const mark: Text[] = said.isSample ? [t('delivery.demoMark')] : [];
  if (said.kind === 'recall')
    return { text: [t('delivery.recall.tell', { title, reason, ...moment(said.at) }), ...mark] };
  const lines: Text[] = [t('delivery.correction.tell', { title }), raw(words), ...mark];
  return { text: [...lines, t('delivery.correction.stamp', moment(said.at))] };
}

/** What the slots say, as an officer reads it: without the mark of sample data. */
export function readableText(slots: readonly SlotContent[]): string {
  const text = slots
    .map((slot) => slot.text)
    .filter((piece) => piece.trim() !== '')
    .join('\n');
  return isMarked(slots) ? text.slice(sampleMark().length).trimStart() : text;
}

const sampleMark = () => translate('vi', 'delivery.demoMark');

/** Whether Vietnamese slots carry the mark of sample data. */
export const isMarked = (slots: readonly SlotContent[]): boolean =>
  slots.find(({ text }) => text.trim() !== '')?.text.startsWith(sampleMark()) === true;

const moment = (at: Date) => ({ time: localTime(at), date: formatDate(localDate(at)) });
