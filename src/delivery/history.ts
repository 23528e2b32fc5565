/** The whole way of an attempt, transition by transition, put together from its own times and its events. */
import type { Pool } from 'pg';
import { ARRIVED_STATES, FINAL_STATES, passedBetween, type AttemptState } from './states.js';

/** An attempt entered a state. */
export interface Transition {
  readonly attemptId: string;
  readonly state: AttemptState;
  /** Machine time; proofs carry the platform's time. */
  readonly at: Date;
  readonly channel: string;
  readonly platformMessageId?: string;
  readonly reason?: string;
  readonly detail?: string;
  /** Something was noted and the state stayed: a colleague stands for this person. */
  readonly isNote?: true;
}

export interface History {
  ofAttempt(attemptId: string): Promise<readonly Transition[]>;
  /** Of all tries, in their order. */
  ofMessage(messageId: string): Promise<readonly Transition[]>;
}

/** Builds the reader of histories. */
export function createHistory(pool: Pool): History {
  async function read(column: 'id' | 'message_id', id: string): Promise<readonly Transition[]> {
    const attempts = (
      await pool.query<AttemptFacts>(`select ${FACTS} from attempt where ${column} = $1 order by try`, [id])
    ).rows;
    const events = (await pool.query<EventFacts>(EVENTS, [attempts.map((attempt) => attempt.id)])).rows;
    return attempts.flatMap((attempt) =>
      compose(
        attempt,
        events.filter((event) => event.attempt_id === attempt.id),
      ),
    );
  }

  return { ofAttempt: (id) => read('id', id), ofMessage: (id) => read('message_id', id) };
}

const FACTS = `id, channel, state, due, leased_at, sending_at, sent_at, delivered_at, seen_at, ended_at, reason, detail, platform_message_id`;

const EVENTS = `select attempt_id, was, state, at, due, leased_at, begun_at, reason, detail from attempt_event
  where attempt_id = any($1::bigint[]) order by id`;

interface AttemptFacts {
  readonly id: string;
  readonly channel: string;
  readonly state: AttemptState;
  readonly due: Date;
  readonly leased_at: Date | null;
  readonly sending_at: Date | null;
  readonly sent_at: Date | null;
  readonly delivered_at: Date | null;
  readonly seen_at: Date | null;
  readonly ended_at: Date | null;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly platform_message_id: string | null;
}

interface EventFacts {
  readonly attempt_id: string;
  readonly was: AttemptState;
  readonly state: AttemptState;
  readonly at: Date;
  readonly due: Date | null;
  readonly leased_at: Date | null;
  readonly begun_at: Date | null;
  readonly reason: string | null;
  readonly detail: string | null;
}

type Words = Pick<EventFacts, 'reason' | 'detail'>;

/** A list of transitions that grows from state to state and says none twice. */
class Way {
  readonly steps: Transition[] = [];
  last: AttemptState | null = null;
  readonly #attempt: AttemptFacts;

  constructor(attempt: AttemptFacts) {
    this.#attempt = attempt;
  }

  /** Enters a state at a time; what has no time did not happen. */
  enter(state: AttemptState, at: Date | null, words?: Words): void {
    if (at === null || state === this.last) return;
    const { id, channel, platform_message_id: platformMessageId } = this.#attempt;
    this.last = state;
    this.steps.push({
      attemptId: id,
      state,
      at,
      channel,
      ...(state === 'sent' && platformMessageId !== null ? { platformMessageId } : {}),
      ...saidOf(words),
    });
  }

  note({ state, at, ...words }: EventFacts): void {
    const { id, channel } = this.#attempt;
    this.steps.push({ attemptId: id, state, at, channel, ...saidOf(words), isNote: true });
  }
}

const saidOf = (words?: Words): { reason?: string; detail?: string } => ({
  ...(words?.reason ? { reason: words.reason } : {}),
  ...(words?.detail ? { detail: words.detail } : {}),
});

function compose(attempt: AttemptFacts, events: readonly EventFacts[]): Transition[] {
  const way = new Way(attempt);
  const moves = events.filter(({ was, state }) => was !== state);
  const first = moves[0];
  const start = first?.was ?? attempt.state;
  way.enter(start === 'planned' || start === 'skipped' ? start : 'queued', first?.due ?? attempt.due, {
    reason: start === 'skipped' ? attempt.reason : null,
    detail: null,
  });
  for (const event of events) {
    if (event.was === event.state) {
      if (FINAL_STATES.includes(event.state)) endOf(way, attempt);
      way.note(event);
    } else {
      way.enter('leased', event.leased_at);
      way.enter('sending', event.begun_at);
      for (const between of passedBetween(event.was, event.state)) way.enter(between, event.at);
      way.enter(event.state, event.at, event);
    }
  }
  endOf(way, attempt);
  return way.steps;
}

/** What the attempt's own columns say about its last round. */
function endOf(way: Way, attempt: AttemptFacts): void {
  const { state, leased_at: leasedAt, sending_at: sendingAt } = attempt;
  if (way.last === state) return;
  const isCalled = state !== 'leased' && sendingAt !== null && leasedAt !== null && sendingAt >= leasedAt;
  way.enter('leased', leasedAt);
  if (isCalled) way.enter('sending', sendingAt);
  if (state === 'failed' || state === 'skipped') way.enter(state, attempt.ended_at, attempt);
  if (!ARRIVED_STATES.includes(state)) return;
  way.enter('sent', attempt.sent_at);
  if (state !== 'sent') way.enter('delivered', attempt.delivered_at);
  if (state === 'seen') way.enter('seen', attempt.seen_at);
}
