/** A paper to print in tests, and what its file says when it is read back. */
import { PassThrough } from 'node:stream';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Row, TablePaper } from '../../src/documents/table.js';

/** Every letter of Vietnamese, with every tone. */
export const LETTERS =
  'aàáảãạ ăằắẳẵặ âầấẩẫậ eèéẻẽẹ êềếểễệ iìíỉĩị oòóỏõọ ôồốổỗộ ơờớởỡợ uùúủũụ ưừứửữự yỳýỷỹỵ đ'.replaceAll(' ', '');

export const paper = (over: Partial<TablePaper> = {}): TablePaper => ({
  title: 'BIÊN BẢN THÔNG BÁO',
  subtitle: 'Nộp báo cáo sơ kết',
  stamp: 'DỮ LIỆU MẪU',
  facts: [
    { label: 'Người ra lệnh', value: 'Nguyễn Thị Ánh Nguyệt' },
    { label: 'Chữ', value: LETTERS },
  ],
  passages: [{ heading: 'Nội dung', text: 'Kính gửi các đơn vị,\nđề nghị nộp trước 28/11/2026.' }],
  columns: [
    { label: 'STT', kind: 'number', weight: 3 },
    { label: 'Người nhận', kind: 'text', weight: 20 },
    { label: 'Gửi lúc', kind: 'moment', weight: 9 },
    { label: 'Ghi chú', kind: 'text', weight: 20 },
  ],
  closing: [{ label: 'Mã băm', value: 'a'.repeat(64) }],
  notes: ['Bản ghi kỹ thuật của hệ thống, chưa phải văn bản hành chính.'],
  madeAt: '2026-11-23T03:00:00.000Z',
  labels: { page: 'Trang', factsSheet: 'Biên bản', tableSheet: 'Danh sách' },
  ...over,
});

/** Rows a hundred at a time, as from a database. */
export async function* rowsOf(count: number, make: (n: number) => Row): AsyncGenerator<readonly Row[]> {
  for (let from = 0; from < count; from += 100)
    yield Array.from({ length: Math.min(100, count - from) }, (_, at) => make(from + at + 1));
  await Promise.resolve();
}

/** Collects what is printed into a stream. */
export async function bytesOf(print: (out: PassThrough) => Promise<void>): Promise<Buffer> {
  const out = new PassThrough();
  const pieces: Buffer[] = [];
  out.on('data', (piece: Buffer) => pieces.push(piece));
  await print(out);
  return Buffer.concat(pieces);
}

export interface ReadPdf {
  /** The text of each page, one line a written piece. */
  readonly pages: readonly string[];
  readonly title: string;
}

/** Reads a PDF back. */
export async function readPdf(bytes: Buffer): Promise<ReadPdf> {
  const document = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise;
  const pages: string[] = [];
  for (let n = 1; n <= document.numPages; n += 1) {
    const { items } = await (await document.getPage(n)).getTextContent();
    pages.push(items.map((item) => ('str' in item ? item.str : '')).join('\n'));
  }
  const { info } = (await document.getMetadata()) as { info: { Title?: string } };
  await document.destroy();
  return { pages, title: info.Title ?? '' };
}
