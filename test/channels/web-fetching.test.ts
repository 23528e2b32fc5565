import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait.js';
import { openClient, type WebEvent } from './web-client.js';
import { busy, slowCommits } from './web-faults.js';
import { startWebWorld, type WebWorld } from './web-world.js';

let world: WebWorld;
beforeAll(async () => {
  world = await startWebWorld();
});
afterAll(() => world.stop());

describe('fetching messages', () => {
  it('returns at once, and empty, when nothing waits and nobody wants to', async () => {
    const client = await openClient(world.url);
    expect(await (await client.get('/api/web/messages')).json()).toEqual({ events: [] });
  });

  it.each([['after=x'], ['after=-1'], ['wait=soon'], ['after=1e3']])('refuses %s', async (query) => {
    const client = await openClient(world.url);
    expect((await client.get(`/api/web/messages?${query}`)).status).toBe(400);
  });

  it('wakes a long poll within moments', async () => {
    const client = await openClient(world.url);
    const polling = client.get('/api/web/messages?wait=30');
    await waitFor(() => true);
    const before = Date.now();
    await world.tell(client.contactId, { text: 'nhắc việc' });
    expect(((await (await polling).json()) as { events: WebEvent[] }).events[0]?.text).toBe('nhắc việc');
    expect(Date.now() - before).toBeLessThan(2000);
  });

  it('wakes a long poll when another process sends', async () => {
    const other = await world.another();
    const client = await openClient(world.url);
    const polling = client.events(0);
    await world.tell(client.contactId, { text: 'từ tiến trình khác' }, other);
    expect((await polling).map((event) => event.text)).toEqual(['từ tiến trình khác']);
    await other.stop();
  });

  it('still wakes after the listening connection was cut', async () => {
    const other = await world.another();
    const client = await openClient(world.url);
    await world.store.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'neu-guong-listen' and datname = current_database()`,
    );
    const polling = client.events(0);
    await world.tell(client.contactId, { text: 'vẫn tới' }, other);
    expect((await polling).map((event) => event.text)).toEqual(['vẫn tới']);
    await waitFor(async () => (await listeners(world)) >= 2, { what: 'both processes to listen again' });
    await other.stop();
  });

  it('gives two windows of one person the same messages', async () => {
    const client = await openClient(world.url);
    const both = Promise.all([client.events(0), client.events(0)]);
    await world.tell(client.contactId, { text: 'hai cửa sổ' });
    const [first, second] = await both;
    expect(first).toEqual(second);
    expect(first).toHaveLength(1);
  });

  it('shows what the person wrote only to pages that ask for it', async () => {
    const client = await openClient(world.url);
    const seq = await client.say('mine', 'của tôi');
    await client.events(seq);
    await client.post('/api/web/messages', { id: 'tap', action: 'go:menu' });
    const texts = async (more: string) =>
      (await client.events(0, more)).map((event) => [event.kind, event.action ?? event.text]);
    await waitFor(async () => (await texts('')).length === 2);
    expect(await texts('')).toEqual([
      ['message', 'của tôi'],
      ['message', 'action go:menu'],
    ]);
    expect(await texts('&own=1')).toEqual([
      ['own', 'của tôi'],
      ['message', 'của tôi'],
      ['own', 'go:menu'],
      ['message', 'action go:menu'],
    ]);
  });

  it('never shows one person the messages of another', async () => {
    const [a, b] = await Promise.all([openClient(world.url), openClient(world.url)]);
    await world.tell(a.contactId, { text: 'riêng' });
    expect(await (await b.get('/api/web/messages?after=0')).json()).toEqual({ events: [] });
  });

  it('hands out a long history in pieces, in order and without gaps', async () => {
    const client = await openClient(world.url);
    for (let n = 0; n < 230; n += 1) await world.tell(client.contactId, { text: String(n) });
    const seen: string[] = [];
    for (let after = 0; seen.length < 230;) {
      const events = await client.events(after);
      expect(events.length).toBeGreaterThan(0);
      seen.push(...events.map((event) => event.text));
      after = events.at(-1)?.seq ?? after;
    }
    expect(seen).toEqual(Array.from({ length: 230 }, (_, n) => String(n)));
  });

  it('misses no message whose commit took longer than that of the next one', async () => {
    await slowCommits(world, 'chậm');
    const client = await openClient(world.url);
    const slow = world.tell(client.contactId, { text: 'chậm' });
    await waitFor(async () => (await busy(world)) > 0, { what: 'the slow commit to begin' });
    const quick = world.tell(client.contactId, { text: 'nhanh' });
    const seen: string[] = [];
    for (let after = 0; seen.length < 2;) {
      const events = await client.events(after);
      if (events.length === 0) throw new Error(`only ${seen.join()} came`);
      seen.push(...events.map((event) => event.text));
      after = events.at(-1)?.seq ?? after;
    }
    await Promise.all([slow, quick]);
    expect(seen).toEqual(['chậm', 'nhanh']);
  });

  it('misses nothing while many send at once', async () => {
    const other = await world.another();
    const client = await openClient(world.url);
    const sending = Promise.all(
      Array.from({ length: 120 }, (_, n) =>
        world.tell(client.contactId, { text: String(n) }, n % 2 === 0 ? undefined : other),
      ),
    );
    const seen: string[] = [];
    for (let after = 0; seen.length < 120;) {
      const events = await client.events(after);
      if (events.length === 0) throw new Error(`only ${String(seen.length)} came`);
      seen.push(...events.map((event) => event.text));
      after = events.at(-1)?.seq ?? after;
    }
    await sending;
    expect(new Set(seen).size).toBe(120);
    await other.stop();
  });

  it('says that messages were fetched, once, and not those that nobody asked for', async () => {
    const client = await openClient(world.url);
    const first = await world.tell(client.contactId, { text: '1' });
    const seq = await client.say('m', 'hỏi');
    await client.events(seq);
    const told = () => world.receipts.flatMap((receipt) => receipt.platformMessageIds);
    expect(told()).not.toContain(first);
    await client.events(0);
    await client.events(0);
    expect(told().filter((id) => id === first)).toHaveLength(1);
    expect(world.receipts.every((receipt) => receipt.channel === 'web' && receipt.kind === 'delivered')).toBe(true);
  });
});

describe('the proof of fetching', () => {
  it('is told again when it could not be told', async () => {
    const client = await openClient(world.url);
    const id = await world.tell(client.contactId, { text: 'cần bằng chứng' });
    world.loseNextReceipt();
    expect((await client.get('/api/web/messages')).status).toBe(503);
    expect(await client.events(0)).toHaveLength(1);
    expect(world.receipts.filter((receipt) => receipt.platformMessageIds.includes(id))).toHaveLength(1);
  });
});

const listeners = async (at: WebWorld): Promise<number> => {
  const { rows } = await at.store.pool.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity
     where application_name = 'neu-guong-listen' and datname = current_database()`,
  );
  return rows[0]?.n ?? 0;
};
