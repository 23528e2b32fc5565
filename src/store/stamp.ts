/**
 * The stamp: which database this is, and how far it has come. A backup that was restored is another database, or one
 * that has fallen behind what a witness outside of it has seen.
 */
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { newId } from '../kernel/ids.js';
import { inTransaction } from './pool-transaction.js';

/** Keeps, outside the database, how far one installation had come. It may forget; it may never run ahead. */
export interface Witness {
  read(): Promise<Progress | null>;
  write(progress: Progress): Promise<void>;
}

export interface Progress {
  /** One life of a database: a restored copy begins a new one. */
  readonly installation: string;
  /** Grows with every round of every process. */
  readonly beats: number;
}

/** How a database was found to be a restored one: it stands elsewhere, was rewound by its log, or has fallen behind. */
export type Restored = 'elsewhere' | 'timeline' | 'behind';

export interface StampOptions {
  readonly pool: Pool;
  readonly witnesses: readonly Witness[];
  readonly onProblem?: (error: unknown) => void;
  /** When the files of a database on this machine's own disk came to be; a copy has another. */
  readonly birthmark?: () => Promise<string | null>;
}

export interface Stamp {
  /**
   * Compares the database with its stamp and with what was seen of it, and stamps it anew. What `onRestored` writes
   * commits together with the new stamp. Call it at the start, and again from time to time: a database may be
   * restored under a running process.
   */
  check(onRestored: (client: PoolClient, how: Restored) => Promise<void>): Promise<Restored | null>;
}

export const STAMP_KEY = 'store.stamp';

const stampSchema = z.object({
  installation: z.string(),
  beats: z.number(),
  systemId: z.string().nullable(),
  database: z.string(),
  timeline: z.string().nullable(),
  birthmark: z.string().nullable().default(null),
});
type StampRow = z.infer<typeof stampSchema>;
type Identity = Pick<StampRow, 'systemId' | 'database' | 'timeline' | 'birthmark'>;

/** Builds the keeper of the stamp for one process. */
export function createStamp({ pool, witnesses, onProblem = () => undefined, birthmark }: StampOptions): Stamp {
  let seen: Progress | null = null;

  const known = async (): Promise<readonly Progress[]> => {
    if (seen !== null) return [seen];
    const read = await Promise.all(witnesses.map((witness) => witness.read().catch(told(onProblem))));
    return read.filter((one) => one !== null);
  };

  return {
    async check(onRestored) {
      const progress = await known();
      const mark = (await birthmark?.().catch(told(onProblem))) ?? null;
      const { how, after } = await inTransaction(pool, async (client) => {
        const before = await readStamp(client);
        const identity = { ...(await readIdentity(client)), birthmark: mark };
        const found = before === null ? null : compare(before, identity, progress, seen !== null);
        const next = stampAfter(before, identity, found);
        if (found !== null) await onRestored(client, found);
        await client.query(`update setting set value = $2, updated_at = clock_timestamp() where key = $1`, [
          STAMP_KEY,
          JSON.stringify(next),
        ]);
        return { how: found, after: next };
      });
      seen = { installation: after.installation, beats: after.beats };
      // After the commit: a witness that ran ahead would call an ordinary crash a restored backup.
      for (const witness of witnesses) await witness.write(seen).catch(told(onProblem));
      return how;
    },
  };
}

/** Other witnesses know the first life: a copy must not be measured by them, nor they by the copy. */
const stampAfter = (before: StampRow | null, identity: Identity, how: Restored | null): StampRow => ({
  ...identity,
  // Unread for once, it stays known.
  birthmark: identity.birthmark ?? before?.birthmark ?? null,
  installation: before === null || how !== null ? newId() : before.installation,
  beats: (before?.beats ?? 0) + 1,
});

const told =
  (onProblem: (error: unknown) => void) =>
  (error: unknown): null => {
    onProblem(error);
    return null;
  };

