/** The door for Zalo's webhook calls: the signature covers the bytes as they came. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RawRequest, Received } from '../channel.js';
import { decode, envelope, type ZaloEvent } from './decode.js';

const SIGNATURE_HEADER = 'x-zevent-signature';

export interface ZaloWebhookOptions {
  readonly appId: string;
  readonly oaId: string;
  /** The key of the account, not the secret of the app. Empty: every call is refused. */
  readonly oaSecretKey: string;
  /** Told the name of an event that is not known, so that somebody can look it up. */
  readonly onUnknownEvent?: (name: string) => void;
}

/** Verifies the signature and decodes. Old calls are not refused: Zalo repeats for hours, and repeats are known by their id. */
export function receiveWebhook(request: RawRequest, options: ZaloWebhookOptions): Received {
  const event = envelope.safeParse(parseJson(request.body));
  if (!event.success) return { ok: false, status: 400, reason: 'body is not an event' };
  if (!isSigned(request, event.data, options)) return { ok: false, status: 401, reason: 'signature missing or wrong' };
  const { events, known } = decode(event.data, request.body, options.oaId);
  if (!known) options.onUnknownEvent?.(event.data.event_name.slice(0, 60));
  return { ok: true, events };
}

/** Plain SHA-256 over app id, bytes, timestamp and key, without separators, as Zalo documents it. */
function isSigned(request: RawRequest, event: ZaloEvent, { appId, oaSecretKey }: ZaloWebhookOptions): boolean {
  if (oaSecretKey === '' || appId === '' || event.app_id !== appId) return false;
  const given = /^mac=([0-9a-f]{64})$/i.exec(request.headers[SIGNATURE_HEADER] ?? '')?.[1];
  if (given === undefined) return false;
  const wanted = createHash('sha256')
    .update(appId)
    .update(request.body)
    .update(String(event.timestamp))
    .update(oaSecretKey)
    .digest();
  return timingSafeEqual(Buffer.from(given, 'hex'), wanted);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
