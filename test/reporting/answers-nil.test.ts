import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readField } from '../../src/reporting/model.js';
import { noon, World, type Person } from './world.js';

const OPENED = noon('2026-11-02');
const DUE = '2026-11-18';

let world: World;
let unitId: string;
let primary: Person;
beforeAll(async () => {
  world = await World.create();
  unitId = await world.unit('Phường Phủ Lý');
  primary = await world.seat(unitId, 'primary', 'Nguyễn Thị Mẫu');
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.store.db.$executeRawUnsafe(`truncate told, reminder_step, submission, obligation, duty cascade`);
  await world.store.db.$executeRawUnsafe(`update conversation set session = null, drafts = '{}'`);
  await world.at('2026-11-16T02:14:05Z');
});

const owed = async (name = 'Báo cáo sơ kết') =>
  (await world.duty({ name, dueOn: DUE, unitIds: [unitId] }, OPENED)).of(unitId);
const kinds = async (id: string) => (await world.obligation(id)).submissions.map(({ kind }) => kind);

describe('báo cáo không phát sinh', () => {
  it('is a button of the page of what is owed, and one look away from being handed in', async () => {
    const id = await owed();
    await world.press(primary, `go:obligation:${id}`);
    expect(await world.type(primary, 'không phát sinh')).toContain('không phát sinh');
    expect(await world.type(primary, 'gửi')).toContain('✅');
    expect(await kinds(id)).toEqual(['nil']);
  });

  it('can be typed, asks which where several are owed, and is refused to other units', async () => {
    const [first, second] = [await owed('Báo cáo A'), await owed('Báo cáo B')];
    await world.type(primary, 'báo cáo không phát sinh', '2', 'gửi');
    expect(await kinds(first)).toEqual([]);
    expect(await kinds(second)).toEqual(['nil']);

    const stranger = await world.seat(await world.unit('Phường Khác'), 'primary', 'Người Khác');
    expect(await world.press(stranger, `go:nil:${first}`)).toContain('chưa thể làm thay');
  });
});

describe('what was begun with a seat', () => {
  it('shows nothing more of the unit when the seat has passed on meanwhile', async () => {
    const former = await world.seat(unitId, 'deputy', 'Trần Văn Mẫu');
    const id = await owed();
    await world.press(former, `go:submit:${id}`);
    await world.store.db.$executeRaw`delete from seat_holding where member_id = ${former.memberId}::uuid`;
    expect(await world.type(former, 'Kết quả tháng 11')).toContain('chưa thể làm thay');
    expect(await kinds(id)).toEqual([]);
  });

  it('is not told to others by the button that completes a report', async () => {
    const id = await owed();
    await world.store.db.obligation.update({ where: { id }, data: { state: 'accepted' } });
    const stranger = await world.seat(await world.unit('Phường Lạ'), 'primary', 'Người Lạ');
    expect(await world.press(stranger, `go:complete:${id}`)).toContain('chưa thể làm thay');
    expect(await world.press(stranger, `go:sheet:${id}`)).toContain('chưa thể làm thay');
  });
});

describe('very many duties', () => {
  it('can each be answered, also those of later pages', async () => {
    for (let n = 10; n < 30; n += 1) await owed(`Báo cáo số ${String(n)}`);
    const { buttons } = await world.send(primary, { kind: 'action', action: 'go:owed:2' });
    const more = buttons.find(({ label }) => label === 'Trả lời khác');
    expect(more?.action).toBe('go:obligation:page:2');
    expect(await world.press(primary, more?.action ?? '')).toContain('4. ⏰ Báo cáo số 29');
    expect(await world.type(primary, '4')).toContain('📌 Báo cáo số 29');
  });
});

describe('a form that begins with words', () => {
  it('takes "không có" for the answer that it is', async () => {
    const fields = [{ name: 'kien-nghi', label: 'Kiến nghị', type: 'text' as const }];
    const { of } = await world.duty({ name: 'Báo cáo', dueOn: DUE, unitIds: [unitId], fields }, OPENED);
    await world.press(primary, `go:submit:${of(unitId)}`);
    expect(await world.type(primary, 'Không có')).toContain('– Kiến nghị: Không có');
    await world.type(primary, 'gửi');
    expect(await kinds(of(unitId))).toEqual(['form']);
  });

  it('keeps the files when its values are corrected', async () => {
    const fields = [{ name: 'kien-nghi', label: 'Kiến nghị', type: 'text' as const }];
    const { of } = await world.duty({ name: 'Báo cáo', dueOn: DUE, unitIds: [unitId], fields }, OPENED);
    await world.press(primary, `go:submit:${of(unitId)}`);
    await world.file(primary);
    await world.type(primary, 'Chưa rõ', 'sửa');
    expect(await world.type(primary, 'Đã rõ')).toContain('– Tệp: bao-cao.pdf');
  });
});

describe('đổi hạn from the page of a duty', () => {
  it('offers the periods of that duty alone', async () => {
    const { dutyId } = await world.duty({ name: 'Báo cáo A', dueOn: DUE, unitIds: [unitId] }, OPENED);
    await owed('Báo cáo B');
    const officer = await world.person('Chuyên viên', ['officer']);
    const text = await world.press(officer, `go:move-due:${dutyId}`);
    expect(text).toContain('Báo cáo A');
    expect(text).not.toContain('Báo cáo B');
    expect(await world.press(primary, `go:move-due:${dutyId}`)).not.toContain('Báo cáo A');
  });
});

describe('a number of a form', () => {
  it('is refused when it has more digits than a number holds', () => {
    const field = { name: 'n', label: 'Số', type: 'number' } as const;
    expect(readField(field, '9'.repeat(400))).toBeNull();
    expect(readField(field, '12345678901234567890')).toBeNull();
    expect(readField(field, '999.999.999')).toBe(999_999_999);
  });
});
