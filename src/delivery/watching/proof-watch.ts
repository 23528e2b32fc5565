/** The watch over proof: too few are known to have got what everybody should have got. */
import type { Pool } from 'pg';
import type { Alarms } from './alarms.js';
import { POLICIES, type ProofDemand } from '../policy.js';
import type { MessageClass } from '../ports.js';
import { quietHoursOf, quietUntil, type QuietHours, type QuietSource } from '../quiet-hours.js';
import { PROVES_BY_SENDING } from '../states.js';

export interface ProofWatchOptions {
  readonly pool: Pool;
  readonly alarms: Alarms;
  /** In these hours only what may disturb people is judged; the rest in the morning. Default 21:00–06:30; null for none. */
  readonly quietHours?: QuietSource;
}

export interface ProofWatch {
  /** Judges every broadcast whose hour is over at `businessNow`. */
  look(businessNow: Date): Promise<void>;
  /** The instants after `from` and up to `to` at which a broadcast will be judged. */
  instants(from: Date, to: Date): Promise<readonly Date[]>;
}

/** How long a broadcast is judged after its hour: a product that was down for days still tells. */
const LOOK_BACK_MS = 7 * 86_400_000;
/** A campaign is announced so that units meet its deadlines; of other news nobody is woken. */
const CAMPAIGN: ProofDemand = { share: 0.9, afterMs: 3_600_000 };
/** An hour, and a night. */
const LONGEST_MS = Math.max(POLICIES.critical.proof?.afterMs ?? 0, CAMPAIGN.afterMs) + 86_400_000;

const FIRST_WAIT_MS = 60_000;
const LAST_WAIT_MS = 3_600_000;

interface Candidate {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly class: MessageClass;
  readonly expanded_at: Date;
}

function demandOf({ kind, class: name }: Pick<Candidate, 'kind' | 'class'>): ProofDemand | null {
  if (name === 'critical') return POLICIES.critical.proof;
  return name === 'announcement' && kind === 'campaign' ? CAMPAIGN : null;
}

/** Builds the watch over proof. */
export function createProofWatch(options: ProofWatchOptions): ProofWatch {
  const { pool, alarms } = options;
  // Proof only grows: what was enough once need not be counted again, and what is not is counted ever more rarely.
  const enough = new Set<string>();
  const short = new Map<string, { readonly againAt: number; readonly waitMs: number }>();

  const candidates = async (from: Date, to: Date): Promise<readonly Candidate[]> => {
    const { rows } = await pool.query<Candidate>(CANDIDATES, [new Date(from.getTime() - LONGEST_MS), to]);
    return rows;
  };

  /** When it is judged for the first time. */
  const judgedAt = (one: Candidate, { afterMs }: ProofDemand, hours: QuietHours | null): Date => {
    const at = new Date(one.expanded_at.getTime() + afterMs);
    return restsAt(one, at, hours) ?? at;
  };
  /** Until when nobody is told of it; null when somebody may be. */
  const restsAt = (one: Candidate, at: Date, hours: QuietHours | null): Date | null =>
    one.class === 'critical' ? null : quietUntil(at, hours);

  /** True when enough is proven. */
  const judge = async ({ id, title, class: name }: Candidate, wanted: number): Promise<boolean> => {
    const { rows } = await pool.query<{ people: number; proven: number }>(PROVEN, [id, PROVES_BY_SENDING]);
    const { people = 0, proven = 0 } = rows[0] ?? {};
    if (proven >= people * wanted) return true;
    const detail = { title, class: name, people, proven, wanted };
    await alarms.open({ kind: 'unproven', subject: subjectOf(id), detail });
    return false;
  };

  return {
    async look(businessNow) {
      const nowMs = businessNow.getTime();
      const bad = new Set<string>();
      const hours = await quietHoursOf(options.quietHours);
      for (const one of await candidates(new Date(businessNow.getTime() - LOOK_BACK_MS), businessNow)) {
        const proof = demandOf(one);
        if (enough.has(one.id) || proof === null || judgedAt(one, proof, hours) > businessNow) continue;
        bad.add(subjectOf(one.id));
        const last = short.get(one.id);
        if (restsAt(one, businessNow, hours) !== null || (last !== undefined && last.againAt > nowMs)) continue;
        if (await judge(one, proof.share)) {
          enough.add(one.id);
          bad.delete(subjectOf(one.id));
        } else {
          const waitMs = last === undefined ? FIRST_WAIT_MS : Math.min(2 * last.waitMs, LAST_WAIT_MS);
          short.set(one.id, { againAt: nowMs + waitMs, waitMs });
        }
      }
      for (const alarm of await alarms.list()) {
        if (alarm.kind === 'unproven' && !bad.has(alarm.subject)) await alarms.close('unproven', alarm.subject);
      }
    },
    async instants(from, to) {
      const hours = await quietHoursOf(options.quietHours);
      return (await candidates(from, to))
        .flatMap((one) => {
          const proof = demandOf(one);
          return proof === null ? [] : [judgedAt(one, proof, hours)];
        })
        .filter((at) => at > from && at <= to);
    },
  };
}

const subjectOf = (id: string): string => `broadcast:${id}`;

// One that rests or was given up is not judged: an officer wanted it so.
const CANDIDATES = `select id, title, kind, class, expanded_at from broadcast
  where state in ('sending', 'finished') and (class = 'critical' or (class = 'announcement' and kind = 'campaign'))
    and expanded_at > $1 and expanded_at <= $2
  order by id`;

// A person has it when each of his messages is proven, or the message of a colleague who stands in for him.
const PROVEN = `select count(*)::int as people, count(*) filter (where proven)::int as proven
  from (
    select m.person, bool_and(exists (
      select 1 from attempt a
      where (a.message_id = m.id or a.message_id in (select s.id from message s where s.stands_for_id = m.id))
        and (a.state in ('delivered', 'seen') or (a.state = 'sent' and a.channel = any($2::text[])))
    )) as proven
    from message m
    where m.source_kind = 'broadcast' and m.source_id = $1::text and m.stands_for_id is null
    group by m.person
  ) people`;
