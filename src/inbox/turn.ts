/** One turn: the oldest unprocessed message of a conversation, from lock to commit, in one transaction. */
import { localDate } from '../kernel/local-date.js';
import { newCode, newId } from '../kernel/ids.js';
import { personKey, type Actor } from '../kernel/people.js';
import {
  advance,
  askForWork,
  readDrafts,
  readSession,
  type AdvanceResult,
  type Effect,
  type Refusal,
} from '../conversation/index.js';
import type { Button, InboundBody } from '../conversation/message.js';
import type { Registry } from '../conversation/registry.js';
import type { Outbox } from '../delivery/ports.js';
import { businessTimeOf, Prisma, readBusinessClock, type Store, type Tx } from '../store/index.js';
import { applyEffects, type EffectContext, type EffectTable } from './effects.js';
import type { People } from './ports.js';
import type { Prepared } from './prepare.js';

const TURN_TIMEOUT_MS = 3_000;
const RECENT_NOTICES = 5;

export interface TurnDeps<R> {
  readonly store: Store;
  readonly people: People;
  readonly registry: Registry<R>;
  readonly effects: EffectTable;
  readonly reads: (tx: Tx) => R;
  readonly outbox: Outbox;
}

/** What a turn did: `idle` when nothing was waiting. */
export type TurnOutcome =
  | { readonly kind: 'idle' }
  | { readonly kind: 'done'; readonly inboundId: string; readonly told: boolean; readonly works: readonly string[] };

/** A turn failed; `inboundId` is the message it was at. */
export class TurnError extends Error {
  override readonly name = 'TurnError';
  readonly inboundId: string | null;

  constructor(inboundId: string | null, cause: unknown) {
    super(`turn failed at inbound ${inboundId ?? '?'}`, { cause });
    this.inboundId = inboundId;
  }
}

interface Waiting {
  readonly id: bigint;
  readonly contact_id: string;
  readonly body: InboundBody;
  readonly ready: boolean;
  /** Business time. */
  readonly heard_at: Date;
}

interface ConversationRow {
  readonly id: string;
  readonly session: unknown;
  readonly drafts: unknown;
  readonly topic: unknown;
}

/** Builds `runTurn`. */
export function createRunTurn<R>(deps: TurnDeps<R>) {
  /**
   * Runs one turn of the conversation.
   *
   * @throws {TurnError} with the cause; nothing of the turn was kept.
   */
  return async function runTurn(conversationId: string, prepared: Prepared | null = null): Promise<TurnOutcome> {
    let at: bigint | null = null;
    try {
      return await deps.store.transaction(
        async (tx) => {
          const conversation = await lockConversation(tx, conversationId);
          const waiting = conversation && (await oldestWaiting(tx, conversationId));
          if (!conversation || !waiting?.ready) return { kind: 'idle' };
          at = waiting.id;
          return await processMessage(deps, tx, conversation, waiting, prepared);
        },
        { timeoutMs: TURN_TIMEOUT_MS },
      );
    } catch (error) {
      throw new TurnError(at === null ? null : String(at), error);
    }
  };
}

async function lockConversation(tx: Tx, id: string): Promise<ConversationRow | null> {
  const rows = await tx.$queryRaw<ConversationRow[]>`
    select id, session, drafts, topic from conversation where id = ${id}::uuid for update`;
  return rows[0] ?? null;
}

// Hosts may disagree about the time a little: nothing was heard after its turn.
const HEARD_AT = Prisma.raw(businessTimeOf('received_at'));

async function oldestWaiting(tx: Tx, conversationId: string): Promise<Waiting | null> {
  const rows = await tx.$queryRaw<Waiting[]>`
    select id, contact_id, body, ready, ${HEARD_AT} as heard_at from inbound
    where conversation_id = ${conversationId}::uuid and processed_at is null order by id limit 1`;
  return rows[0] ?? null;
}

