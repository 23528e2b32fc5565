/** Joins Express to the web's Request and Response: bodies stream both ways, and a client that leaves aborts the work. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HandlerInfo, WebHandler } from './handler.js';
import { requestBody, type RequestBody } from './request-body.js';

export interface AdaptOptions {
  readonly closing: AbortSignal;
  /** The answer for an error that a handler threw. */
  onError(error: unknown, request: IncomingMessage): Response;
}

type ExpressRequest = IncomingMessage & {
  originalUrl: string;
  params: Readonly<Record<string, string | string[]>>;
  ip?: string | undefined;
};

/** An Express handler that runs a web handler. */
export function adapt(handler: WebHandler, options: AdaptOptions) {
  return async (req: ExpressRequest, res: ServerResponse): Promise<void> => {
    const left = new AbortController();
    res.once('close', () => {
      if (!res.writableFinished) left.abort();
    });
    const body = hasBody(req) ? requestBody(req) : undefined;
    const response = await answer(handler, toRequest(req, body, left.signal), infoOf(req, options.closing), (error) =>
      options.onError(error, req),
    );
    if (options.closing.aborted) res.setHeader('connection', 'close');
    await writeResponse(res, response, left.signal);
    body?.discard();
  };
}

async function answer(
  handler: WebHandler,
  request: Request,
  info: HandlerInfo,
  onError: (error: unknown) => Response,
): Promise<Response> {
  try {
    return await handler(request, info);
  } catch (error) {
    return onError(error);
  }
}

const hasBody = (req: IncomingMessage): boolean => req.method !== 'GET' && req.method !== 'HEAD';

function toRequest(req: ExpressRequest, body: RequestBody | undefined, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one);
  }
  const init: RequestInit = { method: req.method ?? 'GET', headers, signal };
  if (body) Object.assign(init, { body: body.stream, duplex: 'half' });
  // The host a client names proves nothing, so no handler is told it.
  return new Request(`http://localhost${req.originalUrl}`, init);
}

function infoOf(req: ExpressRequest, closing: AbortSignal): HandlerInfo {
  const params: Record<string, string> = {};
  for (const [name, value] of Object.entries(req.params)) params[name] = Array.isArray(value) ? value.join('/') : value;
  return { params, ip: req.ip ?? '', closing };
}

/** Writes an answer at the client's pace; stops, and tells the source so, when the client has left. */
export async function writeResponse(res: ServerResponse, response: Response, left: AbortSignal): Promise<void> {
  if (left.aborted || res.destroyed) {
    await response.body?.cancel();
    return;
  }
  res.statusCode = response.status;
  response.headers.forEach((value, name) => {
    if (name !== 'set-cookie') res.setHeader(name, value);
  });
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) res.setHeader('set-cookie', cookies);
  if (response.body === null || res.req.method === 'HEAD') {
    await response.body?.cancel();
    res.end();
    return;
  }
  res.flushHeaders();
  await pump(response.body, res, left);
}

async function pump(body: ReadableStream<Uint8Array>, res: ServerResponse, left: AbortSignal): Promise<void> {
  const reader = body.getReader();
  const onLeft = () => void reader.cancel().catch(() => undefined);
  left.addEventListener('abort', onLeft, { once: true });
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      if (!res.write(piece.value)) await drained(res);
    }
    res.end();
  } catch {
    // The headers are out: only cutting the connection tells the client that the body is not whole.
    res.destroy();
  } finally {
    left.removeEventListener('abort', onLeft);
  }
}

/** Waits until the client has taken what was written, or has left. */
function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      res.off('drain', done);
      res.off('close', done);
      resolve();
    };
    if (res.destroyed) return done();
    res.on('drain', done);
    res.on('close', done);
  });
}
