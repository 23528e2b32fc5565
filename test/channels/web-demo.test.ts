import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDuration } from '../../src/channels/web/duration.js';
import { jsonPost, openClient } from './web-client.js';
import { startWebWorld, type WebWorld } from './web-world.js';

let world: WebWorld;
beforeAll(async () => {
  world = await startWebWorld();
});
afterAll(() => world.stop());

const post = (path: string, json: unknown) => fetch(world.url + path, jsonPost(json));
const code = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

describe('the demo', () => {
  it('lists its people', async () => {
    const people = (await (await fetch(`${world.url}/api/demo/people`)).json()) as unknown[];
    expect(people).toEqual([{ code: 'officer', name: 'Nguyễn Thị Mẫu', role: 'officer', unit: 'Sở Nội vụ' }]);
  });

  it('invites a person, and nobody unknown', async () => {
    const invited = await post('/api/demo/invitations', { as: 'seat-so-y-te' });
    expect(invited.status).toBe(201);
    expect(await invited.json()).toEqual({ code: 'ABC', telegramStart: 'ABC', zaloText: '#ABC' });
    expect(await code(await post('/api/demo/invitations', { as: 'x' }))).toBe('unknown_person');
    expect((await post('/api/demo/invitations', {})).status).toBe(400);
  });

  it('walks the business clock forward, by a duration or to an instant', async () => {
    const now = async () =>
      new Date(((await (await fetch(`${world.url}/api/demo/clock`)).json()) as { now: string }).now).getTime();
    const start = await now();
    const advanced = await post('/api/demo/clock', { advance: 'P1D' });
    expect(advanced.status).toBe(200);
    expect(await advanced.json()).toEqual({ now: expect.any(String) as string, steps: 2 });
    expect((await now()) - start).toBeGreaterThanOrEqual(86_400_000);
    const to = new Date((await now()) + 3_600_000).toISOString();
    expect((await post('/api/demo/clock', { to })).status).toBe(200);
  });

  it.each([
    [{ advance: '1 day' }],
    [{ advance: 'P' }],
    [{ advance: 'P1D', to: '2030-01-01' }],
    [{ to: 'tomorrow' }],
    [{ to: '2020-01-01T00:00:00Z' }],
    [{ to: '9999-01-01T00:00:00Z' }],
    [{}],
    [null],
  ])('does not walk for %j', async (body) => {
    const response = await post('/api/demo/clock', body);
    expect([response.status, await code(response)]).toEqual([400, 'bad_clock']);
  });

  it('opens the ledger of a source', async () => {
    const get = (query: string) => fetch(`${world.url}/api/demo/ledger${query}`);
    expect(await (await get('?source=broadcast:b1')).json()).toEqual({ recipients: 0, byState: {}, rows: [] });
    expect((await get('')).status).toBe(200);
    expect((await get('?source=broadcast:none')).status).toBe(404);
    expect(await code(await get('?source=broadcast'))).toBe('bad_source');
  });
});

describe('a broadcast', () => {
  it('is shown to officers only', async () => {
    await world.store.db.member.create({
      data: { id: randomUUID(), code: 'officer', fullName: 'Mẫu', roles: { create: { role: 'officer' } } },
    });
    const [officer, visitor] = await Promise.all([openClient(world.url, 'officer'), openClient(world.url, 'visitor')]);
    const shown = await officer.get('/api/broadcasts/01a20000-0000-7000-8000-000000000001');
    expect(await shown.json()).toEqual({ state: 'sending', recipients: 3, byState: { sent: 1 } });
    expect((await officer.get('/api/broadcasts/01a20000-0000-7000-8000-000000000002')).status).toBe(404);
    expect((await visitor.get('/api/broadcasts/01a20000-0000-7000-8000-000000000001')).status).toBe(403);
  });
});

describe('a duration', () => {
  const from = new Date('2026-01-31T10:00:00Z');
  it.each([
    ['P1D', '2026-02-01T10:00:00.000Z'],
    ['PT36H', '2026-02-01T22:00:00.000Z'],
    ['P2W', '2026-02-14T10:00:00.000Z'],
    ['P1M', '2026-02-28T10:00:00.000Z'],
    ['P1Y1DT1M1S', '2027-02-01T10:01:01.000Z'],
  ])('%s after 31/01/2026 10:00 is %s', (text, at) => {
    expect(addDuration(from, text)?.toISOString()).toBe(at);
  });
  it.each([['P'], ['PT'], ['P1DT'], ['1D'], ['P-1D'], ['P1.5D'], ['']])('%j is none', (text) => {
    expect(addDuration(from, text)).toBeNull();
  });
});
