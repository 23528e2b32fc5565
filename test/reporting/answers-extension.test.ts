import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fromDbDate } from '../../src/kernel/local-date.js';
import { noon, World, type Person } from './world.js';

const OPENED = noon('2026-11-02');
const DUE = '2026-11-18'; // a Wednesday

let world: World;
let officer: Person;
let primary: Person;
let unitId: string;
beforeAll(async () => {
  world = await World.create();
  officer = await world.person('Lê Thị Chuyên Viên', ['officer']);
  unitId = await world.unit('Phường Phủ Lý');
  primary = await world.seat(unitId, 'primary', 'Nguyễn Văn Đầu Mối');
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.store.db.$executeRawUnsafe(
    'truncate told, extension, due_change, reminder_step, submission, obligation, duty cascade',
  );
  await world.store.db.$executeRawUnsafe(`update conversation set session = null, drafts = '{}'`);
  world.tasks.length = 0;
  await world.at('2026-11-16T02:14:05Z'); // Monday 09:14
});

const owed = async () => (await world.duty({ dueOn: DUE, unitIds: [unitId] }, OPENED)).of(unitId);
const extensions = () => world.store.db.extension.findMany({ orderBy: { askedAt: 'asc' } });

/** Asks for time until a day; the answer of the bot. */
async function ask(id: string, day = '25/11/2026', reason = 'Chờ số liệu của các tổ dân phố'): Promise<string> {
  await world.press(primary, `go:extend:${id}`);
  return world.type(primary, day, reason);
}

