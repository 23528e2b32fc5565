/** A province on Telegram, a broadcast to it and reminders that fall due, for tests that take something away meanwhile. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import { expect } from 'vitest';
import { raw } from '../../src/conversation/text.js';
import { createOutbox, type MessageClass } from '../../src/delivery/index.js';
import type { PersonKey } from '../../src/kernel/people.js';
import { findDueInstants } from '../../src/reporting/index.js';
import { readBusinessClock, type Store } from '../../src/store/index.js';
import type { FakeTelegram } from '../support/fake-telegram.js';
import { waitFor } from '../support/wait.js';
import type { World } from './world.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FIRST_CHAT = 5_000_001;

/** One further process of the product. */
export interface ProductProcess {
  readonly pid: number;
  /** Ends it and returns its exit code and how long that took. */
  end(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly ms: number }>;
  /** Resident set, megabytes. */
  log(): string;
}

/** Starts a process of the product and waits for its `ready` line. */
export async function startProduct(env: Readonly<Record<string, string>>): Promise<ProductProcess> {
  const child: ChildProcess = spawn(process.execPath, ['dist/src/main.js'], {
    cwd: ROOT,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-20_000)));
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => chunk.toString().includes('ready') && resolve());
    child.once('exit', (code) => reject(new Error(`the product ended with ${String(code)}:\n${log}`)));
  });
  return {
    pid: child.pid ?? 0,
    end: async (signal) => {
      const began = Date.now();
      if (child.exitCode !== null || child.signalCode !== null) return { code: child.exitCode, ms: 0 };
      const ended = once(child, 'exit');
      child.kill(signal);
      const [code] = (await ended) as [number | null];
      return { code, ms: Date.now() - began };
    },
    log: () => log,
  };
}

/** Gives every holder of a seat a Telegram contact, and adds people who only subscribe until there are so many. */
export async function moveToTelegram(pool: Pool, telegram: FakeTelegram, count: number): Promise<readonly PersonKey[]> {
  await telegram.addChats(FIRST_CHAT, count);
  await pool.query(
    `insert into member (id, full_name) select gen_random_uuid(), 'Người mẫu' from generate_series(1, $1::int)`,
    [count],
  );
  const { rows } = await pool.query<{ member_id: string }>(
    `insert into contact (id, channel, external_id, member_id, language)
     select gen_random_uuid(), 'telegram', ($1::bigint + row_number() over (order by m.id) - 1)::text, m.id, 'vi'
     from (
       select m.id from member m left join seat_holding h on h.member_id = m.id and h.held_to is null
       where not exists (select 1 from contact c where c.member_id = m.id)
       group by m.id order by count(h.member_id) desc, m.id limit $2
     ) m
     returning member_id`,
    [FIRST_CHAT, count],
  );
  await pool.query(
    `insert into conversation (id, member_id) select gen_random_uuid(), m from unnest($1::uuid[]) as m on conflict do nothing`,
    [rows.map((row) => row.member_id)],
  );
  return rows.map((row): PersonKey => `m:${row.member_id}`);
}

/** Orders a broadcast as an officer would; the next bell or the reconciler begins it. Returns its id. */
export async function announce(
  store: Store,
  people: readonly PersonKey[],
  text: string,
  kind: MessageClass = 'announcement',
): Promise<string> {
  const id = randomUUID();
  const now = await readBusinessClock(store.db);
  await store.transaction((tx) =>
    createOutbox().broadcast(
      tx,
      {
        id,
        kind: 'notice',
        subjectId: id,
        title: text,
        class: kind,
        audience: { kind: 'people', people },
        say: [{ text: raw(text) }],
        createdById: null,
      },
      now,
    ),
  );
  return id;
}

/** Walks the business clock to shortly before the next instant at which reminders fall due; it then comes by itself. */
export async function waitBeforeReminders(world: World, leadMs: number): Promise<Date> {
  const { db } = world.db.store;
  const now = await readBusinessClock(db);
  const year = new Date(now.getTime() + 365 * 86_400_000);
  const next = (await findDueInstants(db, year)).find((at) => at.getTime() > now.getTime() + leadMs);
  if (!next) throw new Error('the demo has no reminder in the coming year');
  await world.post('/api/demo/clock', { to: new Date(next.getTime() - leadMs).toISOString() });
  return next;
}

/** Waits until the broadcast is finished and every reminder due by `due` has been fired and has a final state. */
export async function everythingLeft(world: World, broadcasts: readonly string[], due: Date | null, timeoutMs: number) {
  const { pool } = world.db.store;
  await waitFor(
    async () => {
      const { rows } = await pool.query<{ open: number }>(
        `select (
           (select count(*) from broadcast where id = any($1::uuid[]) and state <> 'finished')
           + (select count(*) from reminder_step where state = 'pending' and due_at <= $2::timestamptz)
           + (select count(*) from attempt where ended_at is null and state <> 'planned'))::int as open`,
        [broadcasts, due],
      );
      return rows[0]?.open === 0;
    },
    { timeoutMs, everyMs: 200, what: 'everything to leave' },
  );
}

/** What became of one broadcast, counted in the record and at the platform. */
export interface Told {
  readonly lost: number;
  readonly duplicated: number;
  readonly uncertain: number;
}

/** Expects that everybody got this text exactly once and nobody anything twice. */
export async function expectToldOnce(
  world: World,
  telegram: FakeTelegram,
  id: string,
  text: string,
  people: number,
): Promise<Told> {
  const { rows } = await world.db.store.pool.query<{ state: string; n: number }>(
    `select a.state, count(*)::int as n from message m join attempt a on a.message_id = m.id
     where m.source_kind = 'broadcast' and m.source_id = $1 group by a.state`,
    [id],
  );
  const states = Object.fromEntries(rows.map(({ state, n }) => [state, n]));
  const { chats, messages, twice } = await telegram.summary(text);
  const uncertain = states['uncertain'] ?? 0;
  expect(twice).toEqual([]);
  expect((states['sent'] ?? 0) + uncertain, JSON.stringify(states)).toBe(people);
  expect(messages).toBe(chats);
  expect(chats).toBeGreaterThanOrEqual(people - uncertain);
  expect(chats).toBeLessThanOrEqual(people);
  return { lost: people - (states['sent'] ?? 0) - uncertain, duplicated: messages - chats + twice.length, uncertain };
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
