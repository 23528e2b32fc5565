import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { buildCalendar } from '../../src/kernel/calendar.js';
import { addDays, endOfDay } from '../../src/kernel/local-date.js';
import { packUnits, planFiring, type DueStep } from '../../src/reporting/reminding/firing.js';
import { DEFAULT_LADDER, planSteps } from '../../src/duties/ladder.js';
import { hearersOf, promiseInstant, type SeatHolder } from '../../src/reporting/reminding/ladder.js';
import { isLate, readField, type ObligationView } from '../../src/reporting/model.js';
import { termText } from '../../src/reporting/texts.js';

const calendar = buildCalendar([{ on: '2026-11-20', kind: 'off' }]);
const long = new Date('2020-01-01T00:00:00Z');

const view = (over: Partial<ObligationView> = {}): ObligationView => ({
  id: 'o1',
  dutyId: 'd1',
  dutyName: 'Báo cáo',
  kind: 'periodic',
  campaignId: null,
  basis: '',
  needs: '',
  fields: [],
  files: [],
  lockDays: null,
  unitId: 'u1',
  unitName: 'Phường A',
  unitUntil: null,
  period: 'once',
  dueOn: '2026-11-18',
  dueAt: endOfDay('2026-11-18'),
  state: 'open',
  version: 1,
  promiseOn: null,
  assignee: null,
  latest: null,
  ...over,
});
const due = (step: string, at: string, over: Partial<DueStep> = {}): DueStep => ({
  id: `${step}-${at}`,
  version: 1,
  step,
  audience: 'seat',
  class: 'deadline',
  dueAt: new Date(at),
  obligation: view(),
  ...over,
});

describe('planSteps', () => {
  it('puts each step at 08:00 in Việt Nam, over weekends and holidays', () => {
    const days = planSteps(DEFAULT_LADDER, '2026-11-19', calendar, long).map((step) => [
      step.step,
      step.dueAt.toISOString(),
    ]);
    expect(days).toEqual([
      ['T-7', '2026-11-10T01:00:00.000Z'],
      ['T-3', '2026-11-16T01:00:00.000Z'],
      ['T-1', '2026-11-18T01:00:00.000Z'],
      ['T', '2026-11-19T01:00:00.000Z'],
      ['T+1', '2026-11-23T01:00:00.000Z'],
      ['T+3', '2026-11-25T01:00:00.000Z'],
      ['T+7', '2026-12-01T01:00:00.000Z'],
    ]);
  });

  it('keeps the due day itself where it is a day off', () => {
    expect(
      planSteps(DEFAULT_LADDER, '2026-11-22', calendar, long)
        .find((step) => step.step === 'T')
        ?.dueAt.toISOString(),
    ).toBe('2026-11-22T01:00:00.000Z');
  });

  it('plans only what lies ahead', () => {
    expect(
      planSteps(DEFAULT_LADDER, '2026-11-19', calendar, new Date('2026-11-18T01:00:00Z')).map((step) => step.step),
    ).toEqual(['T', 'T+1', 'T+3', 'T+7']);
  });

  it('does not depend on the zone of the host', async () => {
    const contents = `
      import { buildCalendar } from './src/kernel/calendar.js';
      import { DEFAULT_LADDER, planSteps } from './src/duties/ladder.js';
      import { promiseInstant } from './src/reporting/reminding/ladder.js';
      const steps = planSteps(DEFAULT_LADDER, '2026-11-19', buildCalendar([{ on: '2026-11-20', kind: 'off' }]), new Date(0));
      process.stdout.write(JSON.stringify([steps, promiseInstant('2026-11-19', new Date('2026-11-19T02:00:00Z')), new Date(0).getTimezoneOffset()]));`;
    const built = await build({
      stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      write: false,
    });
    const script = built.outputFiles[0]?.text ?? '';
    const zones = ['Asia/Ho_Chi_Minh', 'America/New_York', 'Pacific/Kiritimati', 'UTC'];
    const outputs = zones.map(
      (TZ) =>
        JSON.parse(
          execFileSync(process.execPath, ['-'], { input: script, env: { ...process.env, TZ } }).toString(),
        ) as [{ dueAt: string }[], string, number],
    );
    expect(outputs.map(([, , offset]) => offset)).toEqual([-480, 300, 640, 0]); // the hosts do differ, in 1970 too
    expect(new Set(outputs.map(([steps, promise]) => JSON.stringify([steps, promise]))).size).toBe(1);
    expect(outputs[0]?.[0][0]?.dueAt).toBe('2026-11-10T01:00:00.000Z');
    expect(outputs[0]?.[1]).toBe('2026-11-19T08:00:00.000Z'); // the promise of today, after 08:00: 15:00
  });
});

