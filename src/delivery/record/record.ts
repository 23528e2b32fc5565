/**
 * The record (biên bản thông báo): what the ledger says of ended attempts, copied into one hash chain a notice. It runs
 * off the way of messages: small transactions, rows that somebody holds are left for the next round.
 */
import { randomBytes } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Clock } from '../../kernel/clock.js';
import { inTransaction, type Tx } from '../../store/index.js';
import { CHAIN_START, hashEntry, personDigest, stagesOf, type RecordEntry, type Stage } from './hash.js';
import { ATTEMPTS, EDITS, ORDERS, type Kind, type Picked } from './pick.js';

/** What messages belong to: a broadcast, an obligation, a question … */
export interface RecordSource {
  readonly kind: string;
  readonly id: string;
}

export interface SealOptions {
  /** Attempts a transaction (500). */
  readonly batch?: number;
  /** Begins no further batch after this long (2 s). */
  readonly budgetMs?: number;
  /** Leaves alone what ended so recently: receipts come in the first seconds (10 s). */
  readonly quietMs?: number;
  /** Only this one. */
  readonly source?: RecordSource;
}

export interface SealStats {
  readonly attempts: number;
  readonly edits: number;
  readonly entries: number;
}

/**
 * Seals what ended and is not sealed yet, oldest first, within its budget. Any number of processes may seal at once;
 * what one began and did not commit is sealed by the next.
 */
export async function seal(pool: Pool, clock: Clock, options: SealOptions = {}): Promise<SealStats> {
  const { batch = 500, budgetMs = 2_000, quietMs = 10_000, source } = options;
  const startMs = clock.now().getTime();
  const before = new Date(startMs - quietMs);
  const stats = { attempts: 0, edits: 0, entries: 0 };
  for (const kind of [ATTEMPTS, EDITS]) {
    for (let after = '0'; clock.now().getTime() - startMs <= budgetMs;) {
      const values = [after, before, source?.kind ?? null, source?.id ?? null, batch];
      const sealNext = (client: PoolClient) => sealBatch(client, kind, values, clock.now());
      const done = await inTransaction(pool, sealNext, `begin; ${SETTINGS}`);
      stats[kind === EDITS ? 'edits' : 'attempts'] += done.rows;
      stats.entries += done.entries;
      if (done.rows < batch) break;
      after = done.last;
    }
  }
  return stats;
}

/**
 * Makes a person's name unprovable: the chains hold and show that it was erased. Blanks it where messages hold it apart
 * from their words; elsewhere it is the caller's to blank. Returns false for a person who was erased before.
 */
export async function erasePerson(tx: Tx, person: string): Promise<boolean> {
  await tx.$executeRaw`
    update message s set opening = null from message first
    where s.stands_for_id = first.id and first.person = ${person} and s.opening is not null`;
  await tx.$executeRaw`
    update attempt a set template_data = '{}' from message m
    where m.id = a.message_id and m.person = ${person} and a.template_data is not null and a.ended_at is not null
      and m.conversation_id in (
        select id from conversation where member_id = substr(${person}, 3)::uuid or contact_id = substr(${person}, 3)::uuid
        union all select substr(${person}, 3)::uuid
      )`;
  const changed = await tx.$executeRaw`
    insert into record_salt as s (person_key, salt) values (${person}, '')
    on conflict (person_key) do update set salt = '' where s.salt <> ''`;
  return changed > 0;
}

/** As on the engine's own connections: statistics follow too slowly, and every step here goes by key, in its order. */
export const SETTINGS = `set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off;
  set local enable_bitmapscan = off; set local jit = off; set local statement_timeout = 10000; set local lock_timeout = 5000`;

interface BatchStats {
  readonly rows: number;
  readonly entries: number;
  readonly last: string;
}

