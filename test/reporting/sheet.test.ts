import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inspectFile, readForm, sourceOf, writeForm } from '../../src/documents/index.js';
import type { Field } from '../../src/duties/index.js';
import { FILE_TYPES } from '../../src/kernel/file-types.js';
import { newId } from '../../src/kernel/ids.js';
import { createSheetWork } from '../../src/reporting/index.js';
import { createSheetMarks } from '../../src/reporting/sheets/sheet-mark.js';
import { formOf } from '../../src/reporting/sheets/sheet-form.js';
import { findObligation } from '../../src/reporting/store-obligations.js';
import { createFileStore } from '../../src/store/index.js';
import { zip } from '../documents/samples.js';
import { noon, World, type Person } from './world.js';

const OPENED = noon('2026-11-02');
const DUE = '2026-11-18';
const SECRET = 'bí mật của bài thử';
const FIELDS: Field[] = [
  { name: 'ho', label: 'Số hộ tham gia', type: 'number', min: 0, max: 5000 },
  { name: 'ty_le', label: 'Tỷ lệ', type: 'number' },
  { name: 'y_kien', label: 'Khó khăn, kiến nghị', type: 'text' },
];

let world: World;
let unitId: string;
let primary: Person;
let deputy: Person;
const work = () =>
  world.work(
    createSheetWork({
      store: world.store,
      files: createFileStore(world.store),
      outbox: world.told,
      bells: { deliver: () => undefined },
      businessNow: () => Promise.resolve(new Date('2026-11-16T02:14:05Z')),
      secret: SECRET,
      demo: true,
    }),
  );
const bytesOf = async (fileId: string) => (await createFileStore(world.store).read(fileId))?.bytes ?? Buffer.alloc(0);

beforeAll(async () => {
  world = await World.create();
  unitId = await world.unit('Phường Phủ Lý');
  primary = await world.seat(unitId, 'primary', 'Nguyễn Thị Mẫu');
  deputy = await world.seat(unitId, 'deputy', 'Trần Văn Mẫu');
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.store.db.$executeRawUnsafe(`truncate told, work, reminder_step, submission, obligation, duty cascade`);
  await world.store.db.$executeRawUnsafe(`update conversation set session = null, drafts = '{}'`);
  world.tasks.length = 0;
  await world.at('2026-11-16T02:14:05Z');
});

const owed = async (more: object = {}) => {
  const duty = await world.duty(
    { name: 'Báo cáo sơ kết 6 tháng', dueOn: DUE, unitIds: [unitId], fields: FIELDS, ...more },
    OPENED,
  );
  return duty.of(unitId);
};

/** The form as it would come back with these values. */
async function filled(id: string, values: Record<string, string | number>, { secret = SECRET, version = 0 } = {}) {
  const obligation = await world.store.transaction((tx) => findObligation(tx, id));
  if (!obligation) throw new Error('no such obligation');
  const mark = createSheetMarks(secret).sign({ obligationId: id, version });
  return writeForm(formOf(obligation, { values, mark, demo: true }));
}

/** Sends a workbook as the door for files would let it in; what is said at once, and after it was read. */
async function sendBook(person: Person, bytes: Buffer, name = 'bao-cao.xlsx') {
  const found = await inspectFile(bytes, name);
  if (!found.ok) return { now: (await world.send(person, { kind: 'file', caption: '', ...found })).text, read: [] };
  const saved = await createFileStore(world.store).save(bytes, { name, type: found.type });
  const form = found.form ? ({ form: true } as const) : {};
  const file = { fileId: saved.id, name, type: found.type, size: saved.size, ...form };
  const now = (await world.send(person, { kind: 'file', caption: '', file })).text;
  return { now, fileId: saved.id, read: await work() };
}

const GOOD = { ho: 1250, ty_le: 12.5, y_kien: 'Không có' };

