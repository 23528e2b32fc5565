import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readBusinessClock } from '../../src/store/index.js';
import { morning, noon, World, type Person } from './world.js';

const OPENED = noon('2026-11-02');
const DUE = '2026-11-18';

let world: World;
let officer: Person;
let units: { id: string; primary: Person }[];
beforeAll(async () => {
  world = await World.create();
  officer = await world.person('Lê Thị Chuyên Viên', ['officer']);
  units = [];
  for (const name of ['Phường Một', 'Phường Hai', 'Phường Ba']) {
    const id = await world.unit(name);
    units.push({ id, primary: await world.seat(id, 'primary', `Đầu mối ${name}`) });
  }
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.store.db.$executeRawUnsafe(`truncate told, reminder_step, submission, obligation, duty cascade`);
  await world.store.db.$executeRawUnsafe(`update conversation set session = null, drafts = '{}'`);
  world.tasks.length = 0;
  await world.at('2026-11-20T02:14:05Z'); // Friday 09:14: the report of the 18th is two days overdue
});

const tick = async () => world.tick(await readBusinessClock(world.store.db));
const people = async () => (await world.messages()).map((message) => message.person);
const all = () => units.map((unit) => unit.id);
const one = (n: number) => units[n] ?? { id: '', primary: officer };
const owed = (more: object = {}, now = noon('2026-11-19')) => world.duty({ dueOn: DUE, unitIds: all(), ...more }, now);

async function handIn(n: number, obligationId: string): Promise<string> {
  await world.press(one(n).primary, `go:submit:${obligationId}`);
  const receipt = await world.type(one(n).primary, 'Báo cáo đầy đủ', 'gửi');
  return /BC-\w{5}/.exec(receipt)?.[0] ?? '';
}

describe('đôn đốc', () => {
  it('shows exactly who has not, sends to those and nobody else, and only once a day', async () => {
    const { of } = await owed();
    const empty = await world.unit('Phường Trống');
    await world.duty({ dueOn: DUE, unitIds: [empty], name: 'Việc khác' }, noon('2026-11-19'));
    await handIn(1, of(one(1).id));

    const which = await world.type(officer, 'don doc');
    expect(which).toContain('1. ⚠️ Báo cáo sơ kết: 2 đơn vị chưa nộp, quá hạn 2 ngày làm việc');
    const preview = await world.type(officer, '1');
    expect(preview).toBe('Sẽ nhắc 2 người ở 2 đơn vị chưa nộp: Báo cáo sơ kết.\nGửi ngay?');
    expect(await world.type(officer, 'danh sách')).toContain(
      '1. Phường Ba – Báo cáo sơ kết (hạn thứ Tư, 18/11/2026)\n2. Phường Một',
    );
    expect(await world.type(officer, 'gửi')).toBe('✅ Đang gửi tới 2 người ở 2 đơn vị.');

    await tick();
    const told = await world.messages();
    expect(told.map((message) => message.person).sort()).toEqual([one(0).primary.key, one(2).primary.key].sort());
    expect(told[0]?.text).toContain('⚠️ Quá hạn 2 ngày làm việc: Báo cáo sơ kết');
    expect(told[0]?.text).toContain('Chuyên viên Lê Thị Chuyên Viên đề nghị đơn vị nộp sớm.');
    expect(told[0]?.buttons[0]).toMatchObject({ label: 'Nộp ngay' });
    expect(await world.steps(of(one(0).id))).toContain('v1 U:2026-11-20 fired');

    await world.type(officer, 'đôn đốc');
    expect(await world.type(officer, '1')).toContain('Hôm nay đã đôn đốc cả 2 nghĩa vụ còn nợ');
    await world.at('2026-11-21T02:00:00Z');
    await world.type(officer, 'đôn đốc');
    expect(await world.type(officer, '1')).toContain('Sẽ nhắc 2 người');
  });

  it('urges all that is overdue with one message a person, and names the units without anybody', async () => {
    await owed();
    await owed({ name: 'Báo cáo quý' });
    const empty = await world.unit('Phường Vắng');
    await world.duty({ dueOn: DUE, unitIds: [empty] }, noon('2026-11-19'));
    const preview = await world.press(officer, 'go:urge:overdue');
    expect(preview).toContain('Sẽ nhắc 3 người ở 4 đơn vị chưa nộp: 2 việc.');
    expect(preview).toContain('⚠️ 1 đơn vị chưa có đầu mối nên không nhắc được: Phường Vắng.');
    await world.type(officer, 'gửi');
    await tick();
    const told = await world.messages();
    expect(told).toHaveLength(3);
    expect(told[0]?.text).toContain('📌 Anh/chị có 2 việc cần làm:');
  });

  it('leaves out who handed in between preview and confirmation, and says how many it went to', async () => {
    const { dutyId, of } = await owed();
    expect(await world.press(officer, `go:urge:${dutyId}:once`)).toContain('Sẽ nhắc 3 người');
    await handIn(0, of(one(0).id));
    expect(await world.type(officer, 'gửi')).toBe('✅ Đang gửi tới 2 người ở 2 đơn vị.');
    await tick();
    expect((await people()).sort()).toEqual([one(1).primary.key, one(2).primary.key].sort());
  });

  it('tells nobody who handed in before the message was made, and nobody twice when two officers urge at once', async () => {
    const { dutyId, of } = await owed();
    const other = await world.person('Chuyên viên hai', ['officer']);
    for (const who of [officer, other]) await world.press(who, `go:urge:${dutyId}:once`);
    await Promise.all([officer, other].map((who) => world.type(who, 'gửi')));
    await handIn(0, of(one(0).id));
    await tick();
    await tick();
    expect((await people()).sort()).toEqual([one(1).primary.key, one(2).primary.key].sort());
  });

  it('does not silence what goes up to the head at the same moment', async () => {
    const { dutyId, of } = await owed({ dueOn: '2026-11-19' }, OPENED); // T+1: this morning
    await world.tick(morning('2026-11-19'));
    const head = await world.seat(one(0).id, 'head', 'Thủ trưởng Phường Một');
    await world.press(officer, `go:urge:${dutyId}:once`);
    await world.type(officer, 'gửi');
    await tick();
    expect(await people()).toEqual(expect.arrayContaining([head.key, one(0).primary.key]));
    expect(await world.steps(of(one(0).id))).toEqual(
      expect.arrayContaining(['v1 T+1 fired', 'v1 U:2026-11-20 fired', 'v1 T fired']),
    );
    await world.store.db.$executeRaw`delete from seat_holding where member_id = ${head.memberId}::uuid`;
  });

  it('is not for seats', async () => {
    await owed();
    expect(await world.type(one(0).primary, 'đôn đốc')).toContain('Việc này dành cho chuyên viên.');
  });
});

