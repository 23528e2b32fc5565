import { describe, expect, it } from 'vitest';
import { writePdf } from '../../src/documents/pdf.js';
import type { Row } from '../../src/documents/table.js';
import { bytesOf, LETTERS, paper, readPdf, rowsOf } from './papers.js';

const row = (n: number): Row => [n, `Người nhận số ${String(n)}`, '2026-11-22T17:05:00.000Z', null];
const print = (count: number, make = row, over = {}) =>
  bytesOf((out) => writePdf(paper(over), rowsOf(count, make), out));

describe('a paper as PDF', () => {
  it('gives every Vietnamese letter back, from fonts that it carries along', async () => {
    const bytes = await print(1);
    const { pages, title } = await readPdf(bytes);
    const text = pages.join('\n');
    expect(text).toContain(LETTERS);
    expect(title).toBe('BIÊN BẢN THÔNG BÁO – Nộp báo cáo sơ kết');
    for (const part of [
      'DỮ LIỆU MẪU',
      'Nguyễn Thị Ánh Nguyệt',
      'Kính gửi các đơn vị,',
      'Người nhận số 1',
      'chưa phải văn bản hành chính',
    ])
      expect(text).toContain(part);
    const raw = bytes.toString('latin1');
    expect(raw.match(/\/FontFile2 /g)).toHaveLength(2);
    // Nothing is left to a font of the reader's machine.
    expect(raw).not.toContain('Helvetica');
  });

  it('writes moments as the clock shows them in Việt Nam', async () => {
    const text = (await readPdf(await print(1))).pages.join('\n');
    expect(text).toContain('23/11/2026');
    expect(text).toContain('00:05');
  });

  it('repeats the head of the table and counts the pages', async () => {
    const { pages } = await readPdf(await print(120));
    expect(pages.length).toBeGreaterThan(2);
    for (const [at, page] of pages.entries()) {
      expect(page.replace(/\s+/g, ' ')).toContain(`Trang ${String(at + 1)}/ ${String(pages.length)}`);
      if (at < pages.length - 1) expect(page).toContain('Người nhận\n');
    }
    const numbers = pages.join('\n').match(/Người nhận số \d+/g) ?? [];
    expect(numbers).toEqual(Array.from({ length: 120 }, (_, at) => `Người nhận số ${String(at + 1)}`));
  });

  it('wraps long names, breaks words without end, and never lets a cell fill a page', async () => {
    const long = `${'Ủy ban nhân dân phường Châu Sơn '.repeat(4).trim()} ${'x'.repeat(300)}`;
    const { pages } = await readPdf(await print(3, (n) => [n, long, null, 'dài '.repeat(2_000)]));
    const text = pages.join('\n');
    expect(text.replace(/\s+/g, '').split('x'.repeat(300)).length - 1).toBe(3);
    expect(text).toContain('…');
    expect(pages.length).toBeLessThan(4);
  });

  it('draws nothing for what the letters have no shape for', async () => {
    const text = (await readPdf(await print(1, () => [1, 'Mẫu ⏰\u0007\u202E xong', null, null]))).pages.join('\n');
    expect(text).toContain('Mẫu xong');
  });

  it('is a whole paper without any row', async () => {
    const { pages } = await readPdf(await print(0));
    expect(pages).toHaveLength(1);
  });

  it('goes no faster than its bytes are taken', async () => {
    let given = 0;
    const { PassThrough } = await import('node:stream');
    const out = new PassThrough({ highWaterMark: 1_000 });
    const printed = writePdf(
      paper(),
      (async function* () {
        for (; given < 5_000; given += 100) yield await Promise.resolve(Array.from({ length: 100 }, (_, n) => row(n)));
      })(),
      out,
    );
    await new Promise((resolve) => out.once('readable', resolve));
    await new Promise(setImmediate);
    expect(given).toBeLessThan(1_000);
    out.resume();
    await printed;
    expect(given).toBe(5_000);
  });
});
