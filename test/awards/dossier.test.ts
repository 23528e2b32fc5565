import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDossierFlow, dossierButton } from '../../src/awards/dossier/flow.js';
import { BLANKS, loadDossiers, readDossiers } from '../../src/awards/dossier/load.js';
import { createBlankWork, paperOf } from '../../src/awards/dossier/work.js';
import type { AwardsReads } from '../../src/awards/index.js';
import { createOutbox } from '../../src/delivery/index.js';
import { inspectFile, sourceOf, writeBlank } from '../../src/documents/index.js';
import { createFileStore } from '../../src/store/index.js';
import { Play, someActor } from '../conversation/play.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { answerer, knowledge } from './knowledge-of-tests.js';

const dossiers = loadDossiers(knowledge);
const awards = { fresh: () => Promise.resolve() } as unknown as AwardsReads;
const SEAT = { seatId: 's', kind: 'head', unitId: 'u', unitCode: 'p-phu-ly', unitName: 'Phường Phủ Lý' } as const;
const play = (over: Parameters<typeof someActor>[0] = {}, now?: string) => {
  const p = new Play([createDossierFlow(answerer, dossiers)], { awards }, { actor: someActor(over) });
  if (now !== undefined) p.now = new Date(now);
  return p;
};

/** The words of a .docx, as Word would show them. */
function wordsOf(bytes: Buffer): string {
  const name = Buffer.from('word/document.xml');
  const at = bytes.indexOf(Buffer.concat([Buffer.from('PK\u0001\u0002', 'latin1')]));
  for (let entry = at; entry >= 0; entry = bytes.indexOf(Buffer.from('PK\u0001\u0002', 'latin1'), entry + 4)) {
    const length = bytes.readUInt16LE(entry + 28);
    if (!bytes.subarray(entry + 46, entry + 46 + length).equals(name)) continue;
    const offset = bytes.readUInt32LE(entry + 42);
    const size = bytes.readUInt32LE(entry + 20);
    const begin = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
    const packed = bytes.subarray(begin, begin + size);
    const xml =
      bytes.readUInt16LE(entry + 10) === 8 ? inflateRawSync(packed).toString('utf8') : packed.toString('utf8');
    return xml;
  }
  throw new Error('no document in the file');
}
const textOf = (xml: string): string =>
  [...xml.matchAll(/<w:t[^>]*>([^<]*)<\/w:t>/g)].map((match) => match[1]).join('\n');

describe('the list of papers', () => {
  it('is found by title, ticked off, and tells what is not known', async () => {
    const p = play();
    const shown = await p.type('danh mục hồ sơ chiến sĩ thi đua cơ sở');
    expect(shown).toContain('Hồ sơ: Chiến sĩ thi đua cơ sở');
    expect(shown).toContain('☐ Biên bản bình xét thi đua. Luật số 06/2022/QH15, Điều 84, khoản 1');
    expect(shown).toContain('xin hỏi Sở Nội vụ');
    expect(shown).toContain('⚠️ Luật đã được sửa đổi từ 01/10/2026');
    expect(await p.tap('☐ Tờ trình đề nghị')).toContain('Đã có 1/4');
    expect(await p.tap('☑ Tờ trình đề nghị')).toContain('Đã có 0/4');
  });

  it('names copies and forms only where they are certain', async () => {
    expect(await play().press('go:papers:bk-ttg')).toContain('Số bộ: 01 bộ bản chính.');
    const simple = await play().press('go:papers:don-gian');
    expect([simple.includes('01 bộ'), simple.includes('Không đòi biên bản')]).toEqual([true, true]);
    expect(await play().press('go:papers:bk-tinh')).not.toContain('Số bộ: ');
    expect(await play().press('go:papers:bk-tinh')).toContain('mẫu số 05');
  });

  it('says so where the document behind a paper is no longer in force', async () => {
    expect(await play({}, '2027-03-02T02:00:00Z').press('go:papers:bk-ttg')).toContain(
      'không còn hiệu lực ngày 02/03/2027',
    );
  });

  it('asks which where the words name none', async () => {
    const p = play({ language: 'en' });
    expect(await p.type('papers needed')).toContain('Which procedure');
    expect(await p.type('thời tiết hôm nay')).toContain('no list of papers');
    expect(await p.type('huân chương lao động hạng ba')).toContain('Papers: Huân chương Lao động hạng Ba');
  });

  it('has a button under answers about one title', () => {
    expect(dossierButton(dossiers, ['cstdcs'])).toHaveLength(1);
    expect(dossierButton(dossiers, ['cstdcs', 'ldtt'])).toEqual([]);
    expect(dossierButton(dossiers, ['khong-co'])).toEqual([]);
  });

  it('asks for a blank with the data of the asker’s own unit, and of nobody for a visitor', async () => {
    const p = play({ seats: [SEAT], memberId: 'm1', name: 'Trần Văn Thủ Trưởng (mẫu)' });
    await p.press('go:papers:bk-tinh');
    await p.tap('Tải mẫu trống');
    expect(await p.tap('Tờ trình')).toContain('Đang soạn Tờ trình');
    expect(p.effects()[0]?.payload).toMatchObject({
      kind: 'awards.blank',
      payload: {
        person: 'm:m1',
        blank: 'to-trinh',
        procedure: 'Bằng khen cấp tỉnh',
        unit: 'Phường Phủ Lý',
        signer: 'Trần Văn Thủ Trưởng (mẫu)',
      },
    });
    const of2 = play({ seats: [SEAT, { ...SEAT, seatId: 's2', unitName: 'Phường Hoa Lư' }], memberId: 'm1' });
    await of2.press('go:papers:bk-tinh');
    await of2.tap('Tải mẫu trống');
    expect(await of2.tap('Tờ trình')).toContain('đơn vị nào');
    expect(of2.effects()).toEqual([]);
    expect(await of2.tap('Phường Hoa Lư')).toContain('Đang soạn Tờ trình');
    expect(of2.effects()[0]?.payload).toMatchObject({ payload: { unit: 'Phường Hoa Lư' } });
    const visitor = play({ memberId: null });
    await visitor.press('go:papers:don-gian');
    await visitor.type('tải mẫu trống', 'báo cáo thành tích');
    expect(visitor.effects()[0]?.payload).toMatchObject({ payload: { person: 'c:c1', unit: null, signer: null } });
  });
});