async function processMessage<R>(
  deps: TurnDeps<R>,
  tx: Tx,
  conversation: ConversationRow,
  message: Waiting,
  prepared: Prepared | null,
): Promise<TurnOutcome> {
  const now = await readBusinessClock(tx);
  const actor = await deps.people.loadActor(tx, message.contact_id);
  const own = prepared?.inboundId === String(message.id) ? { prepared: prepared.value } : {};
  const { result, speaker } = await think(deps, tx, conversation, message, actor, { now, ...own });
  if (result.contents.length > 0) {
    await deps.outbox.reply(
      tx,
      {
        inboundId: String(message.id),
        person: personKey(speaker),
        conversationId: speaker.conversationId,
        contactId: speaker.contactId,
        channel: speaker.channel,
        contents: result.contents,
      },
      now,
    );
  }
  // Bound to a member in this turn: that member's own session and drafts stand, not the visitor's.
  const hasMoved = speaker.conversationId !== conversation.id;
  await tx.$executeRaw`update inbound set processed_at = clock_timestamp(), outcome = 'done' where id = ${message.id}`;
  if (!hasMoved) await saveConversation(tx, conversation.id, result);
  const works = result.effects
    .filter((effect) => effect.type === askForWork.type)
    .map((effect) => (effect as Effect<{ workId: string }>).payload.workId);
  return { kind: 'done', inboundId: String(message.id), told: result.effects.length > 0, works };
}

async function saveConversation(tx: Tx, id: string, result: AdvanceResult): Promise<void> {
  await tx.$executeRaw`
    update conversation set
      session = ${json(result.session)}::jsonb, drafts = ${json(result.drafts)}::jsonb, topic = ${json(result.topic)}::jsonb,
      updated_at = clock_timestamp()
    where id = ${id}::uuid`;
}

/** Advances and applies the effects; when a service refuses, undoes both and advances once more with the refusal. */
async function think<R>(
  deps: TurnDeps<R>,
  tx: Tx,
  conversation: ConversationRow,
  message: Waiting,
  actor: Actor,
  given: { readonly now: Date; readonly prepared?: unknown },
) {
  const { now } = given;
  const heardAt = message.heard_at;
  const run = (refusal?: Refusal) =>
    advance<R>({
      registry: deps.registry,
      read: deps.reads(tx),
      session: readSession(conversation.session),
      drafts: readDrafts(conversation.drafts),
      topic: conversation.topic,
      body: message.body,
      ctx: { ...given, actor, heardAt, today: localDate(now), newId, newCode },
      recentButtons: () => recentButtons(tx, conversation.id),
      ...(refusal ? { refusal } : {}),
    });
  const { outbox } = deps;
  const at: EffectContext = { tx, now, heardAt, actor, inboundId: String(message.id), outbox, newId, newCode };

  const first = await run();
  if (first.effects.length === 0) return { result: first, speaker: actor };
  await tx.$executeRawUnsafe('savepoint turn');
  const refusal = await applyEffects(deps.effects, first.effects, at);
  if (!refusal) return { result: first, speaker: await speakerAfter(deps, tx, first, actor) };

  await tx.$executeRawUnsafe('rollback to savepoint turn');
  const second = await run(refusal);
  const again = await applyEffects(deps.effects, second.effects, at);
  if (again) throw new Error(`refused twice: ${refusal.refused}, then ${again.refused}`);
  return { result: second, speaker: await speakerAfter(deps, tx, second, actor) };
}

/** Effects on people may have bound the contact to a member, and so moved the conversation. */
function speakerAfter<R>(deps: TurnDeps<R>, tx: Tx, result: AdvanceResult, actor: Actor): Promise<Actor> {
  return result.effects.some((effect) => effect.type.startsWith('units.'))
    ? deps.people.loadActor(tx, actor.contactId)
    : Promise.resolve(actor);
}

/** Buttons of the latest messages of the conversation, newest first. */
async function recentButtons(tx: Tx, conversationId: string): Promise<readonly (readonly Button[])[]> {
  const rows = await tx.$queryRaw<{ buttons: Button[] }[]>`
    select c.buttons from message m join content c on c.id = m.content_id
    where m.conversation_id = ${conversationId}::uuid order by m.id desc limit ${RECENT_NOTICES}`;
  return rows.map((row) => row.buttons).filter((buttons) => buttons.length > 0);
}

const json = (value: unknown) =>
  value === null || value === undefined ? Prisma.sql`null` : Prisma.sql`${JSON.stringify(value)}`;
