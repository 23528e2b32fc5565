import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { raw } from '../../src/conversation/text.js';
import {
  createBroadcasts,
  createOutbox,
  createPlanner,
  type Audience,
  type MessageClass,
  type Routes,
} from '../../src/delivery/index.js';
import type { ChannelName } from '../../src/kernel/people.js';
import { atLocal } from '../../src/kernel/local-date.js';
import { createFakeChannel, createWorld, MORNING, type OrderOptions, type World } from './support.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  await world.query('truncate unit, member, setting cascade');
  await setLimits({});
});

const HOUR = 3_600_000;
const NEVER = null;
const FREE = HOUR;
const BILLED = 72 * HOUR;
const LATE = 9 * 24 * HOUR;

async function setLimits(given: Partial<Record<'perMinute' | 'billedPerMonth' | 'templatesPerDay', number>>) {
  await world.query(
    `insert into setting (key, value, updated_at) values ('zalo.limits', $1, now()) on conflict (key) do update set value = $1`,
    [{ perMinute: 100, billedPerMonth: 500, templatesPerDay: 500, billedPriceVnd: 55, ...given }],
  );
}

type Contacts = readonly { channel: ChannelName; ago: number | null; preferred?: boolean; state?: string }[];

/** A unit whose seats are held by people with these contacts; returns the members. */
async function unit(seats: Partial<Record<'primary' | 'deputy' | 'head', Contacts>>) {
  const unitId = randomUUID();
  await world.query(
    `insert into unit (id, code, name, short_name, type, level) values ($1, $2, 'Phường Mẫu', 'P. Mẫu', 'phuong', 'xa')`,
    [unitId, unitId],
  );
  const members: Partial<Record<string, string>> = {};
  for (const [kind, contacts] of Object.entries(seats)) {
    const [memberId, seatId] = [randomUUID(), randomUUID()];
    members[kind] = memberId;
    await world.query(`insert into member (id, full_name) values ($1, 'Nguyễn Văn Mẫu')`, [memberId]);
    await world.query(`insert into seat (id, unit_id, kind) values ($1, $2, $3)`, [seatId, unitId, kind]);
    await world.query(`insert into seat_holding (id, seat_id, member_id, held_from) values ($1, $2, $3, $4)`, [
      randomUUID(),
      seatId,
      memberId,
      MORNING,
    ]);
    for (const { channel, ago, preferred = false, state = 'active' } of contacts)
      await world.query(
        `insert into contact (id, channel, external_id, member_id, last_inbound_at, preferred, state) values ($1, $2, $1::uuid::text, $3, $4, $5, $6)`,
        [randomUUID(), channel, memberId, ago === null ? null : new Date(MORNING.getTime() - ago), preferred, state],
      );
  }
  return { unitId, members };
}

const zalo = (ago: number | null) => [{ channel: 'zalo' as const, ago }];
const audienceOf = (units: readonly { unitId: string }[], seats: Seats = ['primary', 'deputy', 'head']): Audience => ({
  kind: 'units',
  unitIds: units.map(({ unitId }) => unitId),
  seats,
});
type Seats = readonly ('primary' | 'deputy' | 'head')[];

const SAY = [{ text: raw('Phát động đợt thi đua\nNội dung chi tiết.') }];
const ZALO = { zaloAccount: 'zalo:1' };
const planner = createPlanner(ZALO);
const plan = (audience: Audience, say = SAY, kind: MessageClass = 'announcement', now = MORNING) =>
  world.database.store.transaction((tx) => planner.plan(tx, audience, kind, now, say));

async function send(audience: Audience, options: OrderOptions = {}): Promise<string> {
  const { now = MORNING } = options;
  const id = await world.order([], { title: 'Phát động đợt thi đua', audience, say: SAY, outbox: ZALO, ...options });
  const broadcasts = createBroadcasts({
    pool: world.database.store.pool,
    businessNow: () => Promise.resolve(now),
    chunk: 7,
    ...ZALO,
  });
  await broadcasts.expand(id);
  return id;
}

const drain = () =>
  world
    .engine([createFakeChannel('web'), createFakeChannel('telegram'), createFakeChannel('zalo')], {
      businessNow: () => Promise.resolve(MORNING),
    })
    .drain('bulk');
const actual = (id: string) => planner.actual(world.database.store.pool, id);
const NOBODY: Routes = {
  web: 0,
  telegram: 0,
  zaloFree: 0,
  zaloBilled: 0,
  zaloTemplate: 0,
  otherChannel: 0,
  otherSeat: 0,
  unreachable: 0,
};

