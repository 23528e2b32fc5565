/** What a route of this server is: plain functions over the web's own Request and Response. */

/** What a handler learns besides the request. */
export interface HandlerInfo {
  readonly params: Readonly<Record<string, string>>;
  /** Address of the client, as far as the trusted proxies tell. */
  readonly ip: string;
  /** Aborts when the server is about to stop: end what waits. `request.signal` aborts when the client leaves. */
  readonly closing: AbortSignal;
}

/** Answers one request. An outage may be thrown; the server answers 503 for it, and 500 for anything else. */
export type WebHandler = (request: Request, info: HandlerInfo) => Promise<Response>;

/** One mounted handler. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Express path, e.g. `/api/web/files/:id`. */
  readonly path: string;
  readonly handler: WebHandler;
  /** How much of the rate limit one call uses (1). Only paths under `/api/` are limited. */
  readonly cost?: number;
}

/** The log of the process; pino's logger fits. */
export interface HttpLogger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}
