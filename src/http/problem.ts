/** Errors as clients see them: `{error: {code, message}}`, the message in Vietnamese, never a stack trace. */
import { translate } from '../i18n/index.js';

/** What this server itself can answer; the handlers have their own. */
export type ProblemCode =
  | 'bad_request'
  | 'unauthorized'
  | 'not_found'
  | 'too_large'
  | 'unsupported'
  | 'too_many_requests'
  | 'internal'
  | 'unavailable';

const STATUS: Readonly<Record<ProblemCode, number>> = {
  bad_request: 400,
  unauthorized: 401,
  not_found: 404,
  too_large: 413,
  unsupported: 415,
  too_many_requests: 429,
  internal: 500,
  unavailable: 503,
};

/** The answer for a problem. */
export function problem(code: ProblemCode, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(problemBody(code), { status: STATUS[code], headers });
}

/** The body alone, where Express writes the answer. */
export function problemBody(code: ProblemCode): { error: { code: ProblemCode; message: string } } {
  return { error: { code, message: translate('vi', `http.${code}`) } };
}

/** The problem that a status of Express and its parsers means. */
export function problemOfStatus(status: number): ProblemCode {
  const found = (Object.keys(STATUS) as ProblemCode[]).find((code) => STATUS[code] === status);
  if (found) return found;
  return status >= 400 && status < 500 ? 'bad_request' : 'internal';
}

export const statusOf = (code: ProblemCode): number => STATUS[code];
