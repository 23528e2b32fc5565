import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait.js';
import { openClient } from './web-client.js';
import { busy, slowCommits } from './web-faults.js';
import { startWebWorld, type WebWorld } from './web-world.js';

let world: WebWorld;
beforeAll(async () => {
  world = await startWebWorld();
});
afterAll(() => world.stop());

const error = async (response: Response) => ({
  status: response.status,
  code: ((await response.json()) as { error: { code: string; message: string } }).error.code,
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

  it('keeps one edit of a message, the latest, and none that changes nothing', async () => {
    const client = await openClient(world.url);
    const platformMessageId = await world.tell(client.contactId, { text: 'cũ' });
    const change = (text: string) =>
      world.channel.edit?.(
        {
          attemptId: '900000004',
          contactId: client.contactId,
          address: '',
          lane: 'bulk',
          at: new Date(),
          content: { text },
          platformMessageId,
        },
        new AbortController().signal,
      );
    await change('một');
    const seen = (await client.events(0)).at(-1)?.seq ?? 0;
    await change('một');
    expect((await client.events(0)).at(-1)?.seq).toBe(seen);
    await change('hai');
    await change('ba');
    // Who comes late and who was there see the same in the end.
    expect((await client.events(seen)).map(({ kind, text }) => [kind, text])).toEqual([['edit', 'ba']]);
    expect((await client.events(0)).map(({ kind, text }) => [kind, text])).toEqual([
      ['message', 'cũ'],
      ['edit', 'ba'],
    ]);
    // A person's own message may have any id, also that of an edit.
    expect((await client.post('/api/web/messages', { id: platformMessageId, text: 'chào' })).status).toBe(202);
    const answer = await waitFor(async () => (await client.events(0))[2]);
    expect(answer).toMatchObject({ kind: 'message', text: 'chào' });
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
