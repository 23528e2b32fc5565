/** What counts at the second of a deadline: when a message came in, and which second is the last. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOutbox } from '../../src/delivery/index.js';
import { createInsightsReads } from '../../src/insights/index.js';
import { newCode, newId } from '../../src/kernel/ids.js';
import { atLocal, toDbDate } from '../../src/kernel/local-date.js';
import { submitRegistration } from '../../src/registrations/effects.js';
import { createRegistrationsEffects } from '../../src/registrations/index.js';
import { createReportingReads, markRegistered } from '../../src/reporting/index.js';
import { findListed } from '../../src/reporting/store-obligations.js';
import { readBusinessClock, type Tx } from '../../src/store/index.js';
import { loadActor } from '../../src/units/index.js';
import { lastSecond, noon, World, type Person } from './world.js';

const OPENED = noon('2026-11-02');
const DUE = '2026-11-18';
/** Half a minute before the due day is over, in Việt Nam. */
const JUST_BEFORE = atLocal(DUE, '23:59:30');

let world: World;
let unitId: string;
let primary: Person;
let officer: Person;
beforeAll(async () => {
  world = await World.create();
  unitId = await world.unit('Phường Phủ Lý');
  primary = await world.seat(unitId, 'primary', 'Nguyễn Thị Mẫu');
  officer = await world.person('Lê Thị Chuyên Viên', ['officer']);
  await world.store.db.$executeRawUnsafe(`
    create function shift_receipt() returns trigger language plpgsql as
    $$ begin new.received_at := new.received_at + tg_argv[0]::interval; return new; end $$`);
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.store.db.$executeRawUnsafe('drop trigger if exists shifted on inbound');
  await world.store.db.$executeRawUnsafe(`truncate told, reminder_step, submission, obligation, duty cascade`);
  await world.store.db.$executeRawUnsafe(`update conversation set session = null, drafts = '{}'`);
  world.tasks.length = 0;
  await world.at(JUST_BEFORE);
});

const owed = (more: object = {}) =>
  world.duty({ name: 'Báo cáo sơ kết 6 tháng', dueOn: DUE, unitIds: [unitId], ...more }, OPENED);

const shiftReceipt = (by: string) =>
  world.store.db.$executeRawUnsafe(
    `create trigger shifted before insert on inbound for each row execute function shift_receipt('${by}')`,
  );

/** From now on it is a minute later, and every message has waited so long for its turn. */
async function lateTurns(): Promise<void> {
  await shiftReceipt('-1 minute');
  await world.store.db.$executeRawUnsafe('update business_clock set offset_ms = offset_ms + 60000');
}

describe('what came in before the due day was over and had its turn after it', () => {
  it('is on time, and receipt and record give the minute in which it came', async () => {
    const { of } = await owed();
    await world.press(primary, `go:submit:${of(unitId)}`);
    await world.type(primary, 'Đã tổ chức 12 buổi');
    await lateTurns();
    const receipt = await world.type(primary, 'gửi');
    expect(receipt).toContain('Lúc 23:59, 18/11/2026');
    expect(receipt).not.toContain('nộp muộn');
    const { submissions, firstSubmittedAt } = await world.obligation(of(unitId));
    expect(submissions).toMatchObject([{ late: false }]);
    expect(submissions[0]?.submittedAt.getTime()).toBeLessThanOrEqual(lastSecond(DUE).getTime());
    expect(firstSubmittedAt).toEqual(submissions[0]?.submittedAt);
    expect((await readBusinessClock(world.store.db)).getTime()).toBeGreaterThan(lastSecond(DUE).getTime());
  });

  it('counts so for "không phát sinh", and what comes after is late', async () => {
    const nil = (await owed({ name: 'Báo cáo A' })).of(unitId);
    const late = (await owed({ name: 'Báo cáo B' })).of(unitId);
    await world.press(primary, `go:nil:${nil}`);
    await lateTurns();
    await world.type(primary, 'gửi');
    expect((await world.obligation(nil)).submissions).toMatchObject([{ kind: 'nil', late: false }]);
    await world.store.db.$executeRawUnsafe('drop trigger shifted on inbound');
    await world.press(primary, `go:nil:${late}`);
    expect(await world.type(primary, 'gửi')).toContain('nộp muộn');
    expect((await world.obligation(late)).submissions).toMatchObject([{ late: true }]);
  });

  it('may still replace a version that is locked since', async () => {
    const { dutyId, of } = await owed();
    await world.store.db.duty.update({ where: { id: dutyId }, data: { lockDays: 0 } });
    await world.press(primary, `go:submit:${of(unitId)}`);
    await world.type(primary, 'bản một', 'gửi');
    await world.press(primary, `go:submit:${of(unitId)}`);
    await world.type(primary, 'bản hai');
    await lateTurns();
    expect(await world.type(primary, 'gửi')).toContain('Đây là bản thứ 2');
    await world.store.db.$executeRawUnsafe('drop trigger shifted on inbound');
    expect(await world.press(primary, `go:submit:${of(unitId)}`)).toContain('Đã hết thời gian sửa');
  });

  it('is what an officer took in on paper, and what the unit says of it', async () => {
    const { of } = await owed();
    await world.press(primary, `go:paper:${of(unitId)}`);
    await world.press(officer, `go:obligation:${of(unitId)}`);
    await world.type(officer, 'bản giấy');
    await lateTurns();
    await world.type(primary, 'số 45/BC-UBND');
    expect(world.tasks[0]?.data?.text).toContain('23:59, 18/11/2026');
    await world.type(officer, '18/11');
    expect((await world.obligation(of(unitId))).submissions).toMatchObject([{ late: false, data: { paper: true } }]);
  });

  it.each(['-1 minute', '1 minute'])(
    'is within the clock: not before it was moved, nor ahead of it (%s)',
    async (by) => {
      const { of } = await owed();
      await world.press(primary, `go:submit:${of(unitId)}`);
      await world.type(primary, 'muộn');
      await shiftReceipt(by);
      const moved = await world.at(noon('2026-11-19'));
      expect(await world.type(primary, 'gửi')).toContain('nộp muộn');
      const at = (await world.obligation(of(unitId))).submissions[0]?.submittedAt ?? new Date(0);
      expect(at.getTime()).toBeGreaterThanOrEqual(moved.getTime());
      expect(at.getTime()).toBeLessThanOrEqual((await readBusinessClock(world.store.db)).getTime());
    },
  );
});

