/** Takes back what was planned and has not left, when what it says no longer holds. */
import type { MessageRef } from './proofs.js';
import { Prisma, type Tx } from '../store/index.js';
import { returnQuotaSql } from './planning/quota.js';
import { changeSql } from './transitions.js';

/** It has not left, wherever it waits; what is being sent is on its way. */
const HAS_NOT_LEFT = `(a.waiting or a.state in ('planned', 'leased'))`;

/** All parts of the message of a reference `r(kind, id, person, slot)`, and those of a colleague who stood in. */
const MESSAGES = `(
    select m.id from message m where m.source_kind = r.kind and m.source_id = r.id and m.person = r.person
      and (m.slot = r.slot or m.slot like r.slot || '/%')
    union all
    select s.id from message m join message s on s.stands_for_id = m.id
    where m.source_kind = r.kind and m.source_id = r.id and m.person = r.person and (m.slot = r.slot or m.slot like r.slot || '/%')
    offset 0
  )`;

/** Whether something of a reference `r(kind, id, person, slot)` may still leave: a try that waits, or one that may get another way. */
export const MAY_LEAVE_SQL = Prisma.raw(`exists (
    select 1 from lateral ${MESSAGES} x join attempt a on a.message_id = x.id
    where ${HAS_NOT_LEFT} or exists (select 1 from attempt_watch w where w.attempt_id = a.id offset 0)
  )`);

const ASKED = `asked as materialized (
    select r.n, x.id from jsonb_to_recordset($1::jsonb) as r(n int, kind text, id text, person text, slot text) cross join lateral ${MESSAGES} x
  )`;

/** A message to take back; `alone`: nothing else in it holds, so it finds no other way either. */
export interface Withdrawn extends MessageRef {
  readonly slot: string;
  readonly alone: boolean;
}

/**
 * Ends every try for these messages that has not left: final `skipped`, reason `withdrawn`. Whoever frees or leases a
 * try at this moment is waited for, and what has begun to leave by then leaves. `now`: machine time. Returns the places
 * in the list of those of which something was taken back.
 */
export async function withdraw(tx: Tx, messages: readonly Withdrawn[], now: Date): Promise<number[]> {
  const refs = messages.map(({ source, person, slot, alone }, n) => ({ n, ...source, person, slot, alone }));
  const alone = refs.filter((ref) => ref.alone);
  // First, so that the second sees another way that was just found.
  if (alone.length > 0) await tx.$executeRawUnsafe(UNWATCH, JSON.stringify(alone));
  const rows = await tx.$queryRawUnsafe<{ n: number }[]>(WITHDRAW, JSON.stringify(refs), now.toISOString());
  return rows.map(({ n }) => n);
}

const UNWATCH = `with ${ASKED}
  delete from attempt_watch w using asked, attempt a where a.message_id = asked.id and w.attempt_id = a.id`;

// An installation writes through one Official Account; where it had several, nobody knows whose quota it was.
const ONLY_ACCOUNT = `(select case when count(distinct account) = 1 then min(account) end from quota_use)`;

const WITHDRAW = `with ${ASKED},
  ${changeSql({
    name: 'withdrawn',
    from: 'asked',
    where: `a.message_id = asked.id and ${HAS_NOT_LEFT}`,
    set: `state = 'skipped', reason = 'withdrawn', waiting = false, lease_id = null, ended_at = $2::timestamptz, sealed = false`,
    at: '$2',
    reason: `'withdrawn'`,
  })},
  forms as (select w.message_id, f.form, f.quota_period from withdrawn w join attempt f on f.id = w.id),
  returned as (${returnQuotaSql('forms', ONLY_ACCOUNT)})
  select distinct asked.n from withdrawn join asked on asked.id = withdrawn.message_id order by 1`;
