import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createReviewWatch, findReviewInstants } from '../../src/reporting/index.js';
import { noon, World, type Person } from './world.js';

const OPENED = noon('2026-11-02');
const DUE = '2026-11-18';
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const fields = [
  { name: 'ho', label: 'Số hộ', type: 'number' as const, min: 0 },
  { name: 'y', label: 'Kiến nghị', type: 'text' as const },
];

let world: World;
let unitId: string;
let primary: Person;
let officer: Person;
beforeAll(async () => {
  world = await World.create();
  unitId = await world.unit('Phường Phủ Lý');
  primary = await world.seat(unitId, 'primary', 'Nguyễn Thị Mẫu');
  officer = await world.person('Lê Thị Chuyên Viên', ['officer']);
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.store.db.$executeRawUnsafe(
    `truncate told, reminder_step, submission_file, submission, obligation, duty, task cascade`,
  );
  await world.store.db.$executeRawUnsafe(`update conversation set session = null, drafts = '{}'`);
  await world.store.db.setting.deleteMany({ where: { key: 'review.days' } });
  world.tasks.length = 0;
  await world.at('2026-11-16T02:14:05Z'); // Monday 09:14 in Việt Nam
});

async function owed(wish: { structured?: boolean; name?: string } = {}) {
  const { dutyId, of } = await world.duty(
    {
      name: wish.name ?? 'Báo cáo năm',
      fields: wish.structured === true ? fields : [],
      dueOn: DUE,
      unitIds: [unitId],
    },
    OPENED,
  );
  if (wish.structured === true)
    await world.store.db.duty.update({ where: { id: dutyId }, data: { files: ['pdf', 'word'] } });
  return of(unitId);
}
const versions = async (id: string) => (await world.obligation(id)).submissions;

async function handInAll(id: string): Promise<{ id: string; code: string }> {
  await world.press(primary, `go:submit:${id}`);
  await world.type(primary, '12', 'Không có');
  await world.file(primary, 'a.pdf');
  await world.file(primary, 'a.docx', DOCX);
  await world.type(primary, 'gửi');
  const made = (await versions(id)).at(-1);
  return { id: made?.id ?? '', code: made?.code ?? '' };
}

async function handInText(id: string): Promise<string> {
  await world.press(primary, `go:submit:${id}`);
  await world.type(primary, 'Nội dung', 'gửi');
  return (await versions(id)).at(-1)?.code ?? '';
}

describe('what is missing', () => {
  it('is chosen by numbers and words, reaches the unit as a list, and only that is asked again', async () => {
    const id = await owed({ structured: true });
    const first = await handInAll(id);
    await world.press(officer, `go:review-report:${first.id}`);
    await world.type(officer, 'trả lại');
    const ask = await world.type(officer, 'Số liệu chưa khớp');
    expect(ask).toContain('1. chỉ tiêu “Số hộ”\n2. chỉ tiêu “Kiến nghị”\n3. tệp PDF\n4. tệp Word');
    expect(await world.type(officer, '7')).toContain('Mời gõ số từ 1 đến 4');
    await world.type(officer, '1, 3, biên bản có chữ ký');
    const confirm = await world.type(officer, '26/11');
    const list = '– Thiếu hoặc cần sửa: Số hộ\n– Thiếu hoặc cần thay: tệp PDF\n– biên bản có chữ ký';
    expect(confirm).toContain(list);
    await world.type(officer, 'gửi');

    const [message] = await world.messages();
    expect(message?.text).toContain(`Lời của chuyên viên: “Số liệu chưa khớp”.\n${list}\nHạn: thứ Năm, 26/11/2026.`);
    expect(message?.buttons[0]).toMatchObject({ label: 'Bổ sung ngay', action: `go:complete:${id}` });

    const begun = await world.press(primary, message?.buttons[0]?.action ?? '');
    expect(begun).toContain(list);
    expect(begun).toContain('1/2. Số hộ');
    expect(await world.type(primary, '15')).toContain('Còn thiếu tệp: PDF.');
    const shown = (await world.file(primary, 'b.pdf')).text;
    for (const line of ['– Số hộ: 15', '– Kiến nghị: Không có', 'a.docx', 'b.pdf']) expect(shown).toContain(line);
    expect(shown).not.toContain('a.pdf');
    expect(await world.type(primary, 'gửi')).toContain('bản thứ 2');
    const [before, after] = await versions(id);
    expect(before).toMatchObject({ state: 'returned', data: { values: { ho: 12 } } });
    expect(before?.files).toHaveLength(2);
    expect(after).toMatchObject({ data: { values: { ho: 15, y: 'Không có' } } });
    expect(after?.files[0]).toEqual(expect.objectContaining({ fileId: before?.files[1]?.fileId }));
  });

  it('need not be listed; everything that was handed in then stands to be looked at again', async () => {
    const id = await owed({ structured: true });
    const first = await handInAll(id);
    await world.press(officer, `go:review-report:${first.id}`);
    await world.type(officer, 'trả lại', 'Xem lại giúp', 'không kê mục', '26/11', 'gửi');
    expect((await versions(id))[0]?.missing).toBeNull();
    expect(await world.type(primary, 'bổ sung báo cáo')).toContain('– Số hộ: 12');
  });

  it('is not asked of a duty without form and files, which is said anew as a whole', async () => {
    const id = await owed();
    const code = await handInText(id);
    await world.press(officer, `go:review-report:${code}`);
    expect(await world.type(officer, 'trả lại', 'Ghi rõ số hộ')).toContain('Hạn bổ sung là ngày nào?');
    await world.type(officer, '26/11', 'gửi');
    expect(await world.press(primary, `go:complete:${id}`)).toContain('Bản ' + code + ' được trả lại');
  });

  it('is not completed by people of other units', async () => {
    const id = await owed({ structured: true });
    const stranger = await world.seat(await world.unit('Phường Lạ'), 'primary', 'Người lạ');
    expect(await world.press(stranger, `go:complete:${id}`)).toContain('không giữ đầu mối của đơn vị đó');
    for (const arg of ['x', '00000000-0000-7000-8000-000000000000'])
      expect(await world.press(primary, `go:complete:${arg}`)).toContain('không còn trong danh sách');
  });
});

