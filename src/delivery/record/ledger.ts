/** An attempt as the ledger has it, beside what the record says of it. */
import { ARRIVED_STATES } from '../states.js';
import { mayFollow, SAID_CONTENT, type Outcome, type RecordEntry } from './hash.js';

export interface LedgerAttempt extends Outcome {
  readonly id: string;
  readonly sealed: boolean;
  readonly channel: string;
  readonly platformMessageId: string | null;
  readonly via: string | null;
  readonly standsForId: string | null;
  readonly contentId: string;
  /** Whether it ever took its words along. */
  readonly isSaid: boolean;
}

/** Every attempt of source $1, $2 that belongs into the record. */
export const LEDGER = `select a.id, a.sealed, a.state, a.reason, a.channel,
    a.platform_message_id as "platformMessageId", a.via, m.stands_for_id as "standsForId", ${SAID_CONTENT} as "contentId",
    a.content_id is not null as "isSaid",
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

/** Where an attempt differs from what was sealed of it; of one that moved on since, whether it may have. */
export function compareAttempt(attempt: LedgerAttempt, standing: Standing | undefined): Difference[] {
  const { sealed, state } = attempt;
  if (!standing) return sealed ? [{ what: 'missing', expected: '', found: state }] : [];
  const { last } = standing;
  const hasMoved = state !== last.state;
  if (hasMoved && (sealed || !mayFollow(last.state, state)))
    return [{ what: sealed ? 'state' : 'step', expected: last.state, found: state }];
  const isIdKnownSince = !sealed && last.platformMessageId === null;
  const isUnsaid = saysNothing(state) && !attempt.isSaid;
  const pairs: readonly (readonly [Field, string | null, string | null])[] = [
    ['reason', last.reason, hasMoved ? last.reason : attempt.reason],
    ['message-id', last.platformMessageId, isIdKnownSince ? null : attempt.platformMessageId],
    ['channel', last.channel, attempt.channel],
    ['via', last.via, attempt.via],
    ['stands-for', last.standsForId, attempt.standsForId],
    // Words that nobody took along may be replaced.
    ['content', last.contentId, isUnsaid ? last.contentId : attempt.contentId],
  ];
  const others = pairs.flatMap(([what, expected, found]) =>
    expected === found ? [] : [{ what, expected: expected ?? '', found: found ?? '' }],
  );
  return [...compareTimes(attempt, standing, hasMoved), ...others];
}

/** Every time of the ledger needs its entry, and every entry its time; only what moved on may know more. */
function compareTimes(attempt: LedgerAttempt, { stages, last }: Standing, hasMoved: boolean): Difference[] {
  const { sealed, sentAt, deliveredAt, seenAt, endedAt } = attempt;
  const times: readonly (readonly [string, Date | null])[] = [
    ['sent', sentAt],
    // Seen alone implies delivered; that is no knowledge of its own.
    ['delivered', deliveredAt?.getTime() === seenAt?.getTime() && !hasStage(stages, 'delivered') ? null : deliveredAt],
    ['seen', seenAt],
    ...(hasMoved || PROVEN.includes(last.state) ? [] : [[last.state, endedAt] as const]),
  ];
  const proven = hasMoved || PROVEN.includes(last.state) ? times : times.filter(([state]) => state === last.state);
  const wrong = proven.find(([state, at]) =>
    at === null ? hasStage(stages, state) : !stages.has(stageOf(state, at)) && !(hasMoved && !hasStage(stages, state)),
  );
  if (!wrong) return [];
  const [state, at] = wrong;
  const what = sealed || hasMoved ? 'time' : 'step';
  return [{ what, expected: sealedTimes(stages, state), found: at?.toISOString() ?? '' }];
}

/** States whose times are columns of their own. */
const PROVEN: readonly string[] = ARRIVED_STATES;
const stageOf = (state: string, at: Date): string => `${state}@${String(at.getTime())}`;
const hasStage = (stages: ReadonlySet<string>, state: string): boolean =>
  [...stages].some((stage) => stage.startsWith(`${state}@`));

function sealedTimes(stages: ReadonlySet<string>, state: string): string {
  const times = [...stages].filter((stage) => stage.startsWith(`${state}@`));
  return times.map((stage) => new Date(Number(stage.slice(state.length + 1))).toISOString()).join(', ');
}

/** What an entry says otherwise than the one before it of the same attempt, which nothing honest would write. */
export function compareEntries(before: RecordEntry, after: RecordEntry): Difference[] {
  const isIdKnownSince = before.platformMessageId === null && after.platformMessageId !== null;
  const isSame = before.state === after.state && before.at.getTime() === after.at.getTime();
  const isStep = mayFollow(before.state, after.state) || (isSame && isIdKnownSince);
  const pairs: readonly (readonly [Field, string | null, string | null])[] = [
    ['step', before.state, isStep ? before.state : after.state],
    ['message-id', before.platformMessageId, isIdKnownSince ? null : after.platformMessageId],
    ['channel', before.channel, after.channel],
    ['via', before.via, after.via],
    ['stands-for', before.standsForId, after.standsForId],
    ['content', before.contentId, after.contentId],
  ];
  const found = pairs.flatMap(([what, old, now]) =>
    old === now ? [] : [{ what, expected: old ?? '', found: now ?? '' }],
  );
  return isStep || before.state !== after.state
    ? found
    : [{ what: 'step', expected: before.at.toISOString(), found: after.at.toISOString() }, ...found];
}

const saysNothing = (state: string): boolean => state === 'failed' || state === 'skipped';