describe('biểu mẫu Excel', () => {
  it('comes into the chat with the unit, the day and what was handed in before', async () => {
    const id = await owed();
    await world.press(primary, `go:submit:${id}`);
    await world.type(primary, '1.000', '10', '=1+1', 'gửi');
    expect(await world.type(primary, 'bieu mau excel')).toContain('Đang lập biểu mẫu Excel của Báo cáo sơ kết 6 tháng');
    await work();
    const [made] = (await world.messages()).slice(-1) as unknown as { text: string; fileId: string; person: string }[];
    expect(made).toMatchObject({ person: primary.key });
    expect(made?.text).toContain('Biểu mẫu Excel của Báo cáo sơ kết 6 tháng – Phường Phủ Lý');
    const file = await world.store.db.file.findUniqueOrThrow({ where: { id: made?.fileId ?? '' } });
    expect(file).toMatchObject({ name: 'bao-cao-so-ket-6-thang-phuong-phu-ly.xlsx', type: FILE_TYPES.xlsx });
    const form = await readForm(sourceOf(await bytesOf(file.id)));
    expect(createSheetMarks(SECRET).read(form?.mark ?? '')).toEqual({ obligationId: id, version: 1 });
    expect([...(form?.cells ?? [])].map(([key, { content }]) => [key, content])).toEqual([
      ['ho', { kind: 'number', value: 1000 }],
      ['ty_le', { kind: 'number', value: 10 }],
      ['y_kien', { kind: 'text', text: '=1+1' }],
    ]);
  });

  it('is offered where the form is asked field by field, and is made once however often the work runs', async () => {
    const id = await owed();
    const { buttons } = await world.send(primary, { kind: 'action', action: `go:submit:${id}` });
    expect(buttons.map((button) => button.action)).toContain(`go:sheet:${id}`);
    await world.press(primary, `go:sheet:${id}`);
    await work();
    await world.store.db.work.updateMany({ data: { state: 'open', doneAt: null } });
    await work();
    expect(await world.messages()).toHaveLength(1);
  });

  it('asks which one, and says so where there is none or it is not theirs', async () => {
    expect(await world.type(primary, 'biểu mẫu excel')).toContain('không có báo cáo nào dùng biểu mẫu');
    await owed({ name: 'Báo cáo A' });
    await owed({ name: 'Báo cáo B', dueOn: '2026-11-19' });
    const plain = await owed({ name: 'Báo cáo C', fields: [] });
    const text = await world.type(primary, 'biểu mẫu excel');
    expect(text).toContain('Lấy biểu mẫu của báo cáo nào?');
    expect(text).not.toContain('Báo cáo C');
    expect(await world.type(primary, '2')).toContain('Đang lập biểu mẫu Excel của Báo cáo B');
    expect(await world.press(primary, `go:sheet:${plain}`)).toContain('không có biểu mẫu số liệu');
    const stranger = await world.seat(await world.unit('Phường Khác'), 'primary', 'Người khác');
    expect(await world.press(stranger, `go:sheet:${plain}`)).toContain('Phường Phủ Lý');
    expect(await world.type(await world.person('Người dân'), 'biểu mẫu excel')).toContain('chưa gắn với đầu mối');
  });
});

