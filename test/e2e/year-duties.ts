/** The duties of a simulated year: monthly by the 6th, quarterly, half-yearly, yearly and on days of their own. */
import { DEFAULT_LADDER } from '../../src/duties/index.js';
import type { DutyContent } from '../../src/duties/model.js';

const ALL = ['so', 'ban-nganh', 'doan-the', 'phuong', 'xa', 'doanh-nghiep', 'truong'];
const of = (types: readonly string[]): DutyContent['owners'] =>
  ({ types: [...types], levels: [], clusters: [], units: [] }) as DutyContent['owners'];
const date = (key: string, dueOn: string) => ({ key, name: `Đợt ${key}`, dueOn });

const COMMON = {
  basis: { document: 'Kế hoạch của UBND tỉnh', number: '12/KH-UBND', on: '2026-12-01' },
  owners: of(ALL),
  needs: 'kết quả thực hiện',
  fields: [],
  files: [],
  ladder: [...DEFAULT_LADDER],
  graceDays: 0,
  lockDays: null,
  startsOn: '2026-12-01',
  endsOn: null,
} satisfies Partial<DutyContent>;

export const DUTIES: readonly DutyContent[] = [
  {
    ...COMMON,
    name: 'Báo cáo tháng',
    periods: { kind: 'month' },
    due: { kind: 'day', monthsAfterEnd: 1, day: 6, shift: 'next' },
  },
  {
    ...COMMON,
    name: 'Số liệu quý',
    owners: of(['so', 'phuong', 'xa']),
    periods: { kind: 'quarter' },
    due: { kind: 'working-days-after-end', days: 10 },
    fields: [{ name: 'so', label: 'Số phong trào', type: 'number', min: 0, max: 1000 }],
    graceDays: 1,
  },
  {
    ...COMMON,
    name: 'Sơ kết sáu tháng',
    periods: { kind: 'half-year' },
    due: { kind: 'day', monthsAfterEnd: 1, day: 15, shift: 'previous' },
    lockDays: 30,
  },
  {
    ...COMMON,
    name: 'Tổng kết năm',
    owners: of(['so', 'ban-nganh', 'doan-the']),
    periods: { kind: 'year' },
    due: { kind: 'day', monthsAfterEnd: 0, day: 10, shift: 'next' },
  },
  {
    ...COMMON,
    name: 'Gương điển hình',
    owners: of(['truong', 'doanh-nghiep']),
    periods: {
      kind: 'custom',
      periods: [date('1', '2027-01-20'), date('2', '2027-05-19'), date('3', '2027-09-05'), date('4', '2027-11-20')],
    },
    due: { kind: 'dates', shift: 'next' },
  },
];
