import { describe, expect, it } from 'vitest';
import { inspectFile } from '../../src/documents/index.js';
import { FILE_TYPES } from '../../src/kernel/file-types.js';
import { docx, exe, heic, jpeg, ole, pdf, png, xlsx, zip } from './samples.js';

const answer = async (bytes: Buffer, name: string, maxBytes?: number): Promise<string> => {
  const found = await inspectFile(bytes, name, maxBytes === undefined ? {} : { maxBytes });
  return found.ok ? found.ext : found.problem;
};

const half = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length / 2));
const without = (bytes: Buffer, tail: number): Buffer => bytes.subarray(0, bytes.length - tail);
const text = (words: string): Buffer => Buffer.from(words);

const RENAMED_MACROS =
  '<Types><Override PartName="/word/notes.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>';

describe('inspectFile', () => {
  it('goes once over a workbook made to be looked at for long', async () => {
    const hostile = xlsx({ 'xl/workbook.xml': `<workbook><sheet ${'a'.repeat(3_000_000)}/></workbook>` });
    expect(await answer(hostile, 'a.xlsx')).toBe('xlsx');
  }, 5_000);

  it('refuses an archive that counts fewer entries than it has', async () => {
    const bytes = docx({ 'word/zz.bin': 'x' });
    const end = bytes.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
    bytes.writeUInt16LE(bytes.readUInt16LE(end + 10) - 1, end + 10);
    expect(await answer(bytes, 'a.docx')).toBe('broken');
  });

  it.each<[string, Buffer, string, string]>([
    ['a PDF', pdf(), 'báo cáo.pdf', 'pdf'],
    ['a PDF under a wrong name, by its content', pdf(), 'bao-cao.docx', 'pdf'],
    ['a Word document', docx(), 'Báo cáo.docx', 'docx'],
    ['a workbook', xlsx(), 'so lieu.xlsx', 'xlsx'],
    ['an old Word document', ole(['WordDocument', '1Table']), 'a.doc', 'doc'],
    ['an old workbook', ole(['Workbook']), 'a.xls', 'xls'],
    ['a JPEG', jpeg(), 'anh.jpg', 'jpg'],
    ['a JPEG with EXIF', jpeg(6), 'IMG_1.JPG', 'jpg'],
    ['a PNG', png(4, 3), 'anh.png', 'png'],
    ['a HEIC', heic(), 'IMG_2.HEIC', 'heic'],
    ['a Vietnamese text', text('Kết quả phong trào thi đua quý IV\r\n'), 'kq.txt', 'txt'],
    ['a CSV that begins like an old picture format', text('BM-01;Số lượng\n1;2\n'), 'a.CSV', 'csv'],
    ['a UTF-16 CSV of Excel', Buffer.from('\ufeffĐơn vị\tSố\n', 'utf16le'), 'a.csv', 'csv'],
    ['a text in an old Vietnamese encoding', Buffer.from([0x42, 0xb8, 0x6f, 0x20, 0x63, 0xb8, 0x6f]), 'a.txt', 'txt'],
  ])('takes %s', async (_, bytes, name, ext) => {
    expect(await answer(bytes, name)).toBe(ext);
  });

  it.each<[string, Buffer, string, string]>([
    ['a program named .pdf', exe(), 'bao-cao.pdf', 'wrong_type'],
    ['a program named .txt', exe(), 'doc-toi.txt', 'wrong_type'],
    ['a ZIP that is no document', zip({ 'a.txt': 'x' }), 'anh.zip', 'wrong_type'],
    ['a ZIP named .docx that is no document', zip({ 'a.exe': 'MZ' }), 'a.docx', 'wrong_type'],
    ['a slide show', zip({ '[Content_Types].xml': '', 'ppt/presentation.xml': '' }), 'a.pptx', 'wrong_type'],
    ['an old slide show', ole(['PowerPoint Document']), 'a.ppt', 'wrong_type'],
    ['a web page', text('<!doctype html><script>1</script>'), 'a.html', 'wrong_type'],
    ['a picture of another kind', text('GIF89a0000000000000000'), 'a.gif', 'wrong_type'],
    ['a Word document with macros', docx({ 'word/vbaProject.bin': 'x' }), 'a.docm', 'macros'],
    ['a workbook with macros named .xlsx', xlsx({ 'xl/VBAPROJECT.BIN': 'x' }), 'a.xlsx', 'macros'],
    ['a workbook with old macro sheets', xlsx({ 'xl/macrosheets/sheet1.xml': '' }), 'a.xlsx', 'macros'],
    [
      'a Word document with macros under another name',
      docx({ '[Content_Types].xml': RENAMED_MACROS }),
      'a.docx',
      'macros',
    ],
    ['an old Word document with macros', ole(['WordDocument', 'Macros', 'VBA']), 'a.doc', 'macros'],
    ['an old workbook with macros', ole(['Workbook', '_VBA_PROJECT_CUR', 'VBA']), 'a.xls', 'macros'],
    ['an empty file', Buffer.alloc(0), 'a.pdf', 'empty'],
    ['half a PDF', half(pdf()), 'a.pdf', 'broken'],
    ['half a Word document', half(docx()), 'a.docx', 'broken'],
    ['a workbook without its last bytes', without(xlsx(), 3), 'a.xlsx', 'broken'],
    ['a workbook with a hole in it', Buffer.concat([xlsx().subarray(0, 40), xlsx().subarray(60)]), 'a.xlsx', 'broken'],
    ['half an old document', ole(['WordDocument']).subarray(0, 1100), 'a.doc', 'broken'],
    ['a document behind a password', ole(['EncryptedPackage', 'EncryptionInfo']), 'a.docx', 'broken'],
    ['half a JPEG', half(jpeg()), 'a.jpg', 'broken'],
    ['a JPEG without its end', without(jpeg(), 2), 'a.jpg', 'broken'],
    ['half a PNG', half(png(50, 50, { noise: true })), 'a.png', 'broken'],
    ['a PNG without its end', without(png(4, 3), 12), 'a.png', 'broken'],
    ['half a HEIC', without(heic(), 4), 'a.heic', 'broken'],
    ['a few bytes of a PDF', text('%PD'), 'a.pdf', 'broken'],
  ])('refuses %s', async (_, bytes, name, problem) => {
    expect(await answer(bytes, name)).toBe(problem);
  });

  it('refuses what is too large before looking inside', async () => {
    expect(await answer(pdf(), 'a.pdf', 10)).toBe('too_large');
    const source = { size: 60_000_000, read: () => Promise.reject(new Error('not to be read')) };
    expect(await inspectFile(source, 'a.pdf')).toEqual({ ok: false, problem: 'too_large' });
  });

  it('reads a large file in pieces only', async () => {
    const picture = png(1200, 1200, { noise: true });
    let read = 0;
    const source = {
      size: picture.length,
      read: (offset: number, length: number) => {
        read += Math.min(length, picture.length - offset);
        return Promise.resolve(picture.subarray(offset, offset + length));
      },
    };
    expect(await inspectFile(source, 'a.png')).toMatchObject({ ok: true, ext: 'png' });
    expect(read).toBeLessThan(10_000);
  });

  it('gives the type that goes with the content', async () => {
    expect(await inspectFile(docx(), 'a.pdf')).toEqual({ ok: true, ext: 'docx', type: FILE_TYPES.docx });
  });

  it('has an answer for any bytes whatever', async () => {
    const whole = [pdf(), docx(), xlsx(), ole(['WordDocument']), jpeg(6), png(4, 3), heic()];
    for (const bytes of whole) {
      for (let cut = 0; cut < bytes.length; cut += 7) {
        const damaged = Buffer.from(bytes);
        damaged[cut] = 0xff;
        await expect(inspectFile(bytes.subarray(0, cut), 'a.pdf')).resolves.toHaveProperty('ok');
        await expect(inspectFile(damaged, 'a.pdf')).resolves.toHaveProperty('ok');
      }
    }
  });
});
