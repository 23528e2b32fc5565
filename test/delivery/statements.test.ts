import type { PoolClient } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPlanner } from '../../src/delivery/index.js';
import { ATTEMPTS } from '../../src/delivery/record/pick.js';
import { SETTINGS } from '../../src/delivery/record/record.js';
import { createEngineConnection } from '../../src/delivery/sending/connection.js';
import { FALL_BACK } from '../../src/delivery/sending/fallback.js';
import { MATCH } from '../../src/delivery/sending/receipts.js';
import { REST } from '../../src/delivery/sending/rest.js';
import { FLUSH, HELD_BACK, LEASE, type LeasedRow } from '../../src/delivery/sending/statements.js';
import type { Tx } from '../../src/store/index.js';
import { createFakeChannel, createWorld, type World } from './support.js';

const BIG = { timeout: 60_000 };
let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

const now = () => new Date();
const leaseValues = (limit: number) => [
  'bulk',
  'telegram',
  now(),
  'test',
  new Date(Date.now() + 60_000),
  limit,
  'telegram:1',
  3,
  3_000,
  [],
  new Date(0),
];

/** Every node of a plan. */
function nodes(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodes)];
}
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** The plan that the engine's own connection makes, whatever the statistics say. */
async function explain(statement: { readonly text: string }, values: readonly unknown[]): Promise<PlanNode[]> {
  const { pool } = world.database.store;
  let opened: PoolClient | undefined;
  const connection = createEngineConnection({ connect: async () => (opened = await pool.connect()) } as typeof pool);
  await connection.run({ name: 'warm', text: 'select 1' }, []);
  const { rows } = await (opened as PoolClient).query<Explained>(`explain (format json) ${statement.text}`, [
    ...values,
  ]);
  await connection.close();
  return planOf(rows);
}

interface Explained {
  readonly 'QUERY PLAN': [{ Plan: PlanNode }];
}
const planOf = (rows: readonly Explained[]) => nodes((rows[0] as Explained)['QUERY PLAN'][0].Plan);

