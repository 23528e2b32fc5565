/** Small files of all kinds, made here byte by byte so that each fault is deliberate. */
import { crc32, deflateSync } from 'node:zlib';

/** A stored (unpacked) ZIP archive with these entries. */
export function zip(entries: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const table: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(entries)) {
    const [nameBytes, data] = [Buffer.from(name), Buffer.from(text)];
    const local = Buffer.alloc(30);
    local.write('PK\u0003\u0004', 'latin1');
    local.writeUInt32LE(data.length, 18);
    local.writeUInt32LE(data.length, 22);
    local.writeUInt16LE(nameBytes.length, 26);
    const entry = Buffer.alloc(46);
    entry.write('PK\u0001\u0002', 'latin1');
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(data.length, 24);
    entry.writeUInt16LE(nameBytes.length, 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(local, nameBytes, data);
    table.push(entry, nameBytes);
    offset += local.length + nameBytes.length + data.length;
  }
  const end = Buffer.alloc(22);
  const tableBytes = Buffer.concat(table);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(Object.keys(entries).length, 10);
  end.writeUInt32LE(tableBytes.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, tableBytes, end]);
}

export const docx = (more: Readonly<Record<string, string>> = {}): Buffer =>
  zip({ '[Content_Types].xml': '<Types/>', '_rels/.rels': '', 'word/document.xml': '<w:document/>', ...more });

export const xlsx = (more: Readonly<Record<string, string>> = {}): Buffer =>
  zip({ '[Content_Types].xml': '<Types/>', '_rels/.rels': '', 'xl/workbook.xml': '<workbook/>', ...more });

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

interface WorkbookParts {
  /** Rows of the first sheet. */
  readonly cells: string;
  readonly merges?: string;
  readonly strings?: string;
  readonly styles?: string;
  /** Text in the sheet of the mark. */
  readonly mark?: string;
}

/** A workbook with a sheet of fields and a sheet for a mark, as office programs write it. */
export function workbook(
  { cells, merges = '', strings = '', styles = '', mark = 'NG1' }: WorkbookParts,
  more: Readonly<Record<string, string>> = {},
): Buffer {
  const sheet = (rows: string, rest = '') =>
    `<?xml version="1.0"?><x:worksheet xmlns:x="${MAIN}"><sheetData>${rows}</sheetData>${rest}</x:worksheet>`;
  return xlsx({
    'xl/workbook.xml': `<workbook xmlns="${MAIN}"><!-- > --><sheets><sheet name="Biểu mẫu" sheetId="1" r:id="rId1"/><sheet name="_neu_guong" sheetId="2" state="veryHidden" r:id="rId2"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': sheet(cells, merges === '' ? '' : `<mergeCells>${merges}</mergeCells>`),
    'xl/worksheets/sheet2.xml': sheet(`<row r="1"><c r="A1" t="str"><v>${mark}</v></c></row>`),
    'xl/sharedStrings.xml': `<sst>${strings}</sst>`,
    'xl/styles.xml': `<styleSheet>${styles}</styleSheet>`,
    ...more,
  });
}

/** An OLE container with a directory of these names. */
export function ole(names: readonly string[]): Buffer {
  const header = Buffer.alloc(512);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header);
  header.writeUInt16LE(9, 30);
  header.writeUInt32LE(1, 48);
  header.writeUInt32LE(0, 76);
  const sectors = Math.ceil((names.length + 1) / 4);
  const table = Buffer.alloc(512, 0xff);
  for (let i = 0; i < sectors; i += 1) table.writeUInt32LE(i + 1 < sectors ? i + 2 : 0xfffffffe, 4 * (i + 1));
  const directory = Buffer.alloc(512 * sectors);
  ['Root Entry', ...names].forEach((name, i) => {
    directory.write(name, 128 * i, 'utf16le');
    directory.writeUInt16LE(2 * name.length + 2, 128 * i + 64);
  });
  return Buffer.concat([header, table, directory]);
}

/** A PNG of one colour or, with `noise`, of colours that do not pack. */
export function png(width: number, height: number, { noise = false, colour = [180, 40, 40] } = {}): Buffer {
  const row = 1 + 3 * width;
  const raw = Buffer.alloc(row * height);
  let seed = 12345;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < 3 * width; x += 1) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      raw[y * row + 1 + x] = noise ? seed >> 16 : (colour[x % 3] ?? 0);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

// A JPEG of 16 × 8 pixels, left half red and right half blue.
const JPEG =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAoHBwgHBgoICAgLCgoLDhgQDg0NDh0VFhEYIx8lJCIfIiEmKzcvJik0KSEiMEExNDk7Pj4+JS5ESUM8SDc9Pjv/2wBDAQoLCw4NDhwQEBw7KCIoOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozv/wAARCAAIABADAREAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAABQb/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABwX/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCURyQEMArf/9k=';

/** A real JPEG; with an orientation, an EXIF block that says so is put in front. */
export function jpeg(orientation?: number): Buffer {
  const plain = Buffer.from(JPEG, 'base64');
  if (orientation === undefined) return plain;
  const tiff = Buffer.from('4d4d002a00000008000101120003000000010000000000000000', 'hex');
  tiff.writeUInt16BE(orientation, 18);
  const block = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, block.length + 2]);
  return Buffer.concat([plain.subarray(0, 2), head, block, plain.subarray(2)]);
}

export const pdf = (): Buffer => Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n');

export const exe = (): Buffer => Buffer.concat([Buffer.from('MZ\u0090\u0000', 'latin1'), Buffer.alloc(200, 7)]);

export const heic = (): Buffer =>
  Buffer.concat([
    Buffer.from('\0\0\0\u0018ftypheic\0\0\0\0mif1heic', 'latin1'),
    Buffer.from('\0\0\0\u0010mdat12345678', 'latin1'),
  ]);
