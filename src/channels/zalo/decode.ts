/** Reads one event of a Zalo Official Account. Unknown events, groups and personal data decode to nothing. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseAction } from '../../conversation/action.js';
import { cleanInput } from '../../kernel/text.js';
import type { InboundBody, InboundEvent, InboundMessage, Sender } from '../../conversation/message.js';

const party = z.object({ id: z.string(), admin_id: z.string().optional() });
const payload = z.looseObject({
  url: z.string().optional(),
  name: z.string().optional(),
  size: z.union([z.string(), z.number()]).optional(),
});
const message = z.looseObject({
  text: z.string().optional(),
  msg_id: z.string().optional(),
  msg_ids: z.array(z.string()).optional(),
  delivery_time: z.string().optional(),
  attachments: z.array(z.looseObject({ payload: payload.optional() })).optional(),
});
type Message = z.infer<typeof message>;

/** What every event has; a body without it is none. Ids exceed what a number can hold and stay strings. */
export const envelope = z.looseObject({
  app_id: z.string(),
  event_name: z.string(),
  timestamp: z.union([z.string().min(1), z.number()]),
  oa_id: z.string().optional().catch(undefined),
  sender: party.optional().catch(undefined),
  recipient: party.optional().catch(undefined),
  follower: party.optional().catch(undefined),
  user_id: z.string().optional().catch(undefined),
  message: message.optional().catch(undefined),
});
export type ZaloEvent = z.infer<typeof envelope>;

/** Someone wrote to the account: what kind of content each of these events holds. */
const FROM_PEOPLE: Readonly<Record<string, (got: Message) => InboundBody[]>> = {
  user_send_text: (got) => [textBody(got.text ?? '')],
  user_send_link: (got) => [
    textBody(got.text === undefined || got.text === '' ? (got.attachments?.[0]?.payload?.url ?? '') : got.text),
  ],
  user_send_image: (got) => filesOf(got, 'anh', '.jpg'),
  user_send_file: (got) => filesOf(got, 'tep', ''),
  user_send_gif: () => [unsupported('gif')],
  user_send_audio: () => [unsupported('audio')],
  user_send_video: () => [unsupported('video')],
  user_send_sticker: () => [unsupported('sticker')],
  user_send_location: () => [unsupported('location')],
  // Holds someone's phone number: only that there was one is told.
  user_send_business_card: () => [unsupported('contact')],
};

/**
 * Events that are known and mean nothing to us. `user_submit_info` holds personal data that nobody asked for, so it is
 * not even turned into a message; anonymous people and groups cannot be answered with the messages we send.
 */
const IGNORED = new Set([
  'user_submit_info',
  'update_user_info',
  'user_reacted_message',
  'oa_reacted_message',
  'user_withdraw',
  'user_feedback',
  'anonymous_send_text',
  'anonymous_send_image',
  'anonymous_send_file',
  'anonymous_send_sticker',
  'oa_send_anonymous_text',
  'add_user_to_tag',
  'remove_user_from_tag',
  'remove_tag',
  'change_oa_daily_quota',
  'change_template_status',
  'change_template_quality',
  'user_click_response_button',
  'widget_interaction_accepted',
  'widget_failed_to_sync_user_external_id',
  'extension_purchased',
  'create_group',
  'delete_group',
  'update_group_info',
  'add_group_admin',
  'remove_group_admin',
  'user_join_group',
  'user_out_group',
  'user_leave_group',
  'user_request_join_group',
  'accept_request_join_group',
  'reject_request_join_group',
  'react_request_join_group_accept',
  'react_request_join_group_reject',
  'oa_send_consent',
  'user_reply_consent',
  'user_call_oa',
]);

const isKnownName = (name: string) =>
  IGNORED.has(name) || /^(user_send_group_|oa_send_group_|event_journey_)/.test(name);

export interface Decoded {
  readonly events: readonly InboundEvent[];
  /** False for an event that this program has never heard of. */
  readonly known: boolean;
}

const NOTHING: Decoded = { events: [], known: true };

/** The events of one call; `raw` are the bytes, the identity of an event without an id. */
export function decode(event: ZaloEvent, raw: Buffer, oaId: string): Decoded {
  if (isForeign(event, oaId)) return NOTHING;
  const name = event.event_name;
  const reader = Object.hasOwn(FROM_PEOPLE, name) ? FROM_PEOPLE[name] : undefined;
  if (reader) return known(fromPerson(event, raw, reader(event.message ?? {})));
  if (name === 'follow') return known(followed(event, raw));
  if (name === 'unfollow') return known(state(event.follower?.id, 'blocked'));
  // Opening the chat is not a message, but it shows that the person can be reached.
  if (name === 'user_click_chatnow') return known(state(event.user_id, 'active'));
  if (name === 'user_received_message') return known(receipt(event, 'delivered'));
  if (name === 'user_seen_message') return known(receipt(event, 'seen'));
  if (/^oa_send_(?!group_|anonymous_|consent)/.test(name)) return known(echo(event));
  return { events: [], known: isKnownName(name) };
}

