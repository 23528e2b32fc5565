import { describe, expect, it } from 'vitest';
import { createLikeness } from '../../src/awards/likeness.js';
import { knowledge } from './knowledge-of-tests.js';

const likeness = createLikeness(knowledge);

describe('how alike two questions are', () => {
  it('is near one for the same question in other words', () => {
    expect(likeness('CSTĐCS cần sáng kiến không', 'chien si thi dua co so co bat buoc sang kien ko')).toBeGreaterThan(
      0.6,
    );
    expect(likeness('tiền thưởng bằng khen tỉnh', 'bằng khen của tỉnh được thưởng bao nhiêu tiền')).toBeGreaterThan(
      0.6,
    );
  });

  it.each([
    ['tiền thưởng LĐTT', 'tiền thưởng CSTĐCS'],
    ['tiền thưởng CSTĐCS', 'hồ sơ CSTĐCS'],
    ['bằng khen tỉnh cần gì', 'bằng khen của Thủ tướng cần gì'],
    ['CSTĐ cấp tỉnh hồ sơ gì', 'CSTĐ cơ sở hồ sơ gì'],
    ['Nghị định 152/2025/NĐ-CP còn hiệu lực không', 'Nghị định 98/2023/NĐ-CP còn hiệu lực không'],
  ])('is nothing for two matters: %s / %s', (a, b) => {
    expect(likeness(a, b)).toBe(0);
    expect(likeness(b, a)).toBe(0);
  });

  it('is low where only the figures differ', () => {
    expect(likeness('đơn vị 12 người có 8 LĐTT', 'đơn vị 20 người có 19 LĐTT')).toBeLessThan(0.5);
  });

  it('is the same both ways and one for the same text', () => {
    for (const text of ['asdf', 'hồ sơ giấy khen', '123']) expect(likeness(text, text)).toBe(1);
    expect(likeness('hồ sơ giấy khen', 'giấy khen')).toBe(likeness('giấy khen', 'hồ sơ giấy khen'));
  });
});