describe('the new term', () => {
  it('is never earlier than the day that the unit already has, not even by an older question', async () => {
    await world.at('2026-11-10T02:00:00Z');
    const id = await owed();
    const code = await handInText(id);
    await world.press(officer, `go:review-report:${code}`);
    await world.type(officer, 'trả lại');
    const { text, buttons } = await world.send(officer, { kind: 'text', text: 'Ghi rõ số hộ' });
    expect(text).toContain('Hạn bổ sung là ngày nào?');
    expect(buttons.map((button) => button.label)).toEqual(['18/11/2026']);
    const early = await world.type(officer, '12/11');
    expect(early).toContain('Hạn bổ sung không được sớm hơn hạn đang có của đơn vị (thứ Tư, 18/11/2026).');
    expect(early).toContain('Hạn bổ sung là ngày nào?');
    expect(await world.type(officer, '19/11')).toContain('thứ Năm, 19/11/2026');
    // More time was given meanwhile: the day is asked again, and nothing of the rest is lost.
    await world.store.db.obligation.update({
      where: { id },
      data: { dueOn: new Date('2026-11-25'), dueAt: new Date('2026-11-25T16:59:59Z') },
    });
    expect(await world.type(officer, 'gửi')).toContain('sớm hơn hạn đang có của đơn vị (thứ Tư, 25/11/2026)');
    await world.type(officer, '25/11/2026', 'gửi');
    expect(await world.obligation(id)).toMatchObject({ due: '2026-11-25', state: 'returned' });
    expect(await versions(id)).toMatchObject([{ state: 'returned', reason: 'Ghi rõ số hộ' }]);
  });
});

describe('several files', () => {
  it('are sent to the officer one by one when asked for', async () => {
    const id = await owed({ structured: true });
    const first = await handInAll(id);
    const { text, buttons } = await world.send(officer, { kind: 'action', action: `go:review-report:${first.id}` });
    expect(text).toContain('– Tệp: a.docx');
    expect(buttons.map((button) => button.label)).toEqual(['Chấp nhận', 'Trả lại', 'Xem 2 tệp', 'Các bản đã nộp']);
    expect(await world.type(officer, 'xem 2 tệp')).toMatch(/^a\.pdf\na\.docx\n[^]*Chấp nhận hay trả lại/);
  });
});

