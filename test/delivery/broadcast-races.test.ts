import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { raw } from '../../src/conversation/text.js';
import { createBroadcasts, type Broadcasts } from '../../src/delivery/index.js';
import { waitFor } from '../support/wait.js';
import { createFakeChannel, createWorld, MORNING, type World } from './support.js';

let world: World;
let broadcasts: Broadcasts;
const warnings: unknown[] = [];

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  warnings.splice(0);
  broadcasts = createBroadcasts({
    pool: world.database.store.pool,
    businessNow: () => Promise.resolve(MORNING),
    logger: { warn: (details) => warnings.push(details['broadcast'] ?? details['account']) },
  });
});

const inTx = <T>(work: (control: ReturnType<Broadcasts['in']>) => Promise<T>) =>
  world.database.store.transaction((tx) => work(broadcasts.in(tx)), { timeoutMs: 20_000 });

const lockWaits = async () =>
  (await world.query(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`))
    .length;

/** A transaction that another one will have to wait for. */
async function holding(sql: string, values: unknown[] = []) {
  const client = await world.database.store.pool.connect();
  await client.query('begin');
  await client.query(sql, values);
  return {
    commit: async () => {
      await client.query('commit');
      client.release();
    },
    client,
  };
}

describe('what is being taken out of the line', () => {
  it.each(['pause', 'cancel'] as const)('at a %s is left alone where its call begins meanwhile', async (action) => {
    const id = await world.order(await world.people(2));
    await broadcasts.expand(id);
    await inTx((control) => control[action](id, MORNING));
    // Leased by a statement that did not see the order yet.
    await world.query(
      `with l as (insert into lease (worker, lane, until) values ('w', 'bulk', now() + interval '1 minute') returning id)
       update attempt set state = 'leased', waiting = false, leased_at = now(), lease_id = (select id from l) where id = (select min(id) from attempt)`,
    );
    const begun = await holding(
      `update attempt set state = 'sending', sends = 1, sending_at = now() where state = 'leased'`,
    );
    const resting = broadcasts.rest();
    await waitFor(async () => (await lockWaits()) > 0);
    await begun.commit();
    await resting;
    expect(await world.query('select state, lease_id is null as is_free from attempt order by id')).toEqual([
      { state: 'sending', is_free: false },
      { state: action === 'pause' ? 'planned' : 'skipped', is_free: true },
    ]);
    if (action === 'cancel')
      expect(await world.query('select state, finished_at from broadcast')).toEqual([
        { state: 'cancelled', finished_at: null },
      ]);
  });

  it('is told once, however often two engines are paused and let go', async () => {
    const people = await world.people(1_500);
    const id = await world.order(people);
    await broadcasts.expand(id);
    const told = new Map<string, number>();
    const engines = [0, 1].map(() => {
      const channel = createFakeChannel();
      channel.answer = async ({ address }) => {
        told.set(address, (told.get(address) ?? 0) + 1);
        await new Promise((resolve) => setTimeout(resolve, 20));
        return { kind: 'sent', platformMessageId: randomUUID() };
      };
      return world.engine([channel], { broadcasts });
    });
    let pauses = 0;
    await waitFor(
      async () => {
        for (const engine of engines) engine.kick('bulk');
        await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 50));
        const paused = await inTx((control) => control.pause(id, MORNING)).catch(() => null);
        await broadcasts.rest();
        await broadcasts.resume(id);
        if (paused?.outcome === 'done') pauses += 1;
        return (await world.query('select 1 from attempt where ended_at is null limit 1')).length === 0;
      },
      { what: 'everybody to be told', timeoutMs: 30_000 },
    );
    await Promise.all(engines.map((engine) => engine.drain('bulk')));
    const twice = [...told.values()].filter((count) => count > 1).length;
    process.stdout.write(`pauses: ${JSON.stringify({ people: 1_500, pauses, twice, never: 1_500 - told.size })}\n`);
    expect([told.size, twice]).toEqual([1_500, 0]);
    expect(pauses).toBeGreaterThan(3);
  }, 60_000);

  it('is put in line again to the last, though it goes on while it is still being taken out', async () => {
    const id = await world.order(await world.people(3));
    await broadcasts.expand(id);
    await inTx((control) => control.pause(id, MORNING));
    const other = await holding('select 1 from attempt where id = (select max(id) from attempt) for update');
    const resting = broadcasts.rest();
    await waitFor(async () => (await lockWaits()) > 0);
    const resuming = broadcasts.resume(id);
    await waitFor(async () => (await lockWaits()) > 1);
    await other.commit();
    await Promise.all([resting, resuming]);
    expect(await world.counts()).toEqual({ queued: 3 });
  });
});

describe('a broadcast that goes on after a pause', () => {
  it('leaves no part behind, though the parts of a person lie on both sides of a piece', async () => {
    const people = await world.people(3_500);
    const id = await world.order(people, { say: [{ text: raw('một') }, { text: raw('hai') }, { text: raw('ba') }] });
    await broadcasts.expand(id);
    await broadcasts.pause(id);
    expect(await world.counts()).toEqual({ planned: 10_500 });
    await broadcasts.resume(id);
    expect(await world.counts()).toEqual({ queued: 10_500 });
  }, 60_000);
});

describe('the expansion', () => {
  it('waits for a cancel without a deadlock, and plans nothing after it', async () => {
    const id = await world.order(await world.people(4, { channel: 'zalo' }));
    await world.query(`update broadcast set state = 'expanding'`);
    await world.query(
      `insert into quota_use (account, kind, period, used) values ('zalo', 'billed', '2026-11', 0), ('zalo', 'template', '2026-11-23', 0)`,
    );
    const cancel = await holding(`update broadcast set state = 'cancelled' where id = $1`, [id]);
    const expanding = broadcasts.expand(id);
    await waitFor(async () => (await lockWaits()) > 0);
    // The quotas are free while it waits for the row.
    await cancel.client.query(`update quota_use set used = used`);
    await cancel.commit();
    await expanding;
    expect(await world.counts()).toEqual({});
  });

  it('says the words that are there once it has the row', async () => {
    await world.addTemplate({ parameters: [{ name: 't', from: 'text', max: 300 }] });
    const people = await world.people(2, { channel: 'zalo' });
    await world.query(`update contact set last_inbound_at = $1::timestamptz - interval '20 days' where id = any($2)`, [
      MORNING,
      people.map(({ contactId }) => contactId),
    ]);
    const id = await world.order(people);
    await world.query(`update broadcast set state = 'expanding'`);
    const change = await holding(
      `with k as (insert into content (text) values ('bản sửa') returning id)
       update broadcast set contents = jsonb_build_object('vi', jsonb_build_array(k.id)) from k where broadcast.id = $1`,
      [id],
    );
    const expanding = broadcasts.expand(id);
    await waitFor(async () => (await lockWaits()) > 0);
    await change.commit();
    await expanding;
    expect(await world.query(`select distinct template_data ->> 't' as t from attempt`)).toEqual([{ t: 'bản sửa' }]);
  });

  it('of the others goes on when one cannot be expanded, and says which', async () => {
    const people = await world.people(2);
    const [first, bad, last] = [await world.order(people), await world.order(people), await world.order(people)];
    await world.query(`update broadcast set audience = '{"kind":"people","people":["m:none"]}' where id = $1`, [bad]);
    expect([...(await broadcasts.expandDue())].sort()).toEqual([first, last].sort());
    expect(warnings).toEqual([bad]);
    const { counts } = { counts: await world.counts() };
    expect(counts).toEqual({ queued: 4 });
    await world.engine([createFakeChannel()], { broadcasts }).reconcile();
  });
});
