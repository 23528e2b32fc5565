import { describe, expect, it } from 'vitest';
import { renderText } from '../../src/conversation/index.js';
import { checkHours, readOffice, readQuiet } from '../../src/calendar/hours.js';
import { isProblem, readDays } from '../../src/calendar/read-days.js';

const TODAY = '2026-11-23';
const QUIET = { from: '21:00', to: '06:30' };

describe('days as an administrator types them', () => {
  const read = (typed: string, today = TODAY) => {
    const days = readDays(typed, today);
    return isProblem(days) ? renderText(days.problem, 'vi') : `${days.from} ${days.to}`;
  };

  it.each([
    ['24/11/2026', '2026-11-24 2026-11-24'],
    ['24/11', '2026-11-24 2026-11-24'],
    ['mai', '2026-11-24 2026-11-24'],
    ['28-4-2027', '2027-04-28 2027-04-28'],
    ['28/04/2027 - 02/05/2027', '2027-04-28 2027-05-02'],
    ['28/4-2/5', '2027-04-28 2027-05-02'],
    ['từ 28/4 đến 2/5/2027', '2027-04-28 2027-05-02'],
    ['tu ngay 28/4/2027 den ngay 2/5/2027', '2027-04-28 2027-05-02'],
    ['30/12 – 2/1', '2026-12-30 2027-01-02'],
    ['29/02/2028', '2028-02-29 2028-02-29'],
  ])('%s', (typed, days) => expect(read(typed)).toBe(days));

  it.each([
    ['29/02/2027', 'Không có ngày 29/02/2027'],
    ['29/02', 'Không có ngày 29/02'],
    ['31/04/2027 - 02/05/2027', 'Không có ngày 31/04/2027'],
    ['ngày nào đó', 'chưa đọc được ngày “ngày nào đó”'],
    ['', 'chưa đọc được ngày'],
    ['20/11/2026', 'Ngày 20/11/2026 đã qua (hôm nay 23/11/2026)'],
    ['20/11/2026 - 30/11/2026', 'Ngày 20/11/2026 đã qua'],
    ['02/05/2027 - 28/04/2027', 'bị ngược'],
    ['2/5 - 28/4', 'bị ngược'],
    ['01/01/2027 - 04/02/2028', 'dài 400 ngày'],
    ['01/01/2032', 'đến hết năm 2031'],
    ['01/01/9999', 'đến hết năm 2031'],
  ])('"%s" is answered with what is wrong', (typed, words) => expect(read(typed)).toContain(words));

  it('takes today, and the last day that rules were checked for', () => {
    expect(read(TODAY)).toBe(`${TODAY} ${TODAY}`);
    expect(read('31/12/2035', '2034-01-01')).toBe('2035-12-31 2035-12-31');
    expect(read('01/01/2036', '2034-01-01')).toContain('đến hết năm 2035');
  });
});

describe('hours as an administrator types them', () => {
  it.each([
    ['07:30-11:30, 13:30-17:00', '07:30–11:30 13:30–17:00'],
    ['7h30 - 11h30; 13h30 - 17h', '07:30–11:30 13:30–17:00'],
    ['từ 8 giờ đến 17 giờ 30', '08:00–17:30'],
    ['7g–16g30', '07:00–16:30'],
  ])('office: %s', (typed, spans) => {
    const office = readOffice(typed, QUIET);
    expect(typeof office === 'string' ? office : office.map(({ from, to }) => `${from}–${to}`).join(' ')).toBe(spans);
  });

  it.each([
    ['', 'unreadable'],
    ['cả ngày', 'unreadable'],
    ['25:00-26:00', 'unreadable'],
    ['8h75-9h', 'unreadable'],
    ['17:00-08:00', 'turned'],
    ['08:00-08:00', 'turned'],
    ['13:30-17:00, 07:30-11:30', 'crossed'],
    ['07:30-11:30, 11:00-17:00', 'crossed'],
    ['7:00-8:00, 9:00-10:00, 11:00-12:00', 'too-many'],
    ['06:00-17:00', 'overlap'],
    ['13:00-21:30', 'overlap'],
  ])('office: "%s" is %s', (typed, problem) => expect(readOffice(typed, QUIET)).toBe(problem));

  it.each([
    ['22:00-05:30', { from: '22:00', to: '05:30' }],
    ['21h đến 6h30', QUIET],
    ['22h', 'unreadable'],
    ['22:00-22:00', 'too-long'],
    ['16:00-07:00', 'too-long'],
    ['21:00-08:00', 'overlap'],
    ['12:00-13:00', { from: '12:00', to: '13:00' }],
    ['11:00-13:00', 'overlap'],
  ])('quiet: "%s"', (typed, read) => {
    const office = [
      { from: '07:30', to: '11:30' },
      { from: '13:30', to: '17:00' },
    ];
    expect(readQuiet(typed, office)).toEqual(read);
  });

  it('fit one another where office and night meet', () => {
    expect(checkHours({ office: [{ from: '06:30', to: '21:00' }], quiet: QUIET })).toBeNull();
  });
});
