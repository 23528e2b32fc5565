import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait.js';
import { clientOf, jsonPost, openClient, startWebWorld, type WebEvent, type WebWorld } from './web-world.js';

let world: WebWorld;
beforeAll(async () => {
  world = await startWebWorld();
});
afterAll(() => world.stop());

const error = async (response: Response) => ({
  status: response.status,
  code: ((await response.json()) as { error: { code: string; message: string } }).error.code,
});

describe('sessions', () => {
  it('gives every visitor a contact of their own', async () => {
    const [a, b] = await Promise.all([openClient(world.url), openClient(world.url)]);
    expect(a.contactId).not.toBe(b.contactId);
    expect(a.token).toMatch(/^[\w-]{43}$/);
  });

  it('gives a demo person the same contact at every visit, and a new token', async () => {
    await addMember(world, 'officer', ['officer']);
    const visits = await Promise.all([1, 2, 3].map(() => openClient(world.url, 'officer')));
    expect(new Set(visits.map((visit) => visit.contactId)).size).toBe(1);
    expect(new Set(visits.map((visit) => visit.token)).size).toBe(3);
  });

  it('keeps no token in the database', async () => {
    const { token } = await openClient(world.url);
    const rows = await world.store.db.webSession.findMany();
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('does not know a person who is not in the sample data', async () => {
    const response = await fetch(`${world.url}/api/web/sessions`, jsonPost({ as: 'nobody' }));
    expect(await error(response)).toEqual({ status: 404, code: 'unknown_person' });
  });

  it.each([['[]'], ['3'], ['null'], ['{"as":3}']])('refuses a session for the body %s', async (body) => {
    expect(await error(await fetch(`${world.url}/api/web/sessions`, jsonPost(body)))).toMatchObject({ status: 400 });
  });

  it('lets nobody be anybody outside the demo', async () => {
    const production = await startWebWorld({ demo: false });
    await addMember(production, 'officer', ['officer']);
    const response = await fetch(`${production.url}/api/web/sessions`, jsonPost({ as: 'officer' }));
    expect(response.status).toBe(400);
    for (const path of ['people', 'clock', 'ledger']) {
      expect((await fetch(`${production.url}/api/demo/${path}`)).status).toBe(404);
    }
    expect((await fetch(`${production.url}/api/demo/invitations`, jsonPost({ as: 'officer' }))).status).toBe(404);
    await production.stop();
  });

  it('refuses a token that has expired, and one that never was', async () => {
    const client = await openClient(world.url);
    await world.store.db.webSession.updateMany({
      where: { contactId: client.contactId },
      data: { expiresAt: new Date(Date.now() - 1) },
    });
    expect(await error(await client.get('/api/web/messages'))).toEqual({ status: 401, code: 'unauthorized' });
    const stranger = clientOf(world.url, 'x'.repeat(43), '');
    for (const path of [
      '/api/web/messages',
      '/api/web/events',
      `/api/web/files/${randomUUID()}`,
      '/api/broadcasts/b1',
    ]) {
      expect((await stranger.get(path)).status).toBe(401);
    }
    expect((await stranger.post('/api/web/messages', { id: 'a', text: 'b' })).status).toBe(401);
    expect((await stranger.upload('a', 'a.pdf', Buffer.from('%PDF'))).status).toBe(401);
  });
});

describe('posting a message', () => {
  it('answers with the place after which the reply comes', async () => {
    const client = await openClient(world.url);
    await world.tell(client.contactId, { text: 'something older' });
    const seq = await client.say('m1', 'xin chào');
    const events = await client.events(seq);
    expect(events.map((event) => event.text)).toEqual(['xin chào']);
    expect(events[0]).toEqual({
      seq: expect.any(Number) as number,
      id: expect.any(String) as string,
      kind: 'message',
      text: 'xin chào',
      buttons: [],
      at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
  });

  it('does a repeat no second time and answers it the same, also when both come at once', async () => {
    const client = await openClient(world.url);
    const seqs = await Promise.all([1, 2, 3, 4].map(() => client.say('same', 'một lần thôi')));
    await client.events(seqs[0] ?? 0);
    await world.tell(client.contactId, { text: 'later' });
    seqs.push(await client.say('same', 'một lần thôi'));
    expect(new Set(seqs).size).toBe(1);
    expect(await world.inbound(client.contactId)).toEqual([{ kind: 'text', text: 'một lần thôi' }]);
    expect((await client.events(0)).map((event) => event.text)).toEqual(['một lần thôi', 'later']);
  });

  it('answers a repeat the same while the first one is still being written', async () => {
    await slowCommits(world, 'own-slow');
    const client = await openClient(world.url);
    const first = client.say('own-slow', 'chậm');
    await waitFor(async () => (await busy(world)) > 0, { what: 'the slow commit to begin' });
    expect(await client.say('own-slow', 'chậm')).toBe(await first);
    expect(await client.events(0, '&own=1')).toMatchObject([{ kind: 'own' }, { kind: 'message' }]);
  });

  it('refuses an id that was used for something else', async () => {
    const client = await openClient(world.url);
    await client.say('once', 'a');
    expect(await error(await client.post('/api/web/messages', { id: 'once', text: 'b' }))).toEqual({
      status: 409,
      code: 'id_reused',
    });
    const other = await openClient(world.url);
    expect(await other.say('once', 'b')).toBeGreaterThan(0);
  });

  it('takes a tapped button', async () => {
    const client = await openClient(world.url);
    expect((await client.post('/api/web/messages', { id: 'tap', action: 'go:menu' })).status).toBe(202);
    expect(await world.inbound(client.contactId)).toEqual([{ kind: 'action', action: 'go:menu' }]);
  });

  it.each([
    ['no id', { text: 'a' }, 400, 'bad_id'],
    ['an empty id', { id: '', text: 'a' }, 400, 'bad_id'],
    ['a number as id', { id: 7, text: 'a' }, 400, 'bad_id'],
    ['an id of 65 characters', { id: 'x'.repeat(65), text: 'a' }, 400, 'bad_id'],
    ['an id with a control character', { id: 'a\u0000', text: 'a' }, 400, 'bad_id'],
    ['neither text nor action', { id: 'a' }, 400, 'bad_request'],
    ['both text and action', { id: 'a', text: 'b', action: 'go:menu' }, 400, 'bad_request'],
    ['a text that is no string', { id: 'a', text: 5 }, 400, 'bad_request'],
    ['a list', [], 400, 'bad_request'],
    ['only blanks', { id: 'a', text: ' \n\t ' }, 400, 'empty_text'],
    ['only invisible characters', { id: 'a', text: '\u200b\u202e\ufeff' }, 400, 'empty_text'],
    ['8,001 characters', { id: 'a', text: 'ạ'.repeat(8001) }, 413, 'text_too_long'],
    ['10,000 characters', { id: 'a', text: 'x'.repeat(10_000) }, 413, 'text_too_long'],
    ['an action over 64 bytes', { id: 'a', action: `go:${'x'.repeat(62)}` }, 400, 'bad_action'],
    ['truncated JSON', '{"id":"a","te', 400, 'bad_json'],
    ['no body', '', 400, 'bad_json'],
    ['a megabyte', { id: 'a', text: 'x'.repeat(1_000_000) }, 413, 'too_large'],
  ])('refuses %s', async (_what, body, status, code) => {
    const client = await openClient(world.url);
    expect(await error(await client.post('/api/web/messages', body))).toEqual({ status, code });
    expect(await world.inbound(client.contactId)).toEqual([]);
  });

  it('says what is wrong in Vietnamese', async () => {
    const client = await openClient(world.url);
    const response = await client.post('/api/web/messages', { id: 'a', text: '' });
    expect(await response.json()).toEqual({ error: { code: 'empty_text', message: 'Tin nhắn chưa có nội dung.' } });
  });

  it.each([
    ['HTML', '<script>alert(1)</script> & <b>đậm</b>', '<script>alert(1)</script> & <b>đậm</b>'],
    ['emoji, 8,000 of them', '🌺'.repeat(8000), '🌺'.repeat(8000)],
    ['right-to-left marks', '\u202eabc\u202c xin chào', 'abc xin chào'],
    ['zero-width characters', 'xin\u200b ch\u200dào', 'xin chào'],
    ['NUL and other controls', 'a\u0000b\u0007c', 'abc'],
    ['decomposed letters', 'Đăng ký'.normalize('NFD'), 'Đăng ký'],
    ['Windows line ends', 'một\r\nhai', 'một\nhai'],
  ])('keeps %s as the person meant it', async (_what, text, kept) => {
    const client = await openClient(world.url);
    const events = await client.events(await client.say('t', text));
    expect(events[0]?.text).toBe(kept);
  });

  it('takes half an emoji without falling over', async () => {
    const client = await openClient(world.url);
    const response = await client.post('/api/web/messages', '{"id":"half","text":"a\\ud83d"}');
    expect(response.status).toBe(202);
    expect(await world.inbound(client.contactId)).toEqual([{ kind: 'text', text: 'a\ufffd' }]);
  });

  it('answers 503 while the store is away, and takes the same message afterwards', async () => {
    const client = await openClient(world.url);
    await world.cutDatabase();
    expect(await error(await client.post('/api/web/messages', { id: 'later', text: 'giữ giúp' }))).toEqual({
      status: 503,
      code: 'unavailable',
    });
    await world.mendDatabase();
    await waitFor(() => client.say('later', 'giữ giúp'), { what: 'the store to be back' });
    expect(await world.inbound(client.contactId)).toEqual([{ kind: 'text', text: 'giữ giúp' }]);
  });
});

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

describe('the channel', () => {
  it('shows an attempt once however often it is sent', async () => {
    const client = await openClient(world.url);
    const outgoing = {
      attemptId: '900000001',
      contactId: client.contactId,
      address: '',
      content: { text: 'một lần' },
      lane: 'bulk',
      at: new Date(),
    } as const;
    const { signal } = new AbortController();
    const results = await Promise.all([1, 2, 3].map(() => world.channel.send(outgoing, signal)));
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(await client.events(0)).toHaveLength(1);
  });

  it('changes a message by a new event that carries its id', async () => {
    const client = await openClient(world.url);
    const platformMessageId = await world.tell(client.contactId, { text: 'cũ' });
    const edit = {
      attemptId: '900000002',
      contactId: client.contactId,
      address: '',
      lane: 'reply',
      at: new Date(),
    } as const;
    await world.channel.edit?.({ ...edit, content: { text: 'mới' }, platformMessageId }, new AbortController().signal);
    const events = await client.events(0);
    expect(events.map(({ kind, id, text }) => [kind, id, text])).toEqual([
      ['message', platformMessageId, 'cũ'],
      ['edit', platformMessageId, 'mới'],
    ]);
  });

  it('calls an outage worth trying again', async () => {
    const client = await openClient(world.url);
    await world.cutDatabase();
    const outgoing = {
      attemptId: '900000003',
      contactId: client.contactId,
      address: '',
      content: { text: 'x' },
      lane: 'bulk',
      at: new Date(),
    } as const;
    const result = await world.channel.send(outgoing, new AbortController().signal);
    await world.mendDatabase();
    expect(result).toMatchObject({ kind: 'failed', failure: 'retryable' });
  });
});

async function addMember(at: WebWorld, code: string, roles: readonly string[]): Promise<void> {
  await at.store.db.member.create({
    data: { id: randomUUID(), code, fullName: 'Nguyễn Thị Mẫu', roles: { create: roles.map((role) => ({ role })) } },
  });
}

const listeners = async (at: WebWorld): Promise<number> => {
  const { rows } = await at.store.pool.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity
     where application_name = 'neu-guong-listen' and datname = current_database()`,
  );
  return rows[0]?.n ?? 0;
};

/** Makes the commit of events with this text, or this id, take its time. */
async function slowCommits(at: WebWorld, mark: string): Promise<void> {
  await at.store.pool.query(
    `create or replace function take_time() returns trigger language plpgsql as
     $$ begin perform pg_sleep(0.5); return new; end $$`,
  );
  await at.store.pool.query(
    `create or replace trigger "slow ${mark}" after insert on web_event for each row
     when (new.text = '${mark}' or new.message_id = '${mark}') execute function take_time()`,
  );
}

/** How many commits are taking their time. */
async function busy(at: WebWorld): Promise<number> {
  const { rows } = await at.store.pool.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
  );
  return rows[0]?.n ?? 0;
}
