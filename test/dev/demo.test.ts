import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { demoInvite, demoPeople, seedDemo } from '../../src/dev/index.js';
import { addDays, localDate, fromDbDate } from '../../src/kernel/local-date.js';
import {
  countRule,
  EMPTY_RULE,
  ensureContact,
  findUnitsByText,
  loadActor,
  unitsOf,
  useInvitation,
} from '../../src/units/index.js';

const NOW = new Date('2026-11-23T02:00:00Z');
const TODAY = '2026-11-23';

let database: TestDatabase;
let cpuMs = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  const before = process.cpuUsage();
  await seedDemo(database.store.db, NOW);
  const { user, system } = process.cpuUsage(before);
  cpuMs = (user + system) / 1_000;
});
afterAll(() => database.drop());

/** Number of rows of every table. */
async function sizes(): Promise<Record<string, number>> {
  const { rows } = await database.store.pool.query<{ name: string; rows: number }>(`
    select c.relname as name, (xpath('/row/n/text()', query_to_xml('select count(*) as n from ' || quote_ident(c.relname), false, true, '')))[1]::text::int as rows
    from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname not like '\\_%' order by 1`);
  return Object.fromEntries(rows.map((row) => [row.name, row.rows]));
}

describe('the demo province', () => {
  // Processor time, for the machine of a test may be busy with others.
  it('is written with little work', () => {
    expect(cpuMs).toBeLessThan(2_000);
  });

  it('is the same after a second call, and after two at once', async () => {
    const before = await sizes();
    const again = await Promise.all([seedDemo(database.store.db, NOW), seedDemo(database.store.db, new Date())]);
    expect(again.map((one) => one.seeded)).toEqual([false, false]);
    expect(await sizes()).toEqual(before);
    expect(before).toMatchObject({ campaign: 4, duty: 12, honour: 4, cluster: 9, unit_change: 7 });
  });

  it('stamps the database, and leaves one of a real installation alone', async () => {
    expect((await database.store.db.setting.findUniqueOrThrow({ where: { key: 'mode' } })).value).toBe('demo');
    const real = await createTestDatabase();
    await real.store.db.setting.create({ data: { key: 'mode', value: 'production' } });
    await expect(seedDemo(real.store.db, NOW)).rejects.toThrow('real installation');
    expect(await real.store.db.unit.count()).toBe(0);
    await real.drop();
  });

  it('has the 33 wards and communes of the former Hà Nam today, and its districts only before the merger', async () => {
    const found = await database.store.transaction(async (tx) => ({
      today: await unitsOf(tx, { ...EMPTY_RULE, types: ['phuong', 'xa'] }, TODAY),
      before: await unitsOf(tx, { ...EMPTY_RULE, types: ['huyen', 'xa'] }, '2025-06-30'),
      cluster: await tx.cluster.findUniqueOrThrow({ where: { code: 'cum-1' } }),
    }));
    expect(found.today).toHaveLength(33 + 7);
    expect(found.before.map((unit) => unit.level)).toEqual(Array.from({ length: 6 }, () => 'huyen'));
    const inCluster = await database.store.transaction((tx) =>
      unitsOf(tx, { ...EMPTY_RULE, clusters: [found.cluster.id] }, TODAY),
    );
    expect(inCluster).toHaveLength(10);
    const [first] = await database.store.transaction((tx) => findUnitsByText(tx, 'phu ly', TODAY));
    expect(first?.code).toBe('p-phu-ly');
  });

  it('lets anybody of the contract be played, through one preferred web contact each', async () => {
    const people = await demoPeople(database.store.db);
    const codes = people.map((person) => person.code);
    expect(codes).toEqual(
      expect.arrayContaining([
        'officer',
        'officer2',
        'leader',
        'admin',
        'visitor',
        'seat-so-y-te',
        'head-so-gddt',
        'deputy-p-phu-ly',
        'seat-p-duy-tien',
        'head-so-noi-vu',
      ]),
    );
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.slice(0, 5)).toEqual(['officer', 'officer2', 'leader', 'admin', 'seat-so-noi-vu']);
    expect(people.find((person) => person.code === 'seat-p-phu-ly')).toMatchObject({
      role: 'đầu mối chính',
      unit: 'Phường Phủ Lý',
    });
    expect(people.every((person) => person.name.includes('Mẫu') || person.name.includes('mẫu'))).toBe(true);
    const actor = await actorOf('seat-p-phu-ly');
    expect(actor.seats).toMatchObject([{ unitCode: 'p-phu-ly', kind: 'primary' }]);
    expect((await actorOf('seat-x-ly-nhan')).seats).toHaveLength(2);
    expect((await actorOf('officer')).roles).toEqual(['officer']);
    expect(await actorOf('visitor')).toMatchObject({ memberId: null, seats: [], roles: [] });
    expect(await demoInvite(database.store.db, 'nobody')).toBeNull();
  });

  it('has something late, something due soon, something returned and something handed in', async () => {
    const { obligation } = database.store.db;
    const week = new Date(NOW.getTime() + 7 * 86_400_000);
    expect(await obligation.count({ where: { state: 'open', dueAt: { lt: NOW } } })).toBeGreaterThan(3);
    expect(await obligation.count({ where: { state: 'open', dueAt: { gte: NOW, lt: week } } })).toBeGreaterThan(10);
    for (const state of ['submitted', 'accepted', 'returned']) {
      expect(await obligation.count({ where: { state } }), state).toBeGreaterThan(3);
    }
    const phuLy = await database.store.db.unit.findUniqueOrThrow({ where: { code: 'p-phu-ly' } });
    const late = await obligation.findMany({
      where: { unitId: phuLy.id, state: 'open', dueAt: { lt: NOW } },
      include: { duty: true },
    });
    expect(late.map((one) => one.duty.code)).toEqual(['PT-BACHO-midterm']);
  });

  it('puts what waits for an officer on the list of tasks', async () => {
    const { db } = database.store;
    const tasks = await db.task.findMany({ where: { doneAt: null } });
    const waiting = [
      ...(await db.registration.findMany({ where: { state: 'submitted' }, select: { id: true } })),
      ...(await db.submission.findMany({
        where: { state: 'received', code: { startsWith: 'BC' } },
        select: { id: true },
      })),
    ];
    expect(tasks.map((task) => task.refId).sort()).toEqual(waiting.map((row) => row.id).sort());
    expect(tasks.every((task) => !task.title.includes('{'))).toBe(true);
  });

  it('keeps each state together with what explains it', async () => {
    const { rows } = await database.store.pool.query<{ wrong: string }>(
      `
      select o.id || ' ' || o.state || ' ' || d.code as wrong
      from obligation o join duty d on d.id = o.duty_id
      left join registration r on d.kind = 'registration' and r.campaign_id = d.campaign_id and r.unit_id = o.unit_id
      left join submission s on s.obligation_id = o.id
      where (o.state in ('open', 'waived')) <> (s.id is null)
        or (d.kind = 'registration' and (r.id is null) <> (s.id is null))
        or (o.state in ('accepted', 'returned') and (s.state <> o.state or r.state <> o.state))
        or (o.state not in ('open', 'waived')) <> (o.first_submitted_at is not null)
        or o.first_submitted_at > $1::timestamptz
        or (s.late <> (s.submitted_at > o.due_at) and o.state <> 'returned')
        or (o.state = 'returned') <> (o.version = 2)
        or (o.state = 'returned' and o.due_at < $1)`,
      [NOW],
    );
    expect(rows).toEqual([]);
  });

  it('plans only steps that lie ahead, and only for what is still owed', async () => {
    expect(await database.store.db.reminderStep.count({ where: { dueAt: { lte: NOW } } })).toBe(0);
    expect(
      await database.store.db.reminderStep.count({ where: { obligation: { state: { notIn: ['open', 'returned'] } } } }),
    ).toBe(0);
    const steps = await database.store.db.reminderStep.findMany({
      where: { obligation: { duty: { code: 'PT-BIENDAO-registration' } } },
      distinct: ['step'],
      orderBy: { dueAt: 'asc' },
    });
    expect(steps.map((step) => step.step)).toEqual(['T-1', 'T', 'T+1', 'T+3', 'T+7']);
  });

  it('counts due days without the holiday of 24/11', async () => {
    const duty = await database.store.db.obligation.findFirstOrThrow({
      where: { duty: { code: 'PT-BIENDAO-registration' } },
    });
    // Three working days after Monday 23/11: Wednesday, Thursday, Friday.
    expect(fromDbDate(duty.dueOn)).toBe('2026-11-27');
  });

  it('reaches about as many people as a real province, and says which units have nobody', async () => {
    const count = await database.store.transaction((tx) =>
      countRule(tx, { ...EMPTY_RULE, levels: ['tinh', 'xa', 'co-so'] }, ['primary', 'deputy', 'head'], NOW),
    );
    expect(count.people).toBeGreaterThan(150);
    expect(count.byChannel.web).toBe(count.people);
    expect(count.withoutHolder.map((unit) => unit.name)).toEqual(['Công ty mẫu G', 'Trường THPT mẫu 6']);
  });

  it('makes real invitations for the posts of its people', async () => {
    const invitation = await demoInvite(database.store.db, 'seat-so-gddt');
    expect(invitation?.telegramStart).toBe(`/start ${invitation?.code ?? ''}`);
    expect(invitation?.zaloText).toBe(`#${invitation?.code ?? ''}`);
    const contact = await database.store.transaction((tx) =>
      ensureContact(tx, { channel: 'zalo', externalId: 'z-9' }, NOW),
    );
    await database.store.transaction((tx) => useInvitation(tx, invitation?.zaloText ?? '', contact, NOW));
    const actor = await database.store.transaction((tx) => loadActor(tx, contact.contactId));
    expect(actor.seats).toMatchObject([{ unitCode: 'so-gddt', kind: 'primary' }]);
    expect(await demoInvite(database.store.db, 'officer')).toMatchObject({
      zaloText: expect.stringMatching(/^#\w{8}$/) as string,
    });
    expect(await demoInvite(database.store.db, 'visitor')).toBeNull();
  });
});

describe('whatever the day of seeding', () => {
  it.each(['2026-11-22', '2026-12-31', '2027-02-06', '2027-04-30'])(
    'something is late and something is due soon on %s',
    async (day) => {
      const own = await createTestDatabase();
      const now = new Date(`${day}T03:00:00Z`);
      await seedDemo(own.store.db, now);
      const soon = new Date(`${addDays(localDate(now), 21)}T00:00:00Z`);
      expect(await own.store.db.obligation.count({ where: { state: 'open', dueAt: { lt: now } } })).toBeGreaterThan(0);
      expect(
        await own.store.db.obligation.count({ where: { state: 'open', dueAt: { gte: now, lt: soon } } }),
      ).toBeGreaterThan(0);
      await own.drop();
    },
  );
});

async function actorOf(code: string) {
  const contact = await database.store.db.contact.findUniqueOrThrow({
    where: { channel_externalId: { channel: 'web', externalId: `demo:${code}` } },
  });
  expect(contact.preferred).toBe(code !== 'visitor');
  return database.store.transaction((tx) => loadActor(tx, contact.id));
}
