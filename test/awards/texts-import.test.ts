import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { mergeTexts, type OfficialText } from '../../src/awards/index.js';
import { fileName, findText, readArchive, writeText } from '../../src/awards/texts/archive.js';
import { openFile } from '../../src/awards/texts/header.js';
import { parseText, type ParsedText } from '../../src/awards/texts/parse.js';
import { KNOWLEDGE_FOLDER } from './knowledge-of-tests.js';
import { CIRCULAR, importOf, LAW_TEXTS, textOf } from './texts-of-tests.js';

const places = (text: Pick<OfficialText, 'passages'>) =>
  text.passages.flatMap((one) =>
    one.article === undefined || one.kind === 'closing'
      ? []
      : [[one.article, one.clause, one.point].filter((part) => part !== undefined).join('.')],
  );

const bare = (text: string) => text.normalize('NFC').replace(/[\s\u00A0\u200B\uFEFF]+/g, '');

/** Nothing is lost and nothing is added: all passages in order are the text without its page furniture. */
function expectWhole(body: string, parsed: ParsedText): void {
  const skipped = new Set(parsed.skipped);
  const lines = body.split(/\r\n?|\n/).filter((_, n) => !skipped.has(n + 1));
  expect(bare(parsed.passages.map((one) => one.label + (one.title ?? '') + one.text).join(''))).toBe(
    bare(lines.join('\n')),
  );
}

describe('taking a text apart', () => {
  const parsed = parseText(CIRCULAR);

  it('finds chapters, articles, clauses and points in order, also where a heading is broken over two lines', () => {
    expect(places(parsed)).toEqual(['1', '2', '2.1', '2.2', '2.2.a', '2.2.b', '2.2.c', '3', '4', '4.1', '4.2']);
    expect(parsed.passages.filter((one) => one.kind === 'chapter').map((one) => [one.chapter, one.title])).toEqual([
      ['I', 'QUY ĐỊNH CHUNG'],
      ['II', 'THI HÀNH'],
    ]);
    expect(parsed.problems).toEqual([]);
    expectWhole(CIRCULAR, parsed);
  });

  it('keeps references, quoted articles and the signature out of the numbering', () => {
    const of = (article: string) => parsed.passages.filter((one) => one.article === article && one.kind === 'article');
    expect(of('1')[0]?.text).toContain('Điều 5 của Luật nói trên.');
    expect(of('3')[0]?.text).toContain('2. Không tẩy xóa.”.');
    expect(of('9')).toEqual([]);
    expect(parsed.passages.at(-1)).toMatchObject({
      kind: 'closing',
      text: expect.stringContaining('1. Người ký') as string,
    });
  });

  it('takes points out of the line of their clause when later ones stand alone', () => {
    expect(parsed.passages.filter((one) => one.clause === '2' && one.article === '2').map((one) => one.text)).toEqual([
      'Người giữ sổ gồm:',
      'Văn thư của cơ quan;',
      'Người làm công tác thi đua;',
      'Người khác do thủ trưởng chỉ định.',
    ]);
  });

  it('counts the articles of a regulation that was issued with a decision apart', () => {
    const both = parseText(
      'Điều 1. Ban hành Quy chế.\n\nNơi nhận:\n- Lưu.\n\nQUY CHẾ\n(Ban hành kèm theo Quyết định này)\n\nĐiều 1. Phạm vi\n\nTrong cơ quan.\n',
    );
    expect(both.problems).toEqual([]);
    expect(both.passages.filter((one) => one.kind === 'article').map((one) => [one.part, one.text])).toEqual([
      [0, 'Ban hành Quy chế.'],
      [1, 'Trong cơ quan.'],
    ]);
  });

  it('sets page heads and numbers aside without breaking the sentence around them', () => {
    const text = 'Điều 1. Sổ\nNgười giữ sổ ghi đủ\n\nCÔNG BÁO/Số 1/Ngày 01-01-2026\n4\n\nvà đúng.\nĐiều 2. Hết\nHết.';
    expect(parseText(text).passages[0]).toMatchObject({ title: 'Sổ', text: 'Người giữ sổ ghi đủ và đúng.' });
    expect(parseText(text).skipped).toEqual([4, 5]);
  });
});

