/** The Express application: headers, limits, webhooks, routes, and an answer for everything that goes wrong. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { adapt, writeResponse } from './adapt.js';
import { assetRoutes, type Asset } from './assets.js';
import type { HttpLogger, Route } from './handler.js';
import { healthRoutes, type HealthOptions } from './health.js';
import { problem, problemBody, problemOfStatus, statusOf } from './problem.js';
import { createRateLimiter, type Rate } from './rate-limit.js';
import { securityHeaders } from './security.js';
import { rawBody, webhookHandler, type Receive, type Webhook } from './webhooks.js';
import { zaloVerificationRoutes } from './zalo-verification.js';

export interface AppOptions extends HealthOptions {
  readonly logger: HttpLogger;
  readonly routes: readonly Route[];
  readonly assets?: readonly Asset[] | undefined;
  readonly webhooks?: readonly Webhook[] | undefined;
  /** Needed where there are webhooks. */
  readonly receive?: Receive | undefined;
  readonly zaloVerifier?: string | undefined;
  /** Tells the store's outages from faults: 503 instead of 500. */
  readonly isOutage: (error: unknown) => boolean;
  readonly limits?: Partial<Limits> | undefined;
  /** True behind HTTPS: browsers are told to stay there. */
  readonly secure?: boolean | undefined;
  /** Which proxies may name the client's address (Express's `trust proxy`): `loopback`. */
  readonly trustProxy?: string | undefined;
}

/** How often the web API may be called, from one address and with one token. */
export interface Limits {
  readonly perAddress: Rate;
  readonly perToken: Rate;
}

// Generous: a whole office may sit behind one address.
const LIMITS: Limits = { perAddress: { perSecond: 500, burst: 5000 }, perToken: { perSecond: 100, burst: 2000 } };

/** Builds the application; `closing` aborts when the server stops. */
export function buildApp(options: AppOptions, closing: AbortSignal): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', options.trustProxy ?? 'loopback');
  app.set('query parser', false);

  const headers = securityHeaders(options.secure ?? false);
  app.use((_req, res, next) => {
    res.set(headers);
    next();
  });

  mountWebhooks(app, options);
  const onError = (error: unknown, req: IncomingMessage) => failure(error, req, options);
  const limited = limiter({ ...LIMITS, ...options.limits });
  for (const route of allRoutes(options)) {
    const run = adapt(route.handler, { closing, onError });
    const handler: RequestHandler = (req, res) => run(req, res);
    const guards = route.path.startsWith('/api/') ? [limited(route.cost ?? 1)] : [];
    mount(app, route, [...guards, handler]);
  }
  app.use((_req, res) => void res.status(404).json(problemBody('not_found')));
  app.use(lastResort(options));
  return app;
}

function allRoutes(options: AppOptions): Route[] {
  return [
    ...healthRoutes(options),
    ...zaloVerificationRoutes(options.zaloVerifier),
    ...assetRoutes(options.assets ?? []),
    ...options.routes,
  ];
}

function mountWebhooks(app: Express, { webhooks = [], receive }: AppOptions): void {
  for (const webhook of webhooks) {
    if (!receive) throw new Error(`webhook ${webhook.path} has nobody who receives`);
    app.post(webhook.path, rawBody(), webhookHandler(webhook, receive));
  }
}

function mount(app: Express, { method, path }: Route, handlers: RequestHandler[]): void {
  if (method === 'GET') app.get(path, ...handlers);
  else if (method === 'POST') app.post(path, ...handlers);
  else app.delete(path, ...handlers);
}

/** Refuses calls beyond the rate, by address and by token. */
function limiter(limits: Limits) {
  const addresses = createRateLimiter(limits.perAddress);
  const tokens = createRateLimiter(limits.perToken);

  return (cost: number): RequestHandler =>
    async (req, res, next) => {
      const now = Date.now();
      const bearer = req.headers.authorization;
      const waitMs = Math.max(
        addresses.take(req.ip ?? '', cost, now),
        // Only a hash is held in memory.
        bearer === undefined ? 0 : tokens.take(createHash('sha256').update(bearer).digest('base64'), cost, now),
      );
      if (waitMs === 0) {
        next();
        return;
      }
      const response = problem('too_many_requests', { 'Retry-After': String(Math.ceil(waitMs / 1000)) });
      await writeResponse(res, response, new AbortController().signal);
      req.resume();
    };
}

/** What a client sees of an error that a handler threw. */
function failure(error: unknown, req: IncomingMessage, { isOutage, logger }: AppOptions): Response {
  const where = { method: req.method, path: pathOf(req) };
  if (isOutage(error)) {
    logger.warn({ err: error, ...where }, 'the store is away');
    return problem('unavailable', { 'Retry-After': '2' });
  }
  logger.error({ err: error, ...where }, 'a request failed');
  return problem('internal');
}

// Without the query: signed links and codes do not belong in a log.
const pathOf = (req: IncomingMessage): string => (req.url ?? '').replace(/\?.*$/s, '');

/** Errors of Express and its body parsers, and of webhooks. Four parameters are what makes it an error handler. */
function lastResort(options: AppOptions): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    const status = (error as { status?: unknown } | undefined)?.status;
    const client = typeof status === 'number' && status >= 400 && status < 500;
    const code = client ? problemOfStatus(status) : options.isOutage(error) ? 'unavailable' : 'internal';
    if (code === 'internal')
      options.logger.error({ err: error, method: req.method, path: pathOf(req) }, 'a request failed');
    res.status(statusOf(code)).json(problemBody(code));
    req.resume();
  };
}
