/** Says before sending how many people go which way, at what cost and in what time; and afterwards what happened. */
import type { Pool } from 'pg';
import type { Say } from '../../conversation/flow.js';
import { CHANNEL_NAMES, type ChannelName } from '../../kernel/people.js';
import type { Tx } from '../../store/index.js';
import { actualOf, type Actual } from './actual.js';
import { audienceSql, isBySubscription } from './audience.js';
import { askedSql } from './plan-sql.js';
import type { Audience, MessageClass, Recipient } from '../ports.js';
import { DEFAULT_ZALO_ACCOUNT, openZaloRoutes, type Run, type ZaloRoutes } from './quota.js';
import { markSamples, saidIn, sayInAll } from './said.js';
import { stoodForSql, whoSql } from './who-sql.js';

/** Every person of an audience on exactly one way; the numbers add up to the people. */
export interface Routes {
  readonly web: number;
  readonly telegram: number;
  /** Wrote within 48 hours. */
  readonly zaloFree: number;
  /** Wrote within seven days: the account is charged. */
  readonly zaloBilled: number;
  /** As an approved template. */
  readonly zaloTemplate: number;
  /** Zalo comes first for them, but is closed; another channel of theirs stands in. */
  readonly otherChannel: number;
  /** Cannot be reached, but the other seat of their unit can. */
  readonly otherSeat: number;
  readonly unreachable: number;
}

/** How a message would go now. */
export interface Plan {
  readonly people: number;
  readonly routes: Routes;
  /** The channel that each message takes; the ways `otherChannel` and `web` may both end on the web. */
  readonly byChannel: Readonly<Record<ChannelName, number>>;
  readonly costVnd: number;
  /** From the first message to the last, at the rates of the accounts. */
  readonly seconds: number;
  /** Prices and limits of Zalo are guessed, not set. */
  readonly isGuessed: boolean;
}

export interface PlannerOptions {
  /** Channels that are on (all). */
  readonly channels?: readonly ChannelName[];
  readonly demo?: boolean;
  readonly zaloAccount?: string;
  /** Bulk messages a second where something limits them; Zalo's follow from its limits. */
  readonly bulkPerSecond?: Readonly<Partial<Record<ChannelName, number>>>;
}

export interface Planner {
  /** Counts by the statement that plans. Without `say` a single short message is assumed. `whole`: as `Notice.whole`. */
  plan(
    tx: Tx,
    to: Audience | readonly Recipient[],
    kind: MessageClass,
    now: Date,
    say?: readonly Say[],
    title?: string,
    whole?: boolean,
  ): Promise<Plan>;
  /** The same table with what became of a broadcast; null when there is none. */
  actual(pool: Pool, broadcastId: string): Promise<Actual | null>;
}

/** Share of Zalo's requests that a broadcast takes; replies live on the rest. */
const ZALO_BULK_SHARE = 0.8;
const TELEGRAM_PER_SECOND = 30;
/** Of these classes the unit's other seat is told when somebody cannot be reached. */
const SEAT_CLASSES: readonly MessageClass[] = ['announcement', 'deadline', 'critical'];

/** Builds the planner. */
export function createPlanner(options: PlannerOptions = {}): Planner {
  const { channels = CHANNEL_NAMES, demo = false, zaloAccount = DEFAULT_ZALO_ACCOUNT } = options;
  return {
    async plan(tx, to, kind, now, say, title = '', whole = false) {
      const parts = say === undefined ? null : sayInAll(demo ? markSamples(say) : say);
      const said = parts && saidIn(parts, title);
      const run = runIn(tx);
      const zalo = channels.includes('zalo')
        ? await openZaloRoutes(run, { account: zaloAccount, class: kind, now, said, whole, lock: null })
        : null;
      const rows = await run<RouteRow>(...countSql(to, channels, zalo, now, SEAT_CLASSES.includes(kind)));
      const pieces = Math.max(1, ...(said ?? []).map(({ texts }) => texts.length));
      return planOf(rows, { zalo, pieces, rates: options.bulkPerSecond ?? {} });
    },
    actual: actualOf,
  };
}

