/** Reads what a client posts: checked, cleaned, and turned into a message that the product knows. */
import { z } from 'zod';
import { ACTION_LIMIT_BYTES } from '../../conversation/action.js';
import type { InboundBody } from '../../conversation/message.js';
import { cleanInput } from '../../kernel/text.js';
import type { ProblemCode } from './problem.js';

const TEXT_LIMIT = 8_000;
const ID_LIMIT = 64;

// 8,000 letters of two UTF-16 units, each written as an escape of six bytes, and the rest of the object.
const JSON_LIMIT_BYTES = 8_000 * 12 + 4_096;

export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: ProblemCode };

const posted = z.object({ id: z.unknown().optional(), text: z.unknown().optional(), action: z.unknown().optional() });

/** The id and body of a posted message, or what is wrong with it. */
export function decodeMessage(json: unknown): Decoded<{ id: string; body: InboundBody }> {
  const parsed = posted.safeParse(json);
  if (!parsed.success) return bad('bad_request');
  const { text, action } = parsed.data;
  const id = decodeId(parsed.data.id);
  if (id === null) return bad('bad_id');
  // A message says one thing; null stands for absent, as some clients send it.
  if ((text ?? null) === null) return typeof action === 'string' ? decodeAction(id, action) : bad('bad_request');
  if (typeof text !== 'string' || (action ?? null) !== null) return bad('bad_request');
  return decodeText(id, text);
}

function decodeAction(id: string, action: string): Decoded<{ id: string; body: InboundBody }> {
  const clean = wellFormed(action);
  const fits = clean !== '' && clean === cleanInput(action) && Buffer.byteLength(clean) <= ACTION_LIMIT_BYTES;
  return fits ? { ok: true, value: { id, body: { kind: 'action', action: clean } } } : bad('bad_action');
}

function decodeText(id: string, text: string): Decoded<{ id: string; body: InboundBody }> {
  if (isTooLong(text)) return bad('text_too_long');
  const clean = cleanInput(wellFormed(text));
  return clean === '' ? bad('empty_text') : { ok: true, value: { id, body: { kind: 'text', text: clean } } };
}

/** A client's message id, or null when it is none: 1 to 64 visible characters. */
export function decodeId(id: unknown): string | null {
  if (typeof id !== 'string' || id.length > ID_LIMIT) return null;
  return /^[^\p{C}]+$/u.test(id) && id.trim() !== '' ? id : null;
}

/** The words that came with a file. */
export function decodeCaption(text: string): Decoded<string> {
  return isTooLong(text) ? bad('text_too_long') : { ok: true, value: cleanInput(wellFormed(text)) };
}

/** A file's name without path and invisible characters, at most 120 letters, its ending kept. */
export function decodeFileName(name: string): string {
  const base = cleanInput(wellFormed(name))
    .replace(/^.*[/\\]/s, '')
    .replace(/\s+/g, ' ')
    .replace(/^\.+/, '')
    .trim();
  const dot = base.lastIndexOf('.');
  const ending = dot > 0 && base.length - dot <= 12 ? base.slice(dot) : '';
  const stem = [...base.slice(0, base.length - ending.length)].slice(0, 120 - ending.length).join('');
  return stem + ending;
}

/** True beyond the limit of letters; an emoji counts as one, as people count. */
function isTooLong(text: string): boolean {
  return text.length > TEXT_LIMIT && [...text].length > TEXT_LIMIT;
}

/** Half a character (a lone surrogate) cannot be stored. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

const bad = (code: ProblemCode): { ok: false; code: ProblemCode } => ({ ok: false, code });

/** The JSON of a request of at most `limit` bytes. */
export async function readJson(request: Request, limit = JSON_LIMIT_BYTES): Promise<Decoded<unknown>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += piece.length;
    // Leaving the loop cancels the body; what is still under way is thrown away unread.
    if (size > limit) return bad('too_large');
    pieces.push(piece);
  }
  try {
    return { ok: true, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces))) };
  } catch {
    return bad('bad_json');
  }
}
