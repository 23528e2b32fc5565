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
    expect(toldHeads(text, collective)).toEqual({ heads, isUnclear: false });
  });

  it.each([
    '3 cá nhân và 2 tập thể được bằng khen tỉnh, tổng thưởng bao nhiêu',
    'nửa đơn vị 40 người là LĐTT, thưởng bao nhiêu',
    '70% trong 30 người LĐTT thưởng bao nhiêu tiền',
    '12 LĐTT và 2 CSTĐCS thưởng tổng bao nhiêu',
  ])('are no sum where it is not sure who counts: %s', (text) => {
    expect(toldHeads(text, false)).toEqual({ heads: 1, isUnclear: true });
    expect(ask(text).text).toContain('không cộng tổng');
    expect(ask(text).text).not.toMatch(/Cho \d+ trường hợp/);
  });

  it('are no count where they are a year', () => {
    expect(ask('2025 LĐTT thưởng bao nhiêu').text).not.toContain('trường hợp');
  });

  it('are a base salary of their own where it is named', () => {
    const amount = (text: string) => /mà câu hỏi nêu: (.*)\./.exec(ask(text).text)?.[1];
    expect(amount('với lương cơ sở 2.340.000 thì bằng khen tỉnh bao nhiêu tiền')).toBe('3.510.000 đ');
    expect(amount('nếu lương cơ sở tăng lên 3 triệu thì CSTĐCS thưởng bao nhiêu')).toBe('3.000.000 đ');
    expect(amount('lương cơ sở 2.530.000 thì LĐTT thưởng bao nhiêu')).toBeUndefined();
  });

  it('of somebody whom no rule pays are said to be another one’s', () => {
    const said = 'không có mức riêng cho hộ gia đình; mức trên là của cá nhân';
    expect(ask('hộ gia đình được huân chương lao động hạng ba thưởng bao nhiêu').text).toContain(said);
    expect(ask('hộ gia đình được bằng khen tỉnh thưởng bao nhiêu').text).not.toContain('mức riêng');
    expect(ask('tập thể lao động xuất sắc thưởng bao nhiêu').text).not.toContain('mức riêng');
  });

  it('are a share that is compared as it is, not rounded', () => {
    expect(ask('69,9% LĐTT có được làm tròn 70% không').text).toContain('69,9 % < 70 %');
  });

  it('tell the years, and the longest run of them', () => {
    expect(toldYears('CSTĐCS 2023, 2024, 2025')).toEqual([2023, 2024, 2025]);
    expect(toldYears('em đạt CSTĐCS từ 2021 đến 2023')).toEqual([2021, 2022, 2023]);
    expect(toldYears('năm 2022, năm 2023, năm 2024 em đều đạt cstdcs')).toEqual([2022, 2023, 2024]);
    expect(toldYears('Luật 2022, số 06/2022/QH15')).toEqual([]);
    expect(longestRun([2021, 2023, 2024])).toBe(2);
  });

  it.each([
    'không đạt CSTĐCS 2024, đạt 2022 2023 2025 được CSTĐ tỉnh không',
    'CSTĐCS 2023 và 2024 nhưng 2025 không đạt, năm 2026 đề nghị bằng khen tỉnh được không',
    'đã đạt CSTĐCS 2022 2023 2024 trừ 2023 thì CSTĐ tỉnh được không',
    'hoàn thành xuất sắc năm 2024 và CSTĐCS năm 2025 có được bằng khen tỉnh không',
    'CSTĐCS năm học 2022-2023 và 2024-2025 được bằng khen tỉnh không',
    'CSTĐCS 2019 2020 2021, năm 2025 có được đề nghị CSTĐ tỉnh không',
    'CSTĐCS 2024, 2025 năm nay 2026 đề nghị CSTĐ tỉnh được không',
    'theo Luật Thi đua khen thưởng 2022, CSTĐCS 2023 và 2024 có đủ CSTĐ tỉnh không',
    'đạt CSTĐCS năm 2024, sáng kiến năm 2025, được bằng khen tỉnh không',
    'anh A CSTĐCS 2024, chị B CSTĐCS 2025 có ai được bằng khen tỉnh không',
  ])('are not taken for years of the title where another reading is as good: %s', (text) => {
    expect(toldYears(text)).toEqual([]);
    expect(ask(text).text).not.toContain('Phép đếm');
  });

  it('are not counted where times are wanted and not years: CSTĐ toàn quốc', () => {
    expect(ask('CSTĐ tỉnh 2020, 2023 được CSTĐTQ không').text).not.toContain('Phép đếm');
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