async function sealBatch(
  client: PoolClient,
  kind: Kind,
  values: readonly unknown[],
  sealedAt: Date,
): Promise<BatchStats> {
  const ids = (await client.query<{ id: string }>(kind.pick, [...values])).rows.map(({ id }) => id);
  const last = ids.at(-1) ?? '0';
  if (ids.length === 0) return { rows: 0, entries: 0, last };
  const { rows } = await client.query<Picked>(kind.read, [ids]);
  const orders = await ordersOf(client, rows);
  const known = kind === EDITS ? new Map<string, KnownStages>() : await knownStages(client, rows);
  const salts = await saltsOf(client, [...orders, ...rows]);
  const outcomes = rows.flatMap((row) => newStages(row, known.get(row.id)).map((stage) => ({ row, stage })));
  const chains = await lockChains(client, outcomes);
  // Somebody else may have begun the chain since the orders were read.
  const begun = orders.filter((row) => chains.get(chainKey(row))?.entries === 0);
  const links = [...begun.flatMap((row) => stagesOf(row).map((stage) => ({ row, stage }))), ...outcomes];
  const entries = links.map(({ row, stage }) => {
    const chain = chains.get(chainKey(row));
    if (!chain) throw new Error('a chain that was just made is gone');
    const entry = entryOf(row, stage, chain.entries + 1, salts.get(row.person), sealedAt);
    chain.head = hashEntry(chain.head, entry);
    chain.entries += 1;
    return { ...entry, hash: chain.head };
  });
  await append(client, entries, [...chains.values()]);
  await client.query(`update ${kind.table} set sealed = true where id = any($1::bigint[])`, [ids]);
  return { rows: ids.length, entries: entries.length, last };
}

async function ordersOf(client: PoolClient, rows: readonly Picked[]): Promise<readonly Picked[]> {
  const sources = [...new Map(rows.map((row) => [chainKey(row), row])).values()];
  const values = [sources.map(({ sourceKind }) => sourceKind), sources.map(({ sourceId }) => sourceId)];
  return (await client.query<Picked>(ORDERS, values)).rows;
}

function entryOf(row: Picked, stage: Stage, n: number, salt: string | undefined, sealedAt: Date): RecordEntry {
  const { sourceKind, sourceId, kind, attemptId, editId, standsForId, via, contentId, contentDigest, factsDigest } =
    row;
  return {
    ...{ sourceKind, sourceId, n, kind, attemptId, editId, standsForId, via },
    ...{ contentId, contentDigest, factsDigest },
    ...{ channel: row.channel, platformMessageId: row.platformMessageId },
    ...{ state: stage.state, reason: stage.reason, at: stage.at, sealedAt },
    // What is sent by itself was ordered by nobody.
    personDigest: row.person === '' ? '' : personDigest(salt ?? '', row.person, row.fullName),
  };
}

interface KnownStages {
  /** `<state>@<ms>` */
  readonly all: Set<string>;
  last: string;
  messageId: string | null;
}

const stageKey = (state: string, at: Date): string => `${state}@${String(at.getTime())}`;

async function knownStages(client: PoolClient, rows: readonly Picked[]): Promise<Map<string, KnownStages>> {
  const found = await client.query<{ attempt_id: string; state: string; at: Date; message_id: string | null }>(
    `select attempt_id, state, at, platform_message_id as message_id from record_entry where attempt_id = any($1::bigint[]) and kind = 'outcome' order by n`,
    [rows.map(({ attemptId }) => attemptId)],
  );
  const known = new Map<string, KnownStages>();
  for (const { attempt_id: id, state, at, message_id: messageId } of found.rows) {
    const stages = known.get(id) ?? { all: new Set(), last: '', messageId };
    stages.messageId = messageId;
    stages.last = stageKey(state, at);
    stages.all.add(stages.last);
    known.set(id, stages);
  }
  return known;
}

/** Stages that the chain does not have; where the ledger went back or the message's id became known, the present one once more. */
function newStages(row: Picked, known: KnownStages | undefined) {
  const stages = stagesOf(row);
  const missing = stages.filter(({ state, at }) => known?.all.has(stageKey(state, at)) !== true);
  const present = stages.at(-1);
  if (missing.length > 0 || present === undefined || known === undefined) return missing;
  const isLast = known.last === stageKey(present.state, present.at) && known.messageId === row.platformMessageId;
  return isLast ? [] : [present];
}

