import { describe, expect, it } from 'vitest';
import { HOLIDAYS as SAMPLES } from '../../src/dev/demo/holidays.js';
import { addDays, weekday } from '../../src/kernel/local-date.js';
import { proposeYear } from '../../src/calendar/propose.js';
import { certainDays, toBeAnnounced } from '../../src/calendar/rules.js';

const isWeekend = (day: string) => [0, 6].includes(weekday(day));
const weekdaysOf = (days: readonly { readonly on: string }[]) =>
  days.map(({ on }) => on).filter((on) => !isWeekend(on));
const YEARS = Array.from({ length: 16 }, (_, n) => 2020 + n);

describe('the days off of the law', () => {
  it.each([2026, 2027])('are in %s those that are known to be certain', (year) => {
    const known = SAMPLES.filter(({ on }) => on.startsWith(String(year)));
    expect(weekdaysOf(certainDays(year))).toEqual(weekdaysOf(known));
  });

  it('are called as people call them, with the lunar year, and say what is made up', () => {
    const names = new Map(proposeYear(2027, '2027-01-01', []).map(({ on, name }) => [on, name]));
    expect(names.get('2027-02-05')).toBe('Tết Nguyên đán Đinh Mùi');
    expect(names.get('2027-05-03')).toBe('Nghỉ bù Ngày Quốc tế Lao động');
    expect(names.get('2027-11-24')).toBe('Ngày Văn hóa Việt Nam');
  });

  it('make up one after another where holidays and weekends meet', () => {
    // 2023: Giỗ Tổ on Saturday 29/4, 30/4 a Sunday, 1/5 a Monday: off until Wednesday 3/5, as it was announced.
    const spring = certainDays(2023).filter(({ on }) => on > '2023-04-01' && on < '2023-06-01');
    expect(spring.map(({ on, isMadeUp }) => `${on}${isMadeUp ? ' made up' : ''}`)).toEqual([
      '2023-04-29',
      '2023-04-30',
      '2023-05-01',
      '2023-05-02 made up',
      '2023-05-03 made up',
    ]);
  });

  it('hold under every choice: the day after 2/9 is left out unless both choices make it off', () => {
    const september = (year: number) => weekdaysOf(certainDays(year).filter(({ on }) => on.slice(5, 7) === '09'));
    expect(september(2026)).toEqual(['2026-09-02']);
    // 2/9/2029 is a Sunday: with 1/9 two days are made up, with 3/9 one; Monday and Tuesday are off either way.
    expect(september(2029)).toEqual(['2029-09-03', '2029-09-04']);
  });

  it('know 24/11 only from 2026 on', () => {
    expect(certainDays(2025).some(({ on }) => on === '2025-11-24')).toBe(false);
    expect(certainDays(2026).some(({ on }) => on === '2026-11-24')).toBe(true);
  });

  it.each(YEARS)(
    'are in %s in order, each once, in that year; what is made up is no weekend and follows one',
    (year) => {
      const days = certainDays(year);
      expect(days.map(({ on }) => on)).toEqual([...new Set(days.map(({ on }) => on))].sort());
      expect(days.every(({ on }) => on.startsWith(String(year)))).toBe(true);
      const off = new Set(days.map(({ on }) => on));
      for (const { on } of days.filter((day) => day.isMadeUp)) {
        expect(isWeekend(on)).toBe(false);
        expect(off.has(addDays(on, -1)) || isWeekend(addDays(on, -1))).toBe(true);
      }
    },
  );

  it('tell what must be announced', () => {
    expect(toBeAnnounced(2027)).toEqual(['calendar.announced.tet', 'calendar.announced.national']);
  });
});

describe('a proposal', () => {
  it('leaves out what is on record and what is over', () => {
    const days = proposeYear(2026, '2026-04-27', ['2026-05-01']).map(({ on }) => on);
    expect(days).toEqual(['2026-04-27', '2026-04-30', '2026-09-02', '2026-11-24']);
  });
});
