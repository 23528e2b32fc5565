import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { correct } from '../../src/delivery/index.js';
import { startFakeTelegram, type FakeTelegram } from '../support/fake-telegram.js';
import { waitFor } from '../support/wait.js';
import { createWorld, type World } from './support.js';

const PEOPLE = 150;
const KILLS = 8;

let world: World;
let telegram: FakeTelegram;
let folder: string;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  world = await createWorld();
  telegram = await startFakeTelegram({ latencyMs: 10 });
  await telegram.addChats(1_000_000, 1_000);
  await mkdir('.tmp', { recursive: true });
  folder = await mkdtemp(path.resolve('.tmp/corrections-'));
  await build({
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    entryPoints: [path.join(import.meta.dirname, 'corrections-worker.ts')],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
  });
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
  await telegram.stop();
  await world.close();
});

const count = async (sql: string) =>
  (await world.database.store.pool.query<{ n: number }>(`select count(*)::int as n from ${sql}`)).rows[0]?.n ?? 0;

async function startWorker(name: string): Promise<ChildProcess> {
  const child = fork(
    path.join(folder, 'corrections-worker.mjs'),
    [world.database.url, telegram.apiRoot, telegram.token, name],
    { stdio: ['ignore', 2, 2, 'ipc'] },
  );
  children.add(child);
  await new Promise((resolve) => child.once('message', resolve));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  children.delete(child);
  await gone;
}

it(`corrects ${String(PEOPLE)} copies through ${String(KILLS)} kills of its workers, and nobody keeps the old text`, async () => {
  const people = await world.people(PEOPLE);
  const id = randomUUID();
  const { store } = world.database;
  await store.pool.query(
    `with k as (insert into content (text) values ('Họp lúc 8 giờ') returning id)
     insert into broadcast (id, kind, subject_id, title, audience, contents, class, state, created_at, expanded_at)
     select $1::uuid, 'notice', 'x', 'Lịch họp', '{"kind":"people","people":[]}', jsonb_build_object('vi', jsonb_build_array(k.id)), 'announcement', 'sending', now(), now() from k`,
    [id],
  );
  await world.tell(people, {
    source: { kind: 'broadcast', id },
    text: 'Họp lúc 8 giờ',
    outbox: { channels: ['telegram'] },
  });
  const other = await startWorker('other');
  let victim = await startWorker('first');
  await waitFor(async () => (await count(`attempt where state = 'sent'`)) > PEOPLE / 3);
  const at = new Date('2026-11-23T03:30:00Z');
  await store.transaction((tx) =>
    correct(tx, { id: randomUUID(), broadcastId: id, words: 'Họp lúc 9 giờ', by: null }, at),
  );
  for (let n = 0; n < KILLS; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 30 + ((n * 37) % 90)));
    await kill(victim);
    victim = await startWorker(`kill-${String(n)}`);
  }
  await kill(other);
  await waitFor(
    async () =>
      (await count(`correction where state <> 'finished'`)) === 0 &&
      (await count('attempt where ended_at is null')) === 0,
    { timeoutMs: 40_000, what: 'the correction to end' },
  );
  const wrong: string[] = [];
  for (const person of people) {
    const texts = (await telegram.person(Number(person.address)).messages()).map(({ text }) => text);
    if (!texts.at(-1)?.includes('9 giờ')) wrong.push(JSON.stringify(texts));
    // Whoever's call was cut off by a kill got the correction as a message: nobody knew which copy was his.
    if (texts.length > 1 && !texts[1]?.startsWith('Đính chính')) wrong.push(JSON.stringify(texts));
  }
  const unsure = await count(`attempt where state = 'uncertain'`);
  expect(wrong).toEqual([]);
  expect(unsure).toBeLessThanOrEqual(KILLS * 6 + 6);
  expect(await count(`message_edit where state = 'done'`)).toBeGreaterThan(PEOPLE / 3);
}, 90_000);
