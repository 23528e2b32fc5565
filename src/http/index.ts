/** The door of the HTTP room: the only one that knows Express. */
export { createHttpServer, type HttpServer, type HttpServerOptions } from './server.js';
export type { Limits } from './app.js';
export type { Route } from './handler.js';
export type { Readiness } from './health.js';
export { zaloVerifierTag } from './zalo-verification.js';
