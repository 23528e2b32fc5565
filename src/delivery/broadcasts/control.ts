/** What an officer may do with a broadcast: pause, resume, cancel, resend, and change it before it starts. */
import type { Clock } from '../../kernel/clock.js';
import type { ChannelName } from '../../kernel/people.js';
import type { Say } from '../../conversation/flow.js';
import { localDate } from '../../kernel/local-date.js';
import { CANCEL, PAUSE, RESUME } from './control-sql.js';
import { COUNT_RESEND, RESEND, STATE } from './resend-sql.js';
import { contentsSql, saidSql } from '../planning/plan-sql.js';
import type { Audience, MessageClass } from '../ports.js';
import type { Run } from '../planning/quota.js';
import { markSamples, sayInAll } from '../planning/said.js';

export type BroadcastState = 'planned' | 'expanding' | 'sending' | 'paused' | 'cancelled' | 'finished';

/** Which people are told again. */
export type ResendOnly = 'failed' | 'uncertain';

/** What became of an order. `already`: somebody was faster, or it is a repeat; nothing changed. */
export type Controlled =
  | { readonly outcome: 'done' | 'already' | 'refused'; readonly state: BroadcastState }
  | { readonly outcome: 'unknown' };

export type Resent =
  | {
      readonly outcome: 'done' | 'refused';
      readonly state: BroadcastState;
      /** People who are told again. */
      readonly people: number;
      /** People who have no contact left. */
      readonly unreachable: number;
      /** People whose only way is used up at Zalo: the month's charged messages, or the day's templates. */
      readonly overQuota: number;
      /** Refused because it was taken back, whatever its state. */
      readonly isRecalled?: true;
    }
  | { readonly outcome: 'unknown' };

/** What may be changed before the start; what is absent stays. */
export interface BroadcastChange {
  readonly title?: string;
  readonly say?: readonly Say[];
  readonly audience?: Audience;
  /** Business clock; null: at once. */
  readonly startAt?: Date | null;
}

export type Edited =
  | { readonly outcome: 'done'; readonly version: number }
  /** stale: a colleague changed it meanwhile. started: it is too late. past: that time is over. */
  | { readonly outcome: 'stale' | 'started' | 'past' | 'unknown' };

/** Orders on one transaction; nothing holds before it commits. `now` is business time. */
export interface BroadcastControl {
  pause(id: string, now: Date): Promise<Controlled>;
  resume(id: string, now: Date): Promise<Controlled>;
  cancel(id: string, now: Date): Promise<Controlled>;
  resend(id: string, only: ResendOnly, now: Date): Promise<Resent>;
  /** `version` is the one that the officer saw. */
  edit(id: string, change: BroadcastChange, version: number, now: Date): Promise<Edited>;
}

export interface ControlOptions {
  readonly clock: Clock;
  readonly channels: readonly ChannelName[];
  readonly demo: boolean;
  /** The Official Account whose quotas come back when something does not leave. */
  readonly zaloAccount: string;
  /** How many would go which way: the forecast of a broadcast that was changed. */
  plan(audience: Audience, kind: MessageClass, at: Date, say?: readonly Say[], title?: string): Promise<object>;
}

/** States in which an order has nothing left to do. */
const ALREADY = {
  pause: ['paused'],
  resume: ['planned', 'expanding', 'sending'],
  cancel: ['cancelled'],
} as const satisfies Record<string, readonly BroadcastState[]>;

interface StateRow {
  readonly state: BroadcastState;
  readonly is_recalled: boolean;
}

