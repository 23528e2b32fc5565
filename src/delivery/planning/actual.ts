/** What became of a broadcast, in the table of its forecast. */
import type { Pool } from 'pg';
import { isCorrectingSql } from '../corrections/correcting.js';
import { STOOD_FOR } from '../ledger-sql.js';
import type { Plan, Routes } from './planner.js';
import { readZaloLimits } from './quota.js';

/** The forecast's table afterwards; routes, waiting, uncertain and cancelled add up to the people. */
export interface Actual {
  /** As it was told before sending; null for a broadcast of earlier times. */
  readonly forecast: Plan | null;
  readonly people: number;
  /** Where it arrived; `unreachable` are failed and skipped. */
  readonly routes: Routes;
  readonly waiting: number;
  readonly uncertain: number;
  readonly cancelled: number;
  /** What Zalo took, at today's prices. */
  readonly costVnd: number;
  /** From the first call to the last answer. */
  readonly seconds: number;
}

interface ActualRow {
  readonly forecast: Plan | null;
  readonly limits: unknown;
  readonly counts: Readonly<Record<string, number>> | null;
  readonly billed: number;
  readonly template_vnd: number;
  readonly seconds: number | null;
}

/** Reads it from the ledger; null when there is no such broadcast. */
export async function actualOf(pool: Pool, broadcastId: string): Promise<Actual | null> {
  const { rows } = await pool.query<ActualRow>(ACTUAL, [broadcastId]);
  const [row] = rows;
  if (!row) return null;
  const by = (name: string) => row.counts?.[name] ?? 0;
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
  return {
    forecast: row.forecast,
    people: Object.values(row.counts ?? {}).reduce((sum, n) => sum + n, 0),
    routes,
    waiting: by('waiting'),
    uncertain: by('uncertain'),
    cancelled: by('cancelled'),
    costVnd: row.billed * readZaloLimits(row.limits).billedPriceVnd + row.template_vnd,
    seconds: Math.ceil(row.seconds ?? 0),
  };
}

// A person stands where the least certain of his messages stands. Whoever stands in for a colleague is nobody of the
// audience; a colleague in the other seat who was told counts for whoever could not be.
const ACTUAL = `with told as materialized (
    select m.id, m.person, m.seat_id, m.stands_for_id, a.channel, a.state, a.via, a.form, a.reason,
      a.state in ('sent', 'delivered', 'seen') as arrived, ${isCorrectingSql('m')} as is_correcting
    from message m
    cross join lateral (select channel, state, via, form, reason from attempt where message_id = m.id order by try desc limit 1) a
    where m.source_kind = 'broadcast' and m.source_id = $1::text
  ),
  ${STOOD_FOR},
  went as (
    select t.person,
      case
        when t.state in ('planned', 'queued', 'leased', 'sending') then 'waiting'
        when t.state = 'uncertain' then 'uncertain'
        when t.reason = 'cancelled' then 'cancelled'
        when t.arrived and t.via = 'channel' then 'otherChannel'
        when t.arrived and t.channel = 'zalo' then 'zalo' || initcap(coalesce(t.form, 'free'))
        when t.arrived then t.channel
        when t.id in (select id from stood_for) then 'otherSeat'
        else 'unreachable' end as route
    from told t where t.stands_for_id is null and not t.is_correcting
  ),
  people as (
    select distinct on (person) person, route from went
    order by person, array_position(array['waiting', 'uncertain', 'cancelled', 'unreachable', 'otherSeat'], route) nulls last
  ),
  spent as (
    select count(*) filter (where a.form = 'billed')::int as billed, coalesce(sum(p.price_vnd) filter (where a.form = 'template'), 0)::int as template_vnd,
      extract(epoch from max(a.ended_at) - min(a.sending_at))::float8 as seconds
    from told t join attempt a on a.message_id = t.id and a.sending_at is not null and a.state in ('sent', 'delivered', 'seen', 'uncertain')
    left join zalo_template p on p.id = a.template_id
  )
  select b.forecast, (select value from setting where key = 'zalo.limits') as limits,
    (select jsonb_object_agg(route, n) from (select route, count(*)::int as n from people group by route) each_route) as counts,
    spent.billed, spent.template_vnd, spent.seconds
  from broadcast b cross join spent where b.id = $1::uuid`;
