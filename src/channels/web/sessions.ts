/** Tokens of web clients: 256 random bits, of which only a hash is kept. */
import { createHash, randomBytes } from 'node:crypto';
import type { WebContact, WebStore } from './store.js';

export interface WebSessions {
  /** A new token for a contact. */
  open(contactId: string): Promise<string>;
  /** Who sent this request; null without a valid token. */
  whoIs(request: Request): Promise<WebContact | null>;
}

const DAY_MS = 86_400_000;
const LIFE_MS = 30 * DAY_MS;

/** Sessions live 30 days from their last use, give or take a day. Machine time: moving the demo clock logs nobody out. */
export function createWebSessions(store: WebStore, now: () => Date = () => new Date()): WebSessions {
  return {
    async open(contactId) {
      const token = randomBytes(32).toString('base64url');
      await store.addSession(hashOf(token), contactId, new Date(now().getTime() + LIFE_MS));
      return token;
    },

    async whoIs(request) {
      const token = /^Bearer ([\w-]{43})$/i.exec(request.headers.get('authorization') ?? '')?.[1];
      if (token === undefined) return null;
      const at = now();
      const session = await store.findSession(hashOf(token), at);
      if (!session) return null;
      if (session.expiresAt.getTime() - at.getTime() < LIFE_MS - DAY_MS) {
        await store.extendSession(hashOf(token), new Date(at.getTime() + LIFE_MS));
      }
      return session;
    },
  };
}

// The token is random, so a plain hash is enough: there is nothing to guess, and looking it up leaks no prefix.
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
