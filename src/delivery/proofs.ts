/** What is known of single messages: whether each arrived, and by which way. Set-based, by the index of messages. */
import type { ChannelName } from '../kernel/people.js';
import type { Tx } from '../store/index.js';
import { PROVES_BY_SENDING, type AttemptState } from './states.js';

/** Where a message stands: what it was told for, to whom, and its slot; null: any slot of that source. */
export interface MessageRef {
  readonly source: { readonly kind: string; readonly id: string };
  readonly person: string;
  readonly slot: string | null;
}

/** One try to deliver such a message, or the message of a colleague who stands in. */
export interface Arrival {
  /** Which of the references it answers: its place in the list. */
  readonly n: number;
  readonly messageId: string;
  readonly attemptId: string;
  readonly channel: ChannelName | 'none';
  readonly state: AttemptState;
  readonly reason: string | null;
  /** As certain as the channel can be: Telegram took it, Zalo delivered it, the page fetched it. */
  readonly proven: boolean;
}

/** All tries for these messages, by reference and in their order. */
export async function findArrivals(tx: Tx, refs: readonly MessageRef[]): Promise<Arrival[]> {
  if (refs.length === 0) return [];
  const asked = refs.map(({ source, person, slot }, n) => ({ n, kind: source.kind, id: source.id, person, slot }));
  return tx.$queryRaw<Arrival[]>`
    select r.n, x.id::text as "messageId", a.id::text as "attemptId", a.channel, a.state, a.reason,
      (a.state in ('delivered', 'seen') or (a.state = 'sent' and a.channel = any(${[...PROVES_BY_SENDING]}::text[]))) as proven
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as r(n int, kind text, id text, person text, slot text)
    join message m on m.source_kind = r.kind and m.source_id = r.id and m.person = r.person and (r.slot is null or m.slot = r.slot)
    cross join lateral (select m.id union all select s.id from message s where s.stands_for_id = m.id) x
    join attempt a on a.message_id = x.id
    order by r.n, a.id`;
}

/** Somebody who was told something of a source, under a slot. */
export interface ToldSlot {
  readonly person: string;
  readonly slot: string;
}

/** What was told of one source to these people; what stands in for a colleague's message, or was taken back, is not counted. */
export async function findTold(
  tx: Tx,
  source: { readonly kind: string; readonly id: string },
  people: readonly string[],
): Promise<ToldSlot[]> {
  if (people.length === 0) return [];
  return tx.$queryRaw<ToldSlot[]>`
    select person, slot from message
    where source_kind = ${source.kind} and source_id = ${source.id} and person = any(${[...people]}::text[])
      and stands_for_id is null and slot not like '%/%'
      and not exists (select 1 from attempt a where a.message_id = message.id and a.reason = 'withdrawn')`;
}