describe('the forecast', () => {
  it('says which way everybody goes, at what cost and in what time, and the ledger shows the same afterwards', async () => {
    await world.addTemplate();
    await setLimits({ billedPerMonth: 2, templatesPerDay: 3, perMinute: 10 });
    const units = [
      await unit({ primary: [{ channel: 'web', ago: FREE }], deputy: [{ channel: 'telegram', ago: NEVER }] }),
      await unit({ primary: zalo(FREE), head: zalo(FREE) }),
      await unit({ primary: zalo(BILLED), deputy: zalo(BILLED), head: zalo(LATE) }),
      await unit({ primary: zalo(LATE), head: zalo(NEVER) }),
      // Zalo first, but neither quota has anything left for them: the web stands in, and the other seat.
      ...(await Promise.all(
        [1, 2, 3].map(() =>
          unit({ primary: [...zalo(LATE), { channel: 'web', ago: 20 * 24 * HOUR }], deputy: zalo(NEVER) }),
        ),
      )),
      await unit({ head: zalo(LATE), primary: [{ channel: 'web', ago: null, state: 'blocked' }] }),
    ];
    const audience = audienceOf(units);
    const told = await plan(audience);
    expect(told.people).toBe(17);
    expect((Object.values(told.routes) as number[]).reduce((sum, n) => sum + n, 0)).toBe(17);
    expect(told.routes).toMatchObject({ web: 1, telegram: 1, zaloFree: 2, zaloBilled: 2, zaloTemplate: 3 });
    expect(told.costVnd).toBe(2 * 55 + 3 * 200);
    expect(told.seconds).toBe(Math.ceil(7 / (8 / 60)));
    expect(told.isGuessed).toBe(false);

    const id = await send(audience);
    await drain();
    const after = await actual(id);
    expect(after).toMatchObject({ people: 17, waiting: 0, uncertain: 0, cancelled: 0, costVnd: told.costVnd });
    expect(after?.routes).toEqual(told.routes);
    expect(after?.forecast).toEqual(told);
  });

  it.each([1, 2, 3, 4, 5, 6])('adds up and comes true for any mixture of people (%i)', async (seed) => {
    const random = (() => {
      let at = seed * 7919;
      return (n: number) => (at = (at * 48271) % 2147483647) % n;
    })();
    const pick = <T>(of: readonly T[]): T => of[random(of.length)] as T;
    const contacts = (): Contacts =>
      Array.from({ length: random(4) }, () => ({
        channel: pick(['web', 'telegram', 'zalo', 'zalo'] as const),
        ago: pick([NEVER, FREE, BILLED, LATE, 30 * 24 * HOUR + random(1000)]),
        preferred: random(3) === 0,
        state: pick(['active', 'active', 'active', 'blocked']),
      }));
    if (random(3) > 0) await world.addTemplate();
    if (random(2) > 0)
      await world.addTemplate({ id: '222', parameters: [{ name: 'ten', from: 'unit', max: pick([3, 8, 30]) }] });
    await setLimits({ billedPerMonth: random(6), templatesPerDay: random(6) });
    const units = [];
    for (let n = 0; n < 8; n += 1)
      units.push(await unit({ primary: contacts(), deputy: contacts(), ...(random(2) ? { head: contacts() } : {}) }));
    const audience = audienceOf(
      units,
      pick<Seats>([
        ['primary', 'deputy', 'head'],
        ['primary', 'deputy'],
      ]),
    );
    const told = await plan(audience);
    expect((Object.values(told.routes) as number[]).reduce((sum, n) => sum + n, 0)).toBe(told.people);
    const id = await send(audience);
    await drain();
    const after = await actual(id);
    expect(after?.routes).toEqual(told.routes);
    expect(after?.costVnd).toBe(told.costVnd);
    const forms = await world.query<{ form: string; n: number }>(
      `select form, count(*)::int as n from attempt where form in ('billed', 'template') group by form order by form`,
    );
    const used = await world.query<{ form: string; n: number }>(
      `select kind as form, used as n from quota_use where used > 0 order by kind`,
    );
    expect(used).toEqual(forms);
  });

  it('is nothing for an empty audience, and counts an unreachable person with a reachable other seat apart', async () => {
    expect(await plan(audienceOf([]))).toMatchObject({ people: 0, routes: NOBODY, costVnd: 0, seconds: 0 });
    const alone = await unit({ primary: zalo(LATE) });
    const both = await unit({ primary: zalo(LATE), deputy: [{ channel: 'telegram', ago: null }] });
    expect((await plan(audienceOf([alone, both], ['primary']))).routes).toEqual({
      ...NOBODY,
      otherSeat: 1,
      unreachable: 1,
    });
  });

  it('counts every part of a long text as a billed message', async () => {
    const people = [await unit({ primary: zalo(BILLED) }), await unit({ primary: zalo(BILLED) })];
    const long = [{ text: raw('một hai ba '.repeat(400)) }];
    await setLimits({ billedPerMonth: 6 });
    const told = await plan(audienceOf(people), long);
    expect(told.routes.zaloBilled).toBe(2);
    expect(told.costVnd).toBe(2 * 3 * 55);
    await setLimits({ billedPerMonth: 5 });
    expect((await plan(audienceOf(people), long)).routes).toMatchObject({ zaloBilled: 1, unreachable: 1 });
  });

  it('calls its prices guessed while nobody has set them', async () => {
    await world.query('delete from setting');
    expect(await plan(audienceOf([await unit({ primary: zalo(BILLED) })]))).toMatchObject({
      costVnd: 55,
      isGuessed: true,
    });
  });
});

