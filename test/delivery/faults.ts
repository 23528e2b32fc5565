/** One broadcast, three engines, and a Bot API that answers with everything it has. */
import { expect } from 'vitest';
import type { Channel } from '../../src/channels/channel.js';
import { createTelegramChannel, createTelegramClient } from '../../src/channels/telegram/index.js';
import { createDeliveryEngine, type DeliveryEngine, type MessageClass } from '../../src/delivery/index.js';
import type { ChannelName } from '../../src/kernel/people.js';
import { createStore, type Store } from '../../src/store/index.js';
import { startFakeTelegram, type FakeTelegram, type FakeTelegramFault } from '../support/fake-telegram.js';
import { waitFor } from '../support/wait.js';
import { createWorld, MORNING, NO_FILES, type World } from './support.js';

const refusal = (code: number, description: string, parameters?: { retry_after: number }) =>
  ({ kind: 'answer', answer: { code, description, ...(parameters ? { parameters } : {}) } }) as const;

/** Every fault of the fake, with how often it strikes a message. */
const FAULTS: readonly Omit<FakeTelegramFault, 'times'>[] = [
  { ...refusal(429, 'Too Many Requests: retry after 1', { retry_after: 1 }), chance: 0.005 },
  { ...refusal(403, 'Forbidden: bot was blocked by the user'), chance: 0.03 },
  { ...refusal(400, 'Bad Request: chat not found'), chance: 0.02 },
  { ...refusal(500, 'Internal Server Error'), chance: 0.05 },
  { kind: 'hang-after', chance: 0.01 },
  { kind: 'hang-before', chance: 0.01 },
  { kind: 'reset-after', chance: 0.02 },
  { kind: 'reset-before', chance: 0.02 },
  { kind: 'garbage-after', chance: 0.01 },
  { kind: 'slow', delayMs: 700, chance: 0.03 },
];

export interface FaultyResult {
  readonly byState: Readonly<Record<string, number>>;
  readonly arrived: number;
  readonly repeats: number;
}

/** Tells so many people through all faults, and checks what the ledger says against what arrived. */
export async function outliveFaults(people: number, kind: MessageClass): Promise<FaultyResult> {
  const world = await createWorld();
  const telegram = await startFakeTelegram({ latencyMs: 5, limits: { perSecond: 10_000, perChatPerSecond: 100 } });
  const stores: Store[] = [];
  const engines: DeliveryEngine[] = [];
  try {
    const folk = await world.people(people);
    await telegram.addChats(Number(folk[0]?.address), people);
    for (const fault of FAULTS) await telegram.fault({ ...fault, method: 'sendMessage', times: null });
    await world.tell(folk, { class: kind, text: 'Thông báo', outbox: { quietHours: null } });
    for (let n = 0; n < 3; n += 1) {
      const store = await createStore({ url: world.database.url });
      stores.push(store);
      engines.push(engineOf(store, telegram, `faulty-${String(n)}`));
    }
    await waitFor(
      async () => {
        for (const engine of engines) await Promise.all([engine.sweep(), engine.mend()]);
        return (await unfinished(world)) === 0;
      },
      { timeoutMs: 120_000, everyMs: 500, what: 'the end' },
    );
    return await check(world, telegram, people, kind);
  } finally {
    for (const engine of engines) await engine.stop(2_000);
    for (const store of stores) await store.close();
    await telegram.stop();
    await world.close();
  }
}

function engineOf(store: Store, telegram: FakeTelegram, worker: string): DeliveryEngine {
  const client = createTelegramClient({ token: telegram.token, apiRoot: telegram.apiRoot });
  const channel: Channel = { ...createTelegramChannel({ client, files: NO_FILES }), bulkPerSecond: null };
  return createDeliveryEngine({
    pool: store.pool,
    channels: new Map<ChannelName, Channel>([['telegram', channel]]),
    worker,
    businessNow: () => Promise.resolve(MORNING),
    quietHours: null,
    concurrency: 20,
    replySlots: 0,
    sendTimeoutMs: 1_500,
  });
}

async function unfinished(world: World): Promise<number> {
  const { rows } = await world.database.store.pool.query<{ n: number }>(
    'select count(*)::int as n from attempt where ended_at is null',
  );
  return rows[0]?.n ?? 0;
}

async function check(world: World, telegram: FakeTelegram, people: number, kind: MessageClass): Promise<FaultyResult> {
  const { rows } = await world.database.store.pool.query<{
    address: string;
    first: string;
    last: string;
    tries: number;
  }>(
    `select c.external_id as address, count(*)::int as tries,
       (array_agg(a.state order by a.try))[1] as first, (array_agg(a.state order by a.try desc))[1] as last
     from message m join attempt a on a.message_id = m.id join contact c on c.id = a.contact_id
     group by m.id, c.external_id`,
  );
  const { perChat, twice } = await telegram.summary();
  const { perChat: marked } = await telegram.summary('Nhắc lại:');
  const plain = (address: string) => (perChat[address] ?? 0) - (marked[address] ?? 0);

  expect(rows).toHaveLength(people);
  expect(twice).toEqual([]);
  for (const { address, first, last, tries } of rows) {
    expect(['sent', 'failed', 'uncertain']).toContain(last);
    // What the ledger calls sent arrived, once; what it calls failed did not; what it calls uncertain may have.
    if (first === 'sent') expect(plain(address)).toBe(1);
    if (first === 'failed') expect(plain(address)).toBe(0);
    expect(plain(address)).toBeLessThanOrEqual(1);
    if (first !== 'uncertain' || kind === 'announcement') expect(tries).toBe(1);
    else expect(tries).toBe(2);
    if (tries === 1) expect(marked[address] ?? 0).toBe(0);
    else if (last === 'sent') expect(marked[address]).toBe(1);
  }
  const byState: Record<string, number> = {};
  for (const { last } of rows) byState[last] = (byState[last] ?? 0) + 1;
  return { byState, arrived: Object.keys(perChat).length, repeats: Object.keys(marked).length };
}