describe('planFiring', () => {
  it('fires each step that comes at its time', () => {
    const step = due('T-3', '2026-11-13T01:00:00Z');
    expect(planFiring([step], new Date('2026-11-13T01:00:15Z'))).toEqual({ fire: [step], voided: [] });
  });

  it('lets the newest speak for those before it, also when the one before was meant for another', () => {
    const steps = [due('T', '2026-11-18T01:00:00Z'), due('T+1', '2026-11-19T01:00:00Z', { audience: 'head' })];
    const plan = planFiring(steps, new Date('2026-11-19T01:00:00Z'));
    expect(plan.fire.map((step) => step.step)).toEqual(['T+1']);
    expect(plan.voided).toEqual([
      { id: steps[0]?.id, evidence: { reason: 'merged', into: 'T+1', missed: true, lateMinutes: 1440 } },
    ]);
  });

  it('leaves a step of a unit aside that is a day late; what stands above units is never too late', () => {
    const steps = [due('T', '2026-11-18T01:00:00Z'), due('T+3', '2026-11-18T01:00:00Z', { audience: 'officer' })];
    const plan = planFiring(steps, new Date('2026-11-19T01:00:01Z'));
    expect(plan.fire.map((step) => step.step)).toEqual(['T+3']);
    expect(plan.voided).toEqual([]);
  });

  it('lets all speak that fall due together for different people', () => {
    const at = '2026-11-19T01:00:00Z';
    const steps = [due('T+1', at, { audience: 'head' }), due('T+3', at, { audience: 'officer' }), due('T', at)];
    expect(planFiring(steps, new Date(at)).fire.map((step) => step.step)).toEqual(['T+3', 'T+1', 'T']);
  });

  it('lets the promise speak where a step of the ladder falls on the same morning', () => {
    const steps = [due('P:2026-11-17', '2026-11-17T01:00:00Z'), due('T-1', '2026-11-17T01:00:00Z')];
    expect(planFiring(steps, new Date('2026-11-17T01:00:00Z')).fire.map((step) => step.step)).toEqual(['P:2026-11-17']);
  });

  it('fires nothing of what is closed or older', () => {
    const closed = (['submitted', 'accepted', 'waived'] as const).map((state) =>
      due('T', '2026-11-18T01:00:00Z', { id: state, obligation: view({ id: state, state }) }),
    );
    const older = due('T', '2026-11-18T01:00:00Z', { obligation: view({ version: 2 }) });
    const plan = planFiring([...closed, older], new Date('2026-11-18T01:00:00Z'));
    expect(plan.fire).toEqual([]);
    expect(plan.voided.map((step) => step.evidence['reason'])).toEqual([
      'submitted',
      'accepted',
      'waived',
      'older-version',
    ]);
  });
});

describe('hearersOf', () => {
  const holder = (kind: SeatHolder['kind']): SeatHolder => ({
    unitId: 'u1',
    seatId: `s-${kind}`,
    kind,
    personKey: `m:${kind}`,
  });
  const kinds = (audience: 'seat' | 'head', ...held: SeatHolder['kind'][]) =>
    hearersOf(audience, held.map(holder)).holders.map((one) => one.kind);

  it('prefers the primary seat, then the deputy; the head never hears what is for the seat', () => {
    expect(kinds('seat', 'primary', 'deputy', 'head')).toEqual(['primary']);
    expect(kinds('seat', 'deputy', 'head')).toEqual(['deputy']);
    expect(kinds('seat', 'head')).toEqual([]);
  });

  it('goes sideways to primary and deputy where the unit has no head', () => {
    expect(kinds('head', 'primary', 'deputy', 'head')).toEqual(['head']);
    expect(kinds('head', 'primary', 'deputy')).toEqual(['primary', 'deputy']);
  });
});

