import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTasks } from '../../src/tasks/index.js';
import { waitFor } from '../support/wait.js';
import { noon, World, type Person } from './world.js';

const OPENED = noon('2026-11-02');
const DUE = '2026-11-18';
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const FIELD = { name: 'ho', label: 'Số hộ', type: 'number' as const, min: 0, max: 5000 };

let world: World;
let unitId: string;
let primary: Person;
let deputy: Person;
let officer: Person;
beforeAll(async () => {
  world = await World.create();
  unitId = await world.unit('Phường Phủ Lý');
  primary = await world.seat(unitId, 'primary', 'Nguyễn Thị Mẫu');
  deputy = await world.seat(unitId, 'deputy', 'Trần Văn Mẫu');
  officer = await world.person('Lê Thị Chuyên Viên', ['officer']);
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.store.db.$executeRawUnsafe(
    `truncate told, reminder_step, submission_file, submission, obligation, duty cascade`,
  );
  await world.store.db.$executeRawUnsafe(`update conversation set session = null, drafts = '{}'`);
  world.tasks.length = 0;
  await world.at('2026-11-16T02:14:05Z'); // 09:14 in Việt Nam
});

/** Opens a duty with what it wants; the id of the unit's obligation. */
async function owed(wish: { fields?: (typeof FIELD)[]; files?: string[]; lockDays?: number; name?: string } = {}) {
  const { files = [], lockDays = null, fields = [], name = 'Báo cáo năm' } = wish;
  const { dutyId, of } = await world.duty({ name, fields, dueOn: DUE, unitIds: [unitId] }, OPENED);
  await world.store.db.duty.update({ where: { id: dutyId }, data: { files, lockDays } });
  return of(unitId);
}
const versions = async (id: string) => (await world.obligation(id)).submissions;
const codeIn = (text: string) => /BC-\w{5}/.exec(text)?.[0] ?? '';

describe('the files that a duty wants', () => {
  it('are asked for one kind after another, by what is in them', async () => {
    const id = await owed({ files: ['pdf', 'word'] });
    expect(await world.press(primary, `go:submit:${id}`)).toContain('Còn thiếu tệp: PDF; Word. Mời gửi tệp.');
    expect((await world.file(primary, 'a.pdf')).text).toContain('Còn thiếu tệp: Word.');
    // A second PDF is kept, but does not stand for the Word file, whatever it is called.
    expect((await world.file(primary, 'b.docx')).text).toContain('Còn thiếu tệp: Word.');
    expect(await world.type(primary, 'Có đủ chữ ký')).toContain('Đã giữ lời của anh/chị');
    const { text } = await world.file(primary, 'c.docx', DOCX);
    expect(text).toContain('Sẽ nộp Báo cáo năm');
    expect(text).toContain('– Tệp: c.docx');
    const receipt = await world.type(primary, 'gửi');
    expect(receipt).toContain('3 tệp (1 kB)');
    const [made] = await versions(id);
    expect(made?.files).toHaveLength(3);
    expect(made).toMatchObject({ kind: 'file', text: 'Có đủ chữ ký' });
    expect(receipt).toContain(`Mã kiểm SHA-256: ${made?.sha256.slice(0, 12) ?? ''}…`);
  });

  it('come after the form where both are wanted, and "không phát sinh" needs neither', async () => {
    const id = await owed({ fields: [FIELD], files: ['pdf'] });
    await world.press(primary, `go:submit:${id}`);
    expect(await world.type(primary, '12')).toContain('Còn thiếu tệp: PDF.');
    expect((await world.file(primary)).text).toContain('– Số hộ: 12');
    await world.type(primary, 'gửi');
    expect(await versions(id)).toMatchObject([{ kind: 'form', data: { values: { ho: 12 } } }]);

    await world.press(primary, `go:submit:${id}`);
    await world.type(primary, 'không phát sinh', 'gửi');
    expect(await versions(id)).toMatchObject([{}, { kind: 'nil', files: [] }]);
  });

  it('are at most five; one can be taken out again', async () => {
    const id = await owed();
    await world.press(primary, `go:submit:${id}`);
    for (const n of [1, 2, 3, 4, 5]) await world.file(primary, `tep-${String(n)}.pdf`);
    expect((await world.file(primary, 'tep-6.pdf')).text).toContain('Mỗi báo cáo tối đa 5 tệp.');
    expect(await world.type(primary, 'bớt tệp')).toContain('Bỏ tệp nào?');
    expect(await world.type(primary, '2')).not.toContain('tep-2.pdf');
    await world.file(primary, 'tep-6.pdf');
    await world.type(primary, 'gửi');
    expect((await versions(id))[0]?.files).toHaveLength(5);
  });

  it('are kept together when they come before it was said what they are for', async () => {
    await owed({ name: 'Báo cáo A' });
    const second = await owed({ name: 'Báo cáo B' });
    await world.file(primary, 'anh-1.pdf');
    expect((await world.file(primary, 'anh-2.pdf')).text).toContain('Anh/chị nộp báo cáo nào?');
    const confirm = await world.type(primary, '2');
    expect(confirm).toContain('anh-1.pdf');
    expect(confirm).toContain('anh-2.pdf');
    await world.type(primary, 'gửi');
    expect((await versions(second))[0]?.files).toHaveLength(2);
  });

  it('are asked for when the duty came to want them while the report was written', async () => {
    const id = await owed();
    await world.press(primary, `go:submit:${id}`);
    await world.type(primary, 'Nội dung');
    await world.store.db.duty.updateMany({ data: { files: ['pdf'] } });
    expect(await world.type(primary, 'gửi')).toContain('Còn thiếu tệp: PDF.');
    expect(await versions(id)).toEqual([]);
    await world.file(primary);
    await world.type(primary, 'gửi');
    expect(await versions(id)).toMatchObject([{ text: 'Nội dung' }]);
  });

  it('with macros are refused with what to do, and what was given before stays', async () => {
    const id = await owed({ files: ['word'] });
    await world.press(primary, `go:submit:${id}`);
    const bad = { kind: 'file', caption: '', problem: 'macros' } as const;
    expect((await world.send(primary, bad)).text).toContain('macro');
    expect((await world.file(primary, 'c.docx', DOCX)).text).toContain('Sẽ nộp Báo cáo năm');
  });
});

