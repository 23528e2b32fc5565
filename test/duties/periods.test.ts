import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { renderText } from '../../src/conversation/render.js';
import { dueOf, type DueRule } from '../../src/duties/due.js';
import { periodsBetween, type Period, type PeriodRule } from '../../src/duties/periods.js';
import { howText, periodName } from '../../src/duties/texts.js';
import { buildCalendar } from '../../src/kernel/calendar.js';
import { addDays, daysBetween } from '../../src/kernel/local-date.js';

const keys = (rule: PeriodRule, from: string, to: string) => periodsBetween(rule, from, to).map(({ key }) => key);
const plain = buildCalendar([]);

function period(rule: PeriodRule, on: string): Period {
  const [found] = periodsBetween(rule, on, on);
  if (!found) throw new Error('no period');
  return found;
}

describe('periodsBetween', () => {
  it('names the periods that touch a span, in order', () => {
    expect(keys({ kind: 'month' }, '2026-11-30', '2027-01-01')).toEqual(['2026-11', '2026-12', '2027-01']);
    expect(keys({ kind: 'quarter' }, '2026-10-01', '2027-03-31')).toEqual(['2026-Q4', '2027-Q1']);
    expect(keys({ kind: 'half-year' }, '2026-06-30', '2026-07-01')).toEqual(['2026-H1', '2026-H2']);
    expect(keys({ kind: 'year' }, '2026-12-31', '2027-01-01')).toEqual(['2026', '2027']);
    expect(keys({ kind: 'once', dueOn: '2026-12-15' }, '2026-12-15', '2026-12-15')).toEqual(['once']);
    expect(keys({ kind: 'once', dueOn: '2026-12-15' }, '2026-12-16', '2027-12-15')).toEqual([]);
    expect(keys({ kind: 'month' }, '2026-12-02', '2026-12-01')).toEqual([]);
  });

  it('knows a school year from its first month to its last, and nothing in the holidays between', () => {
    const rule = { kind: 'school-year', startMonth: 9, endMonth: 5 } as const;
    expect(periodsBetween(rule, '2026-11-01', '2026-11-01')).toEqual([
      {
        key: '2026-2027',
        name: { kind: 'school-year', from: 2026, to: 2027 },
        startsOn: '2026-09-01',
        endsOn: '2027-05-31',
      },
    ]);
    expect(keys(rule, '2027-06-01', '2027-08-31')).toEqual([]);
  });

  it('puts periods of set days in the order of their days', () => {
    const periods = [
      { key: 'hai', name: 'Đợt hai', dueOn: '2027-09-15' },
      { key: 'mot', name: 'Đợt một', dueOn: '2027-03-15' },
    ];
    expect(keys({ kind: 'custom', periods }, '2027-01-01', '2027-12-31')).toEqual(['mot', 'hai']);
  });

  it('says what a period is called', () => {
    const names = [
      period({ kind: 'month' }, '2026-02-03'),
      period({ kind: 'quarter' }, '2026-12-31'),
      period({ kind: 'half-year' }, '2026-12-31'),
      period({ kind: 'year' }, '2026-12-31'),
      period({ kind: 'once', dueOn: '2026-12-31' }, '2026-12-31'),
    ].map(({ name }) => periodName(name));
    expect(names).toEqual(['tháng 02/2026', 'quý IV/2026', '6 tháng cuối năm 2026', 'năm 2026', undefined]);
  });

  it('leaves no day between two periods and gives no key twice', () => {
    fc.assert(
      fc.property(cyclicArb, dayArb, fc.integer({ min: 0, max: 3000 }), (rule, from, length) => {
        const to = addDays(from, length);
        const found = periodsBetween(rule, from, to);
        expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
        expect(found[0] && found[0].startsOn <= from && from <= found[0].endsOn).toBe(true);
        expect(found.at(-1)?.endsOn && (found.at(-1)?.endsOn ?? '') >= to).toBe(true);
        for (const [n, { startsOn, endsOn }] of found.entries()) {
          expect(startsOn <= endsOn).toBe(true);
          const next = found[n + 1];
          if (next) expect(next.startsOn).toBe(addDays(endsOn, 1));
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('dueOf', () => {
  const said = (rule: DueRule, of: Period, calendar = plain) => {
    const { dueOn, how } = dueOf(rule, of, calendar);
    return [dueOn, renderText(howText(how), 'vi')];
  };
  const november = period({ kind: 'month' }, '2026-11-05');

  it('takes the day of the month after, moved on when it is a day off', () => {
    const rule = { kind: 'day', monthsAfterEnd: 1, day: 6, shift: 'next' } as const;
    expect(said(rule, november)).toEqual([
      '2026-12-07',
      'theo quy định là ngày 06/12/2026; Chủ nhật, 06/12/2026 là ngày nghỉ, chuyển sang ngày làm việc kế tiếp 07/12/2026',
    ]);
    expect(said({ ...rule, shift: 'previous' }, november)[0]).toBe('2026-12-04');
    expect(said({ ...rule, shift: 'none' }, november)).toEqual([
      '2026-12-06',
      'theo quy định là ngày 06/12/2026; Chủ nhật, 06/12/2026 là ngày nghỉ, hạn giữ nguyên',
    ]);
  });

  it('names the holiday that moved it', () => {
    const calendar = buildCalendar([{ on: '2026-11-24', kind: 'off', name: 'Ngày Văn hóa Việt Nam' }]);
    const rule = { kind: 'day', monthsAfterEnd: 0, day: 24, shift: 'next' } as const;
    expect(said(rule, november, calendar)[1]).toContain('24/11/2026 là Ngày Văn hóa Việt Nam, chuyển sang');
  });

  it('takes the last day of a month that is too short, 29/02 among them', () => {
    const last = { kind: 'day', monthsAfterEnd: 0, day: 31, shift: 'none' } as const;
    expect(said(last, november)).toEqual(['2026-11-30', 'tháng không có ngày 31 nên lấy ngày cuối tháng 30/11/2026']);
    const leap = { kind: 'day', monthsAfterEnd: -10, day: 29, shift: 'none' } as const;
    const years = periodsBetween({ kind: 'year' }, '2027-01-01', '2028-12-31').map((year) => dueOf(leap, year, plain));
    expect(years.map(({ dueOn }) => dueOn)).toEqual(['2027-02-28', '2028-02-29']);
    expect(years[0]?.how[0]).toMatchObject({ kind: 'short-month', wanted: 29 });
  });

  it('counts working days after the period and tells which were skipped', () => {
    const calendar = buildCalendar([{ on: '2026-12-02', kind: 'off', name: 'Ngày thử' }]);
    const [dueOn, how] = said({ kind: 'working-days-after-end', days: 3 }, november, calendar);
    expect(dueOn).toBe('2026-12-04');
    expect(how).toContain('3 ngày làm việc sau 30/11/2026');
    expect(how).toContain('Ngày thử');
  });

  it('is never before the period, and on a working day whenever it was moved', () => {
    fc.assert(
      fc.property(cyclicArb, dayArb, dueArb, calendarArb, (rule, on, due, calendar) => {
        const of = period(rule, on);
        const { dueOn, how } = dueOf(due, of, calendar);
        expect(dueOn >= of.startsOn).toBe(true);
        const isMoved = how.some(({ kind }) => kind === 'shifted' || kind === 'working-days');
        if (isMoved) expect(calendar.isWorkingDay(dueOn)).toBe(true);
        const mayStay = due.kind !== 'working-days-after-end' && due.shift === 'none';
        if (!mayStay) expect(calendar.isWorkingDay(dueOn)).toBe(true);
        if (how.some(({ kind }) => kind === 'kept')) expect(mayStay).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the zone of the host', async () => {
    const contents = `
      import { periodsBetween } from './src/duties/periods.ts';
      const rules = [{ kind: 'month' }, { kind: 'school-year', startMonth: 9, endMonth: 5 }];
      process.stdout.write(JSON.stringify(rules.map((rule) => periodsBetween(rule, '2026-10-31', '2028-03-01'))));`;
    const built = await build({
      stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      write: false,
    });
    const outputs = ['UTC', 'America/New_York', 'Pacific/Kiritimati'].map((TZ) =>
      execFileSync(process.execPath, ['-'], {
        input: built.outputFiles[0]?.text ?? '',
        env: { ...process.env, TZ },
      }).toString(),
    );
    expect(new Set(outputs).size).toBe(1);
    expect(outputs[0]).toContain('2027-2028');
  });
});

const dayArb = fc
  .integer({ min: 0, max: daysBetween('2020-01-01', '2039-12-31') })
  .map((n) => addDays('2020-01-01', n));
const cyclicArb = fc.constantFrom<PeriodRule>(
  { kind: 'month' },
  { kind: 'quarter' },
  { kind: 'half-year' },
  { kind: 'year' },
  // The whole year round, from one summer to the next.
  { kind: 'school-year', startMonth: 8, endMonth: 7 },
);
const shiftArb = fc.constantFrom('none' as const, 'next' as const, 'previous' as const);
const dueArb: fc.Arbitrary<DueRule> = fc.oneof(
  fc.record({
    kind: fc.constant('day' as const),
    monthsAfterEnd: fc.integer({ min: -11, max: 12 }),
    day: fc.integer({ min: 1, max: 31 }),
    shift: shiftArb,
  }),
  fc.record({ kind: fc.constant('working-days-after-end' as const), days: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ kind: fc.constant('dates' as const), shift: shiftArb }),
);
const calendarArb = fc
  .uniqueArray(fc.record({ on: dayArb, kind: fc.constantFrom('off' as const, 'work' as const) }), {
    selector: ({ on }) => on,
    maxLength: 400,
  })
  .map(buildCalendar);