describe('packUnits', () => {
  it('keeps units that share a person together, whatever the order, and names the group by its smallest id', () => {
    const holders = [
      ['u4', 'p1'],
      ['u1', 'p1'],
      ['u1', 'p2'],
      ['u3', 'p2'],
      ['u2', 'p3'],
      ['u9', 'p3'],
    ].map(([unitId = '', personKey = '']) => ({ unitId, personKey }));
    const groups = packUnits(['u4', 'u3', 'u2', 'u1'], holders, 50).flat();
    expect(groups).toContainEqual(['u1', 'u3', 'u4']);
    expect(groups).toContainEqual(['u2']);
    expect(packUnits(['u1', 'u2', 'u3', 'u4'], [...holders].reverse(), 50).flat()).toEqual(
      expect.arrayContaining(groups),
    );
  });

  it('packs about as many units as asked, never cutting a group', () => {
    const ids = Array.from({ length: 120 }, (_, n) => `u${String(n).padStart(3, '0')}`);
    const packs = packUnits(ids, [], 50);
    expect(packs.map((pack) => pack.flat().length)).toEqual([50, 50, 20]);
    const one = packUnits(
      ids,
      ids.map((unitId) => ({ unitId, personKey: 'p' })),
      50,
    );
    expect(one.map((pack) => pack.flat().length)).toEqual([120]);
  });
});

describe('late, terms, fields', () => {
  it('takes the last second of the due day as on time', () => {
    const dueAt = endOfDay('2026-11-18');
    expect(isLate(new Date('2026-11-18T16:59:59.999Z'), dueAt)).toBe(false);
    expect(isLate(new Date('2026-11-18T17:00:00.000Z'), dueAt)).toBe(true);
  });

  it('says how many working days are left or over', () => {
    const key = (today: string) => {
      const text = termText('2026-11-18', today, calendar);
      return 'key' in text ? [text.key, text.params?.['n']] : [];
    };
    expect(key('2026-11-13')).toEqual(['reporting.term.left', 3]);
    expect(key('2026-11-18')).toEqual(['reporting.term.today', 0]);
    expect(key('2026-11-19')).toEqual(['reporting.term.over', 1]);
    expect(key('2026-11-23')).toEqual(['reporting.term.over', 2]);
  });

  it('reads numbers as people write them here, within their range', () => {
    const field = { name: 'n', label: 'Số hộ', type: 'number', min: 0, max: 5000 } as const;
    expect(['12', '1.250', '1 250', '12,5'].map((text) => readField(field, text))).toEqual([12, 1250, 1250, 12.5]);
    const free = { name: 'n', label: 'Số hộ', type: 'number' } as const;
    const long = ['999999999999999', '1000000000000000', '0,123456789012345', '12345678901234,56'];
    expect(long.map((text) => readField(free, text))).toEqual([999_999_999_999_999, null, 0.123456789012345, null]);
    expect(['', 'mười', '-1', '5001', '1.2.3', '12abc'].map((text) => readField(field, text))).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it('calls a promise to mind on its morning, that afternoon when the morning is over, else not at all', () => {
    const now = new Date('2026-11-18T02:00:00Z');
    expect(promiseInstant(addDays('2026-11-18', 2), now)?.toISOString()).toBe('2026-11-20T01:00:00.000Z');
    expect(promiseInstant('2026-11-18', now)?.toISOString()).toBe('2026-11-18T08:00:00.000Z');
    expect(promiseInstant('2026-11-18', new Date('2026-11-18T10:00:00Z'))).toBeNull();
  });
});