describe('duyệt báo cáo', () => {
  it('shows what came in and accepts it; the seat is told, and no other version is taken', async () => {
    const { of } = await owed();
    const code = await handIn(0, of(one(0).id));
    expect(await world.type(officer, 'duyệt báo cáo')).toContain(`1. ${code}: Báo cáo sơ kết – Phường Một`);
    const shown = await world.type(officer, '1');
    expect(shown).toContain('bản thứ 1, ⚠️ muộn');
    expect(shown).toContain('“Báo cáo đầy đủ”');
    expect(await world.type(officer, 'chấp nhận')).toBe(`✅ Đã chấp nhận ${code} của Phường Một và báo cho đơn vị.`);
    expect(await world.obligation(of(one(0).id))).toMatchObject({
      state: 'accepted',
      submissions: [{ state: 'accepted', decidedById: officer.memberId }],
    });
    expect(await world.messages()).toMatchObject([{ person: one(0).primary.key, slot: 'accepted' }]);
    expect(world.tasks).toMatchObject([{ kind: 'review', done: 'accepted' }]);
  });

  it('returns with a reason and a new term that reach the seat; the obligation is owed again and reminded again', async () => {
    const { of } = await owed();
    const code = await handIn(0, of(one(0).id));
    const id = (await world.obligation(of(one(0).id))).submissions[0]?.id ?? '';
    await world.press(officer, `go:review-report:${id}`);
    expect(await world.type(officer, 'trả lại')).toContain('Lời anh/chị viết sẽ gửi nguyên văn');
    await world.type(officer, 'Đề nghị ghi rõ số hộ');
    expect(await world.type(officer, '26/11')).toContain('Hạn: thứ Năm, 26/11/2026.');
    expect(await world.type(officer, 'gửi')).toBe(
      `✅ Đã trả lại ${code} cho Phường Một, hạn bổ sung thứ Năm, 26/11/2026.`,
    );

    const [message] = await world.messages();
    expect(message).toMatchObject({
      source: `submission:${id}`,
      slot: 'returned:1',
      person: one(0).primary.key,
      class: 'deadline',
    });
    expect(message?.text).toBe(
      `⚠️ ${code} – Báo cáo sơ kết của Phường Một cần bổ sung.\nLời của chuyên viên: “Đề nghị ghi rõ số hộ”.\nHạn: thứ Năm, 26/11/2026.`,
    );
    expect(await world.obligation(of(one(0).id))).toMatchObject({ state: 'returned', due: '2026-11-26', version: 2 });

    await world.tick(new Date('2026-11-23T01:00:00Z'));
    const mine = (await world.messages()).filter((told) => told.person === one(0).primary.key);
    expect(mine.at(-1)?.text).toContain(`Bản ${code} được trả lại để bổ sung: “Đề nghị ghi rõ số hộ”.`);

    await world.press(one(0).primary, `go:submit:${of(one(0).id)}`);
    expect(await world.type(one(0).primary, 'Đã ghi rõ 120 hộ', 'gửi')).toContain('bản thứ 2');
    expect((await world.steps(of(one(0).id))).filter((step) => step.endsWith('pending'))).toEqual([]);
  });

  it('offers the newer version when the unit handed in again while the officer was reading', async () => {
    const { of } = await owed();
    await handIn(0, of(one(0).id));
    const id = (await world.obligation(of(one(0).id))).submissions[0]?.id ?? '';
    await world.press(officer, `go:review-report:${id}`);
    const second = await handIn(0, of(one(0).id));
    expect(await world.type(officer, 'chấp nhận')).toContain(`Đơn vị vừa nộp bản mới hơn: ${second}.`);
    expect((await world.obligation(of(one(0).id))).state).toBe('submitted');
    expect(await world.type(officer, 'chấp nhận')).toContain(`✅ Đã chấp nhận ${second}`);
  });

  it('lets two officers decide only once', async () => {
    const { of } = await owed();
    await handIn(0, of(one(0).id));
    const id = (await world.obligation(of(one(0).id))).submissions[0]?.id ?? '';
    const other = await world.person('Chuyên viên hai', ['officer']);
    for (const who of [officer, other]) await world.press(who, `go:review-report:${id}`);
    const answers = await Promise.all([officer, other].map((who) => world.type(who, 'chấp nhận')));
    expect(answers.filter((text) => text.startsWith('✅ Đã chấp nhận'))).toHaveLength(1);
    expect(answers.filter((text) => text.includes('đã được xử lý trước đó'))).toHaveLength(1);
    expect(await world.messages()).toHaveLength(1);
  });

  it('is not for seats', async () => {
    const { of } = await owed();
    await handIn(0, of(one(0).id));
    const id = (await world.obligation(of(one(0).id))).submissions[0]?.id ?? '';
    expect(await world.press(one(0).primary, `go:review-report:${id}`)).toContain('Việc này dành cho chuyên viên.');
  });
});

