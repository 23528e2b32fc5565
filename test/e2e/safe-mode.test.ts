/** A backup is restored elsewhere and the product started on it: nothing of the past leaves before an administrator says so. */
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutbox } from '../../src/delivery/index.js';
import { raw } from '../../src/conversation/text.js';
import { createStore, moveBusinessClock, readBusinessClock } from '../../src/store/index.js';
import type { TestDatabase } from '../support/database.js';
import { execute, withDatabase } from '../support/postgres-server.js';
import { waitFor } from '../support/wait.js';
import type { WebPerson } from './web-person.js';
import { World } from './world.js';

const DAY_MS = 86_400_000;
const DUE = 'Mời họp giao ban thi đua';

let before: World;
const worlds: World[] = [];

beforeAll(async () => {
  before = await World.create({ backend: 'postgres' });
  // What the copy will find overdue: a notice for tomorrow, and the ladders of the demo's duties.
  await planNotice(before.db, DUE);
  await before.end('SIGKILL');
}, 120_000);
afterAll(async () => {
  for (const world of worlds) await world.close();
  await before.close();
});

async function planNotice({ store }: TestDatabase, text: string): Promise<void> {
  const now = await readBusinessClock(store.db);
  const people = await store.db.member.findMany({ where: { code: { in: ['seat-so-y-te', 'seat-p-phu-ly'] } } });
  await store.transaction((tx) =>
    createOutbox().broadcast(
      tx,
      {
        id: randomUUID(),
        kind: 'notice',
        subjectId: 'x',
        title: text,
        class: 'announcement',
        audience: { kind: 'people', people: people.map(({ id }) => `m:${id}` as const) },
        say: [{ text: raw(text) }],
        createdById: null,
        startAt: new Date(now.getTime() + DAY_MS),
      },
      now,
    ),
  );
}

/** The backup, restored into another database forty days later. */
async function restore(): Promise<TestDatabase> {
  const source = new URL(before.db.url).pathname.slice(1);
  const name = `${source}_${randomBytes(3).toString('hex')}`;
  const admin = withDatabase(before.db.url, 'postgres');
  await execute(
    admin,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${source}' and pid <> pg_backend_pid()`,
  );
  await waitFor(async () => {
    await execute(admin, `create database ${name} template ${source}`);
    return true;
  });
  const url = withDatabase(before.db.url, name);
  const store = await createStore({ url });
  await moveBusinessClock(store.db, new Date((await readBusinessClock(store.db)).getTime() + 40 * DAY_MS));
  return {
    url,
    store,
    drop: async () => {
      await store.close();
      await execute(admin, `drop database if exists ${name} with (force)`);
    },
  };
}

async function startOnBackup(): Promise<World> {
  const world = await World.create({ backend: 'postgres', database: await restore() });
  worlds.push(world);
  return world;
}

/** Without what the law watch says of today: that is never overdue. */
const bulkCalls = async ({ db }: World) =>
  await db.store.db.attempt.count({
    where: { lane: 'bulk', sendingAt: { not: null }, message: { sourceKind: { not: 'law' } } },
  });
const dueSteps = async ({ db }: World) =>
  db.store.db.reminderStep.count({ where: { state: 'pending', dueAt: { lte: await readBusinessClock(db.store.db) } } });
const parts = async (world: World) =>
  (await world.json<{ ready: boolean; parts: Record<string, { state: string; detail?: string }> }>('/readyz')).parts;

/** Has everything that is due run at once, twice, instead of waiting for the rounds of the product. */
async function pass(world: World): Promise<void> {
  for (let n = 0; n < 2; n += 1) await world.round();
}

/** Asks for the choices; the notice to administrators may come between the question and its answer. */
async function choices(admin: WebPerson): Promise<void> {
  await admin.say('chế độ an toàn');
  const offered = async () => {
    await admin.listen(0);
    return admin.events.some(({ buttons }) => buttons.some(({ label }) => label.includes('Gửi tiếp tất cả')));
  };
  await waitFor(offered, { timeoutMs: 20_000, what: 'the choices of the administrator' });
}

