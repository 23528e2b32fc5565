import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { readSheet } from 'read-excel-file/node';
import { describe, expect, it } from 'vitest';
import { isForm, readForm } from '../../src/documents/form-read.js';
import type { FormRow, FormSheet } from '../../src/documents/form-sheet.js';
import { writeForm } from '../../src/documents/form-write.js';
import { sourceOf } from '../../src/documents/file-source.js';
import { inspectFile } from '../../src/documents/index.js';
import { readZipEntry, readZipTable } from '../../src/documents/zip-listing.js';
import { workbook, xlsx, zip } from './samples.js';

const row = (more: Partial<FormRow> = {}): FormRow => ({
  ...{ key: 'ho', label: 'Số hộ tham gia', rule: 'số từ 0 đến 5.000', value: null },
  ...{ input: { kind: 'number', min: 0, max: 5000 }, ...more },
});
const textRow = (value: string | null, more: Partial<FormRow> = {}): FormRow =>
  row({ key: 'y_kien', label: 'Kiến nghị', rule: 'chữ', value, input: { kind: 'text', maxLength: 10_000 }, ...more });

const form = (rows: readonly FormRow[]): FormSheet => ({
  ...{ mark: 'NG1.mark', name: 'Biểu mẫu', stamp: 'DỮ LIỆU MẪU', title: 'Báo cáo sơ kết', rows },
  facts: [{ label: 'Đơn vị', value: 'Phường Phủ Lý' }],
  notes: ['Mời điền các ô màu vàng nhạt.'],
  head: { number: 'STT', label: 'Chỉ tiêu', rule: 'Cách điền', value: 'Giá trị', error: 'Lỗi' },
});

async function part(bytes: Buffer, name: string): Promise<string> {
  const entry = (await readZipTable(sourceOf(bytes)))?.find((one) => one.name === name);
  return String(entry && (await readZipEntry(sourceOf(bytes), entry, 1_000_000)));
}
const cells = async (bytes: Buffer) =>
  Object.fromEntries([...((await readForm(sourceOf(bytes)))?.cells ?? [])].map(([key, cell]) => [key, cell.content]));

