/** Questions handed to the officers, as they and the askers read them. */
import { isId } from '../../kernel/ids.js';
import type { Tx } from '../../store/index.js';

/** A question that waits. */
export interface WaitingQuestion {
  readonly id: string;
  readonly code: string;
  readonly text: string;
  readonly askedAt: Date;
  readonly reason: string;
  readonly conversationId: string;
}

/** A question as the one who asked it sees it. */
export interface OwnQuestion {
  readonly id: string;
  readonly code: string;
  readonly text: string;
  readonly askedAt: Date;
  readonly state: 'open' | 'answered' | 'closed';
  /** The officer's words; of a closed one why it was closed. */
  readonly answer: string | null;
  /** Place in the queue, 1 for the next; null when it no longer waits. */
  readonly place: number | null;
}

export interface QuestionReads {
  /** All that wait, oldest first; so many at most. */
  waiting(limit: number): Promise<readonly WaitingQuestion[]>;
  /** One that waits; null when it is answered or unknown. */
  one(id: string): Promise<WaitingQuestion | null>;
  /** The newest of a conversation. */
  own(conversationId: string, limit: number): Promise<readonly OwnQuestion[]>;
}

const WAITING = { id: true, code: true, text: true, askedAt: true, reason: true, conversationId: true } as const;

/** Builds the reads on a transaction. */
export function createQuestionReads(tx: Tx): QuestionReads {
  return {
    waiting: (limit) =>
      tx.question.findMany({
        where: { state: 'open' },
        orderBy: [{ askedAt: 'asc' }, { id: 'asc' }],
        take: limit,
        select: WAITING,
      }),
    one: (id) =>
      isId(id) ? tx.question.findFirst({ where: { id, state: 'open' }, select: WAITING }) : Promise.resolve(null),
    own: (conversationId, limit) => tx.$queryRaw<OwnQuestion[]>`
      select q.id, q.code, q.text, q.asked_at as "askedAt", q.state, q.answer,
        case when q.state = 'open' then (select count(*)::int from question o
          where o.state = 'open' and (o.asked_at, o.id) <= (q.asked_at, q.id)) end as place
      from question q where q.conversation_id = ${conversationId}::uuid order by q.asked_at desc, q.id desc limit ${limit}`,
  };
}
