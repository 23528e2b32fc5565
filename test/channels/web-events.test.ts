import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait.js';
import { openClient, type WebClient, type WebEvent } from './web-client.js';
import { startWebWorld, type WebWorld } from './web-world.js';

let world: WebWorld;
beforeAll(async () => {
  world = await startWebWorld();
});
afterAll(() => world.stop());

describe('the event stream', () => {
  it('brings what is there, then what comes', async () => {
    const client = await openClient(world.url);
    await world.tell(client.contactId, { text: 'đã có' });
    const stream = await follow(client);
    await waitFor(() => stream.texts().length === 1);
    await world.tell(client.contactId, { text: 'vừa tới', buttons: [{ label: 'Tiếp', action: 'go:menu' }] });
    await waitFor(() => stream.texts().length === 2);
    expect(stream.events[1]).toMatchObject({ text: 'vừa tới', buttons: [{ label: 'Tiếp', action: 'go:menu' }] });
    expect(stream.ids).toEqual(stream.events.map((event) => String(event.seq)));
    await stream.leave();
  });

  it('goes on after the last event that the client has', async () => {
    const client = await openClient(world.url);
    for (const text of ['1', '2', '3']) await world.tell(client.contactId, { text });
    const [first] = await client.events(0);
    const stream = await follow(client, { 'Last-Event-ID': String(first?.seq) });
    await waitFor(() => stream.texts().length === 2);
    expect(stream.texts()).toEqual(['2', '3']);
    await stream.leave();
  });

  it('is woken by another process', async () => {
    const other = await world.another();
    const client = await openClient(world.url);
    const stream = await follow(client);
    await world.tell(client.contactId, { text: 'từ xa' }, other);
    await waitFor(() => stream.texts().includes('từ xa'));
    await stream.leave();
  });

  it('counts what it brought as fetched', async () => {
    const client = await openClient(world.url);
    const stream = await follow(client);
    const id = await world.tell(client.contactId, { text: 'có bằng chứng' });
    await waitFor(() => world.receipts.some((receipt) => receipt.platformMessageIds.includes(id)));
    await stream.leave();
  });

  it('refuses an impossible place', async () => {
    const client = await openClient(world.url);
    expect((await client.get('/api/web/events', { headers: { 'Last-Event-ID': 'abc' } })).status).toBe(400);
  });

  it('ends, like the long polls, when the server stops, well before the deadline', async () => {
    const other = await world.another();
    const client = await openClient(other.url);
    const stream = await follow(client);
    const polling = client.get('/api/web/messages?wait=30');
    await waitFor(() => other.waiting() === 2, { what: 'the stream and the poll to wait' });
    const before = Date.now();
    await other.server.close(10_000);
    expect(await (await polling).json()).toEqual({ events: [] });
    await waitFor(() => !stream.open());
    expect(Date.now() - before).toBeLessThan(3_000);
    await other.stop();
  });

  it('lets go of the store when the client leaves', async () => {
    const client = await openClient(world.url);
    const stream = await follow(client);
    await waitFor(() => stream.open());
    await stream.leave();
    const polling = new AbortController();
    const poll = client.get('/api/web/messages?wait=30', { signal: polling.signal }).catch(() => 'left');
    polling.abort();
    expect(await poll).toBe('left');
    const id = await world.tell(client.contactId, { text: 'không ai nghe' });
    // Nobody fetched it: the next visit is the first proof.
    await client.events(0);
    expect(world.receipts.filter((receipt) => receipt.platformMessageIds.includes(id))).toHaveLength(1);
  });
});

/** Follows the stream as a browser would. */
async function follow(client: WebClient, headers: Readonly<Record<string, string>> = {}) {
  const leaving = new AbortController();
  const response = await client.get('/api/web/events', { headers, signal: leaving.signal });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const events: WebEvent[] = [];
  const ids: string[] = [];
  let open = true;
  const reading = read(response, (frame) => {
    for (const line of frame.split('\n')) {
      if (line.startsWith('id: ')) ids.push(line.slice(4));
      if (line.startsWith('data: ')) events.push(JSON.parse(line.slice(6)) as WebEvent);
    }
  }).finally(() => {
    open = false;
  });
  return {
    events,
    ids,
    texts: () => events.map((event) => event.text),
    open: () => open,
    leave: async () => {
      leaving.abort();
      await reading;
    },
  };
}

async function read(response: Response, onFrame: (frame: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let held = '';
  try {
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      held += decoder.decode(piece, { stream: true });
      const frames = held.split('\n\n');
      held = frames.pop() ?? '';
      frames.forEach(onFrame);
    }
  } catch {
    // The client left, or the server was cut.
  }
}