describe('the lock', () => {
  it('says on the receipt until when a version may be replaced, and refuses afterwards with the way to reopen', async () => {
    const id = await owed({ lockDays: 1 });
    await world.press(primary, `go:submit:${id}`);
    expect(await world.type(primary, 'bản một', 'gửi')).toContain('Có thể sửa đến hết thứ Năm, 19/11/2026');
    await world.at('2026-11-19T16:59:00Z'); // 23:59 of the last day
    await world.press(primary, `go:submit:${id}`);
    const code = codeIn(await world.type(primary, 'bản hai', 'gửi'));
    await world.press(primary, `go:submit:${id}`);
    await world.type(primary, 'bản ba');
    await world.at('2026-11-19T17:00:01Z');
    expect(await world.type(primary, 'gửi')).toContain('Đã hết thời gian sửa Báo cáo năm');
    expect(await versions(id)).toHaveLength(2);

    const { text, buttons } = await world.send(primary, { kind: 'action', action: `go:submit:${id}` });
    expect(text).toContain(`Bản ${code} đang chờ duyệt.`);
    expect(buttons.map((button) => button.label)).toEqual(['Xin mở lại', 'Xem biên nhận', 'Gặp cán bộ']);
    await world.type(primary, 'xin mở lại');
    await world.type(primary, '1');
    expect(await world.type(primary, 'Số hộ ghi nhầm')).toContain(`đề nghị mở lại ${code}`);
    expect(world.tasks.at(-1)).toMatchObject({ kind: 'reopen', refId: (await versions(id))[1]?.id });

    // As the tasks room keeps it; this small province remembers tasks in memory.
    const asked = world.tasks.at(-1);
    await world.store.transaction((tx) => openTasks(tx, asked ? [asked] : [], new Date('2026-11-20T02:00:00Z')));
    await world.press(primary, `go:reopen:${id}`);
    expect(await world.type(primary, 'Nhắc lại')).toContain('đang chờ chuyên viên; không cần gửi thêm');

    const read = await world.press(officer, `go:review-report:${(await versions(id))[1]?.id ?? ''}`);
    expect(read).toMatch(/Đơn vị xin mở lại để sửa – Nguyễn Thị Mẫu, .*: Số hộ ghi nhầm/);
    await world.type(officer, 'trả lại', 'Theo đề nghị của đơn vị', '27/11', 'gửi');
    expect(world.tasks.filter((task) => task.done === undefined)).toEqual([]);
    await world.press(primary, `go:submit:${id}`);
    await world.type(primary, 'bản ba', 'gửi');
    expect(await versions(id)).toHaveLength(3);
  });

  it('never refuses a first report, and says beforehand that it will be final', async () => {
    const id = await owed({ lockDays: 0 });
    await world.at('2026-11-25T02:00:00Z');
    await world.press(primary, `go:submit:${id}`);
    expect(await world.type(primary, 'muộn')).toContain('gửi rồi thì không sửa được nữa');
    expect(await world.type(primary, 'gửi')).toContain('Đã hết thời gian sửa bản này.');
    expect(await versions(id)).toMatchObject([{ late: true }]);
  });

  it('keeps one of two first reports that meet after the lock, and tells the other what was not sent', async () => {
    const id = await owed({ lockDays: 0 });
    await world.at('2026-11-25T02:00:00Z');
    for (const who of [primary, deputy]) {
      await world.press(who, `go:submit:${id}`);
      await world.type(who, `bản của ${who.name}`);
    }
    const sent: Promise<string>[] = [];
    await world.store.transaction(async (tx) => {
      await tx.$queryRaw`select id from obligation where id = ${id}::uuid for update`;
      sent.push(...[primary, deputy].map((who) => world.type(who, 'gửi')));
      await waitFor(async () => (await world.waiting()) === 2);
    });
    const answers = await Promise.all(sent);
    expect(await versions(id)).toHaveLength(1);
    expect(answers.filter((text) => text.startsWith('✅ Đã nhận'))).toHaveLength(1);
    expect(answers.filter((text) => text.includes('bản anh/chị vừa soạn chưa được gửi'))).toHaveLength(1);
  });

  it('leads to handing in where nothing is locked', async () => {
    const id = await owed({ lockDays: 5 });
    await world.press(primary, `go:submit:${id}`);
    await world.type(primary, 'bản một', 'gửi');
    expect(await world.type(primary, 'xin mở lại')).toContain('Không có báo cáo nào bị khóa');
    expect(await world.press(primary, `go:reopen:${id}`)).toContain('Nộp Báo cáo năm');
  });
});

