import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUpTally, createInsightsReads, GROUPINGS, MEASURES } from '../../src/insights/index.js';
import { newId } from '../../src/kernel/ids.js';
import { endOfDay, toDbDate, type LocalDate } from '../../src/kernel/local-date.js';
import { Prisma as PrismaSql } from '../../src/store/index.js';
import { noon, World } from '../reporting/world.js';

const NOW = noon('2026-11-20');
const SPANS = ['now', 'all', '2026', '2026-Q4', '2026-11', '2025', '2025-03'];

let world: World;
const units: string[] = [];
const ids: string[] = [];
/** Fixed, so that a failure can be seen again. */
let seed = 7;
const dice = (sides: number): number => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor((seed / 2_147_483_648) * sides);
};

beforeAll(async () => {
  world = await World.create();
  for (let n = 0; n < 8; n += 1) units.push(await world.unit(`Phường ${String(n)}`, `Khối ${String(n % 3)}`));
  const days: LocalDate[] = [
    '2025-03-05',
    '2025-12-31',
    '2026-01-01',
    '2026-10-05',
    '2026-11-18',
    '2026-11-20',
    '2026-12-06',
  ];
  for (const [n, dueOn] of days.entries()) {
    const { of } = await world.duty({ name: `Báo cáo ${String(n % 3)}`, dueOn, unitIds: units }, noon('2025-01-02'));
    ids.push(...units.map(of));
  }
});
afterAll(() => world.drop());

const read = () => createInsightsReads(world.store.db);

interface Sums {
  readonly [name: string]: number | bigint;
}

/** The definitions once more, in plain SQL over obligations and submissions: nothing of the product's own counting. */
async function plain(span: string): Promise<Sums> {
  const year = span.slice(0, 4);
  const within =
    {
      now: `o.due_on >= '2026-01-01' and o.due_on < '2027-01-01'`,
      all: 'true',
    }[span] ??
    `to_char(o.due_on, '${span.includes('Q') ? 'YYYY"-Q"Q' : span.length === 4 ? 'YYYY' : 'YYYY-MM'}') = '${span}'`;
  const owed = span === 'now' ? `o.due_on < '2027-01-01'` : within;
  const late = `coalesce((select s.late from submission s where s.obligation_id = o.id order by s.version limit 1), o.first_submitted_at > o.due_at, false)`;
  expect(year).not.toBe('');
  const { rows } = await world.store.pool.query<Sums>(
    `with o as (select o.*, o.state in ('open', 'returned') as owing, ${late} as is_late from obligation o),
      c as (select o.* from o where (not owing and ${within}) or (owing and ${owed}))
    select (count(*) filter (where state <> 'waived'))::int as expected, (count(*) filter (where state in ('submitted', 'accepted')))::int as submitted,
      (count(*) filter (where state in ('submitted', 'accepted') and not is_late))::int as "onTime",
      (count(*) filter (where state in ('submitted', 'accepted') and is_late))::int as late, (count(*) filter (where state = 'accepted'))::int as accepted,
      (count(*) filter (where owing))::int as owing, (count(*) filter (where state = 'returned'))::int as returned,
      (count(*) filter (where owing and due_at < $1))::int as overdue, (count(*) filter (where state = 'waived'))::int as waived,
      (count(distinct unit_id) filter (where state <> 'waived'))::int as units, (count(distinct unit_id) filter (where owing and due_at < $1))::int as "unitsOverdue"
    from c`,
    [NOW],
  );
  return rows[0] ?? {};
}

async function agree(): Promise<void> {
  for (const span of SPANS) {
    const { unitsClear: _clear, ...whole } = await read().overall(NOW, span);
    expect({ span, ...whole }).toEqual({ span, ...(await plain(span)) });
    for (const by of GROUPINGS) {
      const { rows, total } = await read().groups(by, NOW, span, { size: 500, offset: 0 });
      expect(rows).toHaveLength(total);
      for (const key of ['expected', ...MEASURES] as const)
        expect([span, by, key, rows.reduce((sum, row) => sum + row[key], 0)]).toEqual([span, by, key, whole[key]]);
      const [first] = rows;
      if (first) expect(await read().group(by, first.key, NOW, span)).toEqual(first);
    }
    for (const measure of MEASURES) {
      const list = await read().entries({ kind: 'all' }, measure, NOW, { size: 500, offset: 0 }, span);
      expect([span, measure, list.total, list.entries.length]).toEqual([span, measure, whole[measure], whole[measure]]);
    }
  }
}

