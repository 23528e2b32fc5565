/** The door for Telegram's webhook calls. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RawRequest, Received } from '../channel.js';
import { decode, envelope } from './decode.js';

const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

/** Verifies the secret and decodes. Without a configured secret everything is refused. */
export function receiveWebhook(request: RawRequest, secret: string | undefined): Received {
  if (!sameSecret(request.headers[SECRET_HEADER], secret))
    return { ok: false, status: 401, reason: 'secret token missing or wrong' };
  const update = envelope.safeParse(parseJson(request.body));
  if (!update.success) return { ok: false, status: 400, reason: 'body is not an update' };
  return { ok: true, events: decode(update.data) };
}

/** Compares hashes, so that neither the length nor the first differing letter shows in the time. */
function sameSecret(given: string | undefined, wanted: string | undefined): boolean {
  if (given === undefined || wanted === undefined || wanted === '') return false;
  return timingSafeEqual(hash(given), hash(wanted));
}

const hash = (text: string) => createHash('sha256').update(text).digest();

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
