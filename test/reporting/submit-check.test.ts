import { describe, expect, it } from 'vitest';
import { buildCalendar } from '../../src/kernel/calendar.js';
import { isLocked, lockDay } from '../../src/reporting/submitting/lock.js';
import { readMissing } from '../../src/reporting/submitting/missing.js';
import { checkReport, type GivenReport } from '../../src/reporting/submitting/submit-check.js';
import { hashOf } from '../../src/reporting/submitting/submit-hash.js';

const wanted = {
  fields: [
    { name: 'ho', label: 'Số hộ', type: 'number' as const, min: 0, max: 100 },
    { name: 'y', label: 'Ý kiến', type: 'text' as const },
  ],
  files: ['pdf' as const, 'word' as const],
};
const pdf = { fileId: 'p', type: 'application/pdf' };
const doc = { fileId: 'd', type: 'application/msword' };
const full: GivenReport = { nil: false, text: null, values: { ho: 5, y: 'không' }, files: [pdf, doc] };

describe('checkReport', () => {
  it('makes a form of values and files, in their order, without what the duty does not ask', () => {
    expect(checkReport(wanted, { ...full, values: { ...full.values, foreign: 1 } })).toEqual({
      ok: true,
      body: { kind: 'form', text: null, values: { ho: 5, y: 'không' }, fileIds: ['p', 'd'] },
    });
  });

  it('names every problem: what is missing, out of range, of a wrong type, too much', () => {
    const files = [pdf, pdf, pdf, pdf, pdf, pdf].map((one, n) => ({ ...one, fileId: `p${String(n)}` }));
    const checked = checkReport(wanted, { nil: false, text: 'x'.repeat(10_001), values: { ho: 101 }, files });
    expect(checked.ok ? [] : checked.problems.map((problem) => problem.kind)).toEqual([
      'field-bad',
      'field-missing',
      'file-missing',
      'too-many-files',
      'text-too-long',
    ]);
    for (const ho of [-1, Number.NaN, Infinity, '5'])
      expect(checkReport(wanted, { ...full, values: { ho, y: 'không' } })).toMatchObject({
        problems: [{ kind: 'field-bad' }],
      });
    expect(checkReport(wanted, { ...full, values: { ho: 1, y: '  ' } })).toMatchObject({
      problems: [{ kind: 'field-missing' }],
    });
  });

  it('takes "không phát sinh" of any duty, and nothing empty of a free one', () => {
    expect(checkReport(wanted, { ...full, nil: true })).toMatchObject({ ok: true, body: { kind: 'nil', fileIds: [] } });
    const free = { fields: [], files: [] };
    const nothing = { nil: false, text: ' ', values: {}, files: [] };
    expect(checkReport(free, nothing)).toEqual({ ok: false, problems: [{ kind: 'empty' }] });
    expect(checkReport(free, { ...nothing, text: 'a' })).toMatchObject({ ok: true, body: { kind: 'text' } });
    expect(checkReport(free, { ...nothing, files: [doc] })).toMatchObject({ ok: true, body: { kind: 'file' } });
  });
});

describe('the fingerprint', () => {
  const body = { kind: 'form' as const, text: 'a', values: { b: 2, a: 1 } };
  it('is that of the file where nothing else was handed in, else of everything, whatever the order of the fields', () => {
    expect(hashOf({ kind: 'file', text: null, values: {} }, ['f1'])).toBe('f1');
    const whole = hashOf(body, ['f1', 'f2']);
    expect(whole).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf({ ...body, values: { a: 1, b: 2 } }, ['f1', 'f2'])).toBe(whole);
    for (const other of [
      hashOf(body, ['f2', 'f1']),
      hashOf(body, ['f1']),
      hashOf({ ...body, text: 'b' }, ['f1', 'f2']),
    ])
      expect(other).not.toBe(whole);
  });
});

describe('the lock', () => {
  const calendar = buildCalendar([{ on: '2026-11-20', kind: 'off' }]);
  const one = (lockDays: number | null, state: 'submitted' | 'returned' | 'open' = 'submitted') => ({
    dueOn: '2026-11-18',
    lockDays,
    state,
  });
  it('ends on a working day after the due day, and holds only what is in', () => {
    expect([null, 0, 1, 2].map((days) => lockDay(one(days), calendar))).toEqual([
      null,
      '2026-11-18',
      '2026-11-19',
      '2026-11-23',
    ]);
    expect(isLocked(one(2), '2026-11-23', calendar)).toBe(false);
    expect(isLocked(one(2), '2026-11-24', calendar)).toBe(true);
    for (const state of ['open', 'returned'] as const)
      expect(isLocked(one(0, state), '2027-01-01', calendar)).toBe(false);
    expect(isLocked(one(null), '2030-01-01', calendar)).toBe(false);
  });
});

describe('the list of what is missing', () => {
  it('is read from numbers and words, in any mixture', () => {
    expect(readMissing(wanted, '3 1, biên bản có chữ ký;1')).toEqual({
      fields: ['ho'],
      files: ['pdf'],
      notes: ['biên bản có chữ ký'],
    });
    for (const bad of ['', ' , ', '0', '5', '1,9', 'x'.repeat(201), Array(11).fill('x').join(',')])
      expect(readMissing(wanted, bad)).toBeNull();
  });
});
