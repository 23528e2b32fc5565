/** Calls the Bot API, files through telegraf and the rest by itself, and says of every call what became of it. */
import { setMaxListeners } from 'node:events';
import { Telegram, TelegramError } from 'telegraf';
import type { Opts, Telegram as Methods } from 'telegraf/types';
import { download } from '../download.js';
import { createWatchingAgent, NOT_CONNECTED } from './connect.js';
import { createPoster, type ApiRefusal } from './post.js';

/** What became of one call, in the words of the transport; `failure.ts` says what it means. */
export type CallOutcome<T> =
  | { readonly kind: 'ok'; readonly result: T }
  | {
      readonly kind: 'refused';
      /** By something before the Bot API: the code says nothing of the chat or the message. */
      readonly isForeign?: true;
      readonly code: number;
      readonly description: string;
      readonly retryAfterMs?: number;
      readonly migrateTo?: number;
    }
  /** The request never left this machine. */
  | { readonly kind: 'unwritten'; readonly detail: string }
  /** The request was written, or may have been, and no answer could be read. */
  | { readonly kind: 'unanswered'; readonly detail: string };

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** For this whole call, in place of the client's limit. */
  readonly timeoutMs?: number;
}

export interface TelegramClient {
  /** The bot's id: the part of the token that is no secret. */
  readonly botId: string;
  call<M extends keyof Methods>(
    method: M,
    params: Opts<M>,
    options?: CallOptions,
  ): Promise<CallOutcome<ReturnType<Methods[M]>>>;
  /** The bytes of a file that `getFile` named. Throws FileFetchError. */
  download(filePath: string, limitBytes: number, signal: AbortSignal): Promise<Buffer>;
  /** Closes idle connections. */
  close(): void;
}

export interface TelegramClientOptions {
  readonly token: string;
  readonly apiRoot: string;
  /** How long the server may be silent; long polls and uploads bring a limit of their own. */
  readonly timeoutMs?: number;
  /** Shorter than `timeoutMs`, so that a blocked network is told apart from a silent server. */
  readonly connectTimeoutMs?: number;
}

const CALL_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 7_000;
/** Longest wait that is believed, a day: what a damaged answer asks for must not be written into a timestamp. */
const LONGEST_WAIT_S = 86_400;

/** Opens nothing by itself: the first call connects. */
export function createTelegramClient(options: TelegramClientOptions): TelegramClient {
  const { token, timeoutMs = CALL_TIMEOUT_MS } = options;
  const apiRoot = options.apiRoot.endsWith('/') ? options.apiRoot : `${options.apiRoot}/`;
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const secure = new URL(apiRoot).protocol === 'https:';
  const build = (silenceMs: number) => {
    const agent = createWatchingAgent({ secure, connectTimeoutMs, silenceMs });
    const api = new Telegram(token, { apiRoot, webhookReply: false });
    // Set afterwards because telegraf drops the agent of a plain-http root.
    api.options.agent = agent;
    return { api, agent, poster: createPoster(`${apiRoot}bot${token}/`, agent) };
  };
  const quick = build(timeoutMs);
  /** Long polls and uploads are silent for longer and bring their own time. */
  const patient = build(0);

  return {
    botId: /^\d+/.exec(token)?.[0] ?? 'unknown',
    call: async (method, params, call = {}) => {
      if (call.signal?.aborted === true) return { kind: 'unwritten', detail: 'stopped before the call' };
      // Many calls share the signal of one stop; that is no leak, since each call takes its listener away.
      if (call.signal) setMaxListeners(0, call.signal);
      const limit = call.timeoutMs === undefined ? null : deadline(call.timeoutMs, call.signal);
      const signal = limit?.signal ?? call.signal;
      const { api, poster } = limit ? patient : quick;
      try {
        if (carriesBytes(params)) {
          // telegraf's types name another package's AbortSignal, the same thing at run time.
          return { kind: 'ok', result: await api.callApi(method, params, signal ? { signal: signal as never } : {}) };
        }
        const answer = await poster.post(method, params, signal);
        return answer.ok
          ? { kind: 'ok', result: answer.result as ReturnType<Methods[typeof method]> }
          : refused(answer);
      } catch (error) {
        return outcomeOf(error);
      } finally {
        limit?.clear();
      }
    },
    download: (filePath, limitBytes, signal) =>
      download(new URL(`file/bot${token}/${filePath}`, apiRoot), limitBytes, signal, (status) =>
        [400, 404, 410].includes(status),
      ),
    close: () => {
      quick.agent.destroy();
      patient.agent.destroy();
    },
  };
}

/** One timer and one listener a call; both gone when it ends. */
function deadline(ms: number, outer?: AbortSignal): { signal: AbortSignal; clear: () => void } {
  const controller = new AbortController();
  const abort = () => {
    controller.abort();
  };
  const timer = setTimeout(abort, ms);
  outer?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    },
  };
}

/** Files are uploaded as `{ source }`; everything else is JSON. */
const carriesBytes = (params: object): boolean =>
  Object.values(params).some((value) => typeof value === 'object' && value !== null && 'source' in value);

const refused = ({
  error_code: code,
  description,
  parameters,
  isForeign,
}: Omit<ApiRefusal, 'ok'>): CallOutcome<never> => ({
  kind: 'refused',
  ...(isForeign ? { isForeign } : {}),
  code,
  description,
  ...(parameters?.retry_after === undefined
    ? {}
    : { retryAfterMs: Math.min(parameters.retry_after, LONGEST_WAIT_S) * 1000 }),
  ...(parameters?.migrate_to_chat_id === undefined ? {} : { migrateTo: parameters.migrate_to_chat_id }),
});

/** Builds details from codes only: messages of the transport may hold the address, and the address holds the token. */
function outcomeOf(error: unknown): CallOutcome<never> {
  if (error instanceof TelegramError) return refused(error.response);
  const { code, type, name } = error as { code?: unknown; type?: unknown; name?: unknown };
  const words = [name, type, code].filter((word) => typeof word === 'string').join(' ') || 'unknown error';
  const unwritten = typeof code === 'string' && code.startsWith(NOT_CONNECTED);
  return { kind: unwritten ? 'unwritten' : 'unanswered', detail: words };
}
