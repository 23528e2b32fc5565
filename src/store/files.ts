/** Files kept in the database in pieces: memory stays flat, and no copy can be lost apart from its row. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { newId } from '../kernel/ids.js';
import { Prisma } from './generated/client.js';
import type { Store } from './client.js';

export interface NewFile {
  readonly name: string;
  /** MIME type, found from the content by the caller. */
  readonly type: string;
  /** Who sent it; absent when the product made it. */
  readonly contactId?: string | undefined;
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
  readonly contactId: string | null;
}

export interface FileStore {
  /** Keeps a file. When the stream breaks, nothing of it stays. */
  save(source: Buffer | AsyncIterable<Uint8Array>, file: NewFile): Promise<StoredFile>;
  /** The whole file in memory, or null when there is none. */
  read(id: string): Promise<(StoredFile & { readonly bytes: Buffer }) | null>;
  /** The file piece by piece; throws when there is none. */
  readStream(id: string): Readable;
  stat(id: string): Promise<StoredFile | null>;
  /** The id of an earlier upload of the file to a channel, or null. */
  platformId(id: string, channel: string): Promise<string | null>;
  /** Null forgets it. */
  rememberPlatformId(id: string, channel: string, platformId: string | null): Promise<void>;
}

const CHUNK_BYTES = 256 * 1024;

// A row without a hash is a file still being written, or one whose writer died: nobody sees it.
const UNFINISHED = '';

const STORED = { id: true, name: true, type: true, size: true, sha256: true, contactId: true } as const;

/** Files in the tables `file` and `file_chunk`. */
export function createFileStore(store: Pick<Store, 'db'>): FileStore {
  const { db } = store;
  const stat = (id: string): Promise<StoredFile | null> =>
    db.file.findFirst({ where: { id, sha256: { not: UNFINISHED } }, select: STORED });

  return {
    save: (source, file) => save(db, source, file),
    stat,
    read: async (id) => {
      const found = await stat(id);
      if (!found) return null;
      const chunks = await db.fileChunk.findMany({ where: { fileId: id }, orderBy: { n: 'asc' } });
      return { ...found, bytes: Buffer.concat(chunks.map((chunk) => chunk.bytes)) };
    },
    readStream: (id) => Readable.from(readChunks(store, id), { objectMode: false }),
    platformId: async (id, channel) => {
      const row = await db.file.findUnique({ where: { id }, select: { platform: true } });
      const known = (row?.platform ?? {}) as Readonly<Record<string, string>>;
      return known[channel] ?? null;
    },
    rememberPlatformId: async (id, channel, platformId) => {
      // Merged by the database, so that two channels that finish together keep both ids.
      const change =
        platformId === null
          ? Prisma.sql`platform - ${channel}::text`
          : Prisma.sql`platform || jsonb_build_object(${channel}::text, ${platformId}::text)`;
      await db.$executeRaw`update file set platform = ${change} where id = ${id}::uuid`;
    },
  };
}

async function save(db: Store['db'], source: Buffer | AsyncIterable<Uint8Array>, file: NewFile): Promise<StoredFile> {
  const id = newId();
  const contactId = file.contactId ?? null;
  await db.file.create({ data: { id, name: file.name, type: file.type, size: 0, sha256: UNFINISHED, contactId } });
  try {
    const hash = createHash('sha256');
    let size = 0;
    let n = 0;
    for await (const bytes of inChunks(Buffer.isBuffer(source) ? [source] : source)) {
      hash.update(bytes);
      size += bytes.length;
      await db.fileChunk.create({ data: { fileId: id, n: n++, bytes }, select: { n: true } });
    }
    return await db.file.update({ where: { id }, data: { size, sha256: hash.digest('hex') }, select: STORED });
  } catch (error) {
    // The first fault is the one worth telling; a row that cannot be removed now is invisible anyway.
    await db.file.delete({ where: { id } }).catch(() => undefined);
    throw error;
  }
}

/** The same bytes in pieces of CHUNK_BYTES, the last one shorter. */
async function* inChunks(
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const piece of source) {
    for (let from = 0; from < piece.length;) {
      const part = piece.subarray(from, from + CHUNK_BYTES - heldBytes);
      held.push(part);
      heldBytes += part.length;
      from += part.length;
      if (heldBytes < CHUNK_BYTES) continue;
      yield Buffer.concat(held);
      held = [];
      heldBytes = 0;
    }
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}

async function* readChunks({ db }: Pick<Store, 'db'>, id: string): AsyncGenerator<Uint8Array> {
  const file = await db.file.findFirst({ where: { id, sha256: { not: UNFINISHED } }, select: { size: true } });
  if (!file) throw new Error(`there is no file ${id}`);
  const count = Math.ceil(file.size / CHUNK_BYTES);
  for (let n = 0; n < count; n += 1) {
    const chunk = await db.fileChunk.findUniqueOrThrow({ where: { fileId_n: { fileId: id, n } } });
    yield chunk.bytes;
  }
}
