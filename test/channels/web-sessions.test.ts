import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, jsonPost, openClient } from './web-client.js';
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

async function addMember(at: WebWorld, code: string, roles: readonly string[]): Promise<void> {
  await at.store.db.member.create({
    data: { id: randomUUID(), code, fullName: 'Nguyễn Thị Mẫu', roles: { create: roles.map((role) => ({ role })) } },
  });
}
