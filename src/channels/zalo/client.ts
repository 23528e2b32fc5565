/** Calls Zalo's Open API and says of every call what became of it. */
import { Blob } from 'node:buffer';
import { FormData, Pool, type Dispatcher } from 'undici';

/** What became of one call, in the words of the transport; `failure.ts` says what it means. */
export type ApiOutcome =
  | { readonly kind: 'ok'; readonly data: Readonly<Record<string, unknown>> }
  /** Zalo's own error number; it comes with HTTP 200. */
  | { readonly kind: 'error'; readonly code: number; readonly message: string }
  /** An answer that Zalo's API did not write. */
  | { readonly kind: 'http'; readonly status: number }
  | { readonly kind: 'unwritten'; readonly detail: string }
  | { readonly kind: 'unanswered'; readonly detail: string };

export interface ZaloFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface ZaloClient {
  post(path: string, token: string, body: unknown, signal?: AbortSignal): Promise<ApiOutcome>;
  upload(path: string, token: string, file: ZaloFile, signal?: AbortSignal): Promise<ApiOutcome>;
  get(path: string, token: string, signal?: AbortSignal): Promise<ApiOutcome>;
  /** A form to the login server: the answer's JSON as it is, since that server has shapes of its own. */
  form(path: string, headers: Record<string, string>, fields: Record<string, string>): Promise<FormOutcome>;
  close(): Promise<void>;
}

export type FormOutcome =
  | { readonly kind: 'json'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'unwritten' | 'unanswered'; readonly detail: string };

export interface ZaloClientOptions {
  readonly apiRoot: string;
  readonly oauthRoot: string;
  readonly timeoutMs?: number;
  readonly connectTimeoutMs?: number;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}
type Exchange =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'unwritten' | 'unanswered'; readonly detail: string };

const UPLOAD_TIMEOUT_MS = 60_000;
/** Far above any answer of this API. */
const ANSWER_LIMIT_BYTES = 1_000_000;

/** Opens nothing by itself: the first call connects. */
export function createZaloClient(options: ZaloClientOptions): ZaloClient {
  const { timeoutMs = 15_000, connectTimeoutMs = 7_000 } = options;
  const pool = (root: string) =>
    new Pool(new URL(root).origin, {
      connections: 32,
      pipelining: 1,
      connect: { timeout: connectTimeoutMs },
      keepAliveTimeout: 4_000,
    });
  const api = pool(options.apiRoot);
  const oauth = pool(options.oauthRoot);
  const at = (root: string, path: string) => `${new URL(root).pathname.replace(/\/$/, '')}/${path}`;
  const apiCall = async (
    path: string,
    call: Omit<Dispatcher.RequestOptions, 'path' | 'origin'>,
    ms: number,
    signal?: AbortSignal,
  ) => readApi(await exchange(api, { ...call, path: at(options.apiRoot, path) }, ms, signal));

  return {
    post: (path, token, body, signal) =>
      apiCall(
        path,
        {
          method: 'POST',
          headers: { access_token: token, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
        timeoutMs,
        signal,
      ),
    upload: (path, token, file, signal) =>
      apiCall(
        path,
        { method: 'POST', headers: { access_token: token }, body: formOf(file) },
        UPLOAD_TIMEOUT_MS,
        signal,
      ),
    get: (path, token, signal) => apiCall(path, { method: 'GET', headers: { access_token: token } }, timeoutMs, signal),
    form: async (path, headers, fields) => {
      const body = new URLSearchParams(fields).toString();
      const call = {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        body,
        path: at(options.oauthRoot, path),
      } as const;
      const got = await exchange(oauth, call, timeoutMs);
      return got.kind === 'answer' ? { kind: 'json', status: got.answer.status, body: parse(got.answer.text) } : got;
    },
    close: async () => {
      await Promise.all([api.destroy(), oauth.destroy()]);
    },
  };
}

function formOf(file: ZaloFile): FormData {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(file.bytes)], { type: file.type }), file.name);
  return form;
}

/** One request; tells whether it began to be written. Details are codes only, never an address or a header. */
async function exchange(
  pool: Pool,
  options: Dispatcher.RequestOptions,
  ms: number,
  outer?: AbortSignal,
): Promise<Exchange> {
  if (outer?.aborted === true) return { kind: 'unwritten', detail: 'stopped before the call' };
  let begun = false;
  const watched = pool.compose(
    (dispatch) => (opts, handler) =>
      dispatch(
        opts,
        onBegin(handler, () => (begun = true)),
      ),
  );
  const limit = AbortSignal.timeout(ms);
  const signal = outer === undefined ? limit : AbortSignal.any([outer, limit]);
  try {
    const answer = await watched.request({ ...options, signal });
    return { kind: 'answer', answer: { status: answer.statusCode, text: await readText(answer.body) } };
  } catch (error) {
    const { code, name } = error as { code?: unknown; name?: unknown };
    const detail =
      [name, code].filter((word) => typeof word === 'string' || typeof word === 'number').join(' ') || 'unknown error';
    return { kind: begun ? 'unanswered' : 'unwritten', detail };
  }
}

/** Calls `begin` when undici has a connection and is about to write; its handlers hear of that under one of two names. */
function onBegin(handler: Dispatcher.DispatchHandler, begin: () => void): Dispatcher.DispatchHandler {
  return new Proxy(handler, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        if (key === 'onConnect' || key === 'onRequestStart') begin();
        return Reflect.apply(member, target, args);
      };
    },
  });
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > ANSWER_LIMIT_BYTES) throw new RangeError('answer too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function readApi(got: Exchange): ApiOutcome {
  if (got.kind !== 'answer') return got;
  const { status, text } = got.answer;
  const body = parse(text);
  if (!isRecord(body) || typeof body['error'] !== 'number') {
    // A 200 that cannot be read may well be a message that was taken.
    return status === 200
      ? { kind: 'unanswered', detail: 'HTTP 200 with an unreadable body' }
      : { kind: 'http', status };
  }
  if (body['error'] === 0) return { kind: 'ok', data: isRecord(body['data']) ? body['data'] : {} };
  return { kind: 'error', code: body['error'], message: typeof body['message'] === 'string' ? body['message'] : '' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
