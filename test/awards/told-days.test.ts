import { describe, expect, it } from 'vitest';
import { askedDate } from '../../src/awards/question-date.js';
import { ask, TODAY } from './knowledge-of-tests.js';

const OLD = '710.000 đ';
const NEW = '760.000 đ';
const pays = (question: string) => {
  const [first = ''] = ask(question).text.split('\n');
  return first.includes(OLD) ? OLD : first.includes(NEW) ? NEW : first;
};

describe('of several days the one of the decision counts (152/2025/NĐ-CP, Điều 49)', () => {
  it.each([
    ['LĐTT trao ngày 2/9/2026 nhưng quyết định ký 25/6/2026 thì thưởng bao nhiêu', OLD],
    ['nhận tiền ngày 5/7/2026 nhưng quyết định đề ngày 20/6/2026, LĐTT mấy tiền', OLD],
    ['LĐTT nhận ngày 10/8/2026 theo quyết định 20/6/2026 thưởng bao nhiêu', OLD],
    ['giấy khen trao tháng 7/2026, ký tháng 6/2026 thưởng bao nhiêu', OLD],
    ['trình 20/6/2026 ký 3/7/2026 giấy khen bao nhiêu tiền', NEW],
    ['nộp hồ sơ 01/6/2026, đến 10/7/2026 ký quyết định, giấy khen mấy tiền', NEW],
    ['không phải ký 30/6/2026 mà ký 1/7/2026 thì LĐTT thưởng bao nhiêu', NEW],
  ])('%s: %s', (question, amount) => {
    expect(pays(question)).toBe(amount);
    expect(ask(question).text).not.toContain('Quyết định ký');
  });

  it.each([
    'LĐTT họp xét ngày 25/6/2026 thưởng bao nhiêu',
    'giấy khen đề nghị từ tháng 5/2026 đến nay chưa có, khi có thì thưởng bao nhiêu',
    'giấy khen hồi tháng 5 thưởng bao nhiêu',
    'LĐTT ký cách đây nửa năm thưởng mấy tiền',
    'LĐTT năm học 2025-2026 thưởng bao nhiêu',
  ])('where that day is not told both amounts are: %s', (question) => {
    expect(ask(question).text).toContain(OLD);
    expect(ask(question).text).toContain(NEW);
  });
});

describe('a day', () => {
  it.each([
    ['ký 15/6/26', OLD],
    ['ký hôm 30/6 vừa rồi', OLD],
    ['ký 30 6 2026', OLD],
    ['ký ngày 30 thg 6 năm 2026', OLD],
    ['ký quý II/2026', OLD],
    ['ký quý hai năm nay', OLD],
    ['ký quý 3/2026', NEW],
    ['sau 30/6/2026', NEW],
    ['sau tháng 6/2026', NEW],
    ['của năm 2025 nhưng giờ mới ký', NEW],
  ])('is read however it is written: %s', (told, amount) => {
    expect(pays(`tiền thưởng LĐTT ${told} là bao nhiêu`)).toBe(amount);
  });

  it('before or after a month is none of that month', () => {
    const day = (text: string) => askedDate(text, { today: TODAY, dayCounts: true })?.day;
    expect(day('trước tháng 7/2025')).toBe('2025-06-30');
    expect(day('sau tháng 2/2027')).toBe('2027-03-01');
    // What is asked about the time since a past day is asked about today.
    expect(day('sau 31/12/2023')).toBe(TODAY);
  });

  it('after the end of the decree has no amount', () => {
    expect(ask('LĐTT quyết định năm 2027 thưởng bao nhiêu').outcome).toBe('hand_over');
    expect(ask('LĐTT ký sau 28/2/2027 thưởng bao nhiêu').outcome).toBe('hand_over');
  });

  it('of the time of the districts brings back who gave then', () => {
    for (const question of [
      'năm 2024 chủ tịch xã có được tặng CSTĐCS không',
      'trước 1/7/2025 chủ tịch xã được tặng gì',
      'hồi còn huyện thì xã có được công nhận CSTĐCS không',
    ])
      expect(ask(question).cards).toEqual(['tham-quyen-xa-truoc']);
  });
});
