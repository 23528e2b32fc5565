/** Fetches a file that a person sent on a platform, looks into it, stores it, and lets its message be read. */
import { z } from 'zod';
import { FileFetchError, type Channel } from '../channels/channel.js';
import type { InboundBody, StoredFile } from '../conversation/message.js';
import { inspectFile } from '../documents/index.js';
import type { FileStore, Store } from '../store/index.js';
import { FETCH_FILE } from './accept.js';
import type { WorkHandler } from './work.js';

const FILE_LIMIT_BYTES = 20 * 1024 * 1024;
const FETCH_TIMEOUT_MS = 60_000;

const payloadSchema = z.object({ inboundId: z.string() });

/** Builds the work handler; it changes the message itself, so no result message follows. */
export function createFetchFile(deps: {
  store: Store;
  files: FileStore;
  channels: ReadonlyMap<string, Channel>;
}): WorkHandler {
  const settle = async (inboundId: string, change: object): Promise<void> => {
    await deps.store.db.$executeRaw`
      update inbound set body = body || ${JSON.stringify(change)}::jsonb, ready = true
      where id = ${BigInt(inboundId)} and not ready`;
  };

  return {
    kind: FETCH_FILE,
    finish: 'self',
    async run(item) {
      const { inboundId } = payloadSchema.parse(item.payload);
      const row = await deps.store.db.inbound.findUniqueOrThrow({ where: { id: BigInt(inboundId) } });
      const body = row.body as unknown as InboundBody;
      const channel = deps.channels.get(row.channel);
      if (row.ready || body.kind !== 'file' || !body.remote) return;
      if (!channel?.fetchFile) return settle(inboundId, { problem: 'unavailable' });
      try {
        const bytes = await channel.fetchFile(body.remote, FILE_LIMIT_BYTES, AbortSignal.timeout(FETCH_TIMEOUT_MS));
        const found = await inspectFile(bytes, body.remote.name);
        if (!found.ok) return await settle(inboundId, { problem: found.problem });
        const saved = await deps.files.save(bytes, {
          name: body.remote.name,
          type: found.type,
          contactId: row.contactId,
        });
        const { id: fileId, name, type, size } = saved;
        const file: StoredFile = { fileId, name, type, size, ...(found.form ? { form: true } : {}) };
        await settle(inboundId, { file });
      } catch (error) {
        if (!(error instanceof FileFetchError) || !error.permanent) throw error;
        await settle(inboundId, { problem: error.problem });
      }
    },
    async giveUp(item) {
      await settle(payloadSchema.parse(item.payload).inboundId, { problem: 'unavailable' });
    },
  };
}
