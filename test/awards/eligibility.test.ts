import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readAnswer, type Given } from '../../src/awards/eligibility/answers.js';
import { check, conditionsOf, longestRun } from '../../src/awards/eligibility/check.js';
import { createEligibilityFlow } from '../../src/awards/eligibility/flow.js';
import { loadEligibility, readEligibility } from '../../src/awards/eligibility/load.js';
import { isAsked, type AskedCondition } from '../../src/awards/eligibility/model.js';
import { resultTexts } from '../../src/awards/eligibility/result.js';
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
    expect([share(8, 12)?.verdict, share(8, 12)?.sum]).toEqual(['missing', '8/12 = 66,67 % < 70 %']);
    expect([share(6996, 10_000)?.verdict, share(6996, 10_000)?.sum]).toEqual([
      'missing',
      '6996/10000 = 69,96 % < 70 %',
    ]);
    expect(verdict('ttldtt', 'ty-le', { kind: 'percent', percent: 69.9 })?.verdict).toBe('missing');
  });

  it('of years in a row counts the longest row, not the years', () => {
    const years = (...list: number[]) => verdict('cstd-tinh', 'ba-lan', { kind: 'years', years: list })?.verdict;
    expect([years(2023, 2024, 2025), years(2021, 2023, 2025), years(2024, 2025), years()]).toEqual([
      'met',
      'missing',
      'missing',
      'missing',
    ]);
    expect(longestRun([2025, 2020, 2021, 2024, 2024])).toEqual([2024, 2025]);
  });

  it('of a number holds at the number', () => {
    const times = (number: number) => verdict('bk-ttg', 'ba-lan', { kind: 'number', number })?.verdict;
    expect([times(2), times(3)]).toEqual(['missing', 'met']);
  });

  it('that must not be is met by a no', () => {
    expect(verdict('ttldtt', 'canh-cao', { kind: 'yes', yes: false })?.verdict).toBe('met');
    expect(verdict('ldtt', 'ky-luat', { kind: 'yes', yes: true })?.verdict).toBe('missing');
  });

  it('that was not told is unsure, that the council weighs is never met', () => {
    expect(verdict('ldtt', 'nhiem-vu', { kind: 'unknown' })?.verdict).toBe('unsure');
    expect(check(rules, title('ldtt'), {}, occasion).map((one) => one.verdict)).toEqual(['unsure', 'judged', 'unsure']);
  });

  it('is not weighed after the end of its document', () => {
    const after = { knowledge, day: '2027-03-01' };
    const found = check(rules, title('ldtt'), { 'ky-luat': { kind: 'yes', yes: false } }, after);
    expect(found.at(-1)?.verdict).toBe('lapsed');
    const words = resultTexts(title('ldtt'), found, after).map((text) => renderText(text, 'vi'));
    expect(words.join('\n')).toContain('không còn hiệu lực ngày 01/03/2027');
  });
});

describe('typed answers', () => {
  const of = (kind: AskedCondition['kind']): AskedCondition => {
    const found = rules.titles.flatMap((one) => conditionsOf(rules, one)).find((one) => one.kind === kind);
    if (!found || !isAsked(found)) throw new Error(kind);
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
    ['years', '2023, 2024 và 2025', { kind: 'years', years: [2023, 2024, 2025] }],
    ['years', 'từ 2021 đến 2023', { kind: 'years', years: [2021, 2022, 2023] }],
    ['years', 'Không có', { kind: 'years', years: [] }],
    ['years', '3 năm', 'years'],
    ['years', '2031', 'years-ahead'],
    ['number', '2 sáng kiến', { kind: 'number', number: 2 }],
    ['number', 'chưa có', { kind: 'number', number: 0 }],
    ['number', '2 hoặc 3', 'number'],
    ['number', '-', 'number'],
    ['number', '1,5', 'number'],
  ] as const)('%s: "%s"', (kind, typed, given) => {
    expect(readAnswer(of(kind), typed, 2026)).toEqual(given);
  });

  it('never fail, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (typed) => {
        for (const kind of ['yes', 'share', 'years', 'number', 'oneOf'] as const) readAnswer(of(kind), typed, 2026);
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
  const awards = { fresh: () => Promise.resolve() } as unknown as AwardsReads;
  const play = (language: 'vi' | 'en' = 'vi') =>
    new Play([createEligibilityFlow(answerer, rules)], { awards }, { actor: someActor({ language }) });

  it('asks a collective one thing at a time and counts at the end', async () => {
    const p = play();
    expect(await p.type('kiểm tra điều kiện ttlđxs')).toContain('Tập thể lao động xuất sắc – điều kiện 1/5');
    await p.tap('Có');
    expect(await p.tap('Có')).toContain('bao nhiêu người');
    expect(await p.type('12/8')).toContain('không thể lớn hơn');
    expect(await p.type('8/12')).toContain('điều kiện 4/5');
    await p.type('không rõ');
    const result = await p.type('chưa');
    expect(result).toContain('Có 3, còn thiếu 1, chưa rõ 1, hội đồng xem xét 2.');
    expect(result).toContain(
      '✗ Tỷ lệ cá nhân đạt Lao động tiên tiến (8/12 = 66,67 % < 70 %). Luật số 06/2022/QH15, Điều 27, khoản 1',
    );
    expect(p.labels()).toEqual(['Soát lại', 'Hồ sơ cần có', 'Gặp cán bộ']);
  });

  it('goes back a question with "lùi"', async () => {
    const p = play();
    await p.type('kiểm tra điều kiện', 'chiến sĩ thi đua cơ sở', 'có');
    expect(p.text()).toContain('điều kiện 2/3');
    expect(await p.type('lùi')).toContain('điều kiện 1/3');
    expect(await p.type('chưa')).toContain('điều kiện 2/3');
    await p.type('Không có điều nào', 'không');
    expect(p.text()).toContain('Có 1, còn thiếu 2');
  });

  it('offers a choice of alternatives and reads years', async () => {
    const p = play();
    await p.press('go:eligible:cstd-tinh');
    expect(await p.type('ba năm')).toContain('bốn chữ số');
    await p.type('2023, 2024, 2025', 'có', 'không');
    expect(p.text()).toContain('✓ 03 lần liên tục đạt Chiến sĩ thi đua cơ sở (2023, 2024, 2025: 3 ≥ 3)');
    expect(p.text()).toContain('hội đồng xem xét 2');
  });

  it('says so when a title has no check, and offers those that have', async () => {
    const p = play();
    expect(await p.type('kiểm tra điều kiện')).toContain('danh hiệu, hình thức nào');
    expect(await p.type('thời tiết')).toContain('chưa có bản tự soát');
    expect(p.labels()).toContain('Tập thể lao động tiên tiến');
  });

  it('speaks English around the Vietnamese of the law', async () => {
    const p = play('en');
    expect(await p.type('check eligibility')).toContain('Which title');
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
    expect((await problems('titles: ['))[0]?.field).toBe('-');
  });
});