describe("the office's own term", () => {
  /** The tasks as the tick finds them are rows; the rest of this small province remembers them in memory. */
  async function keepTasks(): Promise<void> {
    for (const task of world.tasks.filter((one) => one.kind === 'review'))
      await world.store.db.$executeRaw`
        insert into task (id, code, kind, ref_id, title, opened_at, done_at)
        values (gen_random_uuid(), gen_random_uuid()::text, 'review', ${task.refId}, ${task.title}, now(), ${task.done === undefined ? null : new Date()})
        on conflict do nothing`;
  }
  const watch = (at: string) =>
    createReviewWatch({ ...world.deps, store: world.store, outbox: world.told })(new Date(at));

  it('is set by an administrator only, and by nobody else', async () => {
    expect(await world.type(officer, 'thời hạn duyệt báo cáo')).toContain('Cơ quan chưa đặt thời hạn duyệt báo cáo.');
    expect(await world.type(primary, 'thời hạn duyệt báo cáo')).not.toContain('Thời hạn mới');
    const admin = await world.person('Quản trị', ['admin']);
    expect(await world.type(admin, 'thoi han duyet bao cao')).toContain('bao nhiêu ngày làm việc');
    for (const bad of ['0', '61', 'mười', '-3', 'x'.repeat(3_000)])
      expect(await world.type(admin, bad)).toContain('Mời gõ một số từ 1 đến 60');
    expect(await world.type(admin, '3')).toContain('Thời hạn duyệt báo cáo: 3 ngày làm việc');
    expect(await world.type(officer, 'thời hạn duyệt báo cáo')).toContain('3 ngày làm việc');
    await world.type(admin, 'thời hạn duyệt báo cáo', 'không đặt thời hạn');
    expect(await world.type(officer, 'thời hạn duyệt báo cáo')).toContain('Cơ quan chưa đặt');
    const entries = await world.store.db.auditEntry.findMany({ where: { action: 'reporting.review-days' } });
    expect(entries.map((entry) => entry.data)).toEqual([
      { before: null, days: 3 },
      { before: 3, days: null },
    ]);
  });

  it('stands in the list of what waits, the oldest first, in working days', async () => {
    const codes = [await handInText(await owed({ name: 'Báo cáo A' }))];
    await world.at('2026-11-18T02:00:00Z');
    codes.push(await handInText(await owed({ name: 'Báo cáo B' })));
    expect(await world.type(officer, 'duyệt báo cáo')).not.toContain('ngày làm việc');
    await world.store.db.setting.create({ data: { key: 'review.days', value: 2 } });
    await world.at('2026-11-19T02:00:00Z');
    const list = await world.type(officer, 'duyệt báo cáo');
    expect(list).toContain(`1. ${codes[0] ?? ''}: Báo cáo A – Phường Phủ Lý (quá hạn 1 ngày làm việc)`);
    expect(list).toContain(`2. ${codes[1] ?? ''}: Báo cáo B – Phường Phủ Lý (còn 1 ngày làm việc)`);
    expect(await world.type(officer, '2')).toContain('Thời hạn duyệt: thứ Sáu, 20/11/2026');
  });

  it('tells the officers once, on a working morning, of what is out of it, and opens a task each', async () => {
    const codes = [
      await handInText(await owed({ name: 'Báo cáo A' })),
      await handInText(await owed({ name: 'Báo cáo B' })),
    ];
    await keepTasks();
    expect(await watch('2026-12-30T02:00:00Z')).toBe(0); // no term, no message
    await world.store.db.setting.create({ data: { key: 'review.days', value: 3 } });
    // Received on Monday the 16th: Thursday the 19th is the last day.
    for (const early of ['2026-11-19T09:00:00Z', '2026-11-20T00:59:59Z', '2026-11-21T09:00:00Z'])
      expect(await watch(early)).toBe(0);
    const said = await Promise.all([watch('2026-11-20T01:00:00Z'), watch('2026-11-20T01:00:00Z')]);
    expect(said.reduce((a, b) => a + b)).toBe(2);
    expect(await watch('2026-11-20T01:00:15Z')).toBe(0);
    expect(await watch('2026-11-23T01:00:00Z')).toBe(0);
    const told = await world.messages();
    expect(told).toMatchObject([{ person: officer.key, source: 'review-late:2026-11-20' }]);
    expect(told[0]?.text).toContain('⚠️ 2 báo cáo đã quá thời hạn duyệt của cơ quan:');
    for (const code of codes) expect(told[0]?.text).toContain(code);
    expect(world.tasks.filter((task) => task.kind === 'review-late')).toHaveLength(2);

    await world.at('2026-11-23T02:00:00Z');
    await world.press(officer, `go:review-report:${codes[0] ?? ''}`);
    await world.type(officer, 'chấp nhận');
    const open = world.tasks.filter((task) => task.done === undefined).map((task) => task.kind);
    expect(open.sort()).toEqual(['review', 'review-late']);
  });

  it('is watched at the cost of what waits, not of what there is', async () => {
    await world.store.db.$executeRaw`
      insert into task (id, code, kind, ref_id, title, opened_at, done_at)
      select gen_random_uuid(), gen_random_uuid()::text, 'review', gen_random_uuid()::text, '', now(), now() from generate_series(1, 20000)`;
    await world.store.db.$executeRawUnsafe('analyze task');
    const plan = await world.store.db.$queryRaw<{ 'QUERY PLAN': string }[]>`
      explain select s.id from task k join submission s on s.id = k.ref_id::uuid and s.state = 'received'
      where k.kind = 'review' and k.done_at is null and s.submitted_at < now() and s.review_late_at is null`;
    const text = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toMatch(/Index Scan using task_open_\w+ on task/);
    expect(text).not.toContain('Seq Scan on task');
  });

  it('gives the walking clock its mornings only while something waits', async () => {
    const span = [new Date('2026-11-16T00:00:00Z'), new Date('2026-11-18T02:00:00Z')] as const;
    await world.store.db.setting.create({ data: { key: 'review.days', value: 3 } });
    expect(await findReviewInstants(world.store.db, ...span)).toEqual([]);
    await handInText(await owed());
    await keepTasks();
    expect((await findReviewInstants(world.store.db, ...span)).map((at) => at.toISOString())).toEqual([
      '2026-11-16T01:00:00.000Z',
      '2026-11-17T01:00:00.000Z',
      '2026-11-18T01:00:00.000Z',
    ]);
  });
});
