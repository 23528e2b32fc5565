/** The code of an invitation: how it is made, typed, read back and kept. */
import { createHash } from 'node:crypto';
import { randomCode } from '../kernel/ids.js';
import { fold } from '../kernel/text.js';

const LENGTH = 8;
// The letters of `randomCode`, which readers of a code can tell apart.
const CODE_LETTERS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const SHAPE = /^[2-9A-HJKMNP-Z]{8}$/;

/** A new code with both letters and digits, so that no ordinary word is ever taken for one. */
export function newInvitationCode(): string {
  for (;;) {
    const code = randomCode(LENGTH);
    if (hasBoth(code)) return code;
  }
}

/**
 * A code out of a fresh, unguessable id that is kept nowhere: so that a flow, which has no chance of its own, can say
 * the code in the very answer that makes the invitation.
 */
export function deriveInvitationCode(secretId: string): string {
  for (let n = 0; ; n += 1) {
    const bytes = createHash('sha256')
      .update(`neu-guong code ${String(n)} ${secretId}`)
      .digest();
    const code = [...bytes.subarray(0, LENGTH)].map((byte) => CODE_LETTERS.charAt(byte % CODE_LETTERS.length)).join('');
    if (hasBoth(code)) return code;
  }
}

const hasBoth = (code: string): boolean => /\d/.test(code) && /[A-Z]/.test(code);

/** The code inside what a person typed or a link carried: with or without `#`, any case, with spaces or hyphens. Null when it is none. */
export function readInvitationCode(text: string): string | null {
  const bare = fold(text)
    .replace(/^\/start\s*/, '')
    .replace(/^#/, '')
    .replace(/[\s-]/g, '')
    .toUpperCase();
  return SHAPE.test(bare) ? bare : null;
}

/** True for a text that is an invitation code and nothing else, so that it may be taken without any command before it. */
export function looksLikeInvitation(text: string): boolean {
  const code = readInvitationCode(text);
  if (code === null) return false;
  return text.trim().startsWith('#') || hasBoth(code);
}

/** What is stored instead of the code. Codes are random, short-lived and used once, so a plain digest is enough. */
export function hashInvitationCode(code: string): string {
  return createHash('sha256').update(`neu-guong invitation ${code}`).digest('hex');
}
