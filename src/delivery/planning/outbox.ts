/** Plans messages inside the transactions of other rooms. */
import { machineClock, type Clock } from '../../kernel/clock.js';
import { CHANNEL_NAMES } from '../../kernel/people.js';
import { askedSql, contentsSql, rowsSql, saidSql } from './plan-sql.js';
import { createPlanner, runIn, type PlannerOptions } from './planner.js';
import { POLICIES } from '../policy.js';
import type { NewBroadcast, Notice, Outbox, Reply } from '../ports.js';
import { holdUntil, quietHoursOf, type QuietSource } from '../quiet-hours.js';
import { DEFAULT_ZALO_ACCOUNT, openZaloRoutes } from './quota.js';
import { markSamples, saidIn, sayInAll } from './said.js';
import { whoSql } from './who-sql.js';

/** `channels`: nobody is planned for another. `demo`: the mark of sample data stands above every broadcast. */
export interface OutboxOptions extends PlannerOptions {
  /** Default 21:00–06:30; null for none. */
  readonly quietHours?: QuietSource;
  /** Machine clock. */
  readonly clock?: Clock;
}

/** Builds the outbox. Its functions write rows and nothing else. */
export function createOutbox(options: OutboxOptions = {}): Outbox {
  const { channels = CHANNEL_NAMES, quietHours, clock = machineClock, demo = false } = options;
  const zaloAccount = options.zaloAccount ?? DEFAULT_ZALO_ACCOUNT;
  const planner = createPlanner({ ...options, channels });
  return {
    async reply(tx, reply, now) {
      if (reply.contents.length === 0) return;
      await tx.$queryRawUnsafe(REPLY, ...replyValues(reply, now, clock.now()));
    },
    async tell(tx, notice, now) {
      const said = sayInAll(notice.say);
      if (notice.to.length === 0 || said.length === 0) return 0;
      const hours = await quietHoursOf(quietHours, tx);
      const hold = holdUntil(now, notice.class, hours, notice.notBefore, notice.ordered);
      const leavesAt = hold ?? now;
      const people = JSON.stringify(notice.to);
      const values = [people, ...tellValues(notice, said, now, hold), iso(clock.now()), channels];
      // Without Zalo there are no windows to look at.
      const zalo = channels.includes('zalo')
        ? await openZaloRoutes(runIn(tx), {
            account: zaloAccount,
            class: notice.class,
            now: leavesAt,
            said: saidIn(said),
            whole: notice.whole === true,
            lock: { asked: { sql: askedSql('$6'), values: [people] } },
          })
        : null;
      const rows = await tx.$queryRawUnsafe<{ told: number }[]>(
        zalo ? TELL_WITH_ZALO : TELL,
        ...values,
        ...(zalo ? [JSON.stringify(zalo), iso(leavesAt)] : []),
      );
      return rows[0]?.told ?? 0;
    },
    async broadcast(tx, broadcast, now) {
      const say = demo ? markSamples(broadcast.say) : broadcast.say;
      const at = broadcast.startAt !== undefined && broadcast.startAt > now ? broadcast.startAt : now;
      const forecast = await planner.plan(tx, broadcast.audience, broadcast.class, at, broadcast.say, broadcast.title);
      await tx.$queryRawUnsafe(
        BROADCAST,
        ...broadcastValues(broadcast, JSON.stringify(sayInAll(say)), now),
        JSON.stringify(forecast),
      );
      return broadcast.id;
    },
  };
}

const tellSql = (zalo: boolean): string => {
  const rows = {
    sourceKind: '$3::text',
    sourceId: '$4::text',
    slot: '$5::text',
    class: '$6::text',
    lane: '$7::text',
    now: '$8',
    notBefore: '$9',
    due: '$10',
    channels: '$11',
  };
  const routes = zalo ? { zalo: { routes: '$12', leavesAt: '$13' }, told: rows } : {};
  return `with ${askedSql('$1')}, ${saidSql('$2')}, ${whoSql({ channels: '$11', lane: '$7', ...routes }, { subscribedOnly: false })},
  ${rowsSql(rows, zalo)}, ${contentsSql(true)}
  select count(distinct person)::int as told from planned`;
};
const TELL = tellSql(false);
const TELL_WITH_ZALO = tellSql(true);

function tellValues(notice: Notice, said: readonly unknown[], now: Date, hold: Date | null): unknown[] {
  const { source, slot } = notice;
  const lane = POLICIES[notice.class].lane;
  return [JSON.stringify(said), source.kind, source.id, slot, notice.class, lane, iso(now), hold && iso(hold)];
}

const REPLY = `with ${saidSql('$1')},
  planned as (
    insert into message (source_kind, source_id, person, slot, class, lane, conversation_id, content_id, planned_at)
    select 'inbound', $2::text, $3::text, 'r' || s.n, 'reply', 'reply', $4::uuid, s.id, $5::timestamptz from said s order by s.n
    on conflict (source_kind, source_id, person, slot) do nothing
    returning id, content_id
  ), ${contentsSql(true)}
  insert into attempt (message_id, try, channel, contact_id, conversation_id, lane, state, waiting, due)
  select p.id, 1, $6::text, $7::uuid, $4::uuid, 'reply', 'queued', true, $8::timestamptz from planned p order by p.id`;

function replyValues(reply: Reply, now: Date, due: Date): unknown[] {
  const said = JSON.stringify(reply.contents.map((content, n) => ({ ...content, language: '', n: n + 1 })));
  return [
    said,
    reply.inboundId,
    reply.person,
    reply.conversationId,
    iso(now),
    reply.channel,
    reply.contactId,
    iso(due),
  ];
}

const BROADCAST = `with ${saidSql('$1')}, ${contentsSql(false)},
  spoken as (
    select jsonb_object_agg(language, ids) as contents
    from (select language, jsonb_agg(id order by n) as ids from said group by language) each_language
  )
  insert into broadcast (id, kind, subject_id, title, audience, contents, class, state, created_at, created_by_id, start_at, forecast)
  select $2::uuid, $3::text, $4::text, $5::text, $6::jsonb, coalesce(spoken.contents, '{}'), $7::text, 'planned',
    $8::timestamptz, $9::uuid, $10::timestamptz, $11::jsonb
  from spoken
  on conflict (id) do nothing`;

function broadcastValues(b: NewBroadcast, said: string, now: Date): unknown[] {
  const startAt = b.startAt === undefined ? null : iso(b.startAt);
  return [
    said,
    b.id,
    b.kind,
    b.subjectId,
    b.title,
    JSON.stringify(b.audience),
    b.class,
    iso(now),
    b.createdById,
    startAt,
  ];
}

const iso = (at: Date): string => at.toISOString();
