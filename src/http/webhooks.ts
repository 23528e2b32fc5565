/** Platform webhooks: the body's bytes untouched, an answer only after the channel's events are stored. */
import express, { type RequestHandler } from 'express';
import type { RawRequest } from '../channels/channel.js';
import type { ChannelName } from '../kernel/people.js';
import { problemBody, problemOfStatus } from './problem.js';

/** One platform's address. */
export interface Webhook {
  readonly channel: ChannelName;
  readonly path: string;
}

/** Verifies and stores; the status goes to the platform as it is. */
export type Receive = (channel: ChannelName, request: RawRequest) => Promise<{ readonly status: number }>;

const BODY_LIMIT_BYTES = 1024 * 1024;
// Zalo takes an answer within two seconds; a repeat of what was stored meanwhile is harmless.
const ANSWER_LIMIT_MS = 1_800;

/** Reads the raw body, whatever its type claims; compressed bodies are refused, since signatures cover the raw bytes. */
export const rawBody = (): RequestHandler => express.raw({ type: () => true, limit: BODY_LIMIT_BYTES, inflate: false });

/** Hands one webhook's requests to `receive`. A platform repeats what is answered 503, and a repeat is harmless. */
export function webhookHandler(webhook: Webhook, receive: Receive): RequestHandler {
  return async (req, res) => {
    const body: unknown = req.body;
    const raw = { headers: flatHeaders(req.headers), body: Buffer.isBuffer(body) ? body : Buffer.alloc(0) };
    const { status } = await within(ANSWER_LIMIT_MS, receive(webhook.channel, raw));
    res.status(status).json(status < 400 ? { ok: true } : problemBody(problemOfStatus(status)));
  };
}

function flatHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): RawRequest['headers'] {
  const flat: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers)) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  return flat;
}

/** A store that hangs must not hold the platform's connections. */
async function within<T extends { readonly status: number }>(limitMs: number, work: Promise<T>) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ readonly status: number }>((resolve) => {
    timer = setTimeout(resolve, limitMs, { status: 503 });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
