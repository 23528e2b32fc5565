/** Broadcasts on three platforms, and orders that correct them or take them back half an hour later. */
import { randomUUID } from 'node:crypto';
import type { Channel } from '../../src/channels/channel.js';
import { createTelegramChannel, createTelegramClient } from '../../src/channels/telegram/index.js';
import { createWebChannel, createWebStore } from '../../src/channels/web/index.js';
import { raw } from '../../src/conversation/text.js';
import { createCorrections, type Corrections } from '../../src/delivery/corrections/correction-work.js';
import { correct, recall, type Ordered } from '../../src/delivery/corrections/corrections.js';
import { createEditor, type Editor } from '../../src/delivery/corrections/edits.js';
import { createBroadcasts, createOutbox, type NewBroadcast } from '../../src/delivery/index.js';
import type { ChannelName } from '../../src/kernel/people.js';
import { createFileMemory, png } from '../channels/file-memory.js';
import { buildZalo } from '../channels/zalo-world.js';
import { startFakeTelegram, type FakeTelegram } from '../support/fake-telegram.js';
import { startFakeZalo, type FakeZalo } from '../support/fake-zalo.js';
import { waitFor } from '../support/wait.js';
import { createWorld, MORNING, type OrderOptions, type Person, type World } from './support.js';

/** Half an hour after everything was sent. */
export const LATER = new Date(MORNING.getTime() + 1_800_000);
export const CARD = randomUUID();

const businessNow = () => Promise.resolve(LATER);

export type CorrectionWorld = Awaited<ReturnType<typeof createCorrectionWorld>>;

export async function createCorrectionWorld() {
  const base = await createWorld();
  const { store } = base.database;
  const [telegram, zalo] = await Promise.all([startFakeTelegram(), startFakeZalo()]);
  await telegram.addChats(1_000_000, 1_000);
  await zalo.addUsers(1_000_000, 1_000);
  const channels = await buildChannels(base, telegram, zalo);
  const editors: Editor[] = [];

  const world = {
    ...base,
    telegram,
    channels,
    /** An engine over all three. */
    platforms: () => base.engine([...channels.values()]),
    broadcasts: () => createBroadcasts({ pool: store.pool, businessNow, chunk: 7 }),
    corrections(): Corrections {
      const transaction = store.transaction.bind(store);
      return createCorrections({
        pool: store.pool,
        transaction,
        outbox: createOutbox(),
        channels,
        businessNow,
        chunk: 5,
      });
    },
    editor(): Editor {
      const made = createEditor({ pool: store.pool, channels, businessNow });
      editors.push(made);
      return made;
    },
    plan: (people: readonly Person[], options: OrderOptions = {}): Promise<string> =>
      base.order(people, {
        title: 'Lịch họp',
        say: [{ text: raw('Họp lúc 8 giờ'), buttons: [{ label: raw('Tôi sẽ dự'), command: 'join' }] }],
        ...options,
      }),
    async send(people: readonly Person[], options: Partial<NewBroadcast> = {}): Promise<string> {
      const id = await world.plan(people, options);
      await world.broadcasts().expand(id);
      await world.platforms().drain('bulk');
      await world.broadcasts().settle(MORNING);
      return id;
    },
    change: (broadcastId: string, words: string): Promise<Ordered> =>
      store.transaction((tx) => correct(tx, { id: randomUUID(), broadcastId, words, by: null }, LATER)),
    takeBack: (broadcastId: string, reason = 'Gửi nhầm'): Promise<Ordered> =>
      store.transaction((tx) => recall(tx, { id: randomUUID(), broadcastId, reason, by: null }, LATER)),
    /** Carries a correction out to its end, with these processes at once. */
    async carryOut(processes = 1): Promise<void> {
      const lines = Array.from({ length: processes }, () => {
        const [work, edits, sending] = [world.corrections(), world.editor(), world.platforms()];
        return async () => {
          await work.work();
          await edits.drain();
          await sending.drain('bulk');
        };
      });
      await waitFor(
        async () => {
          await Promise.all(lines.map((line) => line()));
          return (await base.query(`select 1 from correction where state <> 'finished'`)).length === 0;
        },
        { what: 'the correction to finish', timeoutMs: 20_000 },
      );
    },
    onTelegram: async (person: Person) => telegram.person(Number(person.address)).messages(),
    onZalo: async (person: Person) => zalo.person(person.address).messages(),
    onWeb: (person: Person) =>
      base.query<{ kind: string; text: string; buttons: unknown[]; image_id: string | null }>(
        'select kind, text, buttons, image_id from web_event where contact_id = $1 order by seq',
        [person.contactId],
      ),
    async forget(): Promise<void> {
      await Promise.all(editors.splice(0).map((editor) => editor.stop(2_000)));
      await base.reset();
      await base.query('truncate web_event');
      await base.query(`update contact set state = 'active'`);
      await Promise.all([telegram.reset(), zalo.reset()]);
    },
    async end(): Promise<void> {
      await Promise.all([telegram.stop(), zalo.stop()]);
      await base.close();
    },
  };
  return world;
}

async function buildChannels(
  { database }: World,
  telegram: FakeTelegram,
  zalo: FakeZalo,
): Promise<Map<ChannelName, Channel>> {
  const files = createFileMemory({ [CARD]: { name: 'the.png', type: 'image/png', bytes: png() } });
  const onTelegram = createTelegramChannel({
    client: createTelegramClient({ token: telegram.token, apiRoot: telegram.apiRoot }),
    files,
  });
  const web = createWebChannel({
    store: createWebStore(database.store),
    waker: { announce: () => undefined },
    isOutage: () => false,
  });
  const { channel: onZalo } = await buildZalo(zalo);
  return new Map<ChannelName, Channel>([
    ['telegram', { ...onTelegram, bulkPerSecond: null }],
    ['web', web],
    ['zalo', { ...onZalo, bulkPerSecond: null }],
  ]);
}