const known = (events: InboundEvent[]): Decoded => ({ events, known: true });

/** One app may serve several accounts; only ours is read. Our account is the sender of echoes and receipts. */
function isForeign(event: ZaloEvent, oaId: string): boolean {
  // Not configured: the signature alone says whose event it is.
  if (oaId === '') return false;
  if (event.oa_id !== undefined) return event.oa_id !== oaId;
  const ours = [event.sender?.id, event.recipient?.id];
  return ours.some((id) => id !== undefined) && !ours.includes(oaId);
}

function fromPerson(event: ZaloEvent, raw: Buffer, bodies: InboundBody[]): InboundEvent[] {
  const from = senderOf(event.sender?.id);
  if (!from) return [];
  const id = externalId(event, raw);
  return bodies.map((body, n): InboundMessage => ({
    type: 'message',
    externalId: n === 0 ? id : `${id}:${String(n)}`,
    from,
    body,
  }));
}

/** The message's id with the event's name, since receipts name the same message; else the hash of the bytes. */
function externalId(event: ZaloEvent, raw: Buffer): string {
  const id = event.message?.msg_id;
  const rest = id === undefined || id === '' ? createHash('sha256').update(raw).digest('hex') : id;
  return `${event.event_name}:${rest}`;
}

/** `#CODE` stands for the deep link that Zalo does not have; a tapped button comes as the text of its action. */
function textBody(text: string): InboundBody {
  const typed = cleanInput(text);
  const start = /^#\s*([A-Za-z0-9_-]{1,64})$/.exec(typed);
  if (start) return { kind: 'start', payload: start[1] ?? '' };
  return parseAction(typed) ? { kind: 'action', action: typed } : { kind: 'text', text };
}

function filesOf(got: Message, word: string, ending: string): InboundBody[] {
  const bodies = (got.attachments ?? []).flatMap(({ payload: file }, n): InboundBody[] => {
    if (file?.url === undefined || file.url === '') return [];
    const name =
      cleanInput(file.name ?? '').slice(0, 200) ||
      `${word}-${got.msg_id ?? ''}${n === 0 ? '' : `-${String(n)}`}${ending}`;
    const size = Number(file.size);
    const remote = { ref: file.url, name, ...(Number.isSafeInteger(size) && size > 0 ? { size } : {}) };
    return [{ kind: 'file', caption: n === 0 ? (got.text ?? '') : '', remote }];
  });
  return bodies.length > 0 ? bodies : [unsupported('file')];
}

const unsupported = (what: string): InboundBody => ({ kind: 'unsupported', what });

function followed(event: ZaloEvent, raw: Buffer): InboundEvent[] {
  const from = senderOf(event.follower?.id);
  if (!from) return [];
  const start: InboundMessage = {
    type: 'message',
    externalId: externalId(event, raw),
    from,
    body: { kind: 'start', payload: '' },
  };
  return [{ type: 'contact-state', from, state: 'active' }, start];
}

function state(id: string | undefined, now: 'active' | 'blocked'): InboundEvent[] {
  const from = senderOf(id);
  return from ? [{ type: 'contact-state', from, state: now }] : [];
}

function receipt(event: ZaloEvent, kind: 'delivered' | 'seen'): InboundEvent[] {
  const { msg_id: one, msg_ids: many, delivery_time: delivered } = event.message ?? {};
  const platformMessageIds = many ?? (one === undefined ? [] : [one]);
  if (platformMessageIds.length === 0) return [];
  return [{ type: 'receipt', channel: 'zalo', platformMessageIds, kind, at: timeOf(delivered ?? event.timestamp) }];
}

/** Our own sends echo without an admin; with one, a person answered from Zalo's console. */
function echo(event: ZaloEvent): InboundEvent[] {
  const admin = event.sender?.admin_id;
  const to = senderOf(event.recipient?.id);
  return admin !== undefined && admin !== '' && to ? [{ type: 'human-echo', to }] : [];
}

const senderOf = (id: string | undefined): Sender | null =>
  id === undefined || id === '' ? null : { channel: 'zalo', externalId: id };

/** Milliseconds as Zalo writes them; a broken value must not lose the receipt. */
function timeOf(stamp: string | number): Date {
  const ms = Number(stamp);
  return Number.isSafeInteger(ms) && ms > 0 ? new Date(ms) : new Date(0);
}