/** One thing that happens to an obligation, whatever stood there before. */
async function happen(): Promise<void> {
  const { db } = world.store;
  const id = ids[dice(ids.length)] ?? '';
  const row = await db.obligation.findUnique({ where: { id } });
  if (!row) return;
  const at = new Date(endOfDay('2026-11-01').getTime() + (dice(5) - 2) * 40 * 86_400_000);
  switch (dice(7)) {
    case 0:
    case 1: {
      const version = (await db.submission.count({ where: { obligationId: id } })) + 1;
      const late = at > row.dueAt;
      await db.submission.create({
        data: {
          id: newId(),
          code: newId(),
          obligationId: id,
          version,
          kind: 'nil',
          sha256: 'a',
          late,
          submittedAt: at,
        },
      });
      await db.obligation.update({
        where: { id },
        data: { state: 'submitted', firstSubmittedAt: row.firstSubmittedAt ?? at },
      });
      return;
    }
    case 2:
      await db.obligation.update({ where: { id }, data: { state: row.state === 'submitted' ? 'returned' : 'open' } });
      return;
    case 3:
      await db.obligation.updateMany({
        where: { dutyId: row.dutyId, state: 'submitted' },
        data: { state: 'accepted' },
      });
      return;
    case 4:
      await db.obligation.update({ where: { id }, data: { state: 'waived' } });
      return;
    case 5:
      await db.obligation.update({
        where: { id },
        data: { dueOn: toDbDate('2026-11-25'), dueAt: endOfDay('2026-11-25') },
      });
      return;
    case 6:
      await addUpTally(db);
  }
}

describe('the tally', () => {
  it('equals an independent count after any sequence of what can happen, before and after it is added up', async () => {
    await agree();
    for (let round = 0; round < 6; round += 1) {
      for (let n = 0; n < 25; n += 1) await happen();
      await agree();
    }
    expect(await addUpTally(world.store.db)).toBeGreaterThan(0);
    expect(await addUpTally(world.store.db)).toBe(0);
    await agree();
  }, 60_000);

  it('loses nothing when it is added up twice at once while reports come in, and nobody waits', async () => {
    const { store } = world;
    await store.db.obligation.updateMany({ where: { id: { in: ids.slice(0, 20) } }, data: { state: 'open' } });
    await Promise.all([
      addUpTally(store.db),
      ...ids.slice(0, 20).map((id) => store.db.obligation.update({ where: { id }, data: { state: 'submitted' } })),
      addUpTally(store.db),
    ]);
    await agree();
  });

  it('takes back what a rolled back transaction counted', async () => {
    const { store } = world;
    const failing = store.transaction(async (tx) => {
      await tx.obligation.updateMany({ data: { state: 'waived' } });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await agree();
  });

  it('counts a unit that is no more in the cluster in which it stood last: the clusters still add up', async () => {
    const { db } = world.store;
    const [from = ''] = units;
    const last = { validTo: toDbDate('2026-11-09') };
    await db.unit.update({ where: { id: from }, data: last });
    await db.clusterUnit.updateMany({ where: { unitId: from }, data: last });
    await agree();
    await db.unit.update({ where: { id: from }, data: { validTo: null } });
    await db.clusterUnit.updateMany({ where: { unitId: from }, data: { validTo: null } });
  });

  it('counts what passed to an heir with the unit that owed it', async () => {
    const [from = '', to = ''] = units;
    const before = await read().group('unit', from, NOW, 'all');
    await world.store.db.obligation.updateMany({
      where: { unitId: from, state: { in: ['submitted', 'accepted'] } },
      data: { countedUnitId: from, period: 'moved', unitId: to },
    });
    expect(await read().group('unit', from, NOW, 'all')).toEqual(before);
  });
});

describe('the cost of the numbers', () => {
  it('follows what is owed: the obligations themselves are read through the index of those', async () => {
    const { pool } = world.store;
    await pool.query(
      `insert into obligation (id, duty_id, unit_id, period, due_on, due_at, state, created_at)
      select gen_random_uuid(), (select id from duty limit 1), $1, 'p' || n, date '2026-01-01' + n % 300, now(), 'accepted', now() from generate_series(1, 20000) n`,
      [units[0]],
    );
    await addUpTally(world.store.db);
    await pool.query('analyze');
    const plans: string[] = [];
    const explained = pool.query.bind(pool);
    const statements = await heard(async (db) => {
      const reads = createInsightsReads(db);
      await reads.overall(NOW, 'all');
      await reads.groups('line', NOW, 'all', { size: 8, offset: 0 });
      await reads.groups('cluster', NOW, 'all', { size: 8, offset: 0 });
      await reads.entries({ kind: 'all' }, 'overdue', NOW, { size: 15, offset: 0 }, 'all');
    });
    expect(statements.length).toBeGreaterThanOrEqual(4);
    for (const { query, params } of statements) {
      const { rows } = await explained<{ 'QUERY PLAN': string }>(`explain ${query}`, [...params]);
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
    }
    for (const plan of plans) expect(plan).not.toMatch(/Seq Scan on obligation o\b/);
    // Where hardly anything is owed, the index of states does as well.
    const owed = /obligation_(owing|state_due_at|unit_id_state)_idx/;
    expect(plans.filter((plan) => owed.test(plan)).length, plans.join('\n\n')).toBeGreaterThanOrEqual(4);
  });
});

/** The statements that a use of the database makes, with their parameters. */
async function heard(use: (db: World['store']['db']) => Promise<void>) {
  const statements: { query: string; params: readonly unknown[] }[] = [];
  const db = new Proxy(world.store.db, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== '$queryRaw') return value;
      return (parts: TemplateStringsArray, ...values: unknown[]) => {
        const sql = PrismaSql.sql(parts, ...values);
        statements.push({ query: sql.text, params: sql.values });
        return target.$queryRaw(parts, ...values);
      };
    },
  });
  await use(db);
  return statements;
}
