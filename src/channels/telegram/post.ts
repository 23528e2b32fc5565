/** Calls of the Bot API that carry no bytes of a file: one JSON body there, one back. */
import http from 'node:http';
import https from 'node:https';
import { z } from 'zod';
import { NOT_CONNECTED } from './connect.js';

/** An answer as the Bot API writes it. */
export type ApiAnswer = { readonly ok: true; readonly result: unknown } | ApiRefusal;

export interface ApiRefusal {
  readonly ok: false;
  /** Not in the words of the Bot API: something before it turned the request back, whose code says nothing of the chat. */
  readonly isForeign?: true;
  readonly error_code: number;
  readonly description: string;
  readonly parameters?:
    { readonly retry_after?: number | undefined; readonly migrate_to_chat_id?: number | undefined } | undefined;
}

export interface Poster {
  /** Rejects when nothing readable came back; the error's code says whether the request can have left (connect.ts). */
  post(method: string, params: object, signal?: AbortSignal): Promise<ApiAnswer>;
}

/** What is of no use of the rest of a refusal is left out: that it is one is certain. */
const REFUSAL = z.object({
  ok: z.literal(false),
  error_code: z.number(),
  description: z.string().catch(''),
  parameters: z
    .object({
      retry_after: z.number().positive().optional().catch(undefined),
      migrate_to_chat_id: z.number().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});
/** Far above the longest answer, a hundred updates. */
const ANSWER_LIMIT_BYTES = 20_000_000;
/** From its first byte to its last: an answer that trickles is never silent, and would hold a call for ever. */
const ANSWER_LIMIT_MS = 30_000;

/**
 * telegraf asks through node-fetch, whose streams and signals cost as much as the rest of a delivery; a broadcast is a
 * hundred thousand small calls. Files go through telegraf, which knows how to write them.
 */
export function createPoster(root: string, agent: http.Agent): Poster {
  const { protocol, hostname, port, pathname } = new URL(root);
  const target = { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port, agent, method: 'POST' };
  const request = protocol === 'https:' ? https.request : http.request;
  return {
    post: (method, params, signal) =>
      new Promise((resolve, reject) => {
        const body = Buffer.from(JSON.stringify(params, withoutNull));
        const headers = { 'content-type': 'application/json', 'content-length': body.length };
        const options = { ...target, path: `${pathname}${method}`, headers, ...(signal ? { signal } : {}) };
        let isAnswered = false;
        const call = request(options, (response) => {
          isAnswered = true;
          read(response).then(resolve, reject);
        });
        // Without a socket it was stopped before the agent had found one; everything later is marked by connect.ts.
        call.on('error', (error) => {
          reject(call.socket === null ? unreadable(`${NOT_CONNECTED} ${error.name}`) : error);
        });
        // An answer that wants to speak another protocol ends the request without a response and without an error.
        call.on('close', () => {
          if (!isAnswered) reject(unreadable('ANSWER_UNKNOWN'));
        });
        call.end(body);
      }),
  };
}

/** The Bot API takes a missing field for its default, and refuses some that are null. */
const withoutNull = (_: string, value: unknown): unknown => value ?? undefined;

async function read(response: http.IncomingMessage): Promise<ApiAnswer> {
  const pieces: Buffer[] = [];
  const began = performance.now();
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > ANSWER_LIMIT_BYTES) throw unreadable('ANSWER_TOO_LONG');
    if (performance.now() - began > ANSWER_LIMIT_MS) throw unreadable('ANSWER_TOO_SLOW');
    pieces.push(piece);
  }
  const { statusCode = 0, statusMessage = '' } = response;
  const answer = parse(Buffer.concat(pieces).toString('utf8'));
  if (statusCode >= 500) return ofServer(statusCode, statusMessage, answer);
  if (typeof answer !== 'string') return answer;
  // A redirection or a client error by whomever: the request was not carried out.
  if (statusCode >= 300) return { ok: false, isForeign: true, error_code: statusCode, description: statusMessage };
  throw unreadable(answer);
}

/**
 * What the Bot API itself refuses was not carried out. A gateway's page may stand for a request that it had passed on
 * before the line broke; a server that fails (500) or is not there (503) says that it had not.
 */
function ofServer(code: number, words: string, answer: ApiAnswer | string): ApiAnswer {
  if (typeof answer !== 'string' && !answer.ok) return { ...answer, error_code: code };
  if (code === 500 || code === 503) return { ok: false, error_code: code, description: words };
  throw unreadable(`ANSWER_${String(code)}`);
}

/** The answer, or the code of what is wrong with it. */
function parse(text: string): ApiAnswer | string {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return 'ANSWER_NOT_JSON';
  }
  if (typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === true && 'result' in answer) {
    return { ok: true, result: answer.result };
  }
  const refusal = REFUSAL.safeParse(answer);
  return refusal.success ? refusal.data : 'ANSWER_UNKNOWN';
}

const unreadable = (code: string) => Object.assign(new Error(code), { code });
