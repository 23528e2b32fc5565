/** The queue's backend cannot be reached now. Nothing is lost: the reconciler finds the work again. */
export class QueueUnavailableError extends Error {
  override readonly name = 'QueueUnavailableError';
}

const NETWORK_CODES: ReadonlySet<unknown> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'ENOENT'],
]);
// Drivers give no code to what they notice themselves. Redis says some of it in the first word of its answer.
const DRIVER_WORDS =
  /connection (is )?(closed|terminated|ended)|connection error|connection close|connection timeout|timeout exceeded when trying to connect|stream isn't writeable|command timed out|max retries per request|after calling end|client was closed|timeout expired|read timeout|etimedout/i;
const REDIS_WORDS = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|MISCONF|OOM|NOREPLICAS)/;
// SQLSTATE 08: connection. 53: no resources. 57P: server going or coming. 25006: a standby.
const SQL_STATES = /^(08...|53...|57P..|25006)$/;

/** True for an error that says "the backend is away", not "the call is wrong". */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  if (NETWORK_CODES.has(code) || (typeof code === 'string' && SQL_STATES.test(code))) return true;
  return DRIVER_WORDS.test(error.message) || REDIS_WORDS.test(error.message);
}
