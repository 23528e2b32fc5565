/** Stores incoming messages before anything is answered: once each, whatever the platform repeats. */
import { createHash } from 'node:crypto';
import { newId } from '../kernel/ids.js';
import type { Clock } from '../kernel/clock.js';
import type { InboundMessage } from '../conversation/message.js';
import { readBusinessClock, type Store } from '../store/index.js';
import type { Bells, People } from './ports.js';

/** What became of one message: `conflict` is the same id with another body. */
export interface Accepted {
  readonly status: 'stored' | 'repeat' | 'conflict';
  readonly inboundId: string;
  readonly contactId: string;
  readonly conversationId: string;
}

export interface AcceptDeps {
  readonly store: Store;
  readonly people: People;
  readonly bells: Bells;
  readonly clock: Clock;
  /** Starts the turn in this process; returns at once. */
  process(conversationId: string): void;
}

/** Kind of the work that fetches a file from a platform before its message can be read. */
export const FETCH_FILE = 'inbox.fetch-file';

/** Builds `accept`. It throws when the store is away: the caller then answers 503, and the platform tries again. */
export function createAccept(deps: AcceptDeps) {
  return async function accept(message: InboundMessage): Promise<Accepted> {
    const now = deps.clock.now();
    const bodyHash = createHash('sha256').update(JSON.stringify(message.body)).digest('hex');
    const stored = await deps.store.transaction(async (tx) => {
      // When a person last wrote decides about windows and silence: business time.
      const { contactId, conversationId } = await deps.people.ensureContact(
        tx,
        message.from,
        await readBusinessClock(tx),
      );
      const remote =
        message.body.kind === 'file' && message.body.remote !== undefined && message.body.file === undefined;
      const rows = await tx.$queryRaw<{ id: bigint }[]>`
        insert into inbound (channel, external_id, contact_id, conversation_id, body, body_hash, ready, received_at)
        values (${message.from.channel}, ${message.externalId}, ${contactId}::uuid, ${conversationId}::uuid,
                ${JSON.stringify(message.body)}::jsonb, ${bodyHash}, ${!remote}, ${now})
        on conflict (channel, external_id) do nothing
        returning id`;
      const id = rows[0]?.id;
      if (id === undefined) return { ...(await findRepeat(tx, message, bodyHash)), workId: null };
      const workId = remote ? await planFetch(tx, id, contactId, conversationId, now) : null;
      return { status: 'stored' as const, inboundId: String(id), contactId, conversationId, workId };
    });
    if (stored.workId !== null) deps.bells.work(stored.workId);
    else if (stored.status === 'stored') deps.process(stored.conversationId);
    const { workId: _workId, ...accepted } = stored;
    return accepted;
  };
}

type Tx = Parameters<Parameters<Store['transaction']>[0]>[0];

async function findRepeat(tx: Tx, message: InboundMessage, bodyHash: string): Promise<Accepted> {
  const row = await tx.inbound.findUniqueOrThrow({
    where: { channel_externalId: { channel: message.from.channel, externalId: message.externalId } },
  });
  return {
    status: row.bodyHash === bodyHash ? 'repeat' : 'conflict',
    inboundId: String(row.id),
    contactId: row.contactId,
    conversationId: row.conversationId,
  };
}

async function planFetch(
  tx: Tx,
  inboundId: bigint,
  contactId: string,
  conversationId: string,
  now: Date,
): Promise<string> {
  const id = newId();
  await tx.work.create({
    data: { id, kind: FETCH_FILE, payload: { inboundId: String(inboundId) }, contactId, conversationId, runAfter: now },
  });
  return id;
}
