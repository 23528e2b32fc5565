import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newCode, newId } from '../../src/kernel/ids.js';
import { reportPaper } from '../../src/reporting/effects.js';
import { createReportingEffects } from '../../src/reporting/index.js';
import { loadActor } from '../../src/units/index.js';
import { morning, noon, World, type Person } from './world.js';

const OPENED = noon('2026-11-02');
const DUE = '2026-11-18'; // a Wednesday

let world: World;
let primary: Person;
let unitId: string;
beforeAll(async () => {
  world = await World.create();
  unitId = await world.unit('Phường Phủ Lý');
  primary = await world.seat(unitId, 'primary', 'Nguyễn Văn Đầu Mối');
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.store.db.$executeRawUnsafe(
    'truncate told, extension, due_change, reminder_step, submission, obligation, duty cascade',
  );
  await world.store.db.$executeRawUnsafe(`update conversation set session = null, drafts = '{}'`);
  await world.store.db.$executeRaw`delete from seat_holding where member_id <> ${primary.memberId}::uuid`;
  world.tasks.length = 0;
  await world.at('2026-11-09T02:14:05Z'); // Monday 09:14, T-7
});

const owed = async () => (await world.duty({ dueOn: DUE, unitIds: [unitId] }, OPENED)).of(unitId);
const told = async () => (await world.messages()).map((one) => `${new Date(one.at).toISOString()} ${one.person}`);

describe('nhắc lại sau', () => {
  it('leaves the seat in peace until then, and reminds on that day', async () => {
    const id = await owed();
    const asked = await world.press(primary, `go:snooze:${id}`);
    expect(asked).toContain('Nhắc lại Báo cáo sơ kết của Phường Phủ Lý khi nào?');
    expect(await world.type(primary, '16/11/2026')).toBe(
      '✅ Tôi sẽ nhắc lại Báo cáo sơ kết của Phường Phủ Lý lúc 08:00, 16/11/2026.\nHạn vẫn là thứ Tư, 18/11/2026; ngày hạn tôi vẫn nhắc.',
    );
    expect((await world.steps(id)).slice(0, 5)).toEqual([
      'v1 T-7 void',
      'v1 T-3 void',
      'v1 Z:1 pending',
      'v1 T-1 pending',
      'v1 T pending',
    ]);
    await world.tick(morning('2026-11-16'));
    await world.tick(morning('2026-11-17'));
    expect(await told()).toEqual([
      `${morning('2026-11-16').toISOString()} ${primary.key}`,
      `${morning('2026-11-17').toISOString()} ${primary.key}`,
    ]);
  });

  it('offers this afternoon, the next working day, three on, and the due day, never later', async () => {
    const id = await owed();
    const { buttons } = await world.send(primary, { kind: 'action', action: `go:snooze:${id}` });
    expect(buttons.slice(0, 4).map((button) => button.label)).toEqual([
      'Chiều nay',
      'Ngày làm việc tới (10/11/2026)',
      'Sau 3 ngày làm việc (12/11/2026)',
      'Đúng ngày hạn (18/11/2026)',
    ]);
    expect(await world.type(primary, '19/11/2026')).toContain('Ngày này sau hạn (thứ Tư, 18/11/2026)');
    expect(await world.type(primary, 'hôm qua')).toContain('đã qua');
    expect(await world.type(primary, 'dài dòng '.repeat(3_000))).toContain('ngày');
    expect(await world.type(primary, 'chiều nay')).toContain('lúc 15:00, 09/11/2026');
    await world.tick(new Date('2026-11-09T08:00:00Z'));
    expect(await told()).toHaveLength(1);
  });

  it('is possible three times for one due day, and again after the day has moved', async () => {
    const id = await owed();
    for (const day of ['10/11/2026', '11/11/2026']) {
      await world.press(primary, `go:snooze:${id}`);
      expect(await world.type(primary, day)).toContain('ngày hạn tôi vẫn nhắc');
    }
    await world.press(primary, `go:snooze:${id}`);
    expect(await world.type(primary, '12/11/2026')).toContain('Đây là lần hoãn nhắc cuối cho hạn');
    expect(await world.press(primary, `go:snooze:${id}`)).toContain('đã hoãn nhắc Báo cáo sơ kết 3 lần');
    await world.store.db.obligation.update({ where: { id }, data: { version: 2 } });
    expect(await world.press(primary, `go:snooze:${id}`)).toContain('khi nào?');
  });

  it('is refused for what is overdue, closed or of another unit; of two at once none goes beyond three', async () => {
    const id = await owed();
    await world.at('2026-11-19T02:00:00Z');
    expect(await world.press(primary, `go:snooze:${id}`)).toContain('đã quá hạn');
    await world.at('2026-11-18T09:30:00Z'); // the due day, 16:30
    expect(await world.press(primary, `go:snooze:${id}`)).toContain('không còn lúc nào để nhắc lại');
    await world.at('2026-11-09T03:00:00Z');
    await world.press(primary, `go:snooze:${id}`);
    await world.store.db.obligation.update({ where: { id }, data: { state: 'submitted' } });
    expect(await world.type(primary, 'chiều nay')).not.toContain('✅');
    await world.store.db.obligation.update({ where: { id }, data: { state: 'open' } });
    const deputy = await world.seat(unitId, 'deputy', 'Trần Thị Cấp Phó');
    for (const day of ['10/11/2026', '11/11/2026']) {
      await world.press(primary, `go:snooze:${id}`);
      await world.type(primary, day);
    }
    for (const who of [primary, deputy]) await world.press(who, `go:snooze:${id}`);
    const answers = await Promise.all([primary, deputy].map((who) => world.type(who, '12/11/2026')));
    expect(answers.filter((text) => text.includes('✅'))).toHaveLength(1);
    expect((await world.steps(id)).filter((step) => step.includes('Z:'))).toHaveLength(3);
  });
});

