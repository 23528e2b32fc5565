import { describe, expect, it } from 'vitest';
import { toldHeads } from '../../src/awards/question-numbers.js';
import { longestRun, toldYears } from '../../src/awards/question-years.js';
import { ask } from './knowledge-of-tests.js';

describe('the numbers in a question', () => {
  it.each([
    ['thưởng 3 người LĐTT hết bao nhiêu', false, 3],
    ['5 đồng chí đạt CSTĐCS thì tổng tiền thưởng', false, 5],
    ['đơn vị 20 người, LĐTT được thưởng bao nhiêu', false, 1],
    ['tập thể 12 người được TTLĐXS thưởng bao nhiêu', true, 1],
    ['thưởng 2 tập thể lao động xuất sắc', true, 2],
  ])('tell how many are paid: %s', (text, collective, heads) => {
    expect(toldHeads(text, collective)).toBe(heads);
  });

  it('tell the years, and the longest run of them', () => {
    expect(toldYears('CSTĐCS 2023, 2024, 2025')).toEqual([2023, 2024, 2025]);
    expect(toldYears('từ 2021 đến 2023')).toEqual([2021, 2022, 2023]);
    expect(toldYears('Luật 2022, số 06/2022/QH15')).toEqual([]);
    expect(longestRun([2021, 2023, 2024])).toBe(2);
  });

  it('are worked out in the answer', () => {
    expect(ask('thưởng 3 người LĐTT hết bao nhiêu tiền').text).toContain('3 × 760.000 đ = 2.280.000 đ');
    expect(ask('tập thể 12 người đạt tập thể lao động xuất sắc được thưởng bao nhiêu tiền').text).not.toContain('12 ×');
    const years = 'thì đủ số lần để xét CSTĐ tỉnh chưa';
    expect(ask(`CSTĐCS các năm 2023, 2024, 2025 ${years}`).text).toContain('3 năm liên tục, đủ 3 lần');
    expect(ask(`CSTĐCS các năm 2022, 2024, 2025 ${years}`).text).toContain('chưa đủ 3 lần');
  });

  it('pick the base salary of the day on which the decision was signed', () => {
    const reply = ask('quyết định ký tháng 6/2026 thì CSTĐCS được thưởng bao nhiêu');
    expect([reply.outcome, reply.text.includes('2.340.000')]).toEqual(['answer', true]);
    expect(ask('quyết định ký ngày 15/4/2027 thì tiền thưởng LĐTT bao nhiêu').outcome).toBe('hand_over');
  });
});
