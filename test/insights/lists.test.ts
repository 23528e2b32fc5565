import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPrinter } from '../../src/documents/index.js';
import { createInsightsReads, createListWork } from '../../src/insights/index.js';
import { createFileStore } from '../../src/store/index.js';
import { noon, World, type Person } from '../reporting/world.js';

const NOW = noon('2026-11-20');

let world: World;
let officer: Person;
let leader: Person;
const byUnit = new Map<string, string>();

beforeAll(async () => {
  world = await World.create();
  officer = await world.person('Chuyên viên', ['officer']);
  leader = await world.person('Lãnh đạo', ['leader']);
  const unitIds: string[] = [];
  for (const [n, cluster] of ['Khối A', 'Khối A', 'Khối B', 'Khối B'].entries()) {
    const name = n === 0 ? '=Phường 0' : `Phường ${String(n)}`;
    const id = await world.unit(name, cluster);
    await world.seat(id, 'primary', `Đầu mối ${String(n)}`);
    unitIds.push(id);
  }
  for (const [name, dueOn] of [
    ['Báo cáo tháng', '2026-10-05'],
    ['Báo cáo năm', '2026-11-18'],
    ['Báo cáo sau', '2026-12-15'],
  ] as const) {
    const { of } = await world.duty({ name, dueOn, unitIds }, noon('2026-09-01'));
    for (const [n, id] of unitIds.entries()) byUnit.set(`${name} ${String(n)}`, of(id));
  }
  await world.at(NOW);
});
afterAll(() => world.drop());

const urged = async () => {
  const rows = await world.store.db.reminderStep.findMany({ where: { step: { startsWith: 'U:' } } });
  return rows.map((row) => [...byUnit].find(([, id]) => id === row.obligationId)?.[0]).sort();
};