describe('importing a file', () => {
  it('reads number, life and words; UTF-16 and NFD say the same', () => {
    const text = textOf(CIRCULAR);
    expect(text).toMatchObject({ number: '77/2026/TT-BNV', from: '2026-09-01', partial: false });
    const utf16 = Buffer.from(`\uFEFF${CIRCULAR}`, 'utf16le');
    for (const other of [utf16, Buffer.from(utf16).swap16(), Buffer.from(CIRCULAR.normalize('NFD'))])
      expect(textOf(other).passages).toEqual(text.passages);
  });

  it.each([
    ['an empty file', ' \n\uFEFF', 'empty'],
    ['a binary file', Buffer.from([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0]), 'binary'],
    ['a PDF', Buffer.from('%PDF-1.7 …'), 'pdf'],
    ['a Word file', Buffer.from('PK\u0003\u0004…', 'latin1'), 'zip'],
    ['50 MB', Buffer.alloc(50_000_000, 'a'), 'too-large'],
    ['a text without articles', CIRCULAR.replace(/Điều/g, 'Mẩu'), 'no-article'],
    ['a draft', CIRCULAR.replace('THÔNG TƯ', 'DỰ THẢO\nTHÔNG TƯ'), 'draft'],
    ['a text without a number', CIRCULAR.replace('77/2026/TT-BNV', ''), 'no-number'],
    ['a text without a day', CIRCULAR.replace('có hiệu lực thi hành', 'áp dụng'), 'no-from'],
    ['a retold text', `Văn bản: TT 77/2026/TT-BNV\nMức đầy đủ: tóm lược\n----------\n${CIRCULAR}`, 'retold'],
  ])('refuses %s', (_, text, fault) => {
    expect(importOf(text)).toMatchObject({ ok: false, problems: [{ fault }] });
  });

  it('names the line of an article that comes twice and of a second document', () => {
    const twice = CIRCULAR.replace('Điều 4. Hiệu lực', 'Điều 2. Hiệu lực');
    const line = twice.split('\n').findIndex((one) => one.startsWith('Điều 2. Hiệu lực')) + 1;
    expect(importOf(twice)).toMatchObject({ problems: [{ fault: 'article-twice', line, detail: '2' }] });
    const two = importOf(`${CIRCULAR}\n${CIRCULAR}`);
    expect(two).toMatchObject({ ok: false, problems: [{ fault: 'two-documents' }, { fault: 'two-documents' }] });
    const after = CIRCULAR.split('\n').length + 1;
    expect(two.ok ? 0 : two.problems[0]?.line).toBe(after);
  });

  it('takes the word of the operator for what the file does not say, and none against what it says', () => {
    const day = { from: '2026-02-01' };
    expect(textOf(CIRCULAR.replace('77/2026/TT-BNV', ''), { ...day, document: '78/2026/TT-BNV' })).toMatchObject({
      number: '78/2026/TT-BNV',
      from: '2026-02-01',
    });
    expect(importOf(CIRCULAR, { document: '78/2026/TT-BNV' })).toMatchObject({ problems: [{ fault: 'other-number' }] });
    expect(importOf(CIRCULAR, { to: '2026-09-01' })).toMatchObject({ problems: [{ fault: 'wrong-span' }] });
    const ended = importOf(CIRCULAR, { name: 'tt-77_HET-HIEU-LUC.txt' });
    expect(ended).toMatchObject({ problems: [{ fault: 'ended' }] });
  });
});

