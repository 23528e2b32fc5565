/** Messages of web clients: posting one, and fetching what came since. */
import type { InboundBody } from '../../conversation/message.js';
import { decodeMessage, readJson } from './decode.js';
import { encodeEvent, type EncodedEvent } from './encode.js';
import type { InboundPort, ReceiptPort } from './ports.js';
import { problem } from './problem.js';
import type { CallInfo, WebHandler } from './route.js';
import type { WebSessions } from './sessions.js';
import type { EventRow, WebContact, WebStore } from './store.js';
import type { WebWaker } from './waker.js';

export interface MessageDeps {
  readonly store: WebStore;
  readonly sessions: WebSessions;
  readonly inbound: InboundPort;
  readonly receipts: ReceiptPort;
  readonly waker: WebWaker;
  /** The business clock: what a page shows beside a message. */
  readonly clock: { now(): Promise<Date> };
}

const LONGEST_WAIT_S = 30;
const BATCH = 100;
const OLDER_BATCH = 40;

/** `POST /api/web/messages`. */
export function postMessage(deps: MessageDeps): WebHandler {
  return async (request) => {
    const contact = await deps.sessions.whoIs(request);
    if (!contact) return problem('unauthorized');
    const json = await readJson(request);
    if (!json.ok) return problem(json.code);
    const decoded = decodeMessage(json.value);
    if (!decoded.ok) return problem(decoded.code);
    const seq = await acceptOwn(deps, contact, decoded.value.id, decoded.value.body);
    return seq === null ? problem('id_reused') : Response.json({ seq }, { status: 202 });
  };
}

/** Stores what a person sent. Returns its place among the events, or null when its id stands for something else. */
export async function acceptOwn(
  deps: Pick<MessageDeps, 'store' | 'inbound' | 'waker' | 'clock'>,
  contact: WebContact,
  id: string,
  body: InboundBody,
): Promise<number | null> {
  const { contactId, externalId, displayName } = contact;
  const seq = await deps.store.placeOwn(contactId, id, await deps.clock.now());
  const { status } = await deps.inbound.accept({
    type: 'message',
    externalId: `${contactId}:${id}`,
    from: { channel: 'web', externalId, ...(displayName === '' ? {} : { displayName }) },
    body,
  });
  if (status === 'conflict') return null;
  // Other windows of the same person show it too.
  if (status === 'stored') deps.waker.announce(contactId);
  return seq;
}

/** `GET /api/web/messages`: at once when there is something, else as soon as there is, at most `wait` seconds. */
export function getMessages(deps: MessageDeps): WebHandler {
  return async (request, info) => {
    const contact = await deps.sessions.whoIs(request);
    if (!contact) return problem('unauthorized');
    const query = new URL(request.url).searchParams;
    const after = readNumber(query.get('after'));
    const wait = readNumber(query.get('wait'));
    const before = readNumber(query.get('before'));
    if (after === null || wait === null || before === null) return problem('bad_request');
    const withOwn = query.has('own');
    if (before > 0) return Response.json({ events: await older(deps, contact, before, withOwn) });

    const limitMs = Math.min(wait, LONGEST_WAIT_S) * 1000;
    const reader = createReader(deps, contact, { after, withOwn });
    try {
      const events = await reader.next(limitMs, request, info);
      return Response.json({ events });
    } finally {
      reader.stop();
    }
  };
}

/** The last events before a place: what a page shows first, and further up. */
async function older(
  deps: Pick<MessageDeps, 'store' | 'receipts'>,
  contact: WebContact,
  before: number,
  withOwn: boolean,
): Promise<EncodedEvent[]> {
  const rows = await deps.store.eventsBefore(contact.contactId, before, withOwn, OLDER_BATCH);
  await recordFetched(deps, contact.contactId, rows);
  return rows.map(encodeEvent);
}

/** A whole number from zero on; absent means zero, anything else null. */
export function readNumber(text: string | null): number | null {
  if (text === null || text === '') return 0;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

export interface EventReader {
  /** The events after the last ones returned; none when the time is over, the client has left or the server stops. */
  next(limitMs: number, request: Request, info: CallInfo): Promise<EncodedEvent[]>;
  stop(): void;
}

/** Follows the events of one contact. What it returns counts as fetched. */
export function createReader(
  deps: Pick<MessageDeps, 'store' | 'receipts' | 'waker'>,
  contact: WebContact,
  from: { readonly after: number; readonly withOwn: boolean },
): EventReader {
  const { contactId } = contact;
  // Watching starts before the first look, so that nothing falls between the look and the wait.
  const watch = deps.waker.watch(contactId);
  let after = from.after;

  return {
    async next(limitMs, request, info) {
      const signals = [request.signal, info.closing];
      const endsAt = Date.now() + limitMs;
      for (;;) {
        const rows = await deps.store.eventsAfter(contactId, after, from.withOwn, BATCH);
        if (rows.length > 0 && !request.signal.aborted) {
          after = rows.at(-1)?.seq ?? after;
          await recordFetched(deps, contactId, rows);
          return rows.map(encodeEvent);
        }
        const leftMs = endsAt - Date.now();
        if (leftMs <= 0 || signals.some((signal) => signal.aborted)) return [];
        await watch.wait(leftMs, signals);
      }
    },
    stop: () => {
      watch.stop();
    },
  };
}

/** Tells of what is fetched for the first time. Told before it is noted: where the note fails, it is told again. */
async function recordFetched(
  { store, receipts }: Pick<MessageDeps, 'store' | 'receipts'>,
  contactId: string,
  rows: readonly EventRow[],
): Promise<void> {
  const fresh = rows.filter((row) => !row.fetched);
  if (fresh.length === 0) return;
  const at = new Date();
  const platformMessageIds = [...new Set(fresh.map((row) => row.messageId))];
  await receipts.apply({ type: 'receipt', channel: 'web', platformMessageIds, kind: 'delivered', at });
  const seqs = fresh.map((row) => row.seq);
  await store.markFetched(contactId, seqs, at);
}