describe('the product on a restored backup', () => {
  it(
    'sends nothing overdue, says so, and sends it once when the administrator confirms',
    { timeout: 180_000 },
    async () => {
      const world = await startOnBackup();
      const admin = await world.web('admin');
      const officer = await world.web('officer');
      const steps = await dueSteps(world);
      expect(steps).toBeGreaterThan(0);
      const sent = await bulkCalls(world);
      await pass(world);
      expect(await bulkCalls(world)).toBe(sent);
      expect(await dueSteps(world)).toBe(steps);
      expect((await parts(world))['delivery']).toMatchObject({
        state: 'safe-mode',
        detail: expect.stringContaining('elsewhere') as string,
      });
      expect(world.lines).toContain('restored backup');

      // Those who decide are told once, whatever else rests.
      await waitFor(async () => (await said(world, 'vừa vào chế độ an toàn')).length > 0, { what: 'the word of it' });

      // Answers leave, and only an administrator decides.
      expect((await officer.say('chế độ an toàn')).text).not.toContain('🔒');
      expect((await officer.say('tình hình')).text).toContain('chế độ an toàn');
      const view = await admin.say('che do an toan');
      expect(view.text).toContain('khôi phục sang một cơ sở dữ liệu khác');
      expect(view.text).toContain(`Lời nhắc hạn đến giờ: ${String(steps)}`);
      expect(view.text).toContain('Đợt gửi đến giờ hoặc gửi dở: 1');
      expect((await admin.tap('Để sau')).text).toContain('vẫn ở chế độ an toàn');

      // A kill changes nothing of it.
      await world.killAndRestart();
      expect((await parts(world))['delivery']?.state).toBe('safe-mode');

      await choices(admin);
      await admin.tap('Gửi tiếp tất cả');
      expect((await admin.tap('Xác nhận')).text).toContain('Đã ra khỏi chế độ an toàn');
      const health = await world.web('seat-so-y-te');
      await waitFor(async () => (await dueSteps(world)) === 0, { timeoutMs: 60_000, what: 'the ladders' });
      await waitFor(async () => (await arrivals(world, DUE)).length === 2, { timeoutMs: 60_000, what: 'the notice' });
      await pass(world);
      expect(await arrivals(world, DUE)).toEqual([1, 1]);
      expect((await parts(world))['delivery']?.state).toBe('ok');
      expect(await said(world, 'vừa vào chế độ an toàn')).toEqual(['admin']);
      expect((await health.say('menu')).text.length).toBeGreaterThan(0);
      expect(await world.db.store.db.auditEntry.count({ where: { action: 'safe-mode.leave' } })).toBe(1);

      await world.killAndRestart();
      expect((await parts(world))['delivery']?.state).toBe('ok');
    },
  );

  it(
    'drops what is overdue and goes on from now, when the administrator wants that',
    { timeout: 180_000 },
    async () => {
      const world = await startOnBackup();
      const admin = await world.web('admin');
      const sent = await bulkCalls(world);
      await choices(admin);
      await admin.tap('Bỏ những gì quá hạn');
      expect((await admin.tap('Xác nhận')).text).toContain('những gì quá hạn đã bỏ');
      await waitFor(async () => (await dueSteps(world)) === 0, { timeoutMs: 60_000, what: 'the ladders' });
      await pass(world);
      expect(await bulkCalls(world)).toBe(sent);
      expect(await arrivals(world, DUE)).toEqual([]);

      // What is ordered now leaves.
      await planNotice(world.db, 'Thông báo mới');
      await world.advanceDays(2);
      await waitFor(async () => (await arrivals(world, 'Thông báo mới')).length === 2, { timeoutMs: 60_000 });
      expect(await arrivals(world, DUE)).toEqual([]);

      // The operator knows better than the product, and begins it by hand while it runs.
      expect(await doctor(world)).toContain('không ở chế độ an toàn');
      expect(await doctor(world, '--safe-mode')).toContain('đang ở chế độ an toàn');
      expect((await parts(world))['delivery']?.detail).toContain('operator');
      expect((await admin.say('chế độ an toàn')).text).toContain('người vận hành đã bật');
      await admin.tap('Gửi tiếp tất cả');
      await admin.tap('Xác nhận');
      await waitFor(async () => (await parts(world))['delivery']?.state === 'ok');
    },
  );
});

/** `npm run doctor`, as its script would become it. */
async function doctor(world: World, ...args: string[]): Promise<string> {
  const run = promisify(execFile)(process.execPath, ['dist/src/dev/doctor.js', ...args], { env: world.env });
  // Something that needs attention ends with 1.
  return run.then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stdout: string }).stdout,
  );
}

/** Whom something was said to, by code, once for each time. */
async function said({ db }: World, words: string): Promise<string[]> {
  const { rows } = await db.store.pool.query<{ code: string }>(
    `select coalesce(p.code, '') as code from message m join content c on c.id = m.content_id
     join member p on 'm:' || p.id = m.person join attempt a on a.message_id = m.id
     where c.text like '%' || $1 || '%' and a.state in ('sent', 'delivered', 'seen')`,
    [words],
  );
  return rows.map(({ code }) => code);
}

/** How often each person got this text on the web. */
async function arrivals({ db }: World, text: string): Promise<number[]> {
  const { rows } = await db.store.pool.query<{ n: number }>(
    `select count(*)::int as n from web_event where text = $1 group by contact_id`,
    [text],
  );
  return rows.map(({ n }) => n);
}
