import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInsightsReads, MEASURES } from '../../src/insights/index.js';
import { newId } from '../../src/kernel/ids.js';
import { endOfDay, toDbDate, type LocalDate } from '../../src/kernel/local-date.js';
import { noon, World, type Person } from '../reporting/world.js';

const NOW = noon('2026-11-20');

let world: World;
let officer: Person;

/** Every obligation as the test itself keeps it, so that numbers can be counted a second way. */
interface Kept {
  readonly unitId: string;
  readonly unit: string;
  readonly cluster: string;
  readonly duty: string;
  readonly period: string;
  readonly dueOn: LocalDate;
  readonly state: string;
  readonly versions: readonly { readonly at: Date; readonly late: boolean }[];
}
const kept: Kept[] = [];

const STATES = ['open', 'submitted', 'accepted', 'returned', 'waived'] as const;

beforeAll(async () => {
  world = await World.create();
  officer = await world.person('Chuyên viên', ['officer']);
  const units: { id: string; name: string; cluster: string }[] = [];
  for (let n = 0; n < 34; n += 1) {
    const cluster = `Khối ${String(n % 3)}`;
    const name = `Phường ${String(n).padStart(2, '0')}`;
    units.push({ id: await world.unit(name, cluster), name, cluster });
  }
  const plan: [string, string, LocalDate][] = [
    ['Báo cáo quý', 'q3', '2026-10-05'],
    ['Báo cáo quý', 'q4', '2026-12-20'],
    ['Báo cáo năm', 'once', '2026-11-18'],
    ['Báo cáo cũ', 'once', '2025-06-30'],
  ];
  const duties = new Map<string, string>();
  let turn = 0;
  for (const [duty, period, dueOn] of plan) {
    const id = duties.get(duty) ?? newId();
    duties.set(duty, id);
    await world.duty(
      { id, code: duty, name: duty, period, dueOn, unitIds: units.map((unit) => unit.id) },
      noon('2025-01-02'),
    );
    for (const unit of units) {
      turn += 1;
      // A mixture without a pattern that the query could share: states and times by different strides.
      const state = STATES[(turn * 7) % STATES.length] ?? 'open';
      const handed = state === 'open' || state === 'waived' ? 0 : 1 + (turn % 2);
      const versions = Array.from({ length: handed }, (_, v) => {
        const at = new Date(endOfDay(dueOn).getTime() + ((turn % 3) - 1.5 + v) * 86_400_000);
        return { at, late: at.getTime() > endOfDay(dueOn).getTime() };
      });
      const where = { dutyId_unitId_period: { dutyId: id, unitId: unit.id, period } };
      const row = await world.store.db.obligation.update({
        where,
        data: { state, firstSubmittedAt: versions[0]?.at ?? null },
      });
      await world.store.db.submission.createMany({
        data: versions.map(({ at, late }, v) => ({
          id: newId(),
          code: `BC-${String(turn)}-${String(v)}`,
          obligationId: row.id,
          version: v + 1,
          kind: 'nil',
          sha256: '',
          late,
          submittedAt: at,
        })),
      });
      kept.push({ unitId: unit.id, unit: unit.name, cluster: unit.cluster, duty, period, dueOn, state, versions });
    }
  }
});
afterAll(() => world.drop());

const read = () => createInsightsReads(world.store.db);

/** The same definitions, counted one obligation after another. */
function count(rows: readonly Kept[]) {
  const owing = (one: Kept) => one.state === 'open' || one.state === 'returned';
  const counted = rows.filter((one) => one.state !== 'waived' && (one.dueOn.startsWith('2026') || owing(one)));
  const submitted = counted.filter((one) => !owing(one));
  const late = submitted.filter((one) => one.versions[0]?.late === true);
  const overdue = counted.filter((one) => owing(one) && endOfDay(one.dueOn) < NOW);
  const accepted = submitted.filter((one) => one.state === 'accepted');
  const returned = counted.filter((one) => one.state === 'returned');
  const waived = rows.filter((one) => one.state === 'waived' && one.dueOn.startsWith('2026'));
  return {
    counted,
    owing: counted.filter(owing),
    submitted,
    late,
    onTime: submitted.filter((one) => !late.includes(one)),
    overdue,
    accepted,
    returned,
    waived,
    numbers: {
      expected: counted.length,
      submitted: submitted.length,
      onTime: submitted.length - late.length,
      late: late.length,
      accepted: accepted.length,
      owing: counted.filter(owing).length,
      returned: returned.length,
      overdue: overdue.length,
      waived: waived.length,
    },
  };
}
const units = (rows: readonly Kept[]) => new Set(rows.map((one) => one.unitId)).size;

