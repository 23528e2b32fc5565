/** Brings a database to the schema of this version, with Prisma's own engine as WebAssembly. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { connectionConfig } from './client.js';
import { withSchemaEngine } from './schema-engine.js';

/** One folder of `prisma/migrations`. */
interface Migration {
  readonly name: string;
  readonly sql: string;
}

// Any number; the engine's own lock (72707369) is another one.
const LOCK = 5_071_202;

/** Applies the migrations that the database does not have yet, and returns their names. */
export async function migrate(url: string, prismaDir: string = defaultPrismaDir()): Promise<readonly string[]> {
  const migrations = await readMigrations(prismaDir);
  const client = new pg.Client(connectionConfig(url));
  await client.connect();
  try {
    // Processes that start together wait here; the second one finds nothing left to do.
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    if (await isUpToDate(client, migrations)) return [];
    return await apply(url, prismaDir, migrations);
  } finally {
    await client.end();
  }
}

/** The folder `prisma/` of the project, found upwards from this file (source or built). */
function defaultPrismaDir(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  for (let at = here; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, 'prisma', 'schema.prisma'))) return path.join(at, 'prisma');
    if (path.dirname(at) === at) throw new Error(`no folder prisma/ above ${here}`);
  }
}

async function readMigrations(prismaDir: string): Promise<Migration[]> {
  const entries = await readdir(path.join(prismaDir, 'migrations'), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => ({
      name,
      sql: await readFile(path.join(prismaDir, 'migrations', name, 'migration.sql'), 'utf8'),
    })),
  );
}

/** Spares the usual start the engine, which costs half a second and 60 MB. */
async function isUpToDate(client: pg.Client, migrations: readonly Migration[]): Promise<boolean> {
  const table = await client.query<{ name: string | null }>(`select to_regclass('_prisma_migrations') as name`);
  if (!table.rows[0]?.name) return false;
  const applied = await client.query<{ migration_name: string; checksum: string }>(
    'select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  );
  const checksums = new Map(applied.rows.map((row) => [row.migration_name, row.checksum]));
  return migrations.every(({ name, sql }) => checksums.get(name) === createHash('sha256').update(sql).digest('hex'));
}

async function apply(url: string, prismaDir: string, migrations: readonly Migration[]): Promise<readonly string[]> {
  const baseDir = path.join(prismaDir, 'migrations');
  const lockfile = {
    path: 'migration_lock.toml',
    content: await readFile(path.join(baseDir, 'migration_lock.toml'), 'utf8'),
  };
  const migrationDirectories = migrations.map(({ name, sql }) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
  }));
  const { appliedMigrationNames } = await withSchemaEngine(url, prismaDir, (engine) =>
    engine.applyMigrations({
      migrationsList: { baseDir, lockfile, shadowDbInitScript: '', migrationDirectories },
      filters: { externalTables: [], externalEnums: [] },
    }),
  );
  return appliedMigrationNames;
}
