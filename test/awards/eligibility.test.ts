import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readAnswer, type Given, type TypedCondition } from '../../src/awards/eligibility/answers.js';
import { check, conditionsOf, runsOf } from '../../src/awards/eligibility/check.js';
import { createEligibilityFlow } from '../../src/awards/eligibility/flow.js';
import { loadEligibility, readEligibility } from '../../src/awards/eligibility/load.js';
import { resultTexts } from '../../src/awards/eligibility/result.js';
import { createAskFlow } from '../../src/awards/flow-ask.js';
import type { AwardsReads } from '../../src/awards/index.js';
import { renderText } from '../../src/conversation/index.js';
import { Play, someActor } from '../conversation/play.js';
import { answerer, knowledge, TODAY } from './knowledge-of-tests.js';

const rules = loadEligibility(knowledge);
const title = (id: string) => rules.titles.find((one) => one.id === id) ?? rules.titles[0]!;
const occasion = { knowledge, day: TODAY };

function verdict(titleId: string, conditionId: string, given: Given) {
  const found = check(rules, title(titleId), { [conditionId]: given }, occasion);
  return found.find((one) => one.condition.id === conditionId);
}

describe('a condition', () => {
  it('of a share holds from the least share on, and not a hair below', () => {
    const share = (part: number, whole: number) => verdict('ttldxs', 'ty-le', { kind: 'counts', part, whole });
    expect([share(7, 10)?.verdict, share(7, 10)?.sum]).toEqual(['met', '7/10 = 70 % ≥ 70 %']);
    expect([share(8, 12)?.verdict, share(8, 12)?.sum]).toEqual(['missing', '8/12 = 66,7 % < 70 %']);
    expect([share(6996, 10_000)?.verdict, share(6996, 10_000)?.sum]).toEqual([
      'missing',
      '6996/10000 = 69,96 % < 70 %',
    ]);
    expect(share(69_999, 100_000)?.sum).toBe('69999/100000 = 69,999 % < 70 %');
    expect(verdict('ttldtt', 'ty-le', { kind: 'percent', percent: 69.96 })?.sum).toBe('69,96 % < 70 %');
    expect(verdict('ttldtt', 'ty-le', { kind: 'percent', percent: 69.9 })?.verdict).toBe('missing');
  });

  it('of years in a row counts a row that reaches this year or the last, not the years', () => {
    const years = (...list: number[]) => verdict('cstd-tinh', 'ba-lan', { kind: 'years', years: list })?.verdict;
    expect([years(2024, 2025, 2026), years(2015, 2016, 2017, 2018, 2023, 2024, 2025)]).toEqual(['met', 'met']);
    expect([years(2023, 2024, 2025), years(2021, 2023, 2025), years(2024, 2025), years()]).toEqual([
      'met',
      'missing',
      'missing',
      'missing',
    ]);
    expect(runsOf([2025, 2020, 2021, 2024, 2024])).toEqual([
      [2020, 2021],
      [2024, 2025],
    ]);
  });

  it('of years in a row that ended long ago is neither met nor missing: an officer is named', () => {
    const given: Given = { kind: 'years', years: [2022, 2023, 2024] };
    const found = verdict('cstd-tinh', 'ba-lan', given);
    expect([found?.verdict, found?.sum]).toEqual(['unsure', '2022, 2023, 2024: 3 ≥ 3']);
    const all = check(rules, title('cstd-tinh'), { 'ba-lan': given }, occasion);
    const words = resultTexts(title('cstd-tinh'), all, occasion).map((text) => renderText(text, 'vi'));
    expect(words.join('\n')).toContain('chưa đến sát năm 2026; còn được tính hay không, xin hỏi cán bộ');
    expect(verdict('cstd-tinh', 'ba-lan', { kind: 'years', years: [2023, 2024, 2025] })?.isOld).toBeUndefined();
  });

  it('of a number holds at the number', () => {
    const times = (number: number) => verdict('bk-ttg', 'ba-lan', { kind: 'number', number })?.verdict;
    expect([times(2), times(3)]).toEqual(['missing', 'met']);
  });

  it('that must not be is met by a no', () => {
    expect(verdict('ttldtt', 'canh-cao', { kind: 'yes', yes: false })?.verdict).toBe('met');
    expect(verdict('ldtt', 'ky-luat', { kind: 'yes', yes: true })?.verdict).toBe('missing');
    // What was achieved since a discipline was served counts: somebody has to look from when that is.
    const disciplined = (yes: boolean) => verdict('ldtt', 'da-ky-luat', { kind: 'yes', yes })?.verdict;
    expect([disciplined(true), disciplined(false)]).toEqual(['unsure', 'met']);
  });

  it('that was not told is unsure, that the council weighs is never met', () => {
    expect(verdict('ldtt', 'nhiem-vu', { kind: 'unknown' })?.verdict).toBe('unsure');
    expect(check(rules, title('ldtt'), {}, occasion).map((one) => one.verdict)).toEqual([
      'unsure',
      'judged',
      'unsure',
      'unsure',
    ]);
  });

  it('is not weighed after the end of its document', () => {
    const after = { knowledge, day: '2027-03-01' };
    const found = check(rules, title('ldtt'), { 'ky-luat': { kind: 'yes', yes: false } }, after);
    expect(found.slice(-2).map((one) => one.verdict)).toEqual(['lapsed', 'lapsed']);
    const words = resultTexts(title('ldtt'), found, after).map((text) => renderText(text, 'vi'));
    expect(words.join('\n')).toContain('không còn hiệu lực ngày 01/03/2027');
  });
});