describe('a contact on Zalo', () => {
  const attempts = () =>
    world.query(
      `select channel, state, reason, detail, form, via, template_id, template_data, waiting from attempt order by id`,
    );
  const tell = (
    memberId: string | undefined,
    text = 'Nhắc nộp báo cáo',
    options: { now?: Date; kind?: MessageClass } = {},
  ) =>
    world.database.store.transaction((tx) =>
      createOutbox(ZALO).tell(
        tx,
        {
          source: { kind: 'test', id: randomUUID() },
          slot: 'main',
          class: options.kind ?? 'announcement',
          to: [{ person: `m:${memberId ?? ''}` }],
          say: [{ text: raw(text) }],
        },
        options.now ?? MORNING,
      ),
    );

  it.each([
    ['48 hours', 48 * HOUR, 'free'],
    ['48 hours and a second', 48 * HOUR + 1000, 'billed'],
    ['7 days', 7 * 24 * HOUR, 'billed'],
    ['7 days and a second', 7 * 24 * HOUR + 1000, 'template'],
  ])('is written to in its form %s after the last word', async (_name, ago, form) => {
    await world.addTemplate();
    await tell((await unit({ primary: zalo(ago) })).members['primary']);
    expect(await attempts()).toMatchObject([{ channel: 'zalo', state: 'queued', form, via: null }]);
  });

  it('that is closed gives way to another channel, which the attempt notes', async () => {
    const { members } = await unit({
      primary: [
        { channel: 'zalo', ago: LATE, preferred: true },
        { channel: 'telegram', ago: null },
      ],
    });
    await tell(members['primary']);
    expect(await attempts()).toMatchObject([{ channel: 'telegram', state: 'queued', form: null, via: 'channel' }]);
  });

  it('that is closed ends with its reason where there is nothing else', async () => {
    const { members } = await unit({ primary: zalo(LATE) });
    await tell(members['primary']);
    expect(await attempts()).toMatchObject([{ state: 'skipped', reason: 'zalo-window', detail: null }]);
  });

  it('takes the template of its class with every parameter filled', async () => {
    await world.addTemplate({ id: '1', classes: ['deadline'] });
    await world.addTemplate({ id: '2', active: false });
    await world.addTemplate({
      id: '3',
      parameters: [
        { name: 'noi_dung', from: 'text', max: 40 },
        { name: 'tieu_de', from: 'title', max: 10 },
        { name: 'ten', from: 'person', max: 30 },
        { name: 'ngay', from: 'date', max: 10 },
      ],
    });
    await tell((await unit({ primary: zalo(LATE) })).members['primary'], 'Nhắc nộp báo cáo quý bốn');
    expect(await attempts()).toMatchObject([
      {
        form: 'template',
        template_id: '3',
        template_data: {
          noi_dung: 'Nhắc nộp báo cáo quý bốn',
          tieu_de: expect.stringMatching(/^Nhắc.{0,6}$/u) as string,
          ten: 'Nguyễn Văn Mẫu',
          ngay: '23/11/2026',
        },
      },
    ]);
  });

  it.each([
    ['words longer than the template takes', { name: 'noi_dung', from: 'text', max: 5 }],
    ['a unit where the person sits in none', { name: 'don_vi', from: 'unit', max: 50 }],
    ['a name longer than the template takes', { name: 'ten', from: 'person', max: 5 }],
  ])('does not take a template for %s', async (_name, parameter) => {
    await world.addTemplate({ parameters: [parameter] });
    await tell((await unit({ primary: zalo(LATE) })).members['primary']);
    expect(await attempts()).toMatchObject([{ state: 'skipped', reason: 'template-parameters' }]);
  });

  it('gets no promotion at night, before six in the morning', async () => {
    await world.addTemplate({ kind: 'promotion' });
    const night = atLocal('2026-11-23', '22:30');
    const { members } = await unit({ primary: zalo(LATE), deputy: zalo(-12 * HOUR) });
    await tell(members['primary'], 'Bản tin', { now: night });
    await tell(members['deputy'], 'Bản tin', { now: night });
    expect(await attempts()).toMatchObject([
      { state: 'planned', waiting: false, form: 'template' },
      { state: 'queued', form: 'free' },
    ]);
    expect(await world.query('select not_before from message order by id')).toEqual([
      { not_before: atLocal('2026-11-24', '06:00') },
      { not_before: null },
    ]);
  });

  it('uses up a quota once, however often the same is told', async () => {
    const { members } = await unit({ primary: zalo(BILLED) });
    const outbox = createOutbox(ZALO);
    for (let n = 0; n < 3; n += 1)
      await world.database.store.transaction((tx) =>
        outbox.tell(
          tx,
          {
            source: { kind: 'test', id: 'same' },
            slot: 'main',
            class: 'deadline',
            to: [{ person: `m:${members['primary'] ?? ''}` }],
            say: SAY,
          },
          MORNING,
        ),
      );
    expect(await world.query('select kind, period, used from quota_use order by kind')).toEqual([
      { kind: 'billed', period: '2026-11', used: 1 },
      { kind: 'template', period: '2026-11-23', used: 0 },
    ]);
  });

  it('of a month has a quota that begins anew in Việt Nam, not in Greenwich', async () => {
    await setLimits({ billedPerMonth: 1 });
    const last = atLocal('2026-11-30', '23:59');
    const first = atLocal('2026-12-01', '00:01');
    const ago = MORNING.getTime() - last.getTime() + BILLED;
    const { members } = await unit({ primary: zalo(ago), deputy: zalo(ago), head: zalo(ago) });
    await tell(members['primary'], 'a', { now: last });
    await tell(members['deputy'], 'b', { now: last });
    await tell(members['head'], 'c', { now: first });
    expect(await attempts()).toMatchObject([
      { form: 'billed' },
      { state: 'skipped', reason: 'zalo-window', detail: 'quota' },
      { form: 'billed' },
    ]);
  });
});

