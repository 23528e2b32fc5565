/**
 * Joins two conversations into one. Every table that names a conversation or a person is listed here; a test reads
 * the database's own catalogue and fails when one is missing.
 */
import type { Tx } from '../store/index.js';

/** Tables with a column `conversation_id` that follow the conversation. */
export const CONVERSATION_TABLES = ['inbound', 'work', 'message', 'attempt', 'question', 'answer_mark'] as const;
/** Tables with a column `person` that holds a person key. */
export const PERSON_TABLES = ['message', 'honour_follow'] as const;

/** Holds a conversation until the transaction ends, so that no turn of the member runs while it changes. */
export async function lockConversation(tx: Tx, id: string): Promise<void> {
  await tx.$queryRaw`select id from conversation where id = ${id}::uuid for update`;
}

export interface ConversationMerge {
  readonly from: string;
  readonly into: string;
  readonly contactId: string;
  readonly memberId: string;
}

/**
 * Moves what an unbound contact's conversation holds into its member's and removes it. Ids are kept, so the order
 * in which things came and were planned stays as it was. Drafts come along where the member has none of that flow;
 * the open form stays the member's own.
 */
export async function mergeConversation(tx: Tx, merge: ConversationMerge): Promise<void> {
  const { from, into } = merge;
  await renamePerson(tx, from, `c:${merge.contactId}`, `m:${merge.memberId}`);
  // Attempts are found through their messages: only those have an index on the conversation.
  await tx.$executeRaw`
    update attempt a set conversation_id = ${into}::uuid
    from message m where m.id = a.message_id and m.conversation_id = ${from}::uuid`;
  await tx.$executeRaw`update message set conversation_id = ${into}::uuid where conversation_id = ${from}::uuid`;
  await tx.$executeRaw`update inbound set conversation_id = ${into}::uuid where conversation_id = ${from}::uuid`;
  await tx.$executeRaw`update work set conversation_id = ${into}::uuid where conversation_id = ${from}::uuid`;
  await tx.$executeRaw`update answer_mark set conversation_id = ${into}::uuid where conversation_id = ${from}::uuid`;
  await tx.$executeRaw`update question set conversation_id = ${into}::uuid where conversation_id = ${from}::uuid`;
  await tx.$executeRaw`
    update conversation i set drafts = f.drafts || i.drafts, updated_at = clock_timestamp()
    from conversation f where f.id = ${from}::uuid and i.id = ${into}::uuid`;
  await tx.$executeRaw`delete from conversation where id = ${from}::uuid`;
}

/** What the contact got as itself counts as the member's, except where the member got the same on another channel. */
async function renamePerson(tx: Tx, conversationId: string, from: string, to: string): Promise<void> {
  await tx.$executeRaw`
    update message m set person = ${to}
    where m.conversation_id = ${conversationId}::uuid and m.person = ${from} and not exists (
      select 1 from message o where o.source_kind = m.source_kind and o.source_id = m.source_id and o.person = ${to} and o.slot = m.slot)`;
  await tx.$executeRaw`
    update honour_follow f set person = ${to}
    where f.person = ${from} and not exists (select 1 from honour_follow o where o.honour_id = f.honour_id and o.person = ${to})`;
  await tx.$executeRaw`delete from honour_follow where person = ${from}`;
}