describe('typed answers', () => {
  const of = (kind: TypedCondition['kind']): TypedCondition => {
    const conditions = rules.titles.flatMap((one) => conditionsOf(rules, one));
    const found = conditions.find((one): one is TypedCondition => one.kind === kind);
    if (!found) throw new Error(kind);
    return found;
  };

  it.each([
    ['share', '8/12', { kind: 'counts', part: 8, whole: 12 }],
    ['share', '12 người, 8 LĐTT', { kind: 'counts', part: 8, whole: 12 }],
    ['share', '8 trên 12 người', { kind: 'counts', part: 8, whole: 12 }],
    ['share', '66,7 %', { kind: 'percent', percent: 66.7 }],
    ['share', '12/8', 'share-turned'],
    ['share', '0/0', 'share-turned'],
    ['share', '101%', 'share-turned'],
    ['share', 'nhiều lắm', 'share'],
    ['share', '8', 'share'],
    ['share', '1.200 người, 900 LĐTT', { kind: 'counts', part: 900, whole: 1200 }],
    ['share', '0912345678', 'share'],
    ['share', '0912345678/0987654321', 'share'],
    ['share', '-8/12', 'share'],
    ['years', '2023, 2024 và 2025', { kind: 'years', years: [2023, 2024, 2025] }],
    ['years', 'từ 2021 đến 2023', { kind: 'years', years: [2021, 2022, 2023] }],
    ['years', '2025-2023', { kind: 'years', years: [2023, 2024, 2025] }],
    ['years', 'Không có', { kind: 'years', years: [] }],
    ['years', '3 năm', 'years'],
    ['years', '2022, 2023 có, 2024 không', 'years'],
    ['years', '2023-2025 trừ 2024', 'years'],
    ['years', '2023-2024', 'years'],
    ['years', '2022-2023, 2023-2024', { kind: 'years', years: [2023, 2024] }],
    ['years', '2031', 'years-ahead'],
    ['number', '2 sáng kiến', { kind: 'number', number: 2 }],
    ['number', 'chưa có', { kind: 'number', number: 0 }],
    ['number', '2 hoặc 3', 'number'],
    ['number', '-', 'number'],
    ['number', '1,5', 'number'],
    ['number', '-2', 'number'],
    ['number', '0912345678', 'number'],
  ] as const)('%s: "%s"', (kind, typed, given) => {
    expect(readAnswer(of(kind), typed, 2026)).toEqual(given);
  });

  it('never fail, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (typed) => {
        for (const kind of ['share', 'years', 'number'] as const) readAnswer(of(kind), typed, 2026);
      }),
    );
  });
});