describe('hẹn ngày nộp', () => {
  const promise = async (id: string, day: string) => {
    await world.press(primary, `go:promise:${id}`);
    return world.type(primary, day);
  };

  it('brings back what a later promise had silenced when an earlier one replaces it', async () => {
    const id = await owed();
    await promise(id, '17/11/2026');
    expect((await world.steps(id)).slice(0, 3)).toEqual(['v1 T-7 void', 'v1 T-3 void', 'v1 P:2026-11-17 pending']);
    await promise(id, '11/11/2026');
    expect((await world.steps(id)).slice(0, 5)).toEqual([
      'v1 T-7 void',
      'v1 P:2026-11-11 pending',
      'v1 T-3 pending',
      'v1 P:2026-11-17 void',
      'v1 T-1 pending',
    ]);
    await world.tick(morning('2026-11-11'));
    await world.tick(morning('2026-11-13'));
    expect(await told()).toHaveLength(2);
  });

  it('is called to mind once more that afternoon when it is given again after its reminder', async () => {
    const id = await owed();
    await promise(id, '11/11/2026');
    await world.at(morning('2026-11-11'));
    await world.tick(morning('2026-11-11'));
    await world.at('2026-11-11T03:00:00Z');
    await promise(id, 'hôm nay');
    await world.tick(new Date('2026-11-11T08:00:00Z'));
    expect(await told()).toEqual(
      [morning('2026-11-11'), new Date('2026-11-11T08:00:00Z')].map((at) => `${at.toISOString()} ${primary.key}`),
    );
    const texts = (await world.messages()).map(({ text }) => text.split('\n')[0]);
    expect(texts[1]).toBe(texts[0]);
  });
});

describe('giao cho đồng nghiệp', () => {
  it('sends the reminders to the colleague, who is told; the seat may take it back', async () => {
    const id = await owed();
    const deputy = await world.seat(unitId, 'deputy', 'Trần Thị Cấp Phó');
    expect(await world.press(primary, `go:assign:${id}`)).toContain('Giao Báo cáo sơ kết của Phường Phủ Lý cho ai?');
    expect(await world.type(primary, '1')).toContain(
      '✅ Đã giao Báo cáo sơ kết của Phường Phủ Lý cho Trần Thị Cấp Phó.',
    );
    expect(await world.messages()).toMatchObject([
      { person: deputy.key, text: expect.stringContaining('Nguyễn Văn Đầu Mối giao anh/chị') as string },
    ]);
    await world.tick(morning('2026-11-13'));
    expect((await told()).at(-1)).toBe(`${morning('2026-11-13').toISOString()} ${deputy.key}`);
    expect(await world.press(primary, `go:obligation:${id}`)).toContain('Đang giao: Trần Thị Cấp Phó.');

    await world.press(primary, `go:assign:${id}`);
    expect(await world.type(primary, 'nhận lại')).toContain('trở về đầu mối');
    expect((await world.messages()).at(-1)).toMatchObject({
      person: deputy.key,
      text: expect.stringContaining('tôi không nhắc anh/chị việc này nữa') as string,
    });
    await world.tick(morning('2026-11-17'));
    expect((await told()).at(-1)).toBe(`${morning('2026-11-17').toISOString()} ${primary.key}`);
  });

  it('falls back to the seat when the colleague has left it, also between question and answer', async () => {
    const id = await owed();
    const deputy = await world.seat(unitId, 'deputy', 'Trần Thị Cấp Phó');
    await world.press(primary, `go:assign:${id}`);
    await world.type(primary, '1');
    await world.store.db.$executeRaw`delete from seat_holding where member_id = ${deputy.memberId}::uuid`;
    await world.tick(morning('2026-11-13'));
    expect((await told()).at(-1)).toBe(`${morning('2026-11-13').toISOString()} ${primary.key}`);

    await world.store.db.obligation.update({ where: { id }, data: { assigneeId: null } });
    const head = await world.seat(unitId, 'head', 'Lê Thủ Trưởng');
    await world.press(primary, `go:assign:${id}`);
    await world.store.db.$executeRaw`delete from seat_holding where member_id = ${head.memberId}::uuid`;
    expect(await world.type(primary, '1')).not.toContain('✅');
    expect(await world.obligation(id)).toMatchObject({ assigneeId: null });
  });

  it('says how a colleague gets in where there is none', async () => {
    const id = await owed();
    const { text, buttons } = await world.send(primary, { kind: 'action', action: `go:assign:${id}` });
    expect(text).toContain('chưa có đồng nghiệp nào khác trên hệ thống');
    expect(buttons.map((button) => button.action)).toContain('go:hand-over');
  });
});

