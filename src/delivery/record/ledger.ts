/** An attempt as the ledger has it, beside what the record says of it. */
import { mayFollow, SAID_CONTENT, stagesOf, type Outcome, type RecordEntry } from './hash.js';

export interface LedgerAttempt extends Outcome {
  readonly id: string;
  readonly sealed: boolean;
  readonly channel: string;
  readonly platformMessageId: string | null;
  readonly via: string | null;
  readonly standsForId: string | null;
  readonly contentId: string;
}

/** Every attempt of source $1, $2 that belongs into the record. */
export const LEDGER = `select a.id, a.sealed, a.state, a.reason, a.channel,
    a.platform_message_id as "platformMessageId", a.via, m.stands_for_id as "standsForId", ${SAID_CONTENT} as "contentId",
    a.sent_at as "sentAt", a.delivered_at as "deliveredAt", a.seen_at as "seenAt", a.ended_at as "endedAt"
  from message m join attempt a on a.message_id = m.id
  where a.lane = 'bulk' and m.source_kind = $1 and m.source_id = $2`;

/** What a chain says of one attempt. */
export interface Standing {
  /** `<state>@<ms>` of every entry. */
  readonly stages: Set<string>;
  readonly last: RecordEntry;
}

type Field =
  'state' | 'time' | 'reason' | 'message-id' | 'channel' | 'via' | 'stands-for' | 'content' | 'step' | 'missing';

export interface Difference {
  readonly what: Field;
  /** As sealed. */
  readonly expected: string;
  /** As it stands in the ledger. */
  readonly found: string;
}

/** Ended and not sealed: no fault, the next round takes it. */
export const isDue = ({ sealed, endedAt }: LedgerAttempt): boolean => !sealed && endedAt !== null;

/** Where a sealed attempt differs from its last entry; of one that changed since, whether it may have. */
export function compareAttempt(attempt: LedgerAttempt, standing: Standing | undefined): Difference[] {
  const { sealed, state } = attempt;
  if (!standing) return sealed ? [{ what: 'missing', expected: '', found: state }] : [];
  const { last, stages } = standing;
  if (!sealed) return mayFollow(last.state, state) ? [] : [{ what: 'step', expected: last.state, found: state }];
  const present = stagesOf(attempt).at(-1);
  if (present?.state !== last.state) return [{ what: 'state', expected: last.state, found: state }];
  const time = stagesOf(attempt).find((stage) => !stages.has(`${stage.state}@${String(stage.at.getTime())}`));
  const pairs: readonly (readonly [Field, string | null, string | null])[] = [
    ['time', time ? sealedTimes(stages, time.state) : null, time?.at.toISOString() ?? null],
    ['reason', last.reason, present.reason],
    ['message-id', last.platformMessageId, attempt.platformMessageId],
    ['channel', last.channel, attempt.channel],
    ['via', last.via, attempt.via],
    ['stands-for', last.standsForId, attempt.standsForId],
    // Words that reached nobody may be replaced.
    ['content', last.contentId, saysNothing(state) ? last.contentId : attempt.contentId],
  ];
  return pairs.flatMap(([what, expected, found]) =>
    expected === found ? [] : [{ what, expected: expected ?? '', found: found ?? '' }],
  );
}

function sealedTimes(stages: ReadonlySet<string>, state: string): string {
  const times = [...stages].filter((stage) => stage.startsWith(`${state}@`));
  return times.map((stage) => new Date(Number(stage.slice(state.length + 1))).toISOString()).join(', ');
}

const saysNothing = (state: string): boolean => state === 'failed' || state === 'skipped';
