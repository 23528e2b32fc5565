import { describe, expect, it } from 'vitest';
import { bonusOn, type Payee } from '../../src/awards/money.js';
import { ask, knowledge } from './knowledge-of-tests.js';

const amount = (id: string, payee: Payee, day: string) => bonusOn(knowledge.parameters, id, payee, day)?.amount;
const NEW = '2026-07-01';
const OLD = '2026-06-30';

describe('a bonus', () => {
  // Title or form, payee, at 2.530.000 đ, at 2.340.000 đ.
  const table: readonly [string, Payee, number, number][] = [
    ['ldtt', 'person', 760_000, 710_000],
    ['cstdcs', 'person', 2_530_000, 2_340_000],
    ['cstd-tinh', 'person', 7_590_000, 7_020_000],
    ['cstdtq', 'person', 11_390_000, 10_530_000],
    ['ttldtt', 'collective', 2_030_000, 1_880_000],
    ['ttldxs', 'collective', 3_800_000, 3_510_000],
    ['thon-van-hoa', 'collective', 3_800_000, 3_510_000],
    ['xa-tieu-bieu', 'collective', 5_060_000, 4_680_000],
    ['co-tinh', 'collective', 20_240_000, 18_720_000],
    ['co-cp', 'collective', 30_360_000, 28_080_000],
    ['giay-khen', 'person', 760_000, 710_000],
    ['giay-khen', 'collective', 1_520_000, 1_410_000],
    ['giay-khen', 'household', 1_140_000, 1_060_000],
    ['bk-tinh', 'person', 3_800_000, 3_510_000],
    ['bk-tinh', 'collective', 7_590_000, 7_020_000],
    ['bk-tinh', 'household', 5_700_000, 5_270_000],
    ['bk-ttg', 'person', 8_860_000, 8_190_000],
    ['bk-ttg', 'collective', 17_710_000, 16_380_000],
    ['bk-ttg', 'household', 13_290_000, 12_290_000],
    ['ky-niem-chuong', 'person', 1_520_000, 1_410_000],
    ['hcld-1', 'person', 22_770_000, 21_060_000],
    ['hcld-2', 'person', 18_980_000, 17_550_000],
    ['hcld-3', 'person', 11_390_000, 10_530_000],
  ];

  it.each(table)('of %s for a %s is rounded up to ten thousand at both base salaries', (id, payee, now, before) => {
    expect([amount(id, payee, NEW), amount(id, payee, OLD)]).toEqual([now, before]);
  });

  it('is unknown before the decree came into force', () => {
    expect(amount('ldtt', 'person', '2025-06-30')).toBeUndefined();
    expect(amount('ldtt', 'person', '2025-07-01')).toBe(710_000);
  });

  it('is shown as a computation with its articles, and changes with the day asked about', () => {
    const now = ask('LĐTT thưởng bao nhiêu tiền');
    expect(now.text).toContain('0,3 × 2.530.000 đ = 759.000 đ, làm tròn lên 760.000 đ');
    expect(now.citations).toContainEqual({ document: '152/2025/NĐ-CP', article: '50', clause: '1', point: 'd' });
    expect(now.citations).toContainEqual({ document: '152/2025/NĐ-CP', article: '49', clause: '2' });
    expect(now.citations).toContainEqual({ document: '161/2026/NĐ-CP' });
    expect(ask('LĐTT thưởng bao nhiêu tiền', '2026-06-30').text).toContain('710.000 đ');
    expect(ask('tháng 5/2026 thì LĐTT thưởng bao nhiêu tiền').text).toContain('710.000 đ');
  });

  it('of a collective by a second-hand rule carries the warning, that of a person does not', () => {
    expect(ask('bằng khen tỉnh thưởng bao nhiêu tiền').outcome).toBe('answer');
    const collective = ask('bằng khen tỉnh cho tập thể thưởng bao nhiêu tiền');
    expect([collective.outcome, collective.text.includes('7.590.000 đ')]).toEqual(['answer_with_warning', true]);
  });
});
