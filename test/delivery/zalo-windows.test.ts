/** Which form a message on Zalo takes, and what the quotas let through. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { raw } from '../../src/conversation/text.js';
import { createOutbox, type MessageClass } from '../../src/delivery/index.js';
import { atLocal } from '../../src/kernel/local-date.js';
import {
  audienceOf,
  BILLED,
  createPlannerWorld,
  HOUR,
  LATE,
  SAY,
  ZALO,
  zalo,
  type PlannerWorld,
} from './planner-world.js';
import { MORNING } from './support.js';

let world: PlannerWorld;

beforeAll(async () => {
  world = await createPlannerWorld();
});
afterAll(() => world.close());
beforeEach(() => world.forget());

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
    await tell((await world.unit({ primary: zalo(ago) })).members['primary']);
    expect(await attempts()).toMatchObject([{ channel: 'zalo', state: 'queued', form, via: null }]);
  });

  it('that is closed gives way to another channel, which the attempt notes', async () => {
    const { members } = await world.unit({
      primary: [
        { channel: 'zalo', ago: LATE, preferred: true },
        { channel: 'telegram', ago: null },
      ],
    });
    await tell(members['primary']);
    expect(await attempts()).toMatchObject([{ channel: 'telegram', state: 'queued', form: null, via: 'channel' }]);
  });

  it('that is closed ends with its reason where there is nothing else', async () => {
    const { members } = await world.unit({ primary: zalo(LATE) });
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
    await tell((await world.unit({ primary: zalo(LATE) })).members['primary'], 'Nhắc nộp báo cáo quý bốn');
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
    await tell((await world.unit({ primary: zalo(LATE) })).members['primary']);
    expect(await attempts()).toMatchObject([{ state: 'skipped', reason: 'template-parameters' }]);
  });

  it('gets no promotion at night, before six in the morning', async () => {
    await world.addTemplate({ kind: 'promotion' });
    const night = atLocal('2026-11-23', '22:30');
    const { members } = await world.unit({ primary: zalo(LATE), deputy: zalo(-12 * HOUR) });
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
    const { members } = await world.unit({ primary: zalo(BILLED) });
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
    await world.setLimits({ billedPerMonth: 1 });
    const last = atLocal('2026-11-30', '23:59');
    const first = atLocal('2026-12-01', '00:01');
    const ago = MORNING.getTime() - last.getTime() + BILLED;
    const { members } = await world.unit({ primary: zalo(ago), deputy: zalo(ago), head: zalo(ago) });
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
    await world.setLimits({ billedPerMonth: 10, templatesPerDay: 7 });
    const units = [];
    for (let n = 0; n < 20; n += 1) units.push(await world.unit({ primary: zalo(BILLED), deputy: zalo(LATE) }));
    await Promise.all([
      world.send(audienceOf(units)),
      world.send(audienceOf(units)),
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
    const { members, unitId } = await world.unit({ primary: zalo(BILLED) });
    expect(await world.tell([{ key: `m:${members['primary'] ?? ''}` } as never], { text: ' \n ' })).toBe(0);
    await world.send(audienceOf([{ unitId }]), { say: [{ text: raw('   ') }] });
    expect(await world.query('select 1 from attempt')).toEqual([]);
    expect(await world.query('select 1 from quota_use where used > 0')).toEqual([]);
  });
});
