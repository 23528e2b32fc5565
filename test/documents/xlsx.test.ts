import { readSheet } from 'read-excel-file/node';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/documents/table.js';
import { writeXlsx } from '../../src/documents/xlsx.js';
import { sourceOf } from '../../src/documents/file-source.js';
import { readZipTable } from '../../src/documents/zip-listing.js';
import { bytesOf, LETTERS, paper, rowsOf } from './papers.js';

const print = (count: number, make: (n: number) => Row) =>
  bytesOf((out) => writeXlsx(paper(), rowsOf(count, make), out));
const table = async (bytes: Buffer) => readSheet(bytes, 'Danh sách');

describe('a paper as a workbook', () => {
  it('has a sheet of facts and a sheet of rows, every cell of its type', async () => {
    const bytes = await print(250, (n) => [n, `Người nhận số ${String(n)}`, '2026-11-22T17:05:00.000Z', null]);
    const rows = await table(bytes);
    expect(rows).toHaveLength(251);
    expect(rows[0]).toEqual(['STT', 'Người nhận', 'Gửi lúc', 'Ghi chú']);
    // Excel knows no zones: 00:05 of the 23rd is what stands there.
    const [n, name, at, note] = rows[250] ?? [];
    expect([n, name, note]).toEqual([250, 'Người nhận số 250', null]);
    // Days with a fraction: a millisecond is lost on the way.
    expect(Math.abs(Number(at) - Date.parse('2026-11-23T00:05:00.000Z'))).toBeLessThan(5);
    const facts = await readSheet(bytes, 'Biên bản');
    expect(facts[0]?.[0]).toBe('DỮ LIỆU MẪU');
    expect(facts).toContainEqual(['Chữ', LETTERS]);
    expect(facts).toContainEqual(['Nội dung', 'Kính gửi các đơn vị,\nđề nghị nộp trước 28/11/2026.']);
    expect(facts).toContainEqual(['Mã băm', 'a'.repeat(64)]);
    expect((await readZipTable(sourceOf(bytes)))?.map((entry) => entry.name)).toContain('xl/workbook.xml');
  });

  it.each(['=1+1', '+84912345678', '-2', '@SUM(A1)', ' =1', '\t=1'])(
    'takes no formula out of the text %j',
    async (text) => {
      const rows = await table(await print(1, () => [1, text, null, null]));
      expect(String(rows[1]?.[1])).toMatch(/^'/);
    },
  );

  it('leaves out what a workbook cannot hold, and cuts what is too long for a cell', async () => {
    const rows = await table(await print(1, () => [1, 'Mẫu\u0001\uD800 <&>"', null, 'x'.repeat(40_000)]));
    expect(rows[1]?.[1]).toBe('Mẫu <&>"');
    expect(String(rows[1]?.[3])).toHaveLength(32_000);
  });
});
