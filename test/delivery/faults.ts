/** One broadcast, three engines, and a platform that answers with everything it has. */
import { expect } from 'vitest';
import type { Channel } from '../../src/channels/channel.js';
import { createDeliveryEngine, type DeliveryEngine, type MessageClass } from '../../src/delivery/index.js';
import { createStore, type Store } from '../../src/store/index.js';
import { waitFor } from '../support/wait.js';
import { FAULTY_PLATFORMS, type FaultyPlatform } from './faulty-platforms.js';
import { createWorld, MORNING, type World } from './support.js';

export interface FaultyResult {
  readonly byState: Readonly<Record<string, number>>;
  readonly arrived: number;
  readonly repeats: number;
}

/** Tells so many people through all faults, and checks what the ledger says against what arrived. */
export async function outliveFaults(
  name: keyof typeof FAULTY_PLATFORMS,
  people: number,
  kind: MessageClass,
): Promise<FaultyResult> {
  const world = await createWorld();
  const platform = await FAULTY_PLATFORMS[name]();
  const stores: Store[] = [];
  const engines: DeliveryEngine[] = [];
  try {
    const folk = await world.people(people, { channel: name });
    await platform.begin(Number(folk[0]?.address), people);
    await world.tell(folk, { class: kind, text: 'Thông báo', outbox: { quietHours: null } });
    for (let n = 0; n < 3; n += 1) {
      const store = await createStore({ url: world.database.url });
      stores.push(store);
      engines.push(engineOf(store, await platform.channel(), `faulty-${String(n)}`));
    }
    await waitFor(
      async () => {
        for (const engine of engines) await Promise.all([engine.sweep(), engine.mend()]);
        return (await unfinished(world)) === 0;
      },
      { timeoutMs: 60_000 + 40 * people, everyMs: 500, what: 'the end' },
    ).catch(async (error: unknown) => {
      const open = await world.query(
        'select state, reason, detail, sends, due from attempt where ended_at is null limit 5',
      );
      throw new Error(JSON.stringify(open), { cause: error });
    });
    return await check(world, platform, people, kind);
  } finally {
    for (const engine of engines) await engine.stop(2_000);
    for (const store of stores) await store.close();
    await platform.stop();
    await world.close();
  }
}

function engineOf(store: Store, channel: Channel, worker: string): DeliveryEngine {
  return createDeliveryEngine({
    pool: store.pool,
    channels: new Map([[channel.name, { ...channel, bulkPerSecond: null }]]),
    worker,
    businessNow: () => Promise.resolve(MORNING),
    quietHours: null,
    concurrency: 20,
    replySlots: 0,
    sendTimeoutMs: 1_500,
  });
}

async function unfinished(world: World): Promise<number> {
  return (await world.query(`select 1 from attempt where ended_at is null and state <> 'planned'`)).length;
}

async function check(
  world: World,
  platform: FaultyPlatform,
  people: number,
  kind: MessageClass,
): Promise<FaultyResult> {
  const rows = await world.query<{
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
  const { perChat, twice } = await platform.summary();
  const { perChat: marked } = await platform.summary('Nhắc lại:');
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