describe('the numbers', () => {
  it('agree with an independent count, as a whole', async () => {
    const mine = count(kept);
    expect(Object.values(mine.numbers).every((value) => value > 0)).toBe(true);
    expect(await read().overall(NOW)).toEqual({
      ...mine.numbers,
      units: units(mine.counted),
      unitsClear: units(mine.counted) - units(mine.owing),
      unitsOverdue: units(mine.overdue),
    });
  });

  it('agree for each duty and period, and add up to the whole', async () => {
    const lines = await read().lines(NOW);
    expect(lines).toHaveLength(4);
    for (const { dutyId: _dutyId, dutyName, period, dueOn, ...numbers } of lines) {
      const rows = kept.filter((one) => one.duty === dutyName && one.period === period);
      expect(dueOn).toBe(rows[0]?.dueOn);
      expect(numbers).toEqual(count(rows).numbers);
      expect(numbers.submitted + numbers.owing).toBe(numbers.expected);
      expect(numbers.onTime + numbers.late).toBe(numbers.submitted);
    }
    const whole = await read().overall(NOW);
    for (const key of ['expected', ...MEASURES] as const)
      expect(lines.reduce((sum, line) => sum + line[key], 0)).toBe(whole[key]);
  });

  it('agree for each cluster, the slowest first', async () => {
    const clusters = await read().clusters(NOW);
    for (const { clusterId: _id, name, units: of, ...numbers } of clusters) {
      const mine = count(kept.filter((one) => one.cluster === name));
      expect(numbers).toEqual(mine.numbers);
      expect(of).toBe(units(mine.counted));
    }
    const shares = clusters.map((cluster) => cluster.submitted / cluster.expected);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });

  it('open into lists that hold exactly what was counted, page by page', async () => {
    const mine = count(kept);
    for (const measure of MEASURES) {
      const found: string[] = [];
      for (let offset = 0; ; offset += 15) {
        const page = await read().entries({ kind: 'all' }, measure, NOW, { size: 15, offset });
        if (page.entries.length === 0) break;
        expect(page).toMatchObject({ total: mine[measure].length, units: units(mine[measure]) });
        found.push(...page.entries.map((entry) => `${entry.unitName}|${entry.dutyName}|${entry.dueOn}`));
      }
      expect(found.sort()).toEqual(mine[measure].map((one) => `${one.unit}|${one.duty}|${one.dueOn}`).sort());
    }
  });

  it('keep a report late that was returned and handed in again within the new term', async () => {
    const unitId = await world.unit('Phường Trễ');
    const { dutyId } = await world.duty(
      { name: 'Báo cáo trễ', dueOn: '2026-11-10', unitIds: [unitId] },
      noon('2026-11-02'),
    );
    const row = await world.store.db.obligation.update({
      where: { dutyId_unitId_period: { dutyId, unitId, period: 'once' } },
      data: {
        state: 'submitted',
        dueOn: toDbDate('2026-11-27'),
        dueAt: endOfDay('2026-11-27'),
        firstSubmittedAt: noon('2026-11-12'),
      },
    });
    for (const [version, late] of [
      [1, true],
      [2, false],
    ] as const) {
      await world.store.db.submission.create({
        data: {
          id: newId(),
          code: `TR-${String(version)}`,
          obligationId: row.id,
          version,
          kind: 'nil',
          sha256: '',
          late,
          submittedAt: noon('2026-11-12'),
        },
      });
    }
    expect(await read().group('line', `${dutyId}:once`, NOW, 'now')).toMatchObject({
      expected: 1,
      submitted: 1,
      onTime: 0,
      late: 1,
    });
    await world.store.db.submission.deleteMany({ where: { obligationId: row.id } });
    await world.store.db.reminderStep.deleteMany({ where: { obligationId: row.id } });
    await world.store.db.obligation.delete({ where: { id: row.id } });
  });
});