describe('the result', () => {
  const DECLARES = /đủ điều kiện (?:được )?(?:tặng|khen|công nhận|xét)|được (?:tặng|công nhận)|chắc chắn được|sẽ được/i;

  it('never declares an award, whatever was answered', () => {
    const yes = fc.boolean().map((value): Given => ({ kind: 'yes', yes: value }));
    const any = fc.oneof(
      yes,
      fc.constant<Given>({ kind: 'unknown' }),
      fc.nat(9).map((number): Given => ({ kind: 'number', number })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...rules.titles), fc.array(any, { minLength: 12, maxLength: 12 }), (one, given) => {
        const answers = Object.fromEntries(
          conditionsOf(rules, one).map((condition, n): [string, Given] => [
            condition.id,
            given[n] ?? { kind: 'unknown' },
          ]),
        );
        const texts = resultTexts(one, check(rules, one, answers, occasion), occasion).map((text) =>
          renderText(text, 'vi'),
        );
        const said = texts.filter((text) => !/^[✓✗?◇–]/.test(text)).join('\n');
        expect(said).not.toMatch(DECLARES);
        expect(said).toContain('chỉ để tự soát');
      }),
    );
  });

  it('carries the warnings of its documents: strong where the article was announced to change', () => {
    const words = (id: string) =>
      resultTexts(title(id), check(rules, title(id), {}, occasion), occasion)
        .map((text) => renderText(text, 'vi'))
        .join('\n');
    expect(words('cstdcs')).toContain('phải đối chiếu bản sửa đổi');
    expect(words('ldtt')).not.toContain('phải đối chiếu bản sửa đổi');
    expect(words('ttldtt')).toContain('bản tóm lược');
  });
});

describe('in chat', () => {
  const awards: AwardsReads = {
    fresh: () => Promise.resolve(),
    waiting: () => Promise.resolve(0),
    openOf: () => Promise.resolve([]),
  };
  const play = (language: 'vi' | 'en' = 'vi') =>
    new Play([createEligibilityFlow(answerer, rules)], { awards }, { actor: someActor({ language }) });

  it('asks a collective one thing at a time and counts at the end', async () => {
    const p = play();
    expect(await p.type('kiểm tra điều kiện ttlđxs')).toContain('Tập thể lao động xuất sắc – điều kiện 1/6');
    await p.tap('Có');
    expect(await p.tap('Có')).toContain('bao nhiêu người');
    expect(await p.type('12/8')).toContain('không thể lớn hơn');
    expect(await p.type('8/12')).toContain('điều kiện 4/6');
    await p.type('không rõ');
    await p.type('chưa');
    const result = await p.type('không');
    expect(result).toContain('Có 4, còn thiếu 1, chưa rõ 1, hội đồng xem xét 2.');
    expect(result).toContain(
      '✗ Tỷ lệ cá nhân đạt Lao động tiên tiến (8/12 = 66,7 % < 70 %). Luật số 06/2022/QH15, Điều 27, khoản 1',
    );
    expect(p.labels()).toEqual(['Soát lại', 'Hồ sơ cần có', 'Hỏi thủ tục', 'Gặp cán bộ']);
  });

  it('goes back a question with "lùi"', async () => {
    const p = play();
    await p.type('kiểm tra điều kiện', 'chiến sĩ thi đua cơ sở', 'có');
    expect(p.text()).toContain('điều kiện 2/4');
    expect(await p.type('lùi')).toContain('điều kiện 1/4');
    expect(await p.type('chưa')).toContain('điều kiện 2/4');
    await p.type('Không có điều nào', 'không', 'không');
    expect(p.text()).toContain('Có 2, còn thiếu 2');
  });

  it('offers a choice of alternatives and reads years', async () => {
    const p = play();
    await p.press('go:eligible:cstd-tinh');
    expect(await p.type('ba năm')).toContain('bốn chữ số');
    await p.type('2023, 2024, 2025', 'sáng kiến', 'không', 'không');
    expect(p.text()).toContain('✓ 03 lần liên tục đạt Chiến sĩ thi đua cơ sở (2023, 2024, 2025: 3 ≥ 3)');
    expect(p.text()).toContain('hội đồng xem xét 2');
  });

  it('says so when a title has no check, and offers those that have', async () => {
    const p = play();
    expect(await p.type('kiểm tra điều kiện')).toContain('danh hiệu, hình thức nào');
    expect(await p.type('thời tiết')).toContain('chưa có bản tự soát');
    expect(p.labels()).toContain('Tập thể lao động tiên tiến');
    expect(p.labels()).toContain('Gặp cán bộ');
    expect(await play().type('kiểm tra điều kiện giấy khen')).toContain('chưa có bản tự soát');
  });

  it('guesses none of several titles', async () => {
    const p = play();
    expect(await p.type('kiểm tra điều kiện LĐTT và CSTĐCS')).toContain('danh hiệu, hình thức nào');
    expect(await p.type('LĐTT và CSTĐCS')).toContain('chỉ soát một danh hiệu');
    expect(await p.type('CSTĐCS')).toContain('điều kiện 1/4');
  });

  it('takes a polite yes and no, and does not take a telephone number for a share', async () => {
    const p = play();
    await p.type('kiểm tra điều kiện ttlđtt', 'vâng ạ');
    expect(await p.type('0912345678')).toContain('chưa đọc được tỷ lệ');
    expect(await p.type('7/10')).toContain('cảnh cáo');
    await p.type('dạ không', 'không ạ', 'chưa ạ');
    expect(p.text()).toContain('Có 5, còn thiếu 0, chưa rõ 0, hội đồng xem xét 2.');
  });

  it('answers a question in between and goes on where it was', async () => {
    const fallback = { text: 'ask', file: 'menu', start: 'menu' };
    const p = new Play([createEligibilityFlow(answerer, rules), createAskFlow(answerer)], { awards }, { fallback });
    await p.type('kiểm tra điều kiện ldtt');
    const said = await p.type('lao động tiên tiến được thưởng bao nhiêu?');
    expect(said).toContain('760.000');
    expect(said).toContain('Tự soát Lao động tiên tiến – điều kiện 1/3');
    expect(await p.type('có')).toContain('điều kiện 2/3');
  });

  it('counts as missing what is under examination, and names the clause', async () => {
    const p = play();
    expect(await p.type('kiểm tra điều kiện bk tỉnh')).toContain('còn đường khác');
    expect(await p.type('2024, 2025')).toContain('không tính sáng kiến đã dùng');
    expect(await p.type('2')).toContain('do có dấu hiệu vi phạm');
    expect(await p.type('có')).toContain('bị thi hành kỷ luật không');
    const result = await p.type('có');
    expect(result).toContain('Có 2, còn thiếu 1, chưa rõ 1, hội đồng xem xét 1.');
    expect(result).toMatch(/\? Không bị kỷ luật .*từ khi chấp hành xong/);
    expect(result).toMatch(/✗ Không đang bị xem xét kỷ luật.*Điều 4, khoản 4/);
    expect(result).toContain('phải đối chiếu bản sửa đổi');
  });

  it('asks nothing that rests on a decree after its end, and says so', async () => {
    const p = play();
    p.now = new Date('2027-03-01T02:00:00Z');
    expect(await p.type('kiểm tra điều kiện ldtt')).toContain('điều kiện 1/1');
    const result = await p.type('có');
    expect(result).toContain('2 điều kiện chưa soát được');
    expect(result).not.toContain('✗');
  });

  it('speaks English around the Vietnamese of the law', async () => {
    const p = play('en');
    expect(await p.type('check eligibility')).toContain('Which title');
    expect(await p.type('ttldxs')).toContain('condition 1/6');
    await p.type('yes', 'no', '70%', "don't know");
    await p.type('no');
    expect(await p.type('no')).toContain('There: 4, missing: 1, not known: 1, for the council: 2.');
    expect(p.text()).toContain('(70 % ≥ 70 %)');
    expect(p.labels()).toContain('Check again');
  });
});