/** Statements in a Prisma transaction. */
export const runIn =
  (tx: Tx): Run =>
  (sql, values) =>
    tx.$queryRawUnsafe(sql, ...values);

interface RouteRow {
  readonly route: keyof Routes;
  readonly channel: ChannelName | null;
  readonly people: number;
  readonly billed: number;
  readonly price: number;
}

function countSql(
  to: Audience | readonly Recipient[],
  channels: readonly ChannelName[],
  zalo: ZaloRoutes | null,
  now: Date,
  seats: boolean,
): [string, unknown[]] {
  const isList = Array.isArray(to);
  const audience = isList ? null : audienceSql(to as Audience, 4);
  const asked = audience ? `asked as materialized (${audience.sql})` : askedSql('$4');
  const routes = zalo ? { zalo: { routes: '$2', leavesAt: '$3' } } : {};
  const subscribedOnly = !isList && isBySubscription(to as Audience);
  const stoodFor = seats ? stoodForSql('$1', '$3') : 'stood_for as (select null::text as person where false)';
  const sql = `with ${asked}, ${whoSql({ channels: '$1', ...routes }, { subscribedOnly })}, ${stoodFor}
    select case
        when w.contact_id is null then case when w.person in (select person from stood_for) then 'otherSeat' else 'unreachable' end
        when w.moved then 'otherChannel'
        when w.channel = 'zalo' then 'zalo' || initcap(w.form)
        else w.channel end as route,
      w.channel, count(*)::int as people,
      coalesce(sum(coalesce(($2::jsonb -> 'pieces' ->> w.language)::int, 1)) filter (where w.form = 'billed'), 0)::int as billed,
      coalesce(sum(w.price), 0)::int as price
    from who w where $3::timestamptz is not null group by 1, 2`;
  const values = [channels, zalo ? JSON.stringify(zalo) : null, now.toISOString()];
  return [sql, [...values, ...(audience ? audience.values : [JSON.stringify(to)])]];
}

interface Terms {
  readonly zalo: ZaloRoutes | null;
  readonly pieces: number;
  readonly rates: Readonly<Partial<Record<ChannelName, number>>>;
}

function planOf(rows: readonly RouteRow[], { zalo, pieces, rates }: Terms): Plan {
  const total = (pick: (row: RouteRow) => number) => rows.reduce((sum, row) => sum + pick(row), 0);
  const on = (name: ChannelName) => total((row) => (row.channel === name ? row.people : 0));
  const by = (route: keyof Routes) => total((row) => (row.route === route ? row.people : 0));
  const routes: Routes = {
    web: by('web'),
    telegram: by('telegram'),
    zaloFree: by('zaloFree'),
    zaloBilled: by('zaloBilled'),
    zaloTemplate: by('zaloTemplate'),
    otherChannel: by('otherChannel'),
    otherSeat: by('otherSeat'),
    unreachable: by('unreachable'),
  };
  const zaloCalls = (on('zalo') - routes.zaloTemplate) * pieces + routes.zaloTemplate;
  const zaloRate = ((zalo?.limits.perMinute ?? 0) * ZALO_BULK_SHARE) / 60;
  const seconds = Math.max(
    (on('telegram') * pieces) / (rates.telegram ?? TELEGRAM_PER_SECOND),
    zaloCalls === 0 ? 0 : zaloCalls / (rates.zalo ?? zaloRate),
  );
  return {
    people: total((row) => row.people),
    routes,
    byChannel: { web: on('web'), telegram: on('telegram'), zalo: on('zalo') },
    costVnd: total((row) => row.price + row.billed * (zalo?.limits.billedPriceVnd ?? 0)),
    seconds: Math.ceil(seconds),
    isGuessed: zalo?.limits.isForecast ?? false,
  };
}
