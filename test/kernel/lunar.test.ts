import { afterEach, describe, expect, it } from 'vitest';
import { lunarToSolar, lunarYearName } from '../../src/kernel/lunar.js';

const TET: Readonly<Record<number, string>> = {
  2020: '2020-01-25',
  2021: '2021-02-12',
  2022: '2022-02-01',
  2023: '2023-01-22',
  2024: '2024-02-10',
  2025: '2025-01-29',
  2026: '2026-02-17',
  2027: '2027-02-06',
  2028: '2028-01-26',
  2029: '2029-02-13',
  2030: '2030-02-02',
  2031: '2031-01-23',
  2032: '2032-02-11',
  2033: '2033-01-31',
  2034: '2034-02-19',
  2035: '2035-02-08',
};

/** Giỗ Tổ, the 10th of the third month; 2023 has a leap second month before it. */
const KINGS: Readonly<Record<number, string>> = {
  2020: '2020-04-02',
  2021: '2021-04-21',
  2022: '2022-04-10',
  2023: '2023-04-29',
  2024: '2024-04-18',
  2025: '2025-04-07',
  2026: '2026-04-26',
  2027: '2027-04-16',
  2028: '2028-04-04',
};

const years = (known: object) => Object.keys(known).map(Number);
const hostZone = process.env['TZ'];

describe('the lunar calendar', () => {
  afterEach(() => {
    if (hostZone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = hostZone;
  });

  it('knows the Tết of 2020 to 2035', () => {
    expect(Object.fromEntries(years(TET).map((year) => [year, lunarToSolar(year, 1, 1)]))).toEqual(TET);
  });

  it('knows Giỗ Tổ, also after a leap month', () => {
    expect(Object.fromEntries(years(KINGS).map((year) => [year, lunarToSolar(year, 3, 10)]))).toEqual(KINGS);
  });

  it.each(['UTC', 'America/New_York', 'Pacific/Kiritimati'])('does not ask for the zone of the host: %s', (zone) => {
    process.env['TZ'] = zone;
    expect(years(TET).map((year) => lunarToSolar(year, 1, 1))).toEqual(Object.values(TET));
  });

  it('names the years', () => {
    expect([2024, 2025, 2026, 2027, 2035].map(lunarYearName)).toEqual([
      'Giáp Thìn',
      'Ất Tỵ',
      'Bính Ngọ',
      'Đinh Mùi',
      'Ất Mão',
    ]);
  });
});
