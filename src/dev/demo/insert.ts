/** Many rows of one table in one statement. */
import type { Tx } from '../../store/index.js';

/**
 * Inserts rows as Prisma's createMany would take them, without its work per value: some thousand rows take a few
 * milliseconds. Columns that no row names get their defaults.
 */
export async function insertRows(tx: Tx, table: string, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return;
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = keys.map((key) => `"${snake(key)}"`).join(', ');
  const stored = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [snake(key), value as unknown])),
  );
  // Table and columns are names of this program, never of a user.
  await tx.$executeRawUnsafe(
    `insert into "${table}" (${columns}) select ${columns} from jsonb_populate_recordset(null::"${table}", $1::jsonb)`,
    JSON.stringify(stored),
  );
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
