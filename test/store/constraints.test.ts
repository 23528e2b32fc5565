import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const sql = (text: string, values: readonly unknown[] = []) => database.store.pool.query(text, [...values]);

/** A unit with one seat and two members. */
async function makeSeat(): Promise<{ seat: string; members: readonly [string, string] }> {
  const [unit, seat, one, two] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await sql(
    `insert into unit (id, code, name, short_name, type, level) values ($1, $1::uuid::text, 'A', 'A', 'so', 'tinh')`,
    [unit],
  );
  await sql(`insert into seat (id, unit_id, kind) values ($1, $2, 'primary')`, [seat, unit]);
  for (const id of [one, two]) await sql(`insert into member (id, full_name) values ($1, 'B')`, [id]);
  return { seat, members: [one, two] };
}

describe('the schema guarantees', () => {
  it('one open holding a seat; closed ones may be many', async () => {
    const { seat, members } = await makeSeat();
    const hold = (member: string, to: Date | null) =>
      sql(
        `insert into seat_holding (id, seat_id, member_id, held_from, held_to) values ($1, $2, $3, '2026-01-01', $4)`,
        [randomUUID(), seat, member, to],
      );
    await hold(members[0], new Date('2026-02-01'));
    await hold(members[0], null);
    await expect(hold(members[1], null)).rejects.toThrow('seat_holding_open_key');
    await expect(hold(members[1], new Date('2025-01-01'))).rejects.toThrow('seat_holding_dates_check');
  });

  it('one open task a thing; a done one may come again', async () => {
    const open = () =>
      sql(
        `insert into task (id, code, kind, ref_id, title, opened_at) values ($1, $1::uuid::text, 'question', 'r', 't', now())`,
        [randomUUID()],
      );
    await open();
    await expect(open()).rejects.toThrow('task_open_key');
    await sql('update task set done_at = now()');
    await open();
  });

  it('a conversation of a member or of a contact, never of both or none', async () => {
    const { members } = await makeSeat();
    const make = (member: string | null, contact: string | null) =>
      sql('insert into conversation (id, member_id, contact_id) values ($1, $2, $3)', [randomUUID(), member, contact]);
    await make(members[0], null);
    await expect(make(null, null)).rejects.toThrow('conversation_owner_check');
    await expect(make(members[1], randomUUID())).rejects.toThrow('conversation_owner_check');
  });

  it('a message once for a source, person and slot', async () => {
    const { rows } = await sql(`insert into content (text) values ('x') returning id`);
    const plan = () =>
      sql(
        `insert into message (source_kind, source_id, person, slot, class, lane, conversation_id, content_id, planned_at)
         values ('step', '1', 'm:1', 's', 'deadline', 'bulk', $1, $2, now())`,
        [randomUUID(), (rows as { id: string }[])[0]?.id],
      );
    await plan();
    await expect(plan()).rejects.toThrow('message_source_kind_source_id_person_slot_key');
  });

  it('in columns with a fixed set of words exactly those that schema.prisma lists', async () => {
    const { rows } = await sql(
      `select conname as name, pg_get_constraintdef(oid) as rule from pg_constraint where contype = 'c'`,
    );
    const rules = new Map((rows as { name: string; rule: string }[]).map(({ name, rule }) => [name, rule]));
    const listed = listedWords(readFileSync('prisma/schema.prisma', 'utf8'));
    expect(listed.length).toBeGreaterThan(30);
    for (const { name, words } of listed) {
      const allowed = [...(rules.get(name) ?? '').matchAll(/'([^']+)'/g)].map(([, word]) => word);
      expect({ name, words: allowed.sort() }).toEqual({ name, words: words.sort() });
    }
    const wrong = sql(`insert into contact (id, channel, external_id) values ($1, 'fax', '1')`, [randomUUID()]);
    await expect(wrong).rejects.toThrow('contact_channel_check');
  });

  it('updates of an attempt in place: its life touches no index', async () => {
    const { rows } = await sql(`insert into content (text) values ('x') returning id`);
    const contentId = (rows as { id: string }[])[0]?.id;
    await sql(
      `with m as (
         insert into message (source_kind, source_id, person, slot, class, lane, conversation_id, content_id, planned_at)
         select 'hot', n::text, 'm:1', 's', 'reply', 'bulk', $1, $2, now() from generate_series(1, 200) n returning id)
       insert into attempt (message_id, channel, conversation_id, lane, state, due) select id, 'web', $1, 'bulk', 'leased', now() from m`,
      [randomUUID(), contentId],
    );
    // One connection for all three: another one's counts would be published up to a second later.
    const client = await database.store.pool.connect();
    try {
      await client.query(`update attempt set state = 'sending', sending_at = now(), sends = 1`);
      await client.query(
        `update attempt set state = 'sent', sent_at = now(), platform_message_id = 'p', ended_at = now()`,
      );
      await client.query('select pg_stat_force_next_flush()');
      const { rows: stats } = await client.query<{ total: string; hot: string }>(
        `select n_tup_upd as total, n_tup_hot_upd as hot from pg_stat_user_tables where relname = 'attempt'`,
      );
      // A page without room moves a few all the same; with an index on one of these columns there would be none.
      expect(Number(stats[0]?.hot)).toBeGreaterThanOrEqual(150);
    } finally {
      client.release();
    }
  });
});

/** `kind String // merge | split`: the words of a column, and the name of the check that keeps them. */
function listedWords(schema: string): { name: string; words: string[] }[] {
  return [...schema.matchAll(/^model \w+ \{\n([\s\S]*?)^\}/gm)].flatMap(([, body = '']) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? '';
    const columns = body.matchAll(/^ +(\w+) +String\??( [^\n]*?)?\/\/ ([\w-]+(?: \| [\w-]+)+) *$/gm);
    return [...columns].map(([, field = '', attributes = '', words = '']) => {
      const column = /@map\("(\w+)"\)/.exec(attributes)?.[1] ?? field;
      return { name: `${table}_${column}_check`, words: words.split(' | ') };
    });
  });
}