describe('a form as a workbook', () => {
  it('shows the fields with what may stand in them, and the values that are known', async () => {
    const rows = await readSheet(await writeForm(form([row({ value: 1250 }), textRow('Không có')])), 'Biểu mẫu');
    expect(rows.map((cellsOf) => cellsOf.slice(1))).toEqual([
      ['DỮ LIỆU MẪU', null, null, null],
      ['Báo cáo sơ kết', null, null, null],
      ['Đơn vị: Phường Phủ Lý', null, null, null],
      ['Mời điền các ô màu vàng nhạt.', null, null, null],
      [null, null, null, null],
      ['STT', 'Chỉ tiêu', 'Cách điền', 'Giá trị'],
      [1, 'Số hộ tham gia', 'số từ 0 đến 5.000', 1250],
      [2, 'Kiến nghị', 'chữ', 'Không có'],
    ]);
  });

  it('locks all but the cells to fill in, which know their range, and hides keys and mark', async () => {
    const bytes = await writeForm(form([row(), textRow('=1')]));
    const sheet = await part(bytes, 'xl/worksheets/sheet1.xml');
    expect(sheet).toContain('<sheetProtection sheet="1"');
    expect(sheet).toContain('<col hidden="1" min="1"');
    expect(sheet).toMatch(
      /<dataValidation type="decimal" operator="between" [^>]*sqref="E7"><formula1>0<\/formula1><formula2>5000</,
    );
    expect(sheet).toMatch(/<dataValidation type="textLength" [^>]*sqref="E8"><formula1>10000</);
    const styleOf = (cell: string) => Number(new RegExp(`r="${cell}" s="(\\d+)"`).exec(sheet)?.[1]);
    const styles = (await part(bytes, 'xl/styles.xml')).match(/<xf .*?<\/xf>/gs) ?? [];
    const isOpen = (cell: string) => styles[styleOf(cell)]?.includes('<protection locked="0"/>');
    expect(['C7', 'D7', 'E7', 'E8'].map(isOpen)).toEqual([false, false, true, true]);
    expect(await part(bytes, 'xl/workbook.xml')).toMatch(/<sheet [^>]*name="_neu_guong"[^>]*state="veryHidden"/);
  });

  it('leaves open what nobody filled in yet', async () => {
    const bytes = await writeForm(form([row(), textRow(null)]));
    expect(await cells(bytes)).toEqual({ ho: { kind: 'empty' }, y_kien: { kind: 'empty' } });
    expect(await part(bytes, 'xl/worksheets/sheet1.xml')).toMatch(/<c r="E7" s="\d+"\/><\/row>.*<c r="E8" s="\d+"\/>/);
  });

  it('marks what is wrong in its row, and keeps what was filled in', async () => {
    const bytes = await writeForm(form([row({ value: 'nhiều', error: 'cần số từ 0 đến 5.000' }), textRow('Có')]));
    const rows = await readSheet(bytes, 'Biểu mẫu');
    expect(rows.slice(-3).map((one) => one.slice(4))).toEqual([
      ['Giá trị', 'Lỗi'],
      ['nhiều', 'cần số từ 0 đến 5.000'],
      ['Có', null],
    ]);
  });

  it.each(['=1+1', '+84912345678', '-2', '@SUM(A1)', ' =1', "'=1", "''-1", '=cmd|" /C calc"!A0'])(
    'holds no formula after it was given %j, and reads it back as it was',
    async (text) => {
      const bytes = await writeForm(form([textRow(text)]));
      expect(String((await readSheet(bytes, 'Biểu mẫu')).at(-1)?.[4])).toMatch(/^'/);
      expect(await part(bytes, 'xl/worksheets/sheet1.xml')).not.toMatch(/<f[ >]/);
      expect(await cells(bytes)).toEqual({ y_kien: { kind: 'text', text } });
    },
  );

  it('gives back any text and any number that was put in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom(...'=+-@\'"<>&;#x aệ\n1.,'), minLength: 1, maxLength: 12 }),
        fc.integer({ min: -1e9, max: 1e9 }),
        async (text, n) => {
          fc.pre(text.trim() !== '');
          const bytes = await writeForm(form([row({ value: n / 4 }), textRow(text)]));
          expect(await cells(bytes)).toEqual({
            ho: { kind: 'number', value: n / 4 },
            y_kien: { kind: 'text', text },
          });
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('a form that comes back', () => {
  it('is known among workbooks by its hidden sheet, also by the door for files', async () => {
    const bytes = await writeForm(form([row()]));
    expect(await isForm(sourceOf(bytes))).toBe(true);
    expect(await inspectFile(bytes, 'a.xlsx')).toMatchObject({ ok: true, ext: 'xlsx', form: true });
    expect(await inspectFile(xlsx(), 'a.xlsx')).not.toHaveProperty('form');
    expect(await readForm(sourceOf(bytes))).toMatchObject({ mark: 'NG1.mark' });
  });

  it('is refused with macros in it', async () => {
    const bytes = workbook({ cells: '' }, { 'xl/vbaProject.bin': 'x' });
    expect(await inspectFile(bytes, 'a.xlsx')).toEqual({ ok: false, problem: 'macros' });
  });

  const key = '<c r="A1" t="str"><v>f:ho</v></c>';
  const value = (cell: string, more: { merges?: string; styles?: string; strings?: string } = {}) =>
    cells(workbook({ cells: `<row r="1">${key}${cell}</row>`, ...more }));

  it('gives the values that stand in its cells, and never counts a formula', async () => {
    expect(await value('<c r="E1"><v>12.5</v></c>')).toEqual({ ho: { kind: 'number', value: 12.5 } });
    expect(await value('<c r="E1"><f>1/0</f><v>7</v></c>')).toEqual({ ho: { kind: 'number', value: 7 } });
    expect(await value('<c r="E1"><f>SUM(A1)</f></c>')).toEqual({ ho: { kind: 'empty' } });
    expect(await value('<c r="E1" t="e"><v>#REF!</v></c>')).toEqual({ ho: { kind: 'error', text: '#REF!' } });
    expect(await value('<c r="E1" t="inlineStr"><is><t>1.250,5</t></is></c>')).toEqual({
      ho: { kind: 'text', text: '1.250,5' },
    });
    expect(await value('')).toEqual({ ho: { kind: 'empty' } });
    const strings = '<si><r><t>Tốt </t></r><r><t>&amp; &#7879;</t></r><rPh><t>bỏ</t></rPh></si>';
    expect(await value('<c r="E1" t="s"><v>0</v></c>', { strings })).toEqual({ ho: { kind: 'text', text: 'Tốt & ệ' } });
  });

  it('tells a day from a number by its format', async () => {
    const styles =
      '<numFmts><numFmt numFmtId="170" formatCode="dd/mm/yyyy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs>';
    for (const style of ['1', '2'])
      expect(await value(`<c r="E1" s="${style}"><v>46344</v></c>`, { styles })).toEqual({
        ho: { kind: 'date', text: '18/11/2026' },
      });
    expect(await value('<c r="E1" s="0"><v>46344</v></c>', { styles })).toEqual({
      ho: { kind: 'number', value: 46344 },
    });
  });

  it('is read though rows moved, and does not guess where cells were merged or rows copied', async () => {
    expect(
      await cells(workbook({ cells: `<row r="90"><c r="A90" t="str"><v>f:ho</v></c><c r="E90"><v>3</v></c></row>` })),
    ).toEqual({
      ho: { kind: 'number', value: 3 },
    });
    expect(await value('<c r="E1"><v>3</v></c>', { merges: '<mergeCell ref="E1:E2"/>' })).toEqual({
      ho: { kind: 'merged' },
    });
    const twice = `<row r="1">${key}<c r="E1"><v>3</v></c></row><row r="2">${key.replace('A1', 'A2')}<c r="E2"><v>4</v></c></row>`;
    expect(await cells(workbook({ cells: twice }))).toEqual({ ho: { kind: 'twice' } });
  });

  it('is nothing when it is damaged, declares a document type, or unpacks to more than a form', async () => {
    const good = await writeForm(form([row({ value: 3 })]));
    expect(await readForm(sourceOf(good.subarray(0, good.length - 30)))).toBeNull();
    expect(await readForm(sourceOf(xlsx()))).toBeNull();
    expect(await readForm(sourceOf(workbook({ cells: '<!DOCTYPE a [<!ENTITY b "c">]>' })))).toBeNull();
    const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024, ' '));
    const source = sourceOf(Buffer.concat([zip({ 'a.xml': '' }).subarray(0, 35), bomb]));
    const entry = { name: 'a.xml', method: 8, packed: bomb.length, offset: 0 };
    expect(await readZipEntry(source, entry, 1_000_000)).toBeNull();
  });

  it('has an answer for any damage whatever', async () => {
    const good = await writeForm(form([row({ value: 3 }), textRow('Có')]));
    for (let at = 0; at < good.length; at += 31) {
      const damaged = Buffer.from(good);
      damaged[at] = (damaged[at] ?? 0) ^ 0x5a;
      const read = await readForm(sourceOf(damaged));
      expect(read === null || read.cells instanceof Map).toBe(true);
    }
  });
});
