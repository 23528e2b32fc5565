import { describe, expect, it } from 'vitest';
import { completeDraft, draftOf, emptyDraft, nextPart, nextYear } from '../../src/duties/draft.js';
import { DEFAULT_LADDER, planSteps, type LadderStep } from '../../src/duties/ladder.js';
import type { DutyContent } from '../../src/duties/model.js';
import { readDue } from '../../src/duties/read-due.js';
import { readDates, readFields, readFiles, readLadder } from '../../src/duties/read-lines.js';
import { buildCalendar } from '../../src/kernel/calendar.js';
import { localDate } from '../../src/kernel/local-date.js';

const TODAY = '2026-11-23';

describe('lines of a form', () => {
  it('read a name, a type and a range', () => {
    expect(readFields('Số gương mới: số 0-100\nNhận xét: chữ; Số hộ: số từ 5\nTỷ lệ: số')).toEqual({
      read: [
        { name: 'so_guong_moi', label: 'Số gương mới', type: 'number', min: 0, max: 100 },
        { name: 'nhan_xet', label: 'Nhận xét', type: 'text' },
        { name: 'so_ho', label: 'Số hộ', type: 'number', min: 5 },
        { name: 'ty_le', label: 'Tỷ lệ', type: 'number' },
      ],
    });
  });

  it.each(['Số gương', 'Số gương: bảng', ': số', 'Số gương: số 100-1', '!!!: chữ'])('refuse “%s”', (line) => {
    expect(readFields(`Nhận xét: chữ\n${line}`)).toEqual({ bad: line, why: 'unreadable' });
  });

  it('refuse a name that stands there twice, also when it is typed without marks', () => {
    expect(readFields('Số hộ: số\nso ho: chữ')).toEqual({ bad: 'so ho: chữ', why: 'twice' });
  });
});

describe('lines of a ladder', () => {
  it('read in any order, and stand in the order of their days', () => {
    expect(readLadder('T+7 lãnh đạo\nT−5 dau moi\nT đầu mối\nT + 1 thủ trưởng')).toMatchObject({
      read: [
        { step: 'T-5', offset: -5, audience: 'seat' },
        { step: 'T', offset: 0, audience: 'seat' },
        { step: 'T+1', offset: 1, audience: 'head' },
        { step: 'T+7', offset: 7, audience: 'leader' },
      ],
    });
  });

  it.each(['T-7', 'T-7 giám đốc', '7 đầu mối', 'T+61 thủ trưởng'])('refuse “%s”', (line) => {
    expect(readLadder(line)).toEqual({ bad: line, why: 'unreadable' });
  });

  it('take the words of the officer, what is urgent, and several audiences of one day', () => {
    expect(readLadder('T-1 phó đầu mối (khẩn): Đề nghị dùng mẫu số 2: bản mới\nT-1: đầu mối chính')).toEqual({
      read: [
        { step: 'T-1', offset: -1, audience: 'deputy', class: 'critical', words: 'Đề nghị dùng mẫu số 2: bản mới' },
        { step: 'T-1.primary', offset: -1, audience: 'primary', class: 'deadline' },
      ],
    });
    expect(readLadder('T-1 đầu mối (gấp gáp)')).toMatchObject({ why: 'unreadable' });
    expect(readLadder(`T-1 đầu mối: ${'x'.repeat(201)}`)).toMatchObject({ why: 'unreadable' });
  });

  it('refuse the same step twice', () => {
    expect(readLadder('T-1 đầu mối\nT-1 dau moi')).toMatchObject({ why: 'twice' });
  });

  describe('with grace', () => {
    const days = (graceDays: number, ladder: readonly LadderStep[] = DEFAULT_LADDER) =>
      planSteps(ladder, '2026-11-18', buildCalendar([]), new Date(0), graceDays).map(
        ({ step, dueAt }) => `${step} ${localDate(dueAt)}`,
      );

    it('delay the head and what stands above', () => {
      expect(days(0).slice(3)).toEqual(['T 2026-11-18', 'T+1 2026-11-19', 'T+3 2026-11-23', 'T+7 2026-11-27']);
      expect(days(2).slice(3)).toEqual(['T 2026-11-18', 'T+1 2026-11-23', 'T+3 2026-11-25', 'T+7 2026-12-01']);
    });

    it('delay what stands above the seats also where no step is for the head; the seat hears at its own time', () => {
      const ladder = [
        { step: 'T-2', offset: -2, audience: 'head', class: 'deadline' },
        { step: 'T+1', offset: 1, audience: 'seat', class: 'deadline' },
        { step: 'T+3', offset: 3, audience: 'officer', class: 'deadline' },
        { step: 'T+7', offset: 7, audience: 'leader', class: 'deadline' },
      ] as const;
      expect(days(2, ladder)).toEqual(['T-2 2026-11-16', 'T+1 2026-11-19', 'T+3 2026-11-25', 'T+7 2026-12-01']);
    });
  });
});

