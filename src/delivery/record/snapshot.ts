/** Large reads in one moment of the database, page by page, so that memory stays flat. */
import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../../store/index.js';

export interface Snapshot {
  all<T extends object>(sql: string, values?: readonly unknown[]): Promise<readonly T[]>;
  /** The same, some rows at a time; one such read at once. */
  pages<T extends object>(sql: string, values?: readonly unknown[]): AsyncGenerator<readonly T[]>;
}

const PAGE = 1_000;

/** Runs `read` on one unchanging view of the database, whatever is written meanwhile. */
export function inSnapshot<T>(pool: Pool, read: (at: Snapshot) => Promise<T>): Promise<T> {
  return inTransaction(
    pool,
    (client) =>
      read({
        all: async <R extends object>(sql: string, values: readonly unknown[] = []) =>
          (await client.query<R>(sql, [...values])).rows,
        pages: <R extends object>(sql: string, values: readonly unknown[] = []) => pagesOf<R>(client, sql, values),
      }),
    'begin isolation level repeatable read read only',
  );
}

let opened = 0;

async function* pagesOf<T extends object>(
  client: PoolClient,
  sql: string,
  values: readonly unknown[],
): AsyncGenerator<readonly T[]> {
  const name = `pages_${String((opened += 1))}`;
  await client.query(`declare ${name} no scroll cursor for ${sql}`, [...values]);
  for (;;) {
    const { rows } = await client.query<T>(`fetch ${String(PAGE)} from ${name}`);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) break;
  }
  await client.query(`close ${name}`);
}
