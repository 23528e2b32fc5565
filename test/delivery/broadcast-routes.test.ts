import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { raw } from '../../src/conversation/text.js';
import { createBroadcasts, createLedger, createOutbox } from '../../src/delivery/index.js';
import type { Store } from '../../src/store/index.js';
import { createBroadcastPort } from '../../src/wiring/broadcasts.js';
import { openClient, type WebClient } from '../channels/web-client.js';
import { startWebWorld, type WebWorld } from '../channels/web-world.js';

let world: WebWorld;
let officer: WebClient;
let seat: WebClient;
let leader: WebClient;
const kicks: string[] = [];
const now = () => Promise.resolve(new Date());

const broadcastsOf = (store: Pick<Store, 'pool'>) =>
  createBroadcasts({ pool: store.pool, businessNow: now, channels: ['telegram'] });

beforeAll(async () => {
  world = await startWebWorld({
    broadcasts: (store) =>
      createBroadcastPort({
        store,
        broadcasts: broadcastsOf(store),
        ledger: createLedger(store.pool),
        engine: { kick: (lane) => void kicks.push(lane) },
      }),
  });
  for (const [code, role] of [
    ['officer', 'officer'],
    ['leader', 'leader'],
    ['seat-x', null],
  ] as const) {
    const roles = role === null ? {} : { roles: { create: { role } } };
    await world.store.db.member.create({ data: { id: randomUUID(), code, fullName: 'Mẫu', ...roles } });
  }
  [officer, seat, leader] = await Promise.all([
    openClient(world.url, 'officer'),
    openClient(world.url, 'seat-x'),
    openClient(world.url, 'leader'),
  ]);
});
afterAll(() => world.stop());
beforeEach(() => world.store.pool.query('truncate attempt, message, content, broadcast, audit_entry cascade'));

async function plan(count: number, startAt?: Date): Promise<string> {
  const { store } = world;
  const ids = Array.from({ length: count }, () => randomUUID());
  await store.pool.query(`insert into member (id, full_name) select id, 'Người mẫu' from unnest($1::uuid[]) as id`, [
    ids,
  ]);
  await store.pool.query(
    `insert into contact (id, channel, external_id, member_id) select gen_random_uuid(), 'telegram', id::text, id from unnest($1::uuid[]) as id`,
    [ids],
  );
  const id = randomUUID();
  const audience = { kind: 'people', people: ids.map((member) => `m:${member}` as const) } as const;
  const broadcast = {
    id,
    kind: 'notice',
    subjectId: id,
    title: 'T',
    class: 'announcement',
    audience,
    createdById: null,
  } as const;
  await store.transaction((tx) =>
    createOutbox({ channels: ['telegram'] }).broadcast(
      tx,
      { ...broadcast, say: [{ text: raw('Chào') }], ...(startAt ? { startAt } : {}) },
      new Date(),
    ),
  );
  if (!startAt) await broadcastsOf(store).expand(id);
  return id;
}

const order = (who: WebClient, id: string, action: string, body?: object) =>
  who.post(`/api/broadcasts/${id}/${action}`, body ?? {});
const error = async (response: Response) =>
  ((await response.json()) as { error: { code: string; message: string } }).error;

describe('the orders of the web API', () => {
  it('pause, go on and cancel, each as often as it is asked for', async () => {
    const id = await plan(3);
    for (const repeat of [1, 2]) {
      const paused = await order(officer, id, 'pause');
      expect([repeat, paused.status, await paused.json()]).toMatchObject([
        repeat,
        200,
        { state: 'paused', recipients: 3, byState: { planned: 3 }, ratePerSec: 0, eta: null },
      ]);
    }
    expect(await (await order(officer, id, 'resume')).json()).toMatchObject({
      state: 'sending',
      byState: { queued: 3 },
    });
    expect((await order(officer, id, 'resume')).status).toBe(200);
    expect(kicks).toContain('bulk');
    expect(await (await order(officer, id, 'cancel')).json()).toMatchObject({
      state: 'cancelled',
      byState: { skipped: 3 },
    });
    expect((await order(officer, id, 'cancel')).status).toBe(200);
    expect(await world.store.db.auditEntry.count({ where: { subject: `broadcast:${id}` } })).toBe(3);
  });

  it('send again to the failed, or to the uncertain', async () => {
    const id = await plan(4);
    await world.store.pool.query(
      `update attempt set waiting = false, ended_at = now(), state = case row_number when 1 then 'failed' when 2 then 'uncertain' else 'sent' end
       from (select id as other, row_number() over (order by id) from attempt) n where n.other = id`,
    );
    await broadcastsOf(world.store).settle(new Date());
    expect(await (await order(officer, id, 'resend')).json()).toMatchObject({
      state: 'sending',
      byState: { queued: 1, uncertain: 1, sent: 2 },
    });
    expect(await (await order(officer, id, 'resend', { only: 'uncertain' })).json()).toMatchObject({
      byState: { queued: 2, sent: 2 },
    });
    expect(await (await order(officer, id, 'resend', { only: 'uncertain' })).json()).toMatchObject({
      byState: { queued: 2, sent: 2 },
    });
    const bad = await order(officer, id, 'resend', { only: 'all' });
    expect([bad.status, (await error(bad)).code]).toEqual([400, 'bad_request']);
  });

  it('are refused with a reason where the state does not allow them', async () => {
    const planned = await plan(1, new Date(Date.now() + 60_000));
    const finished = await plan(0);
    await broadcastsOf(world.store).settle(new Date());
    for (const [id, action, code] of [
      [finished, 'resume', 'broadcast_finished'],
      [finished, 'pause', 'broadcast_finished'],
      [finished, 'cancel', 'broadcast_finished'],
      [planned, 'resend', 'broadcast_planned'],
    ] as const) {
      const response = await order(officer, id, action);
      const problem = await error(response);
      expect([action, response.status, problem.code]).toEqual([action, 409, code]);
      expect(problem.message).toMatch(/Đợt gửi/);
    }
    await order(officer, planned, 'cancel');
    expect((await error(await order(officer, planned, 'resume'))).code).toBe('broadcast_cancelled');
  });

  it('are given by officers only, and about what there is', async () => {
    const id = await plan(1);
    for (const action of ['pause', 'resume', 'cancel', 'resend']) {
      const nobody = await fetch(`${world.url}/api/broadcasts/${id}/${action}`, { method: 'POST' });
      expect([action, nobody.status]).toEqual([action, 401]);
      expect([action, (await order(seat, id, action)).status]).toEqual([action, 403]);
      // Leaders look on.
      expect([action, (await order(leader, id, action)).status]).toEqual([action, 403]);
      expect([action, (await order(officer, randomUUID(), action)).status]).toEqual([action, 404]);
      expect([action, (await order(officer, 'khong-co', action)).status]).toEqual([action, 404]);
    }
    expect((await leader.get(`/api/broadcasts/${id}`)).status).toBe(200);
    expect(await (await officer.get(`/api/broadcasts/${id}`)).json()).toMatchObject({
      state: 'sending',
      recipients: 1,
    });
  });
});