describe('xem biên nhận', () => {
  it('shows code, time, the whole fingerprint, each file with its own, and all versions; sends the files again', async () => {
    const id = await owed();
    await world.press(primary, `go:submit:${id}`);
    const first = codeIn(await world.type(primary, 'bản một', 'gửi'));
    await world.press(primary, `go:submit:${id}`);
    await world.file(primary, 'so-lieu.pdf');
    const second = codeIn(await world.type(primary, 'gửi'));
    const [, made] = await versions(id);

    const shown = await world.press(primary, `go:receipt:${second}`);
    expect(shown).toContain(`📌 Biên nhận ${second}: Báo cáo năm – Phường Phủ Lý`);
    expect(shown).toContain('bản 2/2, đúng hạn');
    expect(shown).toContain(`Mã kiểm SHA-256 của bản này: ${made?.sha256 ?? ''}`);
    expect(shown).toContain(`– Bản 1: ${first}`);
    expect(await world.type(primary, `${first}`)).toContain(`📌 Biên nhận ${first}`);
    expect(await world.type(primary, `biên nhận ${second.toLowerCase()}`)).toContain(`📌 Biên nhận ${second}`);
    expect(await world.type(primary, 'gửi lại tệp')).toContain('so-lieu.pdf');
    expect(await world.type(primary, 'xem biên nhận')).toContain(`1. ${second}: Báo cáo năm`);
    expect(await world.press(officer, `go:receipt:${first}`)).toContain(`– Bản 2: ${second}`);
  });

  it('shows nothing to people of other units, and nothing for a code that is not one', async () => {
    const id = await owed();
    await world.press(primary, `go:submit:${id}`);
    const code = codeIn(await world.type(primary, 'bản một', 'gửi'));
    const stranger = await world.seat(await world.unit('Phường Lạ'), 'primary', 'Người lạ');
    for (const arg of [code, 'BC-XXXXX', "' or 1=1 --"])
      expect(await world.press(stranger, `go:receipt:${arg}`)).toContain('Không có báo cáo với mã này');
    expect(await world.type(stranger, 'xem biên nhận')).toContain('Chưa có báo cáo nào đã nộp');
  });
});