describe('a due rule as it is typed', () => {
  const month = { kind: 'month' } as const;
  const year = { kind: 'year' } as const;
  const school = { kind: 'school-year', startMonth: 9, endMonth: 5 } as const;
  const day = (monthsAfterEnd: number, of: number) => ({ kind: 'day', monthsAfterEnd, day: of });

  it.each([
    ['ngày 6 tháng sau', month, day(1, 6)],
    ['Trước ngày 25', month, day(0, 25)],
    ['ngày cuối kỳ', month, day(0, 31)],
    ['5 ngày làm việc', month, { kind: 'working-days-after-end', days: 5 }],
    ['10 ngày làm việc sau khi hết kỳ', year, { kind: 'working-days-after-end', days: 10 }],
    ['15/12', year, day(0, 15)],
    ['30/11', year, day(-1, 30)],
    ['15/01 năm sau', year, day(1, 15)],
    ['29/02', year, day(-10, 29)],
    ['ngày 20 tháng 12', school, day(-5, 20)],
    ['10/06', school, day(1, 10)],
  ])('“%s”', (text, periods, rule) => {
    expect(readDue(text, periods)).toEqual(rule);
  });

  it.each([
    ['ngày 32', month],
    ['ngày 0 tháng sau', month],
    ['30/02', year],
    ['15/13', year],
    ['15/12', month],
    ['0 ngày làm việc', month],
    ['61 ngày làm việc', month],
    ['khi nào cũng được', month],
  ])('refuses “%s”', (text, periods) => {
    expect(readDue(text, periods)).toBeNull();
  });
});

describe('set days and kinds of files', () => {
  it('read days that are still to come', () => {
    expect(readDates('Đợt 1: 15/03/2027\nĐợt 2: 15/9/2027', TODAY)).toMatchObject({
      read: [
        { key: 'dot_1', dueOn: '2027-03-15' },
        { key: 'dot_2', dueOn: '2027-09-15' },
      ],
    });
    expect(readDates('Đợt 1: 29/02/2027', TODAY)).toMatchObject({ why: 'unreadable' });
    expect(readDates('Đợt 1: 01/01/2020', TODAY)).toMatchObject({ why: 'unreadable' });
    expect(readDates('Đợt 1: 29/02/2028', TODAY)).toMatchObject({ read: [{ dueOn: '2028-02-29' }] });
  });

  it('read kinds in any order', () => {
    expect(readFiles('Excel, pdf và ảnh')).toEqual(['pdf', 'excel', 'image']);
    expect(readFiles('pdf, exe')).toBeNull();
  });
});

const CONTENT: DutyContent = {
  name: 'Báo cáo năm 2026',
  basis: { document: 'Kế hoạch', number: '12/KH-UBND', on: '2026-01-05' },
  owners: { types: ['phuong'], levels: [], clusters: [], units: [] },
  periods: { kind: 'year' },
  due: { kind: 'day', monthsAfterEnd: 0, day: 15, shift: 'next' },
  needs: 'số liệu',
  fields: [],
  files: [],
  ladder: [...DEFAULT_LADDER],
  graceDays: 0,
  lockDays: null,
  startsOn: '2026-01-01',
  endsOn: '2026-12-31',
};

describe('a draft', () => {
  it('is asked part after part, and is complete when all is said', () => {
    const draft = emptyDraft(TODAY);
    expect(nextPart(draft)).toBe('name');
    expect(completeDraft(draft)).toBeNull();
    expect(nextPart({ ...draftOf(CONTENT), shift: undefined })).toBe('shift');
    expect(
      nextPart({ ...draftOf(CONTENT), shift: undefined, due: { kind: 'working-days-after-end', days: 5 } }),
    ).toBeNull();
    expect(completeDraft(draftOf(CONTENT))).toEqual(CONTENT);
  });

  it('of the next year has its name, its span and its set days a year later', () => {
    expect(nextYear(CONTENT, TODAY)).toEqual({
      ...CONTENT,
      name: 'Báo cáo năm 2027',
      startsOn: '2027-01-01',
      endsOn: '2027-12-31',
    });
    expect(nextYear({ ...CONTENT, endsOn: null }, TODAY)).toMatchObject({ startsOn: '2027-01-01', endsOn: null });
    const leap = { ...CONTENT, periods: { kind: 'once', dueOn: '2024-02-29' } } as const;
    expect(nextYear(leap, TODAY).periods).toEqual({ kind: 'once', dueOn: '2027-02-28' });
  });
});
