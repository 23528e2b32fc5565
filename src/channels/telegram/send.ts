/** Makes the call of one part, with the second tries that Telegram's answers ask for. */
import type { Opts } from 'telegraf/types';
import type { FileAccess, SendResult } from '../channel.js';
import type { Uploads } from '../uploads.js';
import type { CallOptions, CallOutcome, TelegramClient } from './client.js';
import { escapeHtml, keyboard, type Part } from './encode.js';
import { classify, isBadPhoto, isNotModified, isParseError, isUnknownFile } from './failure.js';

type MediaPart = Extract<Part, { fileId: string }>;
type TextPart = Extract<Part, { kind: 'text' }>;
/** What we read of a message that was sent. */
interface Sent {
  readonly message_id: number;
  readonly photo?: readonly { readonly file_id: string }[];
  readonly document?: { readonly file_id: string };
}
type Outcome = CallOutcome<Sent>;
/** The same call to another chat id or in another form. */
type Call = (chatId: number | string, form: 'html' | 'plain') => Promise<Outcome>;

/** `isPaid`: this message may go above the free 30 a second. */
interface SendOptions extends CallOptions {
  readonly isPaid: boolean;
}

/** Uploads are larger than words and get more time. */
const UPLOAD_TIMEOUT_MS = 60_000;

export interface PartSenderDeps {
  readonly client: TelegramClient;
  readonly files: FileAccess;
  readonly uploads: Uploads;
  /** Who must wait after a 429 for this chat. */
  readonly waitScope: (address: string) => 'account' | 'contact';
}

/** Sends one part to one chat. */
export function createSendPart({ client, files, uploads, waitScope }: PartSenderDeps) {
  /** Pictures that Telegram refused as such; they go as documents. */
  const notPictures = new Set<string>();

  return async (address: string, part: Part, signal: AbortSignal, isPaid = false): Promise<SendResult> => {
    const options: SendOptions = { signal, isPaid };
    const outcome =
      part.kind === 'text' ? await insist(address, sendText(part, options)) : await sendMedia(address, part, options);
    if (outcome.kind === 'ok') return { kind: 'sent', platformMessageId: String(outcome.result.message_id) };
    return classify(outcome, waitScope(address));
  };

  function sendText(part: TextPart, options: SendOptions): Call {
    return async (chatId, form) =>
      await client.call(
        'sendMessage',
        { chat_id: chatId, ...textParams(part.text, form), ...markup(part), ...paid(options) },
        options,
      );
  }

  async function sendMedia(address: string, part: MediaPart, options: SendOptions): Promise<Outcome> {
    const kind = notPictures.has(part.fileId) ? 'document' : part.kind;
    const outcome = await sendFile(address, { ...part, kind }, options);
    if (!isBadPhoto(outcome)) return outcome;
    if (notPictures.size >= 500) notPictures.clear();
    notPictures.add(part.fileId);
    return await sendFile(address, { ...part, kind: 'document' }, options);
  }

  async function sendFile(address: string, part: MediaPart, options: SendOptions): Promise<Outcome> {
    const claim = await uploads.claim(part.fileId, part.kind);
    if (!('id' in claim)) return await upload(address, part, claim.settle, options);
    const outcome = await insist(address, byReference(part, claim.id, options));
    if (!isUnknownFile(outcome)) return outcome;
    await uploads.forget(part.fileId, part.kind, claim.id);
    const again = await uploads.claim(part.fileId, part.kind);
    return 'id' in again
      ? await insist(address, byReference(part, again.id, options))
      : await upload(address, part, again.settle, options);
  }

  async function upload(
    address: string,
    part: MediaPart,
    settle: (id: string | null) => Promise<void>,
    options: SendOptions,
  ): Promise<Outcome> {
    let id: string | null = null;
    try {
      const file = await files.read(part.fileId);
      const media = { source: file.bytes, filename: file.name };
      const outcome = await insist(address, byReference(part, media, { ...options, timeoutMs: UPLOAD_TIMEOUT_MS }));
      if (outcome.kind === 'ok')
        id = (part.kind === 'photo' ? outcome.result.photo?.at(-1)?.file_id : outcome.result.document?.file_id) ?? null;
      return outcome;
    } finally {
      await settle(id);
    }
  }

  function byReference(
    part: MediaPart,
    media: string | { source: Buffer; filename: string },
    options: SendOptions,
  ): Call {
    return async (chatId, form) => {
      const params = { chat_id: chatId, ...captionParams(part.text, form), ...markup(part), ...paid(options) };
      return part.kind === 'photo'
        ? await client.call('sendPhoto', { ...params, photo: media }, options)
        : await client.call('sendDocument', { ...params, document: media }, options);
    };
  }
}

