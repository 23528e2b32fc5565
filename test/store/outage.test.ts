import net from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/kernel/errors.js';
import { PrismaClient } from '../../src/store/generated/client.js';
import { createStore, isOutage, isSerializationFailure, isUniqueViolation } from '../../src/store/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { waitFor } from '../support/wait.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );

async function endOtherBackends(): Promise<void> {
  const client = new pg.Client(database.url);
  await client.connect();
  const others =
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
  await client.query(others);
  await client.end();
}

describe('an outage', () => {
  it('is seen when nobody listens', async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const url = `postgresql://u:p@127.0.0.1:${String(port)}/x`;
    expect(isOutage(await failure(createStore({ url })))).toBe(true);
    const db = new PrismaClient({ adapter: new PrismaPg(url) });
    expect(isOutage(await failure(db.unit.count()))).toBe(true);
    await db.$disconnect();
  });

  it('is seen when the server ends a connection under a running statement or transaction', async () => {
    const { store } = database;
    const raw = failure(store.pool.query('select pg_sleep(30)'));
    const prisma = failure(store.db.$queryRaw`select 1 from pg_sleep(30)`);
    const transaction = failure(
      store.transaction(
        async (tx) => {
          await tx.$queryRaw`select 1 from pg_sleep(30)`;
        },
        { timeoutMs: 30_000 },
      ),
    );
    await untilSleeping(3);
    await endOtherBackends();
    expect(isOutage(await raw)).toBe(true);
    expect(isOutage(await prisma)).toBe(true);
    expect(isOutage(await transaction)).toBe(true);
    expect(await store.db.unit.count()).toBe(0);
  });

  it('is not what a wrong statement, a refused row or a lost race is', async () => {
    const { store } = database;
    await store.db.setting.create({ data: { key: 'k', value: 1 } });
    const errors = await Promise.all([
      failure(store.pool.query('select nothing')),
      failure(store.db.$queryRaw`select nothing`),
      failure(store.db.setting.create({ data: { key: 'k', value: 2 } })),
      failure(store.db.unit.findUniqueOrThrow({ where: { code: 'x' } })),
    ]);
    expect(errors.map(isOutage)).toEqual([false, false, false, false]);
    expect(errors.map(isUniqueViolation)).toEqual([false, false, true, false]);
  });

  it('can be said by hand, also deep inside another error', () => {
    const inner = new StoreUnavailableError('away');
    expect(isOutage(new Error('outer', { cause: new AggregateError([inner]) }))).toBe(true);
    expect(isOutage(undefined)).toBe(false);
    expect(isOutage('ECONNREFUSED')).toBe(false);
  });
});

describe('a serialization failure', () => {
  it('is seen when two transactions wait for each other', async () => {
    const { store } = database;
    await store.db.setting.createMany({ data: ['a', 'b'].map((key) => ({ key, value: 0 })) });
    const cross = (first: string, second: string) =>
      store.transaction(async (tx) => {
        await tx.$executeRaw`update setting set value = '1' where key = ${first}`;
        await tx.$queryRaw`select 1 from pg_sleep(0.3)`;
        await tx.$executeRaw`update setting set value = '2' where key = ${second}`;
      });
    const results = await Promise.allSettled([cross('a', 'b'), cross('b', 'a')]);
    const errors = results.filter((it) => it.status === 'rejected').map((it) => it.reason as unknown);
    expect(errors.map(isSerializationFailure)).toEqual([true]);
    expect(errors.map(isOutage)).toEqual([false]);
  });

  it('is seen on the raw pool too', async () => {
    const { pool } = database.store;
    const one = await pool.connect();
    const two = await pool.connect();
    try {
      for (const client of [one, two]) {
        await client.query('begin isolation level serializable');
        await client.query('select count(*) from setting');
      }
      await one.query(`insert into setting (key, value, updated_at) values ('s1', '1', now())`);
      await two.query(`insert into setting (key, value, updated_at) values ('s2', '1', now())`);
      await one.query('commit');
      expect(isSerializationFailure(await failure(two.query('commit')))).toBe(true);
    } finally {
      await two.query('rollback');
      one.release();
      two.release();
    }
  });
});

async function untilSleeping(count: number): Promise<void> {
  const client = new pg.Client(database.url);
  await client.connect();
  try {
    await waitFor(async () => {
      const { rows } = await client.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity where wait_event = 'PgSleep'`,
      );
      return (rows[0]?.n ?? 0) >= count;
    });
  } finally {
    await client.end();
  }
}