describe('a list of the numbers', () => {
  it('belongs to the period that was chosen, by words or by button', async () => {
    expect(await world.type(officer, 'tình hình quý 3/2026')).toContain('Chưa có nghĩa vụ nào để tính cho quý 3/2026.');
    expect(await world.type(officer, 'chọn kỳ')).toContain('của kỳ nào');
    expect(await world.type(officer, 'quý 9')).toContain('Tôi chưa hiểu kỳ này');
    expect(await world.type(officer, 'tháng 10/2026')).toContain('Tình hình tháng 10/2026');
    expect(await world.type(officer, 'Quá hạn: 4')).toContain('Quá hạn chưa nộp, tháng 10/2026: 4 nghĩa vụ ở 4 đơn vị');
  });

  it('is urged exactly: the cluster, the measure and the period of the list, nobody else', async () => {
    await world.type(officer, 'tình hình', 'theo cụm, khối', 'Khối B', 'Quá hạn: 4');
    const preview = await world.type(officer, 'đôn đốc');
    expect(preview).toContain('2 đơn vị');
    await world.type(officer, 'gửi');
    expect(await urged()).toEqual(['Báo cáo năm 2', 'Báo cáo năm 3', 'Báo cáo tháng 2', 'Báo cáo tháng 3']);
    const audit = await world.store.db.auditEntry.findFirst({ where: { action: 'reporting.urge' } });
    expect(audit?.data).toMatchObject({ kind: 'list', list: { measure: 'overdue', scope: { kind: 'cluster' } } });
  });

  it('leaves out whoever handed in between the list and the word', async () => {
    await world.type(officer, 'tình hình', 'theo đơn vị', 'Phường 1', 'Chưa nộp: 3', 'đôn đốc');
    await world.store.db.obligation.update({
      where: { id: byUnit.get('Báo cáo tháng 1') ?? '' },
      data: { state: 'submitted', firstSubmittedAt: NOW },
    });
    await world.type(officer, 'gửi');
    expect(await urged()).toEqual(
      ['Báo cáo năm 1', 'Báo cáo năm 2', 'Báo cáo năm 3', 'Báo cáo sau 1', 'Báo cáo tháng 2', 'Báo cáo tháng 3'].sort(),
    );
  });

  it('is read only for leaders', async () => {
    await world.type(leader, 'tình hình', 'theo cấp', '1');
    const { text, buttons } = await world.send(leader, { kind: 'text', text: 'Quá hạn: 7' });
    expect(text).toContain('Quá hạn chưa nộp: 7');
    expect(buttons.map((button) => button.label)).not.toContain('Đôn đốc');
    expect(buttons.map((button) => button.label)).toContain('Xuất Excel');
  });

  it('tells in each row what it rests on: reminders told, and whether one is known to have arrived', async () => {
    const { db, pool } = world.store;
    const id = byUnit.get('Báo cáo năm 0') ?? '';
    const [step] = await db.reminderStep.findMany({ where: { obligationId: id }, take: 1 });
    const person = `m:${officer.memberId}`;
    const evidence = { source: 'reminder:2026-11-18', recipients: [person], slots: { [person]: 'noon' } };
    await db.reminderStep.update({
      where: { id: step?.id ?? '' },
      data: { state: 'fired', firedAt: noon('2026-11-18'), evidence },
    });
    const entry = async () => {
      const list = await createInsightsReads(db).entries({ kind: 'all' }, 'overdue', NOW, { size: 50, offset: 0 });
      return list.entries.find((one) => one.obligationId === id);
    };
    expect(await entry()).toMatchObject({ reminded: 1, remindedAt: noon('2026-11-18'), proven: false });
    const told = async (slot: string, state: string) => {
      const { rows } = await pool.query<{ id: string }>(
        `with c as (insert into content (text) values ('x') returning id),
          m as (insert into message (source_kind, source_id, person, slot, class, lane, conversation_id, content_id, planned_at)
            select 'reminder', '2026-11-18', $1, $3, 'deadline', 'bulk', v.id, c.id, now() from c, conversation v where v.member_id = $2 returning id, conversation_id)
        insert into attempt (message_id, channel, conversation_id, lane, state, due, ended_at)
        select id, 'web', conversation_id, 'bulk', $4, now(), now() from m returning id::text`,
        [person, officer.memberId, slot, state],
      );
      return rows[0]?.id;
    };
    // The digest of another hour arrived, and says nothing of this one.
    await told('morning', 'delivered');
    expect(await entry()).toMatchObject({ proven: false });
    const attempt = await told('noon', 'sent');
    expect(await entry()).toMatchObject({ proven: false });
    await pool.query(`update attempt set state = 'delivered' where id = $1`, [attempt]);
    expect(await entry()).toMatchObject({ proven: true });
    const list = await world.type(officer, 'hủy', 'tình hình', 'Quá hạn: 7');
    expect(list).toContain('đã nhắc 1 lần, gần nhất 12:00, 18/11/2026 (có xác nhận đến nơi)');
  });

  it('counts and shows by one look: what comes in between cannot part them', async () => {
    const { db } = world.store;
    const where = { id: byUnit.get('Báo cáo tháng 3') ?? '' };
    const busy = new Proxy(db, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name !== '$queryRaw') return value;
        return async (parts: TemplateStringsArray, ...values: unknown[]) => {
          const rows: unknown = await target.$queryRaw(parts, ...values);
          await target.obligation.update({ where, data: { state: 'submitted', firstSubmittedAt: NOW } });
          return rows;
        };
      },
    });
    const page = { size: 50, offset: 0 };
    const list = await createInsightsReads(busy).entries({ kind: 'all' }, 'overdue', NOW, page);
    expect(list.entries).toHaveLength(list.total);
    await db.obligation.update({ where, data: { state: 'open', firstSubmittedAt: null } });
    expect(await createInsightsReads(db).entries({ kind: 'all' }, 'overdue', NOW, { size: 5, offset: 50 })).toEqual({
      total: list.total,
      units: list.units,
      entries: [],
    });
  });

  it('comes as a workbook, made twice and sent once', async () => {
    await world.type(officer, 'hủy', 'tình hình', 'Quá hạn: 7');
    expect(await world.type(officer, 'xuất excel')).toContain('Đang lập tệp Excel gồm 7 dòng');
    const work = await world.store.db.work.findFirstOrThrow({ where: { kind: 'numbers-list' } });
    const handler = createListWork({
      store: world.store,
      files: createFileStore(world.store),
      printer: createPrinter(),
      outbox: world.told,
      bells: { deliver: () => undefined },
      businessNow: () => Promise.resolve(NOW),
      demo: true,
    });
    const item = { id: work.id, payload: work.payload, contactId: work.contactId };
    await handler.run(item);
    await handler.run(item);
    const told = (await world.messages()).filter((message) => message.source === `numbers:${work.id}`);
    expect(told.map((message) => message.text)).toEqual(['Tệp Excel gồm 7 dòng, lập theo số liệu lúc này.']);
    const file = await world.store.db.file.findFirstOrThrow({ where: { name: 'danh-sach-nghia-vu-20261120.xlsx' } });
    expect(file.size).toBeGreaterThan(3000);
  });

  it('means what the definitions say, for whoever asks', async () => {
    expect(await world.type(officer, 'hủy', 'định nghĩa')).toContain('phải nộp = đã nộp + chưa nộp');
  });
});
