import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { createFileStore, type FileStore } from '../../src/store/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let files: FileStore;
beforeAll(async () => {
  database = await createTestDatabase();
  files = createFileStore(database.store);
});
afterAll(() => database.drop());

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** Pieces of odd sizes, as a network gives them. */
async function* inPieces(bytes: Buffer, ...sizes: number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (let n = 0; from < bytes.length; n += 1) {
    const size = sizes[n % sizes.length] ?? 1;
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

describe('files', () => {
  it.each([0, 1, 262_144, 262_145, 1_000_000])('give back the %i bytes that were saved', async (size) => {
    const bytes = randomBytes(size);
    const saved = await files.save(inPieces(bytes, 70_001, 3, 300_000), {
      name: 'báo cáo.pdf',
      type: 'application/pdf',
    });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(saved).toMatchObject({ name: 'báo cáo.pdf', type: 'application/pdf', size, sha256, contactId: null });
    expect((await files.read(saved.id))?.bytes.equals(bytes)).toBe(true);
    expect((await collect(files.readStream(saved.id))).equals(bytes)).toBe(true);
    expect(await files.stat(saved.id)).toEqual(saved);
  });

  it('keep nothing of a stream that broke', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield randomBytes(600_000);
      throw new Error('connection lost');
    }
    await expect(files.save(broken(), { name: 'x', type: 'y' })).rejects.toThrow('connection lost');
    expect(await database.store.db.file.count({ where: { name: 'x' } })).toBe(0);
    expect(await database.store.db.fileChunk.count({ where: { file: { name: 'x' } } })).toBe(0);
  });

  it('are not seen before they are whole', async () => {
    const half = newId();
    await database.store.db.file.create({ data: { id: half, name: 'x', type: 'y', size: 0, sha256: '' } });
    expect(await files.stat(half)).toBeNull();
    expect(await files.read(half)).toBeNull();
    await expect(collect(files.readStream(half))).rejects.toThrow(half);
  });

  it('remember what each channel calls them, also when two channels finish together', async () => {
    const { id } = await files.save(Buffer.from('x'), { name: 'x', type: 'y' });
    expect(await files.platformId(id, 'zalo')).toBeNull();
    await Promise.all([files.rememberPlatformId(id, 'zalo', 'z1'), files.rememberPlatformId(id, 'telegram', 't1')]);
    expect(await files.platformId(id, 'zalo')).toBe('z1');
    expect(await files.platformId(id, 'telegram')).toBe('t1');
  });
});
