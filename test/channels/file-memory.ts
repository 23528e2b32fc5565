/** Files in memory, for channels under test. */
import type { FileAccess } from '../../src/channels/channel.js';

export interface FileMemory extends FileAccess {
  readonly ids: Map<string, string>;
  reads: number;
}

/** A file store that remembers uploads; `files` by id. */
export function createFileMemory(files: Record<string, { name: string; type: string; bytes: Buffer }>): FileMemory {
  const ids = new Map<string, string>();
  const memory: FileMemory = {
    ids,
    reads: 0,
    read: async (fileId) => {
      memory.reads += 1;
      const file = files[fileId];
      if (!file) throw new Error('no such file');
      return file;
    },
    platformId: async (fileId, account) => ids.get(`${account}/${fileId}`) ?? null,
    rememberPlatformId: async (fileId, account, id) => {
      if (id === null) ids.delete(`${account}/${fileId}`);
      else ids.set(`${account}/${fileId}`, id);
    },
  };
  return memory;
}

/** A picture by its first bytes, of the size wanted. */
export const png = (size = 500): Buffer =>
  Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(Math.max(0, size - 8), 7)]);
export const pdf = (size = 500): Buffer =>
  Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(Math.max(0, size - 9), 32)]);