describe('tình hình', () => {
  it('says how many and how many on time, and opens each number into its list', async () => {
    await world.at(NOW);
    const mine = count(kept);
    const overview = await world.type(officer, 'tinh hinh');
    expect(overview).toContain('Tình hình đến thứ Sáu, 20/11/2026');
    expect(overview).toContain(`Nghĩa vụ đã nộp: ${String(mine.numbers.submitted)}/${String(mine.numbers.expected)} (`);
    expect(overview).toContain(`đúng hạn ${String(mine.numbers.onTime)} (`);
    expect(overview).toContain(
      `⚠️ Quá hạn: ${String(mine.numbers.overdue)} nghĩa vụ ở ${String(units(mine.overdue))} đơn vị`,
    );

    const list = await world.type(officer, `Quá hạn: ${String(mine.numbers.overdue)}`);
    expect(list).toContain(
      `Quá hạn chưa nộp: ${String(mine.numbers.overdue)} nghĩa vụ ở ${String(units(mine.overdue))} đơn vị`,
    );
    expect(list.split('\n')).toHaveLength(16);
    const second = await world.type(officer, 'trang sau');
    expect(second).toContain('\n16. ');
    expect(await world.type(officer, '16')).toContain('📌 Báo cáo');
  });

  it('opens one duty, its numbers, and the way to urge those who owe it', async () => {
    await world.at(NOW);
    await world.type(officer, 'hủy', 'tình hình');
    const rows = kept.filter((one) => one.duty === 'Báo cáo quý' && one.period === 'q3');
    const { submitted, expected, onTime } = count(rows).numbers;
    const order =
      (await read().lines(NOW)).findIndex((line) => line.dutyName === 'Báo cáo quý' && line.period === 'q3') + 1;
    const { text, buttons } = await world.send(officer, { kind: 'text', text: String(order) });
    const share = (part: number) => `${String(Math.round((part / expected) * 1000) / 10).replace('.', ',')} %`;
    expect(text).toContain(
      `${String(submitted)}/${String(expected)} đơn vị đã nộp (${share(submitted)}), đúng hạn ${String(onTime)} (${share(onTime)}).`,
    );
    expect(buttons.map((button) => button.label)).toContain('Đôn đốc');
    expect(buttons.every((button) => Buffer.byteLength(button.action) <= 64)).toBe(true);
  });

  it('has at most eight buttons a screen; what has none is typed, or found one screen further', async () => {
    await world.at(NOW);
    await world.type(officer, 'hủy');
    const screen = async (text: string) => {
      const { text: said, buttons } = await world.send(officer, { kind: 'text', text });
      const labels = buttons.map((button) => button.label);
      expect(labels.length, labels.join(', ')).toBeLessThanOrEqual(8);
      return { said, labels };
    };
    const { numbers } = count(kept);
    expect((await screen('tình hình')).labels.slice(-3)).toEqual([
      `Quá hạn: ${String(numbers.overdue)}`,
      'Số liệu khác',
      'Cách xem khác',
    ]);
    const others = (await screen('số liệu khác')).labels.map((label) => label.split(':')[0]);
    const rest = ['Chưa nộp', 'Đã nộp', 'Nộp muộn', 'Bị trả lại', 'Đúng hạn', 'Đã tiếp nhận', 'Được miễn'];
    expect(others).toEqual([...rest, 'Toàn cảnh']);
    expect((await screen(`Nộp muộn: ${String(numbers.late)}`)).said).toContain(
      `Nộp muộn: ${String(numbers.late)} nghĩa`,
    );
    await screen('toàn cảnh');
    // Typed at once, without its screen.
    expect((await screen(`Được miễn: ${String(numbers.waived)}`)).said).toContain('Được miễn: ');
    await screen('toàn cảnh');
    expect((await screen('cách xem khác')).labels).toContain('Theo đơn vị');
    expect((await screen('theo đơn vị')).labels).toEqual([
      ...Array.from({ length: 6 }, (_, n) => expect.stringMatching(`^${String(n + 1)}. Phường`) as string),
      'Xem tiếp 28',
      'Toàn cảnh',
    ]);
    await screen('xem tiếp 28');
    await screen('toàn cảnh');
    expect((await screen('1')).labels.slice(-2)).toEqual(['Đôn đốc', 'Toàn cảnh']);
  });

  it('shows clusters, is read only for leaders and closed to seats', async () => {
    await world.at(NOW);
    const leader = await world.person('Lãnh đạo', ['leader']);
    await world.type(leader, 'tình hình');
    expect(await world.type(leader, 'theo cụm, khối')).toContain('Theo cụm, khối (chậm nhất trước):\n1. Khối');
    await world.type(leader, '1');
    const seat = await world.seat(await world.unit('Phường Ghế'), 'primary', 'Đầu mối');
    expect(await world.type(seat, 'tình hình')).toContain('Việc này dành cho chuyên viên hoặc lãnh đạo.');
  });
});