describe('the file', () => {
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

  it('is refused by file, field and reason', async () => {
    await mkdir('.tmp', { recursive: true });
    const folder = await mkdtemp(path.resolve('.tmp/eligibility-'));
    folders.push(folder);
    const shipped = await readFile('knowledge/eligibility.yaml', 'utf8');
    const problems = async (text: string) => {
      await writeFile(path.join(folder, 'eligibility.yaml'), text);
      return readEligibility(knowledge, folder).problems;
    };
    expect(await problems(shipped)).toEqual([]);
    expect(
      await problems(shipped.replace('document: 06/2022/QH15, article: "24"', 'document: 99/2099, article: "24"')),
    ).toEqual([{ file: 'eligibility.yaml', field: 'ldtt.nhiem-vu.basis', reason: 'unknown document 99/2099' }]);
    expect((await problems(shipped.replace('id: ldtt\n', 'id: khong-co\n')))[0]?.field).toBe('khong-co');
    expect((await problems(shipped.replace('atLeast: 3', 'atLeast: ba')))[0]?.field).toContain('atLeast');
    expect(await problems(shipped.replace('atLeast: 3', 'atLeast: 4'))).toEqual([
      {
        file: 'eligibility.yaml',
        field: 'cstd-tinh.ba-lan.atLeast',
        reason: 'parameters.yaml says 3 for cstd-tinh',
      },
    ]);
    expect((await problems(shipped.replace('{id: htxs,', '{id: sang-kien,')))[0]?.field).toBe(
      'cstdcs.noi-bat.choices.sang-kien',
    );
    expect((await problems('titles: ['))[0]?.field).toBe('-');
  });
});