/** The plan of the next rows to seal, under the settings of the transaction that seals. */
async function explainSeal(): Promise<PlanNode[]> {
  const client = await world.database.store.pool.connect();
  try {
    await client.query(`begin; ${SETTINGS}`);
    const values = ['0', now(), null, null, 500];
    return planOf((await client.query<Explained>(`explain (format json) ${ATTEMPTS.pick}`, values)).rows);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

describe('the statements on the way of every message', () => {
  it.each(['empty', 'full of waiting rows', 'full of finished rows, just analysed'])(
    'claim through an index when the table is %s',
    async (filling) => {
      const { pool } = world.database.store;
      if (filling !== 'empty') await world.tell(await world.people(2_000));
      if (filling.includes('finished')) {
        await pool.query(`update attempt set state = 'sent', waiting = false, ended_at = now()`);
        await pool.query('vacuum analyze attempt');
      }
      const plan = await explain(LEASE, leaseValues(200));
      const attempts = plan.filter((node) => node['Relation Name'] === 'attempt');
      expect(attempts.length).toBeGreaterThan(3);
      expect(attempts.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
      expect(plan.some((node) => node['Index Name'] === 'attempt_waiting_idx')).toBe(true);
    },
  );

  it('begin and settle through the primary key', async () => {
    await world.tell(await world.people(2_000));
    const empty = Array.from({ length: 15 }, () => []);
    const plan = await explain(FLUSH, [...empty, now(), []]);
    const reads = plan.filter((node) => node['Relation Name'] === 'attempt' && node['Index Name'] !== undefined);
    // One read to settle, one to begin; those that wait again or are uncertain are read once more, with the try before.
    expect(reads.map((node) => node['Index Name']).sort()).toEqual([
      'attempt_message_id_try_key',
      'attempt_pkey',
      'attempt_pkey',
      'attempt_pkey',
    ]);
    expect(plan.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] === 'attempt')).toEqual([]);
  });

  it('still find everything after the table was analysed while it was empty of waiting rows', async () => {
    const { pool } = world.database.store;
    await world.tell(await world.people(300));
    const channel = createFakeChannel();
    const engine = world.engine([channel]);
    await engine.drain('bulk');
    await pool.query('analyze attempt');
    await world.tell(await world.people(300));
    expect(await engine.drain('bulk')).toMatchObject({ sent: 300 });
  });

  it('never lease the same row to two at once', async () => {
    await world.tell(await world.people(400));
    const connections = [1, 2, 3, 4].map(() => createEngineConnection(world.database.store.pool));
    const leased = await Promise.all(
      connections.map((connection) => connection.run<LeasedRow>(LEASE, leaseValues(150))),
    );
    await Promise.all(connections.map((connection) => connection.close()));
    const ids = leased.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(150);
  });

  it('are few: a thousand messages cost less than three hundred', async () => {
    await world.tell(await world.people(1_000));
    const channel = createFakeChannel();
    // As a server on loopback answers.
    channel.answer = async (outgoing) => {
      await new Promise((resolve) => setImmediate(resolve));
      return { kind: 'sent', platformMessageId: outgoing.attemptId };
    };
    const { pool } = world.database.store;
    let counted = 0;
    const counting = new Proxy(pool, {
      get(target, name) {
        if (name !== 'connect') return (Reflect.get(target, name) as (...args: unknown[]) => unknown).bind(target);
        return async () => {
          const client = await target.connect();
          const query = client.query.bind(client) as (...args: unknown[]) => unknown;
          client.query = ((...args: unknown[]) => {
            counted += 1;
            return query(...args);
          }) as typeof client.query;
          return client;
        };
      },
    });
    const engine = world.engine([channel], { pool: counting });
    expect(await engine.drain('bulk')).toMatchObject({ sent: 1_000 });
    await engine.stop(1_000);
    expect(counted).toBeGreaterThan(10);
    expect(counted).toBeLessThan(300);
  });

  it.each([
    ['one round trip', ['web', 'telegram'], 1],
    ['two where Zalo has its quotas', ['web', 'telegram', 'zalo'], 2],
  ] as const)('plan a notice to any number of people in %s', async (_, channels, trips) => {
    const people = await world.people(500);
    const { store } = world.database;
    let counted = 0;
    const { createOutbox } = await import('../../src/delivery/index.js');
    await store.transaction(async (tx) => {
      const counting = new Proxy(tx, {
        get: (target, name, receiver) => {
          if (name === '$queryRawUnsafe' || name === '$executeRawUnsafe') counted += 1;
          return Reflect.get(target, name, receiver) as unknown;
        },
      });
      await createOutbox({ channels }).tell(
        counting,
        {
          source: { kind: 't', id: '1' },
          slot: 'main',
          class: 'deadline',
          to: people.map(({ key }) => ({ person: key })),
          say: [{ text: { raw: 'x' } }],
        },
        now(),
      );
    });
    expect(counted).toBe(trips);
  });
});

describe('a forecast', () => {
  it(
    'looks conversations up by their keys also when they were analysed while most were not yet committed',
    BIG,
    async () => {
      const { store } = world.database;
      const people = await world.people(200);
      const loading = await store.pool.connect();
      await loading.query('begin');
      await loading.query(
        `with m as (
         insert into member (id, full_name) select gen_random_uuid(), 'Người mẫu' from generate_series(1, 20000) returning id
       )
       insert into conversation (id, member_id) select gen_random_uuid(), id from m`,
      );
      await store.pool.query('analyze');
      await loading.query('commit');
      loading.release();

      const plans: PlanNode[][] = [];
      const explaining = {
        $queryRawUnsafe: async (sql: string, ...values: unknown[]) => {
          plans.push(planOf((await store.pool.query<Explained>(`explain (format json) ${sql}`, values)).rows));
          return [];
        },
      };
      const audience = { kind: 'people', people: people.map(({ key }) => key) } as const;
      await createPlanner().plan(explaining as unknown as Tx, audience, 'announcement', now());
      const reads = plans.flat().filter((node) => node['Relation Name'] === 'conversation');
      expect(reads.length).toBeGreaterThan(0);
      expect(reads.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
    },
  );
});

describe('with 100,000 attempts', () => {
  const SOURCE = 'big';
  const now = new Date();
  const LOOKUPS: readonly (readonly [string, string, readonly unknown[]])[] = [
    [
      'fall back',
      FALL_BACK,
      [now, now, ['telegram', 'web'], false, '{name} {unit}', '{name} {unit}', 'zalo:1', '2026-11'],
    ],
    ['match receipts', MATCH, []],
    ['rest', REST.text, [['1', '50000'], now]],
  ];

  // Not by `reset`, which forgets them.
  async function fill(): Promise<void> {
    const { pool } = world.database.store;
    const [person] = await world.people(1);
    await pool.query(`insert into content (id, text) values (1, 'x')`);
    await pool.query(
      `insert into message (source_kind, source_id, person, slot, class, lane, conversation_id, content_id, planned_at)
       select $1, (n / 1000)::text, 'm:' || gen_random_uuid(), 'main', 'announcement', 'bulk', gen_random_uuid(), 1, now() from generate_series(1, 100000) as n`,
      [SOURCE],
    );
    await pool.query(
      `insert into attempt (message_id, channel, contact_id, conversation_id, lane, state, waiting, due, sealed, ended_at, platform_message_id)
       select id, 'telegram', $1, conversation_id, 'bulk', case when id % 100 = 0 then 'queued' else 'sent' end, id % 100 = 0, now(), id % 1000 <> 1,
         case when id % 100 > 0 then now() end, id::text from message`,
      [person?.contactId],
    );
    await pool.query(
      `insert into attempt_watch select id, 'failed', now() + interval '1 h' from attempt where id % 50 = 0`,
    );
  }

  it.each(['before', 'after'])('every look walks an index, %s the table was analysed', BIG, async (when) => {
    const { pool } = world.database.store;
    await pool.query('alter table attempt set (autovacuum_enabled = false)');
    await fill();
    if (when === 'after') await pool.query('analyze');
    const hot = [
      ['lease', await explain(LEASE, leaseValues(200))],
      ['flush', await explain(FLUSH, [...Array.from({ length: 15 }, () => []), now, []])],
      ['held back', await explain(HELD_BACK, ['bulk', 'telegram', now, 3, 3_000])],
    ] as const;
    const slow: [string, PlanNode[]][] = [['seal', await explainSeal()]];
    for (const [name, sql, values] of LOOKUPS) {
      const { rows } = await pool.query<Explained>(`explain (format json) ${sql}`, [...values]);
      slow.push([name, planOf(rows)]);
    }
    const scans = [...hot, ...slow].flatMap(([name, plan]) =>
      plan
        .filter(
          (node) => node['Node Type'] === 'Seq Scan' && ['attempt', 'message'].includes(node['Relation Name'] ?? ''),
        )
        .map((node) => `${name}: ${String(node['Relation Name'])}`),
    );
    expect(scans).toEqual([]);
    expect(slow[0]?.[1].map((node) => node['Index Name'])).toContain('attempt_unsealed_idx');
  });
});
