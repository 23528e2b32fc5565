/** What the web API offers to whoever serves it: plain handlers over the web's own Request and Response. */

/** What a handler learns besides the request. */
export interface CallInfo {
  readonly params: Readonly<Record<string, string>>;
  readonly ip: string;
  /** Aborts when the server is about to stop: long polls and event streams end then. */
  readonly closing: AbortSignal;
}

export type WebHandler = (request: Request, info: CallInfo) => Promise<Response>;

export interface WebRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly handler: WebHandler;
  /** How much of the rate limit a call uses (1). */
  readonly cost?: number;
}
