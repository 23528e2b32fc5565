/** What a failed statement means: the database is away, two writers met, or something else. */
import { StoreUnavailableError } from '../kernel/errors.js';

const OUTAGE_CODES: ReadonlySet<string> = new Set([
  // Node: the connection
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT', // the socket file of a stopped server
  // PostgreSQL: shutting down, crashed, starting, too many clients
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '53300',
  // Prisma: cannot reach, closed by the server, pool empty, too many connections
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2037',
]);

const OUTAGE_KINDS: ReadonlySet<string> = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'TooManyConnections',
  'SocketTimeout',
]);

// pg and Prisma have no code for these.
const OUTAGE_TEXT =
  /Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|Client was closed|Unable to start a transaction in the given time|Cannot use a pool after calling end/;

const SERIALIZATION_CODES: ReadonlySet<string> = new Set(['40001', '40P01', 'P2034']);

/** True when the database could not be reached or went away: try again later, and count nothing. */
export function isOutage(error: unknown): boolean {
  return chain(error).some(
    (link) =>
      link instanceof StoreUnavailableError ||
      codes(link).some((code) => OUTAGE_CODES.has(code) || OUTAGE_KINDS.has(code) || /^08\w{3}$/.test(code)) ||
      (link instanceof Error && OUTAGE_TEXT.test(link.message)),
  );
}

/** True when two transactions met and this one lost: run it again. */
export function isSerializationFailure(error: unknown): boolean {
  return chain(error).some((link) =>
    codes(link).some((code) => SERIALIZATION_CODES.has(code) || code === 'TransactionWriteConflict'),
  );
}

/** True when a unique index refused the row. */
export function isUniqueViolation(error: unknown): boolean {
  return chain(error).some((link) =>
    codes(link).some((code) => code === '23505' || code === 'P2002' || code === 'UniqueConstraintViolation'),
  );
}

/** The error and what it wraps: `cause`, the parts of an AggregateError, and Prisma's `meta.driverAdapterError`. */
function chain(error: unknown): object[] {
  const found: object[] = [];
  const waiting: unknown[] = [error];
  while (waiting.length > 0 && found.length < 16) {
    const link = waiting.shift();
    if (typeof link !== 'object' || link === null || found.includes(link)) continue;
    found.push(link);
    const { cause, errors, meta } = link as { cause?: unknown; errors?: unknown; meta?: unknown };
    waiting.push(cause, ...(Array.isArray(errors) ? (errors as unknown[]) : []));
    waiting.push((meta as { driverAdapterError?: unknown } | undefined)?.driverAdapterError);
  }
  return found;
}

function codes(link: object): string[] {
  const { code, originalCode, kind } = link as Readonly<Record<string, unknown>>;
  return [code, originalCode, kind].filter((value) => typeof value === 'string');
}