describe('several files of one document', () => {
  const note = 'Văn bản: Thông tư 77/2026/TT-BNV — trích (hiệu lực 01/9/2026)\n----------\n';
  const first = textOf(`${note}Điều 2. Người ghi sổ\n2. Hai.\n...\n4. Bốn [bị cắt]`);
  const second = textOf(`${note}Điều 1. Phạm vi\nMột.\nĐiều 2. Người ghi sổ\n1. Không.\n2. Hai.\n4. Bốn, cho đủ.`);

  it('puts excerpts together without loss, in order, the whole words before the cut ones', () => {
    for (const merged of [mergeTexts(first, second), mergeTexts(second, first)]) {
      if (!merged.ok) throw new Error('expected to fit');
      expect(places(merged.text)).toEqual(['1', '2', '2.1', '2.2', '2.4']);
      expect(merged.text.passages.at(-1)).toMatchObject({ text: 'Bốn, cho đủ.' });
      expect(merged.text.sources).toHaveLength(2);
      expect(mergeTexts(merged.text, first)).toEqual({ ok: true, text: merged.text, changed: false });
    }
  });

  it('refuses other words for the same clause, and says where', () => {
    const other = textOf(`${note}Điều 2. Người ghi sổ\n2. Ba.`);
    expect(mergeTexts(first, other)).toEqual({
      ok: false,
      problems: [{ fault: 'conflict', line: 0, detail: '2.2' }],
    });
  });
});

describe('the folder of texts', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'texts-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('gives back what was written, one file a version, and leaves nothing half-written', () => {
    const text = textOf(CIRCULAR);
    writeText(folder, text);
    writeText(folder, text);
    writeText(folder, { ...text, from: '2027-01-01' });
    expect(readdirSync(folder)).toEqual(['77-2026-TT-BNV@2026-09-01.json', '77-2026-TT-BNV@2027-01-01.json']);
    expect(findText(folder, text)).toEqual(text);
    expect(fileName({ number: '152/2025/NĐ-CP', from: '2025-07-01' })).toBe('152-2025-ND-CP@2025-07-01.json');
    writeFileSync(path.join(folder, 'khac.json'), '{"number":1}');
    const read = readArchive(folder);
    expect([read.texts.length, read.broken]).toEqual([2, ['khac.json']]);
  });
});

const names = existsSync(LAW_TEXTS) ? readdirSync(LAW_TEXTS) : [];
// The real texts are no part of the product: elsewhere the small ones above stand for them.
describe.skipIf(names.length === 0)(
  `the texts in ${LAW_TEXTS}${names.length === 0 ? ' (no such folder here)' : ''}`,
  () => {
    it.each(names)('%s: every heading is found, clauses are in order, no word is lost', (name) => {
      const { body } = openFile(readFileSync(path.join(LAW_TEXTS, name), 'utf8'));
      const parsed = parseText(body);
      expectWhole(body, parsed);
      const joined = body.normalize('NFC').replace(/^Điều\s*\n\s*(?=\d)/gmu, 'Điều ');
      const headings = [...joined.matchAll(/^Điều (\d+)\s*(?:[.:]|$)/gmu)].map((match) => match[1]);
      const found = parsed.passages.filter((one) => one.kind === 'article' && /^Điều \d+[.:]?$/u.test(one.label));
      expect(found.map((one) => one.article)).toEqual(headings);
      const last = new Map<string, number>();
      for (const one of parsed.passages) {
        if (one.kind !== 'clause') continue;
        const key = `${String(one.part)}.${one.article ?? ''}`;
        expect(Number(one.clause)).toBeGreaterThan(last.get(key) ?? 0);
        last.set(key, Number(one.clause));
      }
    });

    it('takes no draft, summary or translation for law, and joins the excerpts of the law of 2022', () => {
      const outcomes = names.map((name) => ({
        name,
        read: importOf(readFileSync(path.join(LAW_TEXTS, name)), { name }),
      }));
      const faultOf = (part: string) =>
        outcomes.flatMap(({ name, read }) =>
          name.includes(part) && !read.ok ? read.problems.map((one) => one.fault) : [],
        );
      expect(faultOf('KHONG-PHAI-LUAT')).toEqual(['draft']);
      expect(faultOf('ban-dich')).toEqual(['retold', 'retold', 'retold']);
      expect(faultOf('luat-06-2026')).toEqual(['retold']);
      expect(faultOf('tra-loi')).toEqual(['retold']);
      const law = outcomes.flatMap(({ read }) => (read.ok && read.text.number === '06/2022/QH15' ? [read.text] : []));
      expect(law.every((one) => one.from === '2024-01-01')).toBe(true);
      const whole = law.reduce((before, added) => {
        const merged = mergeTexts(before, added);
        if (!merged.ok) throw new Error(JSON.stringify(merged.problems));
        return merged.text;
      });
      for (const one of law) expect(places(whole)).toEqual(expect.arrayContaining(places(one)));
      const old = outcomes.find(({ name }) => name.startsWith('nd-98-2023_dieu-30'));
      expect(old?.read).toMatchObject({ ok: true, text: { number: '98/2023/NĐ-CP', to: '2025-07-01' } });
    });
  },
);

