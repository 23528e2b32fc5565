import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../src/store/index.js';
import { diffSchemas } from '../../src/store/schema-engine.js';
import { createEmptyDatabase } from '../support/database.js';

const ALL = [
  '20261122000000_init',
  '20261122191107_delivery_proof',
  '20261123013500_record_facts',
  '20261123030000_duties_and_calendar',
  '20261123040000_reporting_in_full',
  '20261124010000_answers',
];

let database: { url: string; drop(): Promise<void> };
beforeEach(async () => {
  database = await createEmptyDatabase();
});
afterEach(() => database.drop());

async function query<T extends pg.QueryResultRow>(sql: string): Promise<T[]> {
  const client = new pg.Client(database.url);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** One line for each column, index and constraint of the database. */
async function readCatalog(): Promise<string[]> {
  const rows = await query<{ line: string }>(`
    select format('column %s.%s %s %s %s', table_name, column_name, udt_name, is_nullable, column_default) as line
    from information_schema.columns where table_schema = 'public'
    union all
    select format('index %s %s', indexname, indexdef) from pg_indexes where schemaname = 'public'
    union all
    select format('constraint %s %s', conname, pg_get_constraintdef(oid)) from pg_constraint
    where connamespace = 'public'::regnamespace and contype <> 'n'`);
  return rows.map(({ line }) => line);
}

describe('migrations', () => {
  it('bring an empty database to the schema, once', async () => {
    expect(await migrate(database.url)).toEqual(ALL);
    expect(await migrate(database.url)).toEqual([]);
    expect(await query('select offset_ms::int as offset from business_clock')).toEqual([{ offset: 0 }]);
  });

  it('are applied once when two processes start together', async () => {
    const applied = await Promise.all([migrate(database.url), migrate(database.url)]);
    expect(applied.flat()).toEqual(ALL);
  });

  it('leave no connection behind', async () => {
    await migrate(database.url);
    const others =
      'select count(*)::int as open from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
    expect(await query(others)).toEqual([{ open: 0 }]);
  });

  it('lead to what schema.prisma says, and to nothing less', async () => {
    await migrate(database.url);
    const migrated = await readCatalog();
    const fresh = await createEmptyDatabase();
    const before = database;
    database = fresh;
    try {
      const schema = await readFile('prisma/schema.prisma', 'utf8');
      await query(await diffSchemas(fresh.url, path.resolve('prisma'), null, schema));
      const wanted = await readCatalog();
      expect(wanted.length).toBeGreaterThan(200);
      expect(wanted.filter((line) => !migrated.includes(line))).toEqual([]);
      // Beyond it there are only indexes and checks written by hand, and no column.
      const more = migrated.filter((line) => !wanted.includes(line) && !line.includes('_prisma_migrations'));
      expect(more.filter((line) => !/^(index|constraint) \w+_(key|idx|check)/.test(line))).toEqual([]);
    } finally {
      database = before;
      await fresh.drop();
    }
  });

  it('keep beside them the schema that they lead to, from which the next one is made', async () => {
    const kept = await readFile('prisma/migrations/schema.prisma', 'utf8');
    expect(kept).toBe(await readFile('prisma/schema.prisma', 'utf8'));
  });

  it('apply a later migration to a database that has data', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'neu-guong-migrate-'));
    try {
      await cp('prisma', folder, { recursive: true });
      await migrate(database.url, folder);
      await query(`insert into setting (key, value, updated_at) values ('k', '1', now())`);
      await mkdir(path.join(folder, 'migrations', '20270101000000_more'));
      const sql = 'alter table setting add column note text;';
      await writeFile(path.join(folder, 'migrations', '20270101000000_more', 'migration.sql'), sql);
      expect(await migrate(database.url, folder)).toEqual(['20270101000000_more']);
      expect(await query('select key, note from setting')).toEqual([{ key: 'k', note: null }]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('stop at a faulty migration, say which, and leave the database as it was', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'neu-guong-migrate-'));
    try {
      await cp('prisma', folder, { recursive: true });
      await mkdir(path.join(folder, 'migrations', '20270101000000_wrong'));
      await writeFile(
        path.join(folder, 'migrations', '20270101000000_wrong', 'migration.sql'),
        'alter table nowhere add x int;',
      );
      await expect(migrate(database.url, folder)).rejects.toThrow('20270101000000_wrong');
      expect(await query('select count(*)::int as rows from business_clock')).toEqual([{ rows: 1 }]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