describe('the last second of the due day', () => {
  const end = lastSecond(DUE).getTime();
  const IN_TERM = [new Date(end), new Date(end + 1), new Date(end + 999)];
  const OVER = new Date(end + 1_000);
  const read = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => world.store.transaction(work);

  it('is on time wherever overdue is counted or listed, and the next is not', async () => {
    await owed();
    const overdue = (now: Date) =>
      read(async (tx) => {
        const [reads, numbers] = [createReportingReads(tx), createInsightsReads(tx)];
        const listed = { scope: { kind: 'all' }, measure: 'overdue', span: 'now' } as const;
        return [
          (await reads.owingLines(now)).map((line) => line.overdue),
          (await reads.urgePlan({ kind: 'overdue' }, now)).units,
          (await findListed(tx, listed, now)).length,
          (await numbers.overall(now)).overdue,
          (await numbers.lines(now)).map((line) => line.overdue),
          (await numbers.entries({ kind: 'all' }, 'overdue', now, { offset: 0, size: 9 })).total,
        ];
      });
    for (const now of IN_TERM) expect(await overdue(now)).toEqual([[0], 0, 0, 0, [0], 0]);
    expect(await overdue(OVER)).toEqual([[1], 1, 1, 1, [1], 1]);
  });

  it('is on time for what comes in, a registration as well', async () => {
    const effects = createRegistrationsEffects({
      markRegistered,
      acceptRegistration: () => Promise.resolve(),
      reopenRegistration: () => Promise.resolve(),
      seatHolders: () => Promise.resolve([]),
    });
    const register = async (heardAt: Date): Promise<boolean[]> => {
      const campaignId = await campaign();
      const { of } = await owed({ kind: 'registration', campaignId });
      await read(async (tx) => {
        const actor = await loadActor(tx, await contactOf(primary));
        const seatId = actor.seats[0]?.seatId ?? '';
        const entry = { targets: '10 gương mỗi quý', titles: [] };
        const order = { id: newId(), code: newCode('DK'), campaignId, unitId, seatId, entry, seenVersion: 0 };
        const at = { tx, now: noon('2026-11-19'), heardAt, actor, inboundId: newId(), outbox: createOutbox({}) };
        const handler = effects.find(({ type }) => type === submitRegistration.type);
        expect(await handler?.apply(submitRegistration(order).payload, { ...at, newId, newCode })).toBeUndefined();
      });
      const { onTime, submittedAt } = await world.store.db.registration.findFirstOrThrow({ where: { campaignId } });
      expect(submittedAt).toEqual(heardAt);
      return [onTime, (await world.obligation(of(unitId))).submissions[0]?.late === false];
    };
    for (const heardAt of IN_TERM) expect(await register(heardAt)).toEqual([true, true]);
    expect(await register(OVER)).toEqual([false, false]);
  });
});

async function contactOf({ memberId }: Person): Promise<string> {
  return (await world.store.db.contact.findFirstOrThrow({ where: { memberId } })).id;
}

async function campaign(): Promise<string> {
  const id = newId();
  const [day, words] = [toDbDate(DUE), { slogan: '', goal: '', targets: '', scope: '', content: '', criteria: '' }];
  const rest = { measures: '', plan: '', awards: '', participants: {}, docNumber: '1', docOn: day, form: 'chuyen-de' };
  const dates = { startsOn: day, endsOn: day, registrationDueOn: day, finalDueOn: day, launchedAt: OPENED };
  const state = { state: 'launched', units: { create: { unitId } } } as const;
  await world.store.db.campaign.create({
    data: { id, code: newCode('PT', 8), name: 'Mỗi tuần một việc tốt', ...words, ...rest, ...dates, ...state },
  });
  return id;
}