describe('a form that comes back', () => {
  it('is shown, and handed in with the file once it is confirmed', async () => {
    const id = await owed();
    const { now, read, fileId } = await sendBook(primary, await filled(id, GOOD));
    expect(now).toContain('Đã nhận biểu mẫu, đang đọc');
    expect(read[0]?.text).toContain('Sẽ nộp Báo cáo sơ kết 6 tháng của Phường Phủ Lý');
    expect(read[0]?.text).toContain('– Số hộ tham gia: 1.250');
    expect((await world.obligation(id)).submissions).toEqual([]);
    expect(await world.type(primary, 'gửi')).toMatch(/mã BC-\w{5}, 1 tệp/);
    const { submissions } = await world.obligation(id);
    expect(submissions).toMatchObject([{ kind: 'form', data: { values: GOOD }, version: 1 }]);
    const files = await world.store.db.submissionFile.findMany({ where: { submissionId: submissions[0]?.id ?? '' } });
    expect(files.map((file) => file.fileId)).toEqual([fileId]);
  });

  it('is known whatever is being asked, and what was being filled in is kept', async () => {
    const id = await owed();
    const other = await owed({ name: 'Báo cáo B', fields: [] });
    await world.press(primary, `go:promise:${other}`);
    const { read } = await sendBook(primary, await filled(id, GOOD));
    expect(read[0]?.text).toContain('Sẽ nộp Báo cáo sơ kết 6 tháng');
    await world.press(deputy, `go:submit:${other}`);
    await sendBook(deputy, await filled(id, GOOD));
    expect(await world.type(deputy, 'gửi')).toContain('Đã nhận Báo cáo sơ kết 6 tháng');
  });

  it('waits for the answer when the person went elsewhere meanwhile', async () => {
    const id = await owed();
    const bytes = await filled(id, GOOD);
    const saved = await createFileStore(world.store).save(bytes, { name: 'a.xlsx', type: FILE_TYPES.xlsx });
    const file = { fileId: saved.id, name: 'a.xlsx', type: FILE_TYPES.xlsx, size: saved.size, form: true } as const;
    await world.send(primary, { kind: 'file', caption: '', file });
    expect(await world.type(primary, 'xong chưa')).toContain('Đang đọc biểu mẫu');
    await work();
    expect(await world.type(primary, 'gửi')).toContain('Đã nhận Báo cáo');
  });

  it('takes numbers as they are written here, days where words are wanted, and counts no formula', async () => {
    const id = await owed();
    const { read } = await sendBook(
      primary,
      await filled(id, { ho: '1.250', ty_le: '1.250,5', y_kien: '=HYPERLINK("x")' }),
    );
    expect(read[0]?.text).toContain('– Tỷ lệ: 1.250,5');
    await world.type(primary, 'gửi');
    expect((await world.obligation(id)).submissions).toMatchObject([
      { data: { values: { ho: 1250, ty_le: 1250.5, y_kien: '=HYPERLINK("x")' } } },
    ]);
  });

  it('goes back with the errors in their rows and everything that was filled in', async () => {
    const id = await owed();
    const { read } = await sendBook(primary, await filled(id, { ho: 6000, y_kien: 'Thiếu kinh phí' }));
    const [answer] = read;
    expect(answer?.text.split('\n')).toEqual([
      '⚠️ Biểu mẫu Báo cáo sơ kết 6 tháng còn 2 ô chưa đúng, chưa nộp:',
      '– Dòng 10, Số hộ tham gia: cần số từ 0 đến 5.000.',
      '– Dòng 11, Tỷ lệ: chưa điền; cần số, nhiều nhất 15 chữ số.',
      'Tệp kèm theo giữ nguyên số liệu đã điền, có cột Lỗi. Mời sửa rồi gửi lại.',
    ]);
    const back = await bytesOf(answer?.fileIds[0] ?? '');
    const form = await readForm(sourceOf(back));
    expect([...(form?.cells ?? [])].map(([, { content }]) => content)).toEqual([
      { kind: 'number', value: 6000 },
      { kind: 'empty' },
      { kind: 'text', text: 'Thiếu kinh phí' },
    ]);
    expect((await world.obligation(id)).submissions).toEqual([]);
    // What comes back corrected is taken, though it is the sheet with the errors.
    expect((await sendBook(primary, await filled(id, GOOD))).read[0]?.text).toContain('Sẽ nộp Báo cáo sơ kết');
  });

  it('takes no number that nobody could read back, also where the duty sets no range', async () => {
    const id = await owed();
    for (const ty_le of [1e300, -1e300, 1e15, '9'.repeat(30)]) {
      const { read } = await sendBook(primary, await filled(id, { ...GOOD, ty_le }));
      expect(read[0]?.text).toContain('– Dòng 11, Tỷ lệ: cần số, nhiều nhất 15 chữ số.');
    }
    const { read } = await sendBook(primary, await filled(id, { ...GOOD, ty_le: 999_999_999_999_999 }));
    expect(read[0]?.text).toContain('– Tỷ lệ: 999.999.999.999.999');
  });

  it('asks for the other files that the duty wants', async () => {
    const id = await owed();
    await world.store.db.duty.updateMany({ data: { files: ['excel', 'pdf'] } });
    const { read } = await sendBook(primary, await filled(id, GOOD));
    expect(read[0]?.text).toContain('Còn thiếu tệp: PDF');
    expect((await world.file(primary)).text).toContain('Sẽ nộp Báo cáo sơ kết');
    expect(await world.type(primary, 'gửi')).toContain('2 tệp');
    expect((await world.obligation(id)).submissions).toMatchObject([{ kind: 'form' }]);
  });

  it('says when something was handed in after it was made; sending replaces that', async () => {
    const id = await owed();
    await world.press(deputy, `go:submit:${id}`);
    const code = /BC-\w{5}/.exec(await world.type(deputy, '1', '2', 'ba', 'gửi'))?.[0] ?? '';
    const { read } = await sendBook(primary, await filled(id, GOOD));
    expect(read[0]?.text).toContain(`⚠️ Biểu mẫu được lập trước bản ${code}`);
    expect(await world.type(primary, 'gửi')).toContain('Đây là bản thứ 2');
  });

  it('is not believed without our mark: the file is kept as any other', async () => {
    const id = await owed();
    const forged = await sendBook(primary, await filled(id, GOOD, { secret: 'đoán' }));
    expect(forged.read[0]?.text).toContain('dấu kiểm tra đã bị sửa');
    expect(forged.read[0]?.text).toContain('Anh/chị nộp báo cáo nào?');
    expect(await world.type(primary, '1')).toContain('1/3. Số hộ tham gia');
    expect((await world.obligation(id)).submissions).toEqual([]);
  });

  it('is not taken from another unit, or for a duty that is gone or done with', async () => {
    const id = await owed();
    const stranger = await world.seat(await world.unit('Phường Ba'), 'primary', 'Người phường Ba');
    expect((await sendBook(stranger, await filled(id, GOOD))).read[0]?.text).toContain(
      'Biểu mẫu này của Phường Phủ Lý, không phải đơn vị của anh/chị',
    );
    const bytes = await filled(id, { ho: 'sai' });
    await world.store.db.obligation.update({ where: { id }, data: { state: 'waived' } });
    expect((await sendBook(primary, bytes)).read[0]?.text).toContain('đã được miễn việc này');
    await world.store.db.$executeRawUnsafe('truncate obligation cascade');
    expect((await sendBook(primary, bytes)).read[0]?.text).not.toBe('');
  });

  it('says so when it cannot be read, has macros, or comes from nobody’s seat', async () => {
    const id = await owed();
    const broken = zip({
      '[Content_Types].xml': '<Types/>',
      'xl/workbook.xml': '<workbook><sheets><sheet name="_neu_guong" id="rId1"/></sheets></workbook>',
    });
    expect((await sendBook(primary, broken)).read[0]?.text).toContain('Không đọc được biểu mẫu trong tệp này');
    await world.type(primary, 'hủy');
    const macros = zip({
      '[Content_Types].xml': '<Types/>',
      'xl/workbook.xml': '<workbook/>',
      'xl/vbaProject.bin': 'x',
    });
    expect((await sendBook(primary, macros)).now).toContain('macro');
    const visitor = await world.person('Người dân');
    expect((await sendBook(visitor, await filled(id, GOOD))).now).toContain('chưa dùng vào việc nào');
  });
});

describe('the mark', () => {
  it('is read only as it was signed', () => {
    const marks = createSheetMarks(SECRET);
    const mark = { obligationId: newId(), version: 3 };
    const signed = marks.sign(mark);
    expect(marks.read(signed)).toEqual(mark);
    expect(createSheetMarks('khác').read(signed)).toBeNull();
    expect(marks.read(signed.replace('.3.', '.4.'))).toBeNull();
    expect(marks.read(signed.replace(mark.obligationId, newId()))).toBeNull();
    expect(marks.read('')).toBeNull();
  });
});
