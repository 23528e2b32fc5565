import { describe, expect, it } from 'vitest';
import { maskPersonal } from '../../src/awards/index.js';

describe('masking', () => {
  it.each([
    ['số em là 0912345678 nhé', 'số em là *** nhé'],
    ['gọi 0912.345.678 hoặc 0912 345 678', 'gọi *** hoặc ***'],
    ['+84912345678', '***'],
    ['CCCD 036099001234', 'CCCD ***'],
    ['cccd 036 099 001 234', 'cccd ***'],
    ['CMND 168123456', 'CMND ***'],
    ['thư: lan.nguyen@example.com', 'thư: ***'],
  ])('takes the number out of %s', (text, masked) => {
    expect(maskPersonal(text)).toBe(masked);
  });

  it.each([
    'thưởng 2.530.000 đ',
    'Luật 06/2022/QH15, Điều 27',
    'từ 01/10/2026',
    'năm 2026 có 1813 người',
    '11.390.000 đồng',
    'Quỹ 150000000 đồng',
    '84.000.000.000 đồng',
    '01.02.2026-30.12.2026',
  ])('leaves %s alone', (text) => {
    expect(maskPersonal(text)).toBe(text);
  });
});