describe('one obligation, as the officer sees it', () => {
  it('confirms the paper that came in time: the unit is done and was punctual', async () => {
    const { of } = await owed();
    await world.press(one(0).primary, `go:paper:${of(one(0).id)}`);
    await world.type(one(0).primary, 'gửi ngày 16/11, số 45/BC');
    expect(await world.press(officer, `go:obligation:${of(one(0).id)}`)).toContain(
      '⚠️ Chưa nộp, quá hạn 2 ngày làm việc',
    );
    await world.type(officer, 'đã nhận bản giấy');
    expect(await world.type(officer, '25/11')).toContain('Ngày nhận phải là hôm nay hoặc trước đó');
    expect(await world.type(officer, '17/11')).toContain('✅ Đã ghi nhận bản giấy của Phường Một');
    expect(await world.obligation(of(one(0).id))).toMatchObject({
      state: 'accepted',
      submissions: [{ late: false, data: { paper: true } }],
    });
    expect(world.tasks).toMatchObject([{ kind: 'paper', done: expect.stringMatching(/^BC-/) as string }]);
    expect(await world.messages()).toMatchObject([{ person: one(0).primary.key, slot: 'paper' }]);
  });

  it('frees a unit of a duty, or says why it stays; either way the seat hears the reason', async () => {
    const { of } = await owed();
    for (const n of [0, 1]) {
      await world.press(one(n).primary, `go:not-ours:${of(one(n).id)}`);
      await world.type(one(n).primary, 'Việc của sở khác');
    }
    await world.press(officer, `go:obligation:${of(one(0).id)}`);
    await world.type(officer, 'miễn');
    await world.type(officer, 'Đúng, do Sở Y tế nộp');
    await world.press(officer, `go:obligation:${of(one(1).id)}`);
    await world.type(officer, 'Vẫn là việc của đơn vị');
    await world.type(officer, 'Theo mục III của Kế hoạch');

    expect(await world.obligation(of(one(0).id))).toMatchObject({ state: 'waived' });
    expect(await world.obligation(of(one(1).id))).toMatchObject({ state: 'open', version: 2, due: '2026-11-25' });
    const told = await world.messages();
    expect(told.map((message) => message.person)).toEqual([one(0).primary.key, one(1).primary.key]);
    expect(told[0]?.text).toContain('“Đúng, do Sở Y tế nộp”');
    expect(told[1]?.text).toContain('“Theo mục III của Kế hoạch”');
    expect(await world.steps(of(one(1).id))).toContain('v2 T-1 pending');
    expect(world.tasks.every((task) => task.done !== undefined)).toBe(true);
  });

  it('is read only for a leader', async () => {
    const { of } = await owed();
    const leader = await world.person('Lãnh đạo', ['leader']);
    const { text, buttons } = await world.send(leader, { kind: 'action', action: `go:obligation:${of(one(0).id)}` });
    expect(text).toContain('Chưa nộp');
    expect(buttons.map((button) => button.label)).toEqual(['Tình hình']);
  });
});
