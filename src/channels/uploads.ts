/** Uploads a file of ours once: who comes first uploads, the others wait for the platform's id of it. */
import type { FileAccess } from './channel.js';

/** Either the id of an earlier upload, or the duty to upload now and to say how it went. */
type Claim =
  | { readonly id: string }
  /** Must be called once, with null when nothing was uploaded. */
  | { readonly settle: (id: string | null) => Promise<void> };

export interface Uploads {
  claim(fileId: string, kind: string): Promise<Claim>;
  /** The platform no longer knows this id. */
  forget(fileId: string, kind: string, id: string): Promise<void>;
}

/** Ids kept in memory, so that a broadcast does not ask the store once a message. */
const REMEMBERED = 500;

/** The uploads of one bot account; ids outlive the process through `files`. */
export function createUploads(files: FileAccess, account: string): Uploads {
  const known = new Map<string, string>();
  const running = new Map<string, Promise<string | null>>();
  const keyOf = (fileId: string, kind: string) => `${kind}:${fileId}`;

  const keep = (key: string, id: string) => {
    known.set(key, id);
    const oldest = known.size > REMEMBERED ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
  };

  async function claim(fileId: string, kind: string): Promise<Claim> {
    const key = keyOf(fileId, kind);
    for (;;) {
      const id = known.get(key) ?? (await running.get(key));
      if (typeof id === 'string') return { id };
      if (!running.has(key)) break;
    }
    return await lead(fileId, kind, key);
  }

  async function lead(fileId: string, kind: string, key: string): Promise<Claim> {
    // Nothing is awaited between the check of `running` and this: only one caller leads.
    let finish: (id: string | null) => void = () => undefined;
    running.set(key, new Promise((resolve) => (finish = resolve)));
    const end = (id: string | null) => {
      if (id !== null) keep(key, id);
      running.delete(key);
      finish(id);
    };
    try {
      const stored = await files.platformId(fileId, `${account}:${kind}`);
      if (stored !== null) {
        end(stored);
        return { id: stored };
      }
    } catch (error) {
      end(null);
      throw error;
    }
    return {
      settle: async (id) => {
        end(id);
        if (id !== null) await note(fileId, kind, id);
      },
    };
  }

  /** Best effort: what was sent is sent, and an id that was not stored costs one more upload. */
  async function note(fileId: string, kind: string, id: string | null): Promise<void> {
    await files.rememberPlatformId(fileId, `${account}:${kind}`, id).catch(() => undefined);
  }

  async function forget(fileId: string, kind: string, id: string): Promise<void> {
    const key = keyOf(fileId, kind);
    if (known.get(key) === id) known.delete(key);
    await note(fileId, kind, null);
  }

  return { claim, forget };
}