describe('a blank', () => {
  const request = {
    person: 'm:m1',
    blank: 'to-trinh',
    procedure: 'Bằng khen cấp tỉnh',
    unit: 'Phường Phủ Lý',
    signer: null,
    day: '2026-11-23',
  } as const;

  it.each(BLANKS)('%s holds the heading of official papers, the unit and what it is not', async (blank) => {
    const text = textOf(wordsOf(await writeBlank(paperOf({ ...request, blank }, true))));
    for (const words of [
      'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
      'PHƯỜNG PHỦ LÝ',
      'BẰNG KHEN CẤP TỈNH',
      'không thay biểu mẫu',
      'DỮ LIỆU MẪU',
    ])
      expect(text).toContain(words);
  });

  it('stays whole with the name of a unit that would break XML', async () => {
    const unit = `Trường <b>&"'\u0000\u0007\ud800 Đoàn kết`;
    const bytes = await writeBlank(paperOf({ ...request, blank: 'danh-sach', unit }, false));
    const xml = wordsOf(bytes);
    expect(xml).toContain('Trường &lt;b&gt;&amp;');
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(xml).not.toMatch(/[\u0000-\u0008]|\p{Surrogate}/u);
    expect(xml).not.toContain('DỮ LIỆU MẪU');
    expect(await inspectFile(sourceOf(bytes), 'mau.docx')).toMatchObject({ ok: true });
  });
});

describe('the work behind a blank', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('sends one file, however often it is run', async () => {
    const { store } = database;
    const contactId = randomUUID();
    await store.pool.query("insert into contact (id, channel, external_id) values ($1::uuid, 'web', $1::text)", [
      contactId,
    ]);
    await store.pool.query('insert into conversation (id, contact_id) values ($1, $2)', [randomUUID(), contactId]);
    const work = createBlankWork({
      store,
      files: createFileStore(store),
      outbox: createOutbox({ channels: ['web'] }),
      bells: { deliver: () => undefined },
      businessNow: () => Promise.resolve(new Date('2026-11-23T02:00:00Z')),
      demo: true,
    });
    const payload = {
      person: `c:${contactId}`,
      blank: 'bao-cao',
      procedure: 'Lao động tiên tiến',
      unit: null,
      signer: null,
      day: '2026-11-23',
    };
    const item = { id: randomUUID(), payload, contactId };
    await work.run(item);
    await work.run(item);
    const { rows } = await store.pool.query<{ name: string }>(
      "select f.name from message m join content c on c.id = m.content_id join file f on f.id = c.file_id where m.source_kind = 'blank'",
    );
    expect(rows.map((row) => row.name)).toEqual(['bao-cao-thanh-tich-20261123.docx']);
  });
});

describe('the file of dossiers', () => {
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

  it('is refused by file, field and reason', async () => {
    await mkdir('.tmp', { recursive: true });
    const folder = await mkdtemp(path.resolve('.tmp/dossiers-'));
    folders.push(folder);
    const shipped = await readFile('knowledge/dossiers.yaml', 'utf8');
    const problems = async (text: string) => {
      await writeFile(path.join(folder, 'dossiers.yaml'), text);
      return readDossiers(knowledge, folder).problems;
    };
    expect(await problems(shipped)).toEqual([]);
    expect((await problems(shipped.replace('titles: [bk-tinh]', 'titles: [bk-ttg]')))[0]).toEqual({
      file: 'dossiers.yaml',
      field: 'bang-khen-thu-tuong.titles',
      reason: 'bk-ttg stands in two dossiers',
    });
    expect((await problems(shipped.replace(/ {2}copiesBasis: .*\n/, '')))[0]?.reason).toContain('basis');
    expect((await problems('- id: x'))[0]?.file).toBe('dossiers.yaml');
  });
});
