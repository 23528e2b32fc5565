import { describe, expect, it } from 'vitest';
import { renderText } from '../../src/conversation/index.js';
import { explainTerm, termText } from '../../src/calendar/index.js';
import { buildCalendar } from '../../src/kernel/calendar.js';

const TET = 'Tết Nguyên đán Bính Ngọ';
const calendar = buildCalendar([
  ...['16', '17', '18', '19', '20'].map((day) => ({ on: `2026-02-${day}`, kind: 'off' as const, name: TET })),
  { on: '2026-04-30', kind: 'off', name: 'Ngày Chiến thắng' },
  { on: '2026-05-01', kind: 'off', name: 'Ngày Quốc tế Lao động' },
  { on: '2026-08-31', kind: 'off', name: 'Nghỉ hoán đổi' },
  { on: '2026-08-22', kind: 'work', name: 'Làm bù' },
]);
const words = (from: string, days: number, language: 'vi' | 'en' = 'vi') =>
  renderText(termText(explainTerm(calendar, from, days)), language);

describe('how a term is counted', () => {
  it('names the holidays and the weekends on the way', () => {
    expect(words('2026-04-29', 5)).toBe(
      '5 ngày làm việc sau 29/04/2026: thứ Sáu, 08/05/2026 (nghỉ 30/04 Ngày Chiến thắng, 01/05 Ngày Quốc tế Lao động, thứ Bảy 02/05, Chủ nhật 03/05)',
    );
  });

  it('says it plainly where nothing was skipped', () => {
    expect(words('2026-11-23', 3)).toBe('3 ngày làm việc sau 23/11/2026: thứ Năm, 26/11/2026');
  });

  it('joins days of one name, counts many weekends, names days that were worked', () => {
    expect(words('2026-02-06', 8)).toBe(
      '8 ngày làm việc sau 06/02/2026: thứ Tư, 25/02/2026 (nghỉ 16/02–20/02 Tết Nguyên đán Bính Ngọ, 6 ngày cuối tuần)',
    );
    expect(words('2026-08-21', 7)).toBe(
      '7 ngày làm việc sau 21/08/2026: thứ Ba, 01/09/2026 (nghỉ Chủ nhật 23/08, thứ Bảy 29/08, Chủ nhật 30/08, 31/08 Nghỉ hoán đổi; làm bù thứ Bảy 22/08)',
    );
  });

  it('counts back, with the days in their order', () => {
    expect(words('2026-05-05', -2)).toBe(
      '2 ngày làm việc trước 05/05/2026: thứ Tư, 29/04/2026 (nghỉ 30/04 Ngày Chiến thắng, 01/05 Ngày Quốc tế Lao động, thứ Bảy 02/05, Chủ nhật 03/05)',
    );
    expect(words('2026-05-05', -2, 'en')).toContain('Wednesday, 29/04/2026');
  });

  it('tells apart what was skipped and what was worked', () => {
    expect(explainTerm(calendar, '2026-08-21', 1)).toEqual({
      from: '2026-08-21',
      workingDays: 1,
      dueOn: '2026-08-22',
      days: [{ on: '2026-08-22', kind: 'make-up', name: null }],
    });
  });
});