describe('xin lùi hạn', () => {
  it('goes to the officers with the reason, and says that reminders go on meanwhile', async () => {
    const id = await owed();
    expect(await world.type(primary, 'xin lui han')).toContain(
      'Phường Phủ Lý xin lùi hạn Báo cáo sơ kết đến ngày nào? (hạn hiện nay thứ Tư, 18/11/2026)',
    );
    expect(await world.type(primary, '25/11/2026')).toContain('Vì sao Phường Phủ Lý cần thêm thời gian');
    expect(await world.type(primary, 'Chờ số liệu')).toBe(
      '✅ Đã gửi chuyên viên: Phường Phủ Lý xin lùi hạn Báo cáo sơ kết đến thứ Tư, 25/11/2026.\n' +
        'Trong lúc chờ trả lời, hạn vẫn là thứ Tư, 18/11/2026 và tôi vẫn nhắc.',
    );
    expect(world.tasks).toMatchObject([
      {
        kind: 'extension',
        refId: id,
        title: 'Xin lùi hạn: Báo cáo sơ kết – Phường Phủ Lý',
        data: { text: expect.stringContaining('xin đến thứ Tư, 25/11/2026 – Chờ số liệu') as string },
      },
    ]);
    await world.tick(new Date('2026-11-17T01:00:00Z'));
    const reminded = (await world.messages()).filter((one) => one.person === primary.key);
    expect(reminded.map((one) => one.source)).toEqual(['reminder:2026-11-17']);
  });

  it('takes no day that is over, not later, off, out of reach or unreadable, and no endless reason', async () => {
    const id = await owed();
    await world.press(primary, `go:extend:${id}`);
    expect(await world.type(primary, '13/11/2026')).toContain('Ngày này đã qua');
    expect(await world.type(primary, '18/11/2026')).toContain('không muộn hơn hạn hiện nay (thứ Tư, 18/11/2026)');
    expect(await world.type(primary, '22/11/2026')).toContain(
      'Chủ nhật, 22/11/2026 là ngày nghỉ. Ngày làm việc gần nhất sau đó là thứ Hai, 23/11/2026.',
    );
    expect(await world.type(primary, '30/11/2027')).toContain('trong vòng 6 tháng');
    expect(await world.type(primary, 'tuần sau nữa')).toContain('ngày');
    await world.type(primary, '23/11/2026');
    expect(await world.type(primary, 'dài '.repeat(3_000))).toContain('500');
    expect(await world.type(primary, 'Bão lụt')).toContain('✅ Đã gửi chuyên viên');
    expect(await extensions()).toHaveLength(1);
  });

  it('is granted for that unit alone: the day moves, the steps are planned anew, the unit hears old and new day', async () => {
    const other = await world.unit('Phường Hà Nam');
    const { of } = await world.duty({ dueOn: DUE, unitIds: [unitId, other] }, OPENED);
    await ask(of(unitId));
    const shown = await world.press(officer, `go:extension:${of(unitId)}`);
    expect(shown).toContain('📌 Xin lùi hạn: Báo cáo sơ kết – Phường Phủ Lý');
    expect(shown).toContain('Hạn hiện nay thứ Tư, 18/11/2026 (còn 2 ngày làm việc); xin lùi đến thứ Tư, 25/11/2026.');
    expect(shown).toContain('Nguyễn Văn Đầu Mối, 09:14, 16/11/2026: “Chờ số liệu của các tổ dân phố”');
    expect(await world.type(officer, 'đồng ý')).toBe(
      '✅ Đã lùi hạn Báo cáo sơ kết của Phường Phủ Lý từ thứ Tư, 18/11/2026 đến thứ Tư, 25/11/2026 và báo cho đơn vị.',
    );
    expect(await world.obligation(of(unitId))).toMatchObject({ due: '2026-11-25', version: 2, state: 'open' });
    expect(await world.obligation(of(other))).toMatchObject({ due: DUE, version: 1 });
    expect(await world.messages()).toMatchObject([
      {
        person: primary.key,
        source: `obligation:${of(unitId)}`,
        slot: 'extended:2',
        text: '✅ Phường Phủ Lý được lùi hạn Báo cáo sơ kết từ thứ Tư, 18/11/2026 đến thứ Tư, 25/11/2026. Tôi nhắc theo hạn mới.',
      },
    ]);
    expect(await world.steps(of(unitId))).toEqual(
      expect.arrayContaining(['v1 T-1 void', 'v1 T void', 'v2 T-3 pending', 'v2 T pending', 'v2 T+1 pending']),
    );
    const [extension] = await extensions();
    expect(extension).toMatchObject({ state: 'granted', decidedById: officer.memberId });
    expect(extension?.grantedOn && fromDbDate(extension.grantedOn)).toBe('2026-11-25');
    expect(world.tasks).toMatchObject([{ kind: 'extension', done: 'granted' }]);
    expect(await world.press(primary, `go:why-due:${of(unitId)}`)).toBe(
      [
        'Hạn Báo cáo sơ kết của Phường Phủ Lý: thứ Tư, 25/11/2026.',
        'Hạn ban đầu thứ Tư, 18/11/2026: ngày ấn định 18/11/2026.',
        '16/11/2026: đổi từ 18/11/2026 thành 25/11/2026, đơn vị xin lùi hạn (Lê Thị Chuyên Viên): Chờ số liệu của các tổ dân phố.',
        'Căn cứ giao việc: Kế hoạch số 12/KH-UBND.',
      ].join('\n'),
    );
  });

  it('is granted for another day, or refused with the reason, which the unit hears', async () => {
    const id = await owed();
    await ask(id);
    await world.type(officer, 'duyet lui han', '1', 'đồng ý ngày khác');
    expect(await world.type(officer, '17/11/2026')).toContain('không muộn hơn hạn hiện nay');
    expect(await world.type(officer, '20/11/2026')).toContain('đến thứ Sáu, 20/11/2026 và báo cho đơn vị');
    expect(await world.obligation(id)).toMatchObject({ due: '2026-11-20' });

    await ask(id, '30/11/2026');
    expect(await world.press(officer, `go:extension:${id}`)).toContain('Việc này đã được lùi hạn 1 lần.');
    expect(await world.type(officer, 'từ chối')).toContain('Vì sao không lùi hạn');
    expect(await world.type(officer, 'Đã lùi một lần')).toContain('✅ Đã từ chối lùi hạn');
    expect((await world.messages()).at(-1)).toMatchObject({
      person: primary.key,
      text: 'Phường Phủ Lý chưa được lùi hạn Báo cáo sơ kết; hạn vẫn là thứ Sáu, 20/11/2026. Lý do: “Đã lùi một lần”.',
    });
    expect((await extensions()).map((one) => one.state)).toEqual(['granted', 'refused']);
    expect(await world.obligation(id)).toMatchObject({ due: '2026-11-20', version: 2 });
  });

  it('is one request at a time: a second shows the first, which can be taken back', async () => {
    const id = await owed();
    const deputy = await world.seat(unitId, 'deputy', 'Trần Thị Cấp Phó');
    await ask(id);
    expect(await world.press(deputy, `go:extend:${id}`)).toContain('đơn vị xin lùi hạn đến thứ Tư, 25/11/2026');
    expect(await world.type(deputy, 'rút yêu cầu')).toContain('✅ Đã rút yêu cầu lùi hạn');
    expect(world.tasks).toMatchObject([{ kind: 'extension', done: 'withdrawn' }]);
    expect(await world.press(officer, `go:extension:${id}`)).toContain('đã được rút');
    await world.press(primary, `go:extend:${id}`);
    await world.press(deputy, `go:extend:${id}`);
    await world.type(primary, '25/11/2026');
    await world.type(deputy, '24/11/2026');
    const answers = await Promise.all([primary, deputy].map((who) => world.type(who, 'Bận')));
    expect(answers.filter((text) => text.includes('✅'))).toHaveLength(1);
    expect(answers.filter((text) => text.includes('vừa xin lùi hạn việc này'))).toHaveLength(1);
    await world.store.db.$executeRaw`delete from seat_holding where member_id = ${deputy.memberId}::uuid`;
  });

  it('is decided once: of two officers the second is told what the first did', async () => {
    const id = await owed();
    const second = await world.person('Chuyên viên hai', ['officer']);
    await ask(id);
    for (const who of [officer, second]) await world.press(who, `go:extension:${id}`);
    const answers = await Promise.all([officer, second].map((who) => world.type(who, 'đồng ý')));
    expect(answers.filter((text) => text.startsWith('✅ Đã lùi hạn'))).toHaveLength(1);
    expect(answers.filter((text) => text.includes('đã đồng ý lùi hạn đến thứ Tư, 25/11/2026'))).toHaveLength(1);
    expect(await world.obligation(id)).toMatchObject({ version: 2 });
    expect(await world.messages()).toHaveLength(1);
  });

  it('needs no answer when the duty was handed in meanwhile, and offers no day that has passed', async () => {
    const id = await owed();
    await ask(id, '19/11/2026');
    await world.at('2026-11-20T02:00:00Z');
    const shown = await world.press(officer, `go:extension:${id}`);
    expect(shown).toContain('⚠️ Ngày này đã qua.');
    const { buttons } = await world.send(officer, { kind: 'text', text: 'duyệt lùi hạn' });
    expect(buttons).toHaveLength(1);
    expect(await world.type(officer, '1', 'đồng ý')).not.toContain('✅');

    await world.press(officer, `go:extension:${id}`);
    await world.type(officer, 'từ chối');
    await world.press(primary, `go:submit:${id}`);
    await world.type(primary, 'Báo cáo đầy đủ', 'gửi');
    expect(await world.type(officer, 'Muộn rồi')).toContain('không còn nợ Báo cáo sơ kết');
    expect((await extensions()).map((one) => one.state)).toEqual(['withdrawn']);
    expect(world.tasks.find((task) => task.kind === 'extension')?.done).toBeDefined();
    expect(await ask(id)).not.toContain('✅');
  });

  it('is for officers to decide, and for the own unit to ask', async () => {
    const id = await owed();
    await ask(id);
    expect(await world.press(primary, `go:extension:${id}`)).toContain('Việc này dành cho chuyên viên.');
    const elsewhere = await world.unit('Phường Khác');
    const stranger = await world.seat(elsewhere, 'primary', 'Người phường khác');
    expect(await world.press(stranger, `go:extend:${id}`)).toContain('Phường Phủ Lý');
    expect(await world.press(primary, 'go:extend:khong-co')).toContain('không còn');
    expect(await extensions()).toHaveLength(1);
  });
});