/** The salts of these people, made for those who have none; in one order everywhere, so that sealers do not block one another. */
async function saltsOf(client: PoolClient, rows: readonly Picked[]): Promise<Map<string, string>> {
  const people = [...new Set(rows.map(({ person }) => person))].filter((person) => person !== '').sort();
  const salts = people.map(() => randomBytes(16).toString('hex'));
  await client.query(
    `insert into record_salt (person_key, salt) select * from unnest($1::text[], $2::text[]) on conflict do nothing`,
    [people, salts],
  );
  const found = await client.query<{ person_key: string; salt: string }>(
    'select person_key, salt from record_salt where person_key = any($1::text[])',
    [people],
  );
  return new Map(found.rows.map(({ person_key: person, salt }) => [person, salt]));
}

interface Chain {
  readonly kind: string;
  readonly id: string;
  entries: number;
  head: string;
}

const chainKey = ({ sourceKind, sourceId }: Pick<RecordEntry, 'sourceKind' | 'sourceId'>): string =>
  `${sourceKind}\n${sourceId}`;

/** Holds the chains until the commit: each grows at one place at a time. */
async function lockChains(client: PoolClient, links: readonly { readonly row: Picked }[]): Promise<Map<string, Chain>> {
  const sources = [...new Map(links.map(({ row }) => [chainKey(row), row])).entries()].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const keys = [sources.map(([, row]) => row.sourceKind), sources.map(([, row]) => row.sourceId)];
  await client.query(
    `insert into record_chain (source_kind, source_id, entries, head)
     select kind, id, 0, $3 from unnest($1::text[], $2::text[]) as s(kind, id) on conflict do nothing`,
    [...keys, CHAIN_START],
  );
  const { rows } = await client.query<Chain>(
    `select c.source_kind as kind, c.source_id as id, c.entries, c.head
     from unnest($1::text[], $2::text[]) with ordinality as s(kind, id, n)
     join record_chain c on c.source_kind = s.kind and c.source_id = s.id order by s.n for update of c`,
    keys,
  );
  return new Map(rows.map((row) => [chainKey({ sourceKind: row.kind, sourceId: row.id }), { ...row }]));
}

async function append(
  client: PoolClient,
  entries: readonly (RecordEntry & { readonly hash: string })[],
  chains: readonly Chain[],
): Promise<void> {
  await client.query(APPEND, [JSON.stringify(entries)]);
  await client.query(
    `update record_chain c set entries = n.entries, head = n.head
     from unnest($1::text[], $2::text[], $3::int[], $4::text[]) as n(kind, id, entries, head)
     where c.source_kind = n.kind and c.source_id = n.id`,
    [
      chains.map(({ kind }) => kind),
      chains.map(({ id }) => id),
      chains.map(({ entries: count }) => count),
      chains.map(({ head }) => head),
    ],
  );
}

const APPEND = `insert into record_entry (source_kind, source_id, n, kind, attempt_id, edit_id, stands_for_id, via,
    person_digest, content_id, content_digest, facts_digest, channel, platform_message_id, state, reason, at, sealed_at, hash)
  select e."sourceKind", e."sourceId", e.n, e.kind, e."attemptId", e."editId", e."standsForId", e.via,
    e."personDigest", e."contentId", e."contentDigest", e."factsDigest", e.channel, e."platformMessageId", e.state, e.reason, e.at, e."sealedAt", e.hash
  from jsonb_to_recordset($1::jsonb) as e("sourceKind" text, "sourceId" text, n int, kind text, "attemptId" bigint,
    "editId" bigint, "standsForId" bigint, via text, "personDigest" text, "contentId" bigint, "contentDigest" text, "factsDigest" text, channel text,
    "platformMessageId" text, state text, reason text, at timestamptz, "sealedAt" timestamptz, hash text)`;
