/** The rows of the demo's campaigns and duties, made around the moment of seeding. */
import type { DutyContent, Field } from '../../duties/model.js';
import { formatDate } from '../../kernel/format.js';
import { newId } from '../../kernel/ids.js';
import { atLocal, endOfDay, localDate, toDbDate, type LocalDate } from '../../kernel/local-date.js';
import { DEFAULT_LADDER, ONCE, planSteps } from '../../duties/index.js';
import { matchUnits, UNIT_TYPES, type Unit } from '../../units/index.js';
import { CAMPAIGNS, type SampleCampaign } from './campaigns.js';
import { addRegistration, addSubmission, handedInAt } from './handed-in.js';
import { chooseState, stateWithoutPeople, type SampleDutyKind } from './states.js';
import {
  demoCalendar,
  emptyRows,
  type CampaignRows,
  type DutyRow,
  type RowsInput,
  type SampleDuty,
  type Work,
} from './work.js';

/** Builds all rows around `now`, so that something is due, something is late, and something was returned. */
export function buildCampaignRows(input: RowsInput): CampaignRows {
  const today = localDate(input.now);
  const calendar = demoCalendar();
  const day = (workingDays: number): LocalDate => calendar.addWorkingDays(today, workingDays);
  const work: Work = { ...input, today, calendar, rows: emptyRows(), usedCodes: new Set(), day };
  for (const campaign of CAMPAIGNS) addCampaign(work, campaign);
  addYearlyDuty(work);
  return work.rows;
}

function addCampaign(work: Work, sample: SampleCampaign): void {
  const { launched, registration, midterm, final, participants, ...texts } = sample;
  const id = newId();
  const launchedOn = work.day(launched);
  const units = matchUnits(participants, work.units, work.places, work.today);
  work.rows.campaigns.push({
    ...texts,
    id,
    participants: { ...participants },
    docOn: toDbDate(launchedOn),
    startsOn: toDbDate(launchedOn),
    endsOn: toDbDate(work.day(final)),
    registrationDueOn: toDbDate(work.day(registration)),
    midtermDueOn: midterm === null ? null : toDbDate(work.day(midterm)),
    finalDueOn: toDbDate(work.day(final)),
    state: 'launched',
    launchedAt: atLocal(launchedOn, '08:00'),
    launchedById: work.officerId,
  });
  for (const unit of units) work.rows.campaignUnits.push({ campaignId: id, unitId: unit.id });
  const basis = `Kế hoạch số ${sample.docNumber} ngày ${formatDate(launchedOn)} (văn bản mẫu)`;
  const duty = (kind: SampleDutyKind, due: number, name: string, needs: string): void =>
    addDuty(work, {
      kind,
      code: `${sample.code}-${kind}`,
      name: `${name} “${sample.name}”`,
      basis,
      needs,
      units,
      dueOn: work.day(due),
      opened: launchedOn,
      period: ONCE,
      campaign: { id, name: sample.name },
    });
  duty(
    'registration',
    registration,
    'Đăng ký phong trào',
    'Danh hiệu đăng ký của tập thể, cá nhân; chỉ tiêu; gương học tập.',
  );
  if (midterm !== null)
    duty('midterm', midterm, 'Báo cáo sơ kết phong trào', 'Kết quả theo chỉ tiêu và việc cần làm tiếp.');
  duty('final', final, 'Báo cáo tổng kết phong trào', 'Kết quả cả đợt, gương tiêu biểu và đề nghị khen thưởng.');
}

function addYearlyDuty(work: Work): void {
  const year = work.today.slice(0, 4);
  const dueOn = work.day(8);
  addDuty(work, {
    kind: 'periodic',
    code: `BC-NAM-${year}`,
    name: `Báo cáo công tác thi đua, khen thưởng năm ${year}`,
    basis: 'Hướng dẫn số 05/HD-MẪU (văn bản mẫu)',
    needs: 'Số gương được phát hiện, số tập thể và cá nhân được khen.',
    units: work.units.filter((unit) => unit.type !== 'khac' && unit.validTo === null),
    dueOn,
    opened: work.day(-15),
    period: ONCE,
    campaign: null,
  });
  const duty = work.rows.duties.at(-1);
  if (duty) work.rows.dutyContents.push({ id: duty.id, content: yearlyContent(work, duty, dueOn) });
}

/** The same as an officer would have described it, so that it can be read, amended and copied. */
const yearlyContent = (work: Work, duty: Pick<DutyRow, 'name' | 'needs'>, dueOn: LocalDate): DutyContent => ({
  name: duty.name,
  basis: { document: 'Hướng dẫn (văn bản mẫu)', number: '05/HD-MẪU', on: work.day(-15) },
  owners: { types: UNIT_TYPES.filter((type) => type !== 'khac'), levels: [], clusters: [], units: [] },
  periods: { kind: 'once', dueOn },
  due: { kind: 'dates', shift: 'none' },
  needs: duty.needs,
  fields: FIELDS.map((field) => ({ ...field })),
  files: [],
  ladder: DEFAULT_LADDER.map((step) => ({ ...step })),
  graceDays: 0,
  lockDays: null,
  startsOn: work.day(-15),
  endsOn: null,
});

const FIELDS: readonly Field[] = [
  { name: 'guong', label: 'Số gương người tốt, việc tốt đã phát hiện', type: 'number', min: 0, max: 100_000 },
  { name: 'tap_the', label: 'Số tập thể được khen', type: 'number', min: 0, max: 100_000 },
  { name: 'ca_nhan', label: 'Số cá nhân được khen', type: 'number', min: 0, max: 100_000 },
];

function addDuty(work: Work, duty: SampleDuty): void {
  const dutyId = newId();
  work.rows.duties.push({
    id: dutyId,
    code: duty.code,
    name: duty.name,
    kind: duty.kind,
    campaignId: duty.campaign?.id ?? null,
    basis: duty.basis,
    needs: duty.needs,
    fields: duty.kind === 'periodic' ? [...FIELDS] : [],
    ladder: DEFAULT_LADDER.map((step) => ({ ...step })),
  });
  for (const [n, unit] of duty.units.entries()) addObligation(work, duty, dutyId, unit, n);
}

/** Working days in which what was returned is to be corrected. */
const CORRECTION_DAYS = 3;

function addObligation(work: Work, duty: SampleDuty, dutyId: string, unit: Unit, n: number): void {
  const id = newId();
  const state = work.seats.has(unit.id)
    ? chooseState(duty, unit.code, n, work.today)
    : stateWithoutPeople(duty, work.today);
  const at = handedInAt(work, duty, state, n);
  const correction = work.day(CORRECTION_DAYS);
  const isReturned = state === 'returned';
  const dueOn = isReturned && correction > duty.dueOn ? correction : duty.dueOn;
  const version = isReturned ? 2 : 1;
  work.rows.obligations.push({
    id,
    dutyId,
    unitId: unit.id,
    period: duty.period,
    dueOn: toDbDate(dueOn),
    dueAt: endOfDay(dueOn),
    state: state === 'late' ? 'submitted' : state,
    version,
    createdAt: atLocal(duty.opened, '08:00'),
    firstSubmittedAt: at,
  });
  if (at) {
    const handedIn = { obligationId: id, duty, unit, state, at, n };
    if (duty.kind === 'registration') addRegistration(work, handedIn);
    else addSubmission(work, handedIn);
  }
  if (state !== 'open' && !isReturned) return;
  for (const step of planSteps(DEFAULT_LADDER, dueOn, work.calendar, work.now)) {
    work.rows.steps.push({ id: newId(), obligationId: id, version, ...step });
  }
}
