/** What the demo's units have handed in: registrations, reports, and the officers' tasks about them. */
import { createHash } from 'node:crypto';
import { translate } from '../../i18n/index.js';
import { newId } from '../../kernel/ids.js';
import { isLate } from '../../kernel/lateness.js';
import { addDays, atLocal, endOfDay } from '../../kernel/local-date.js';
import type { Unit } from '../../units/index.js';
import { sampleName } from './people.js';
import type { SampleState } from './states.js';
import { uniqueCode, type SampleDuty, type Work } from './work.js';

const HOUR_MS = 3_600_000;

/** One unit's answer to one duty. */
export interface HandedIn {
  readonly obligationId: string;
  readonly duty: SampleDuty;
  readonly unit: Unit;
  readonly state: SampleState;
  readonly at: Date;
  /** Place of the unit among the duty's units: varies what is said. */
  readonly n: number;
}

/** When the unit handed in: some days before the due day, or the day after it; never in the future. */
export function handedInAt(work: Work, duty: SampleDuty, state: SampleState, n: number): Date | null {
  if (state === 'open' || state === 'waived') return null;
  const day = state === 'late' ? addDays(duty.dueOn, 1) : work.calendar.addWorkingDays(duty.dueOn, -1 - (n % 4));
  const at = atLocal(day, `${String(8 + (n % 8)).padStart(2, '0')}:${String((n * 7) % 60).padStart(2, '0')}`);
  const latest = work.now.getTime() - (1 + (n % 50)) * HOUR_MS;
  return new Date(Math.max(atLocal(duty.opened, '09:00').getTime(), Math.min(at.getTime(), latest)));
}

const RETURN_REASON = 'Đề nghị ghi rõ số liệu của từng chỉ tiêu (lời mẫu).';

/** Columns that say how an officer decided. */
function decision(work: Work, { state, at }: HandedIn) {
  if (state !== 'accepted' && state !== 'returned') return { decidedAt: null, decidedById: null, reason: null };
  const decidedAt = new Date(Math.min(at.getTime() + 3 * HOUR_MS, work.now.getTime()));
  return { decidedAt, decidedById: work.officerId, reason: state === 'returned' ? RETURN_REASON : null };
}

/** Columns that say who handed in. */
function by(work: Work, unit: Unit) {
  const seat = work.seats.get(unit.id);
  return { seatId: seat?.seatId ?? null, memberId: seat?.memberId ?? null };
}

const isWaiting = (state: SampleState): boolean => state === 'submitted' || state === 'late';

/** A registration, and the submission that closes its duty. */
export function addRegistration(work: Work, handedIn: HandedIn): void {
  const { duty, unit, state, at, n } = handedIn;
  if (!duty.campaign) return;
  const id = newId();
  const code = uniqueCode(work, 'DK');
  const titles = [
    {
      kind: 'collective',
      name: unit.name,
      title: n % 3 === 0 ? 'Tập thể lao động xuất sắc' : 'Tập thể lao động tiên tiến',
    },
    {
      kind: 'individual',
      name: sampleName(400 + n),
      post: 'Chuyên viên',
      title: n % 4 === 0 ? 'Chiến sĩ thi đua cơ sở' : 'Lao động tiên tiến',
    },
  ];
  const targets = `Giới thiệu ${String(2 + (n % 5))} gương người tốt, việc tốt; hoàn thành 01 việc làm cụ thể (mẫu).`;
  work.rows.registrations.push({
    id,
    code,
    campaignId: duty.campaign.id,
    unitId: unit.id,
    targets,
    titles,
    state: state === 'accepted' || state === 'returned' ? state : 'submitted',
    onTime: !isLate(at, endOfDay(duty.dueOn)),
    submittedAt: at,
    ...by(work, unit),
    ...decision(work, handedIn),
  });
  const { memberId } = by(work, unit);
  work.rows.registrationVersions.push({ registrationId: id, version: 1, data: { targets, titles }, at, memberId });
  pushSubmission(work, handedIn, { id: newId(), code, kind: 'form', text: null, data: { registration: code } });
  const title = translate('vi', 'registrations.taskTitle', { unit: unit.name, campaign: duty.campaign.name });
  if (isWaiting(state)) addTask(work, 'registration', id, handedIn, title);
}

/** A report: mostly a few words, now and then "không phát sinh". */
export function addSubmission(work: Work, handedIn: HandedIn): void {
  const { duty, unit, n } = handedIn;
  const id = newId();
  const code = uniqueCode(work, 'BC');
  const done = `đã phát hiện ${String(1 + (n % 6))} gương, hoàn thành ${String(80 + (n % 20))} % chỉ tiêu (số liệu mẫu).`;
  const isNil = n % 11 === 10;
  pushSubmission(work, handedIn, {
    id,
    code,
    kind: isNil ? 'nil' : 'text',
    text: isNil ? null : `${duty.name} của ${unit.name}: ${done}`,
    data: {},
  });
  const title = translate('vi', 'reporting.task.review', { code, duty: duty.name, unit: unit.name });
  if (isWaiting(handedIn.state)) addTask(work, 'review', id, handedIn, title);
}

interface Paper {
  readonly id: string;
  readonly code: string;
  readonly kind: 'text' | 'form' | 'nil';
  readonly text: string | null;
  readonly data: Readonly<Record<string, string>>;
}

function pushSubmission(work: Work, handedIn: HandedIn, paper: Paper): void {
  const { obligationId, duty, unit, state, at } = handedIn;
  work.rows.submissions.push({
    ...paper,
    obligationId,
    version: 1,
    sha256: createHash('sha256')
      .update(JSON.stringify([paper.kind, paper.text, paper.data]))
      .digest('hex'),
    state: state === 'accepted' || state === 'returned' ? state : 'received',
    late: isLate(at, endOfDay(duty.dueOn)),
    submittedAt: at,
    ...by(work, unit),
    ...decision(work, handedIn),
  });
}

function addTask(work: Work, kind: string, refId: string, handedIn: HandedIn, title: string): void {
  const { unit, at } = handedIn;
  work.rows.tasks.push({
    id: newId(),
    code: uniqueCode(work, 'VC'),
    kind,
    refId,
    unitId: unit.id,
    title,
    data: {},
    openedAt: at,
  });
}