describe('npm run knowledge:import and knowledge:check', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'import-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const command = (name: string, ...args: string[]) => {
    try {
      const out = execFileSync(process.execPath, ['scripts/command.mjs', name, ...args], {
        encoding: 'utf8',
        stdio: 'pipe',
        env: { ...process.env, KNOWLEDGE_TEXTS: path.join(folder, 'texts') },
      });
      return { code: 0, out, err: '' };
    } catch (error) {
      const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
      return { code: status, out: stdout, err: stderr };
    }
  };

  const run = (...args: string[]) => command('knowledge:import', ...args);

  it('loads a file once, tells what it found, and nothing at all when one of the files is wrong', () => {
    const good = path.join(folder, 'tot.txt');
    const bad = path.join(folder, 'hong.txt');
    writeFileSync(good, CIRCULAR);
    writeFileSync(bad, `${CIRCULAR}\nĐiều 4. Lại nữa.\n`);
    const wrong = run(good, bad);
    expect([wrong.code, wrong.out]).toEqual([1, '']);
    expect(wrong.err).toMatch(/hong\.txt:\d+: Điều này đã có ở trên \(4\)/);
    expect(existsSync(path.join(folder, 'texts'))).toBe(false);
    expect(run(good)).toMatchObject({
      code: 0,
      out: expect.stringContaining('4 điều, 4 khoản, 3 điểm – đã nạp (toàn văn)') as string,
    });
    expect(run(good).out).toContain('không đổi gì');
    expect(readdirSync(path.join(folder, 'texts'))).toEqual(['77-2026-TT-BNV@2026-09-01.json']);
    expect(run().code).toBe(1);
    expect(run(good, '--from', 'hôm nay').err).toContain('--from');
  });

  it('reports a card whose quote is not that of the loaded text, and is content once it is', () => {
    const texts = path.join(folder, 'texts');
    rmSync(texts, { recursive: true, force: true });
    const decree = textOf(CIRCULAR.replace('77/2026/TT-BNV', '161/2026/NĐ-CP'));
    writeText(texts, { ...decree, from: '2026-07-01' });
    const copy = path.join(folder, 'knowledge');
    cpSync(KNOWLEDGE_FOLDER, copy, { recursive: true, filter: (from) => !from.endsWith('texts') });
    const file = path.join(copy, 'cards', 'nguyen-tac.yaml');
    const cards = parse(readFileSync(file, 'utf8')) as { id: string }[];
    const quoted = (text: string) => {
      const quote = { document: '161/2026/NĐ-CP', article: '4', clause: '2', text };
      writeFileSync(file, stringify(cards.map((card, n) => (n === 0 ? { ...card, quote } : card))));
      return command('knowledge:check', copy);
    };
    const wrong = quoted('Trong 15 ngày làm việc');
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain(`${cards[0]?.id ?? ''}: lời trích 161/2026/NĐ-CP / 4 / 2: khác văn bản gốc`);
    expect(quoted('Trong 05 ngày làm việc')).toMatchObject({ code: 0, err: '' });
    writeFileSync(path.join(texts, 'hong.json'), '{');
    expect(command('knowledge:check', copy).err).toContain('texts/hong.json');
  }, 60_000);
});