/** The stamp, held until the transaction ends; null in a database that never had one. */
async function readStamp(client: PoolClient): Promise<StampRow | null> {
  await client.query(
    `insert into setting (key, value, updated_at) values ($1, 'null', clock_timestamp()) on conflict (key) do nothing`,
    [STAMP_KEY],
  );
  const { rows } = await client.query<{ value: unknown }>('select value from setting where key = $1 for update', [
    STAMP_KEY,
  ]);
  return stampSchema.nullable().parse(rows[0]?.value ?? null);
}

async function readIdentity(client: PoolClient): Promise<Omit<Identity, 'birthmark'>> {
  const { rows } = await client.query<{ database: string }>(
    'select oid::text as database from pg_database where datname = current_database()',
  );
  return {
    database: rows[0]?.database ?? '',
    systemId: await ifAllowed(client, 'select system_identifier::text as value from pg_control_system()'),
    timeline: await ifAllowed(client, 'select left(pg_walfile_name(pg_current_wal_lsn()), 8) as value'),
  };
}

/** A hosted server may forbid the question; then nothing is known against it. */
async function ifAllowed(client: PoolClient, sql: string): Promise<string | null> {
  await client.query('savepoint asked');
  try {
    const { rows } = await client.query<{ value: string }>(sql);
    return rows[0]?.value ?? null;
  } catch (error) {
    await client.query('rollback to savepoint asked');
    const { code } = error as { code?: string };
    if (code === '42501' || code === '42883') return null;
    throw error;
  }
}

/**
 * What speaks for a restored backup. A standby that took over also begins a new timeline: a process that saw the
 * database a moment ago can tell that nothing was lost, one that starts cannot.
 */
function compare(
  stamp: StampRow,
  identity: Identity,
  progress: readonly Progress[],
  isRunning: boolean,
): Restored | null {
  const differs = (a: string | null, b: string | null) => a !== null && b !== null && a !== b;
  if (stamp.database !== identity.database || differs(stamp.systemId, identity.systemId)) return 'elsewhere';
  if (differs(stamp.birthmark, identity.birthmark)) return 'elsewhere';
  if (progress.some((one) => one.installation === stamp.installation && one.beats > stamp.beats)) return 'behind';
  return !isRunning && differs(stamp.timeline, identity.timeline) ? 'timeline' : null;
}

/** The birthmark of the database that a pool is connected to, which must be on this machine's disk. */
export async function birthmarkOf(pool: Pool): Promise<string | null> {
  const { rows } = await pool.query<{ data_directory: string }>('show data_directory');
  return rows[0] === undefined ? null : birthmarkOfFolder(rows[0].data_directory);
}

/**
 * When the oldest file of a cluster was made. It stays when the folder is moved within a disk, and where volumes give
 * other numbers to devices and files with every mount; a copy is made later, also one that takes a freed number again.
 * Null where the disk keeps no such time. A Mac gives a copy the time of the first, so its file's number counts too.
 */
export async function birthmarkOfFolder(folder: string): Promise<string | null> {
  const { birthtimeNs, ino } = await stat(path.join(folder, 'PG_VERSION'), { bigint: true });
  if (birthtimeNs === 0n) return null;
  return process.platform === 'darwin' ? `${String(birthtimeNs)} ${String(ino)}` : String(birthtimeNs);
}

const progressSchema = z.object({ installation: z.string(), beats: z.number() });

/** What a witness wrote, if it can be read. */
export function parseProgress(text: string): Progress | null {
  try {
    return progressSchema.parse(JSON.parse(text));
  } catch {
    // Cut off by a power failure, or written by another release: it knows nothing.
    return null;
  }
}

/** A witness in a file of the data folder. */
export function createFileWitness(folder: string): Witness {
  const file = path.join(folder, 'witness.json');
  return {
    read: async () => {
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        if ((error as { code?: string }).code === 'ENOENT') return '';
        throw error;
      });
      return parseProgress(text);
    },
    write: async (progress) => {
      await mkdir(folder, { recursive: true });
      const draft = `${file}.${String(process.pid)}`;
      await writeFile(draft, `${JSON.stringify(progress)}\n`);
      await rename(draft, file);
    },
  };
}
