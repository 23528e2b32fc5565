/** Reads one update of the Bot API. Unknown kinds, groups and service messages decode to nothing. */
import { z } from 'zod';
import { cleanInput, shorten } from '../../kernel/text.js';
import type { InboundBody, InboundEvent, RemoteFile, Sender } from '../../conversation/message.js';

const person = z.object({
  id: z.number().int(),
  is_bot: z.boolean().optional(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
});
const chat = z.object({ id: z.number().int(), type: z.string() });
const upload = z.object({
  file_id: z.string(),
  file_unique_id: z.string().optional(),
  file_name: z.string().optional(),
  file_size: z.number().optional(),
});
const photo = z.object({
  file_id: z.string(),
  file_unique_id: z.string().optional(),
  file_size: z.number().optional(),
  width: z.number().optional(),
});

const message = z.looseObject({
  from: person.optional(),
  chat,
  text: z.string().optional(),
  caption: z.string().optional(),
  document: upload.optional(),
  photo: z.array(photo).optional(),
});
type Message = z.infer<typeof message>;

const callbackQuery = z.object({
  id: z.string(),
  from: person,
  message: z.object({ chat }).optional(),
  data: z.string().optional(),
});

const chatMember = z.object({ chat, from: person, new_chat_member: z.object({ status: z.string() }) });

/** What every update has; a body without it is none. */
export const envelope = z.looseObject({ update_id: z.number().int().nonnegative() });
type Update = z.infer<typeof envelope>;

/** Kinds of content that no flow can read. A shared contact is among them: its phone number is not ours to keep. */
const UNREADABLE = [
  'sticker',
  'voice',
  'audio',
  'video',
  'video_note',
  'animation',
  'location',
  'venue',
  'contact',
  'poll',
  'dice',
  'story',
  'game',
] as const;

const NAME_LIMIT = 100;

/** The events of whatever a poll brought; none for what is no update. */
export function decodeUpdate(raw: unknown): InboundEvent[] {
  const update = envelope.safeParse(raw);
  return update.success ? decode(update.data) : [];
}

/** The events of one update. */
export function decode(update: Update): InboundEvent[] {
  const externalId = String(update.update_id);
  const asMessage = message.safeParse(update['message']);
  if (asMessage.success) return decodeMessage(externalId, asMessage.data);
  const asCallback = callbackQuery.safeParse(update['callback_query']);
  if (asCallback.success) return decodeCallback(externalId, asCallback.data);
  const asMember = chatMember.safeParse(update['my_chat_member']);
  if (asMember.success) return decodeMember(asMember.data);
  return [];
}

function decodeMessage(externalId: string, got: Message): InboundEvent[] {
  if (got.chat.type !== 'private' || !got.from || got.from.is_bot === true) return [];
  const body = bodyOf(got);
  return body === null ? [] : [{ type: 'message', externalId, from: senderOf(got.from), body }];
}

function bodyOf(got: Message): InboundBody | null {
  // A GIF also has `document`, so what cannot be read is asked for first.
  const unreadable = UNREADABLE.find((kind) => got[kind] !== undefined);
  if (unreadable !== undefined) return { kind: 'unsupported', what: unreadable };
  const remote = remoteOf(got);
  if (remote) return { kind: 'file', caption: got.caption ?? '', remote };
  return got.text === undefined ? null : textBody(got.text);
}

/** `/start` with its deep link's payload, or a text as it was typed. */
function textBody(text: string): InboundBody {
  const start = /^\/start(?:@\w+)?(?:\s+(\S+))?\s*$/i.exec(text);
  return start ? { kind: 'start', payload: start[1] ?? '' } : { kind: 'text', text };
}

function remoteOf({ document, photo: sizes }: Message): RemoteFile | null {
  if (document)
    return remote(document.file_id, document.file_name ?? `tep-${document.file_unique_id ?? ''}`, document.file_size);
  const biggest = sizes?.reduce((best, next) => (weight(next) > weight(best) ? next : best));
  return biggest ? remote(biggest.file_id, `anh-${biggest.file_unique_id ?? ''}.jpg`, biggest.file_size) : null;
}

const weight = (size: z.infer<typeof photo>) => size.width ?? size.file_size ?? 0;

const remote = (ref: string, name: string, size: number | undefined): RemoteFile => ({
  ref,
  name: cleanInput(name).slice(0, 200),
  ...(size === undefined ? {} : { size }),
});

/** The callback's own chat may be missing or too old to read; the person who tapped is always there. */
function decodeCallback(externalId: string, got: z.infer<typeof callbackQuery>): InboundEvent[] {
  if (got.data === undefined || got.message?.chat.type !== 'private') return [];
  return [
    {
      type: 'message',
      externalId,
      from: senderOf(got.from),
      body: { kind: 'action', action: got.data },
      acknowledge: got.id,
    },
  ];
}

function decodeMember(got: z.infer<typeof chatMember>): InboundEvent[] {
  if (got.chat.type !== 'private') return [];
  const { status } = got.new_chat_member;
  if (status !== 'kicked' && status !== 'member') return [];
  return [{ type: 'contact-state', from: senderOf(got.from), state: status === 'kicked' ? 'blocked' : 'active' }];
}

/**
 * The language of the person's Telegram is left out: an officer with an English phone still expects Vietnamese, and
 * whoever wants English says so in the chat.
 */
function senderOf(from: z.infer<typeof person>): Sender {
  const name = shorten(cleanInput([from.first_name, from.last_name].filter(Boolean).join(' ')), NAME_LIMIT);
  return { channel: 'telegram', externalId: String(from.id), ...(name === '' ? {} : { displayName: name }) };
}
