import { describe, expect, it } from 'vitest';
import { parseMoment } from '../../src/kernel/parse-date.js';

/** Monday, 09:00 in Việt Nam. */
const NOW = new Date('2026-11-23T02:00:00Z');
const at = (day: string, time: string) => new Date(`${day}T${time}:00+07:00`);

describe('a moment as people type it', () => {
  it.each([
    ['8h sáng mai', '2026-11-24', '08:00'],
    ['8h sang mai', '2026-11-24', '08:00'],
    ['sáng mai 8 giờ', '2026-11-24', '08:00'],
    ['14:30 25/11', '2026-11-25', '14:30'],
    ['14h30 ngày 25/11', '2026-11-25', '14:30'],
    ['25/11 lúc 14 giờ 30 phút', '2026-11-25', '14:30'],
    ['8h 25/11', '2026-11-25', '08:00'],
    ['8 giờ 25 tháng 11', '2026-11-25', '08:00'],
    ['2 giờ chiều mai', '2026-11-24', '14:00'],
    ['2 rưỡi', null, ''],
    ['2 giờ rưỡi chiều nay', '2026-11-23', '14:30'],
    ['7h tối thứ sáu', '2026-11-27', '19:00'],
    ['thứ hai 8 giờ', '2026-11-30', '08:00'],
    ['thứ hai 10 giờ', '2026-11-23', '10:00'],
    ['8h thứ hai tuần sau', '2026-11-30', '08:00'],
    ['8h thứ bảy tới', '2026-11-28', '08:00'],
    ['9g30 chủ nhật', '2026-11-29', '09:30'],
    ['15h', '2026-11-23', '15:00'],
    ['8h', '2026-11-24', '08:00'],
    ['12 giờ trưa mai', '2026-11-24', '12:00'],
    ['1h trưa mai', '2026-11-24', '13:00'],
    ['10h đêm nay', '2026-11-23', '22:00'],
    ['30 phút nữa', '2026-11-23', '09:30'],
    ['sau 2 tiếng', '2026-11-23', '11:00'],
    ['8:00, 01/12/2026', '2026-12-01', '08:00'],
    ['8h 5/1', '2027-01-05', '08:00'],
    ['2 pm', null, ''],
  ])('%s', (typed, day, time) => {
    expect(parseMoment(typed, NOW)).toEqual(day === null ? null : at(day, time));
  });

  it('that is over comes out as it is, so that it can be refused', () => {
    expect(parseMoment('8h sáng nay', NOW)).toEqual(at('2026-11-23', '08:00'));
    expect(parseMoment('14:30 20/11', NOW)).toEqual(at('2026-11-20', '14:30'));
    expect(parseMoment('14:30 20/11/2025', NOW)).toEqual(at('2025-11-20', '14:30'));
  });

  it.each(['mai', 'thứ sáu', '25/11', 'sáng mai'])('asks for the time of "%s"', (typed) => {
    expect(parseMoment(typed, NOW)).toBe('no-time');
  });

  it.each(['', 'ngay', 'khi nào xong', '25h mai', '8h75 mai', '8h 31/2', 'gửi đi'])('is none in "%s"', (typed) => {
    expect(parseMoment(typed, NOW)).toBeNull();
  });
});
