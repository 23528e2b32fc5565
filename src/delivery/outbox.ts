/** Plans messages inside the transactions of other rooms. */
import { machineClock, type Clock } from '../kernel/clock.js';
import type { Language } from '../kernel/format.js';
import { CHANNEL_NAMES, type ChannelName } from '../kernel/people.js';
import type { Say } from '../conversation/flow.js';
import { t, type Text, type Texts } from '../conversation/text.js';
import type { Content } from '../conversation/message.js';
import { renderSay } from '../conversation/render.js';
import type { Tx } from '../store/index.js';
import { audienceSql, isBySubscription } from './audience.js';
import { askedSql, contentsSql, rowsSql, saidSql, whoSql } from './plan-sql.js';
import { POLICIES } from './policy.js';
import type { Audience, NewBroadcast, Notice, Outbox, Reply } from './ports.js';
import { DEFAULT_QUIET_HOURS, holdUntil, type QuietHours } from './quiet-hours.js';

export interface OutboxOptions {
  /** Channels that are on: nobody is planned for another. Default: all. */
  readonly channels?: readonly ChannelName[];
  /** Default 21:00–06:30; null for none. */
  readonly quietHours?: QuietHours | null;
  /** Machine clock. */
  readonly clock?: Clock;
  /** Puts the mark of sample data above every broadcast. */
  readonly demo?: boolean;
}

const LANGUAGES: readonly Language[] = ['vi', 'en'];

/** Builds the outbox. Its functions write rows and nothing else. */
export function createOutbox(options: OutboxOptions = {}): Outbox {
  const { channels = CHANNEL_NAMES, quietHours = DEFAULT_QUIET_HOURS, clock = machineClock, demo = false } = options;
  return {
    async reply(tx, reply, now) {
      if (reply.contents.length === 0) return;
      await tx.$queryRawUnsafe(REPLY, ...replyValues(reply, now, clock.now()));
    },
    async tell(tx, notice, now) {
      const said = sayInAll(notice.say);
      if (notice.to.length === 0 || said.length === 0) return 0;
      const values = tellValues(
        notice,
        said,
        now,
        holdUntil(now, notice.class, quietHours, notice.notBefore, notice.ordered),
      );
      const rows = await tx.$queryRawUnsafe<{ told: number }[]>(TELL, ...values, iso(clock.now()), channels);
      return rows[0]?.told ?? 0;
    },
    async broadcast(tx, broadcast, now) {
      const said = JSON.stringify(sayInAll(demo ? markSamples(broadcast.say) : broadcast.say));
      await tx.$queryRawUnsafe(BROADCAST, ...broadcastValues(broadcast, said, now));
      return broadcast.id;
    },
    count: (tx, audience) => countAudience(tx, audience, channels),
  };
}

/** Nobody shall take a sample for real. */
function markSamples(say: readonly Say[]): Say[] {
  return say.map((one, n) => (n === 0 ? { ...one, text: [t('delivery.demoMark'), ...listOf(one.text)] } : one));
}

const listOf = (texts: Texts): readonly Text[] => ('key' in texts || 'raw' in texts ? [texts] : texts);

const TELL = `with ${askedSql('$1')}, ${saidSql('$2')}, ${whoSql({ channels: '$11', lane: '$7' }, { subscribedOnly: false })},
  ${rowsSql({
    sourceKind: '$3::text',
    sourceId: '$4::text',
    slot: '$5::text',
    class: '$6::text',
    lane: '$7::text',
    now: '$8',
    notBefore: '$9',
    due: '$10',
    channels: '$11',
  })}, ${contentsSql(true)}
  select count(distinct person)::int as told from planned`;

function tellValues(notice: Notice, said: readonly unknown[], now: Date, hold: Date | null): unknown[] {
  const { source, slot } = notice;
  const lane = POLICIES[notice.class].lane;
  return [
    JSON.stringify(notice.to),
    JSON.stringify(said),
    source.kind,
    source.id,
    slot,
    notice.class,
    lane,
    iso(now),
    hold && iso(hold),
  ];
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
  insert into broadcast (id, kind, subject_id, title, audience, contents, class, state, created_at, created_by_id, start_at)
  select $2::uuid, $3::text, $4::text, $5::text, $6::jsonb, coalesce(spoken.contents, '{}'), $7::text, 'planned',
    $8::timestamptz, $9::uuid, $10::timestamptz
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

/** What is said, in every language, numbered in order within each. */
function sayInAll(says: readonly Say[]): (Content & { language: Language; n: number })[] {
  return LANGUAGES.flatMap((language) =>
    says.flatMap((say) => renderSay(say, language)).map((content, at) => ({ ...content, language, n: at + 1 })),
  );
}

async function countAudience(
  tx: Tx,
  audience: Audience,
  channels: readonly ChannelName[],
): ReturnType<Outbox['count']> {
  const { sql, values } = audienceSql(audience, 2);
  const rows = await tx.$queryRawUnsafe<{ channel: ChannelName | null; people: number }[]>(
    `with asked as materialized (${sql}), ${whoSql({ channels: '$1' }, { subscribedOnly: isBySubscription(audience) })}
     select channel, count(*)::int as people from who group by channel`,
    channels,
    ...values,
  );
  const byChannel: Record<ChannelName, number> = { web: 0, telegram: 0, zalo: 0 };
  for (const { channel, people } of rows) if (channel !== null) byChannel[channel] = people;
  const unreachable = rows.find(({ channel }) => channel === null)?.people ?? 0;
  return { people: rows.reduce((sum, { people }) => sum + people, 0), byChannel, unreachable };
}

const iso = (at: Date): string => at.toISOString();