describe('a quota', () => {
  it('is never exceeded by two processes that plan at once', async () => {
    await world.addTemplate();
    await setLimits({ billedPerMonth: 10, templatesPerDay: 7 });
    const units = [];
    for (let n = 0; n < 20; n += 1) units.push(await unit({ primary: zalo(BILLED), deputy: zalo(LATE) }));
    await Promise.all([
      send(audienceOf(units)),
      send(audienceOf(units)),
      ...units.map(({ members }) =>
        world.tell([{ key: `m:${members['primary'] ?? ''}` } as never], { class: 'announcement', outbox: ZALO }),
      ),
    ]);
    const forms = await world.query(
      `select form, count(*)::int as n from attempt where form is not null group by form order by form`,
    );
    expect(forms).toEqual([
      { form: 'billed', n: 10 },
      { form: 'template', n: 7 },
    ]);
    expect(await world.query('select kind, used from quota_use order by kind')).toEqual([
      { kind: 'billed', used: 10 },
      { kind: 'template', used: 7 },
    ]);
  });
});

describe('what cannot be sent', () => {
  it('a text of only spaces plans nothing and takes nothing', async () => {
    const { members, unitId } = await unit({ primary: zalo(BILLED) });
    expect(await world.tell([{ key: `m:${members['primary'] ?? ''}` } as never], { text: ' \n ' })).toBe(0);
    await send(audienceOf([{ unitId }]), { say: [{ text: raw('   ') }] });
    expect(await world.query('select 1 from attempt')).toEqual([]);
    expect(await world.query('select 1 from quota_use where used > 0')).toEqual([]);
  });
});
