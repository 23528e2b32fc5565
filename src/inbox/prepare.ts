/**
 * What may be worked out for a free question before its turn. A turn holds a connection and the conversation's lock;
 * whatever asks a slow third party is asked here, where nothing is held, and the turn gets the outcome.
 */
import { matchCommand } from '../conversation/match.js';
import type { InboundBody } from '../conversation/message.js';
import type { Registry } from '../conversation/registry.js';
import { cleanInput } from '../kernel/text.js';
import { localDate } from '../kernel/local-date.js';
import { readBusinessClock, type Store } from '../store/index.js';

/** The outcome, for the turn of this message and no other. */
export interface Prepared {
  readonly inboundId: string;
  readonly value: unknown;
}

interface Question {
  readonly text: string;
  readonly today: string;
  readonly topic: unknown;
}

export interface PrepareDeps<R> {
  readonly store: Store;
  readonly registry: Registry<R>;
  /** Null: nothing was worked out. */
  readonly prepare: (question: Question) => Promise<unknown>;
}

interface Row {
  readonly id: string;
  readonly body: InboundBody;
  readonly session: unknown;
  readonly topic: unknown;
}

/** Builds what prepares the next turn of a conversation: null where that turn is no free question. */
export function createPrepare<R>({ store, registry, prepare }: PrepareDeps<R>) {
  return async (conversationId: string): Promise<Prepared | null> => {
    const { rows } = await store.pool.query<Row>(
      `select i.id::text, i.body, c.session, c.topic
       from inbound i join conversation c on c.id = i.conversation_id
       where i.conversation_id = $1::uuid and i.processed_at is null
       order by i.id limit 1`,
      [conversationId],
    );
    const [row] = rows;
    const text = row && questionOf(registry, row);
    if (!text) return null;
    const today = localDate(await readBusinessClock(store.db));
    const value = await prepare({ text, today, topic: row.topic });
    return value === null ? null : { inboundId: row.id, value };
  };
}

/** The question in a message; null for everything else, and for what is typed into a form: that is nobody's question. */
function questionOf<R>(registry: Registry<R>, { body, session }: Row): string | null {
  if (body.kind !== 'text' || session !== null) return null;
  const text = cleanInput(body.text);
  const command = matchCommand(registry.commands, text, false);
  if (!command) return text;
  return command.command.name === registry.fallback.text ? command.arg : null;
}