/** Changes the words of a message. An edit may safely be repeated, so silence means "try again". */
export async function editPart(
  client: TelegramClient,
  address: string,
  messageId: string,
  part: Part,
  signal: AbortSignal,
): Promise<SendResult> {
  const at = { chat_id: chatIdOf(address), message_id: Number(messageId) };
  const call: Call = async (_chat, form) => {
    const outcome =
      part.kind === 'text'
        ? await client.call('editMessageText', { ...at, ...textParams(part.text, form), ...markup(part) }, { signal })
        : await client.call(
            'editMessageCaption',
            { ...at, ...captionParams(part.text, form), ...markup(part) },
            { signal },
          );
    return outcome.kind === 'ok' ? { kind: 'ok', result: { message_id: at.message_id } } : outcome;
  };
  const outcome = await insist(address, call);
  if (outcome.kind === 'ok' || isNotModified(outcome)) return { kind: 'sent', platformMessageId: messageId };
  const result = classify(outcome);
  return result.kind === 'uncertain' ? { kind: 'failed', failure: 'retryable', detail: result.detail } : result;
}

/** One further try where the answer itself says how: plain text, or the group's new id. */
async function insist(address: string, call: Call): Promise<Outcome> {
  const chatId = chatIdOf(address);
  const first = await call(chatId, 'html');
  if (isParseError(first)) return proven(await call(chatId, 'plain'));
  if (first.kind === 'refused' && first.migrateTo !== undefined) return proven(await call(first.migrateTo, 'html'));
  return proven(first);
}

/** "ok" without the message that it made is no answer: nothing could be proven or edited by it. */
function proven(outcome: Outcome): Outcome {
  if (outcome.kind !== 'ok') return outcome;
  const made: unknown = outcome.result;
  const isMessage =
    typeof made === 'object' && made !== null && 'message_id' in made && typeof made.message_id === 'number';
  return isMessage ? outcome : { kind: 'unanswered', detail: 'ANSWER_UNKNOWN' };
}

/** Newer than telegraf's types, which let it through. */
const paid = ({ isPaid }: SendOptions): object => (isPaid ? { allow_paid_broadcast: true } : {});

const chatIdOf = (address: string): number | string => (/^-?\d{1,15}$/.test(address) ? Number(address) : address);

// Previews are off: they would fetch signed links on behalf of nobody.
function textParams(
  text: string,
  form: 'html' | 'plain',
): Pick<Opts<'sendMessage'>, 'text' | 'parse_mode' | 'link_preview_options'> {
  const link_preview_options = { is_disabled: true };
  return form === 'html'
    ? { text: escapeHtml(text), parse_mode: 'HTML', link_preview_options }
    : { text, link_preview_options };
}

function captionParams(text: string, form: 'html' | 'plain'): Pick<Opts<'sendPhoto'>, 'caption' | 'parse_mode'> {
  if (text.trim() === '') return {};
  return form === 'html' ? { caption: escapeHtml(text), parse_mode: 'HTML' } : { caption: text };
}

function markup(part: Part): { reply_markup?: NonNullable<ReturnType<typeof keyboard>> } {
  const reply_markup = keyboard(part.buttons);
  return reply_markup === undefined ? {} : { reply_markup };
}
