/** Writes the messages of one piece of a broadcast: the next people of its audience. */
import type { Pool, PoolClient } from 'pg';
import type { ChannelName } from '../../kernel/people.js';
import { audienceSql, isBySubscription } from '../planning/audience.js';
import { rowsSql } from '../planning/plan-sql.js';
import { inTransaction } from '../../store/index.js';
import { POLICIES } from '../policy.js';
import type { Audience, MessageClass } from '../ports.js';
import { openZaloRoutes, type Run, type ZaloRoutes } from '../planning/quota.js';
import { saidIn } from '../planning/said.js';
import { whoSql } from '../planning/who-sql.js';

export interface Piece {
  readonly id: string;
  readonly audience: Audience;
  readonly class: MessageClass;
  readonly channels: readonly ChannelName[];
  readonly zaloAccount: string;
  /** Business time of planning, and until when it is held. */
  readonly now: Date;
  readonly hold: Date | null;
  /** Machine time. */
  readonly due: Date;
  /** The last person of the piece before. */
  readonly after: string;
  readonly size: number;
}

/** Plans it; returns the last person, or null when nobody is left or the broadcast is not being expanded. */
export function expandPiece(pool: Pool, piece: Piece): Promise<string | null> {
  return inTransaction(pool, (client) => next(client, piece), `begin; ${BY_INDEX}`);
}

// As in connection.ts: the tables grow faster than statistics follow, and everything here is found by its key.
const BY_INDEX = 'set local enable_seqscan = off';

// The row comes first: whoever cancels it takes it before the quotas too, and the words that are read under its lock are
// those that every person of the piece gets.
const LOCK = `select 1 from broadcast where id = $1::uuid and state = 'expanding' for update`;

async function next(client: PoolClient, piece: Piece): Promise<string | null> {
  const { rowCount } = await client.query(LOCK, [piece.id]);
  if (rowCount === 0) return null;
  return plan(client, piece, piece.channels.includes('zalo') ? await openRoutes(client, piece) : null);
}

async function plan(db: PoolClient, piece: Piece, zalo: ZaloRoutes | null): Promise<string | null> {
  const audience = audienceSql(piece.audience, zalo ? 12 : 10);
  const { rows } = await db.query<{ last: string | null }>(pieceSql(piece.audience, audience.sql, zalo !== null), [
    piece.id,
    piece.channels,
    piece.class,
    POLICIES[piece.class].lane,
    piece.now,
    piece.hold,
    piece.due,
    piece.after,
    piece.size,
    ...(zalo ? [JSON.stringify(zalo), piece.hold ?? piece.now] : []),
    ...audience.values,
  ]);
  return rows[0]?.last ?? null;
}

/** The quotas' rows stay locked until the piece is committed. */
async function openRoutes(client: PoolClient, piece: Piece): Promise<ZaloRoutes> {
  const { rows } = await client.query<{ title: string; language: string; text: string }>(SAID, [piece.id]);
  return openZaloRoutes(runOn(client), {
    account: piece.zaloAccount,
    class: piece.class,
    now: piece.hold ?? piece.now,
    said: saidIn(rows, rows[0]?.title),
    lock: {},
  });
}

const runOn =
  (client: PoolClient): Run =>
  async <T extends object>(sql: string, values: readonly unknown[]) =>
    (await client.query<T>(sql, [...values])).rows;

const SAID = `select b.title, spoken.key as language, c.text
  from broadcast b cross join jsonb_each(b.contents) spoken
  cross join jsonb_array_elements_text(spoken.value) with ordinality as one(id, n)
  join content c on c.id = one.id::bigint
  where b.id = $1::uuid order by spoken.key, one.n`;

function pieceSql(audience: Audience, people: string, zalo: boolean): string {
  const rows = {
    sourceKind: `'broadcast'`,
    sourceId: '$1::text',
    slot: `'main'`,
    class: '$3::text',
    lane: '$4::text',
    now: '$5',
    notBefore: '$6',
    due: '$7',
    channels: '$2',
  };
  const routes = zalo ? { zalo: { routes: '$10', leavesAt: '$11' }, told: rows } : {};
  return `with running as materialized (
    select contents from broadcast where id = $1::uuid
  ),
  asked as materialized (
    select people.* from (${people}) people, running where people.person > $8::text order by people.person limit $9::int
  ),
  said as materialized (
    select spoken.key as language, one.id::bigint as id, one.n
    from running, jsonb_each(running.contents) spoken, jsonb_array_elements_text(spoken.value) with ordinality as one(id, n)
  ),
  ${whoSql({ channels: '$2', ...routes }, { subscribedOnly: isBySubscription(audience) })},
  ${rowsSql(rows, zalo)}
  select max(person) as last from asked`;
}
