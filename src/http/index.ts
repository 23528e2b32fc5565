/** The door of the HTTP room: the only one that knows Express. */
export { createHttpServer, type HttpServer, type HttpServerOptions } from './server.js';
export type { Limits } from './app.js';
export type { Asset } from './assets.js';
export type { HandlerInfo, HttpLogger, Route, WebHandler } from './handler.js';
export type { MetricsSource, Readiness } from './health.js';
export type { Receive, Webhook } from './webhooks.js';
export { zaloVerifierTag } from './zalo-verification.js';
export { PAGE_POLICY } from './security.js';