/** Binds the orders to a transaction. */
export function createControl(run: Run, options: ControlOptions): BroadcastControl {
  const machineNow = () => options.clock.now().toISOString();

  async function stateOf(id: string): Promise<StateRow | null> {
    return (await run<StateRow>(STATE, [id]))[0] ?? null;
  }

  async function order(
    action: keyof typeof ALREADY,
    sql: string,
    id: string,
    values: readonly unknown[],
  ): Promise<Controlled> {
    const [done] = await run<{ state: BroadcastState }>(sql, [id, ...values]);
    if (done) return { outcome: 'done', state: done.state };
    const found = await stateOf(id);
    if (found === null) return { outcome: 'unknown' };
    const { state } = found;
    const isRepeat = (ALREADY[action] as readonly string[]).includes(state);
    return { outcome: isRepeat ? 'already' : 'refused', state };
  }

  return {
    pause: (id) => order('pause', PAUSE, id, [machineNow()]),
    resume: (id, now) => order('resume', RESUME, id, [now.toISOString()]),
    cancel: (id) => order('cancel', CANCEL, id, [machineNow(), options.zaloAccount]),
    async resend(id, only, now) {
      const values = [id, now.toISOString(), only, options.channels, options.zaloAccount, localDate(now), machineNow()];
      const [told] = await run<{ people: number; unreachable: number; overQuota: number }>(RESEND, values);
      const found = await stateOf(id);
      if (found === null) return { outcome: 'unknown' };
      const { state } = found;
      if (told) return { outcome: 'done', state, ...told };
      return {
        outcome: 'refused',
        state,
        people: 0,
        unreachable: 0,
        overQuota: 0,
        ...(found.is_recalled ? { isRecalled: true } : {}),
      };
    },
    edit: (id, change, version, now) => edit(run, id, change, { ...options, version, now }),
  };
}

/** How many people an order to resend would tell now. */
export async function countResendable(
  run: Run,
  id: string,
  only: ResendOnly,
  at: { readonly now: Date } & Pick<ControlOptions, 'channels' | 'zaloAccount'>,
): Promise<number> {
  const values = [id, at.now.toISOString(), only, at.channels, at.zaloAccount, localDate(at.now)];
  return (await run<{ people: number }>(COUNT_RESEND, values))[0]?.people ?? 0;
}

interface EditedRow {
  readonly state: BroadcastState;
  readonly version: number;
  readonly class: MessageClass;
  readonly audience: Audience;
  readonly start_at: Date | null;
}

async function edit(
  run: Run,
  id: string,
  change: BroadcastChange,
  at: ControlOptions & { readonly version: number; readonly now: Date },
): Promise<Edited> {
  if (change.startAt && change.startAt <= at.now) return { outcome: 'past' };
  const [row] = await run<EditedRow>(EDITED, [id]);
  if (!row) return { outcome: 'unknown' };
  if (row.state !== 'planned') return { outcome: 'started' };
  if (row.version !== at.version) return { outcome: 'stale' };
  const startAt = change.startAt === undefined ? row.start_at : change.startAt;
  const leavesAt = startAt ?? at.now;
  const forecast = await at.plan(change.audience ?? row.audience, row.class, leavesAt, change.say, change.title);
  const [changed] = await run<{ version: number }>(EDIT, [
    JSON.stringify(sayInAll(change.say && at.demo ? markSamples(change.say) : (change.say ?? []))),
    id,
    change.title ?? null,
    change.audience ? JSON.stringify(change.audience) : null,
    startAt?.toISOString() ?? null,
    JSON.stringify(forecast),
  ]);
  return changed ? { outcome: 'done', version: changed.version } : { outcome: 'started' };
}

// One that was paused before anything of it was written is as good as planned.
const EDITED = `select case
    when state = 'paused' and expanded_at is null and not exists (
      select 1 from message m where m.source_kind = 'broadcast' and m.source_id = broadcast.id::text
    ) then 'planned' else state end as state, version, class, audience, start_at
  from broadcast where id = $1::uuid for update`;

const EDIT = `with ${saidSql('$1')}, ${contentsSql(false)},
  spoken as (
    select jsonb_object_agg(language, ids) as contents
    from (select language, jsonb_agg(id order by n) as ids from said group by language) each_language
  )
  update broadcast set
    contents = coalesce(spoken.contents, broadcast.contents),
    title = coalesce($3::text, title),
    audience = coalesce($4::jsonb, audience),
    -- Whoever gives another hour wants it sent then, also when it had been paused before it began.
    state = case when broadcast.state = 'paused' and start_at is distinct from $5::timestamptz then 'planned' else broadcast.state end,
    start_at = $5::timestamptz,
    forecast = $6::jsonb,
    version = version + 1
  from spoken where id = $2::uuid returning version`;
