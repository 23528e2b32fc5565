/** Who the people of an audience are, as a query. */
import type { Audience } from '../ports.js';

/** True when only contacts that subscribe may be used. */
export const isBySubscription = (audience: Audience): boolean => audience.kind === 'subscribers';

/**
 * The people of an audience, each once, as `person, member_id, contact_key, seat_id`.
 * Its parameters begin at `first`; a seat's duty asks nobody whether he subscribes.
 */
export function audienceSql(audience: Audience, first: number): { sql: string; values: unknown[] } {
  const p = (n: number) => `$${String(first + n)}`;
  switch (audience.kind) {
    case 'units':
      return {
        sql: `select 'm:' || h.member_id as person, h.member_id, null::uuid as contact_key, (min(s.id::text))::uuid as seat_id
          from seat s join seat_holding h on h.seat_id = s.id and h.held_to is null
          where s.unit_id = any(${p(0)}::uuid[]) and s.kind = any(${p(1)}::text[])
          group by h.member_id`,
        values: [audience.unitIds, audience.seats],
      };
    case 'subscribers':
      return {
        sql: `select coalesce('m:' || member_id, 'c:' || id) as person, member_id,
            case when member_id is null then id end as contact_key, null::uuid as seat_id
          from contact where subscribed and state = 'active'
          group by member_id, case when member_id is null then id end, coalesce('m:' || member_id, 'c:' || id)`,
        values: [],
      };
    case 'people':
      return {
        sql: `select distinct person, case when person like 'm:%' then substr(person, 3)::uuid end as member_id,
            case when person like 'c:%' then substr(person, 3)::uuid end as contact_key, null::uuid as seat_id
          from unnest(${p(0)}::text[]) as person`,
        values: [audience.people],
      };
  }
}
