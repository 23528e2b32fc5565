import { describe, expect, it } from 'vitest';
import { isTimeSpan, readTimeSpan, spanDays, spanOf } from '../../src/kernel/time-span.js';

const TODAY = '2026-11-20';

describe('a stretch of time', () => {
  it.each([
    ['tháng 10', '2026-10'],
    ['tháng 12', '2025-12'],
    ['tháng 2/2024', '2024-02'],
    ['10/2026', '2026-10'],
    ['quý III/2026', '2026-Q3'],
    ['Quý 4', '2026-Q4'],
    ['quý 2 năm 2025', '2025-Q2'],
    ['năm 2025', '2025'],
    ['2023', '2023'],
    ['năm ngoái', '2025'],
    ['năm nay', 'now'],
    ['tháng trước', '2026-10'],
    ['quý trước', '2026-Q3'],
    ['tất cả', 'all'],
  ])('is read from "%s"', (text, span) => {
    expect(readTimeSpan(text, TODAY)).toBe(span);
    expect(isTimeSpan(span)).toBe(true);
  });

  it.each(['5', 'tháng 13', 'quý 5', 'thi đua', '', 'tháng 0', 'năm 20262'])('is not read from "%s"', (text) => {
    expect(readTimeSpan(text, TODAY)).toBeNull();
  });

  it('covers whole months; only "now" reaches back for what is owed', () => {
    expect(spanDays('2024-02', TODAY)).toEqual({ from: '2024-02-01', to: '2024-02-29', owedFrom: '2024-02-01' });
    expect(spanDays('2026-Q3', TODAY)).toEqual({ from: '2026-07-01', to: '2026-09-30', owedFrom: '2026-07-01' });
    expect(spanDays('2025', TODAY)).toEqual({ from: '2025-01-01', to: '2025-12-31', owedFrom: '2025-01-01' });
    expect(spanDays('now', TODAY)).toMatchObject({ from: '2026-01-01', to: '2026-12-31', owedFrom: '1900-01-01' });
  });

  it('steps back over the turn of a year', () => {
    expect(spanOf('month', '2026-01-31', 1)).toBe('2025-12');
    expect(spanOf('quarter', '2026-02-01', 1)).toBe('2025-Q4');
    expect(spanOf('year', '2026-02-01', 1)).toBe('2025');
  });
});