describe('trang của một việc', () => {
  it('offers the seat every answer, by number, word or button', async () => {
    const id = await owed();
    const { text, buttons } = await world.send(primary, { kind: 'text', text: 'trả lời khác' });
    expect(text).toContain('📌 Báo cáo sơ kết – Phường Phủ Lý');
    expect(buttons.slice(0, 9).map((button) => button.label)).toEqual([
      'Nộp ngay',
      'Không phát sinh',
      'Sẽ nộp ngày …',
      'Nhắc lại sau',
      'Xin lùi hạn',
      'Đã gửi bản giấy',
      'Giao cho đồng nghiệp',
      'Không phải việc của đơn vị tôi',
      'Vì sao hạn này?',
    ]);
    expect(await world.type(primary, '5')).toContain('xin lùi hạn Báo cáo sơ kết đến ngày nào?');
    await world.press(primary, `go:obligation:${id}`);
    expect(await world.type(primary, 'vì sao hạn này')).toContain('Hạn Báo cáo sơ kết của Phường Phủ Lý');
  });

  it('is closed to other units, and lets officers decide as before', async () => {
    const id = await owed();
    const elsewhere = await world.unit('Phường Khác');
    const stranger = await world.seat(elsewhere, 'primary', 'Người phường khác');
    expect(await world.press(stranger, `go:obligation:${id}`)).toContain('Phường Phủ Lý');
    expect(await world.press(stranger, `go:obligation:${id}`)).not.toContain('📌');
    const officer = await world.person('Chuyên viên', ['officer']);
    const { buttons } = await world.send(officer, { kind: 'action', action: `go:obligation:${id}` });
    expect(buttons.map((button) => button.label)).toEqual(
      expect.arrayContaining(['Đổi hạn', 'Đôn đốc đơn vị', 'Miễn cho đơn vị', 'Vì sao hạn này?']),
    );
    expect(buttons.map((button) => button.label)).not.toContain('Nhắc lại sau');
  });
});

describe('bản giấy', () => {
  it('is not for what is registered here: it says so, offers the registration, and nothing is held up', async () => {
    const wish = { name: 'Đăng ký phong trào', kind: 'registration', campaignId: newId() } as const;
    const { of } = await world.duty({ ...wish, dueOn: DUE, unitIds: [unitId] }, OPENED);
    const id = of(unitId);
    await world.press(primary, `go:obligation:${id}`);
    for (const words of ['bản giấy', 'đã gửi bản giấy']) {
      const { text, buttons } = await world.send(primary, { kind: 'text', text: words });
      expect(text).toContain('Đăng ký phong trào của Phường Phủ Lý được đăng ký ngay tại đây, không nhận bản giấy');
      expect(buttons.map((button) => button.label)).toEqual(['Đăng ký ngay', 'Tôi còn nợ gì']);
    }
    expect(world.tasks).toEqual([]);
    expect(await world.steps(id)).not.toContain('v1 T void');
    const { id: contactId } = await world.store.db.contact.findFirstOrThrow({ where: { memberId: primary.memberId } });
    const refused = await world.store.transaction(async (tx) => {
      const now = noon('2026-11-09');
      const at = {
        tx,
        now,
        heardAt: now,
        actor: await loadActor(tx, contactId),
        inboundId: newId(),
        outbox: world.told,
        newId,
        newCode,
      };
      const handler = createReportingEffects(world.deps).find(({ type }) => type === reportPaper.type);
      return handler?.apply({ obligationId: id, note: 'số 45' }, at);
    });
    expect(refused).toMatchObject({ refused: 'registration' });
  });
});
