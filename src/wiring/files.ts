/** What channels and links need of our own files. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { FileAccess } from '../channels/channel.js';
import type { FileStore, Store } from '../store/index.js';

const LINK_SECRET = 'link-secret';

/** Channels read our files; a file that is gone is an error there. */
export function fileAccess(files: FileStore): FileAccess {
  return {
    read: async (id) => {
      const file = await files.read(id);
      if (!file) throw new Error(`no file ${id}`);
      return file;
    },
    platformId: (id, account) => files.platformId(id, account),
    rememberPlatformId: (id, account, platformId) => files.rememberPlatformId(id, account, platformId),
  };
}

/** Signs links to files; made once for the installation. */
export async function linkSecret(store: Store): Promise<string> {
  const value = randomBytes(32).toString('base64url');
  await store.db.setting.createMany({ data: { key: LINK_SECRET, value }, skipDuplicates: true });
  const row = await store.db.setting.findUniqueOrThrow({ where: { key: LINK_SECRET } });
  return z.string().parse(row.value);
}
