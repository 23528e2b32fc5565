/** Who has handed in what when the demo begins. */
import { daysBetween, type LocalDate } from '../../kernel/local-date.js';

export type SampleDutyKind = 'registration' | 'midterm' | 'final' | 'periodic';
/** `late`: handed in after the due day and not yet looked at. */
export type SampleState = 'open' | 'submitted' | 'late' | 'accepted' | 'returned' | 'waived';

interface Duty {
  readonly kind: SampleDutyKind;
  readonly dueOn: LocalDate;
  readonly code: string;
}

/** Units that stories and demonstrations begin with have their state written out. */
const FIXED: Readonly<Record<string, Readonly<Record<string, SampleState>>>> = {
  'p-phu-ly': {
    'PT-BACHO-midterm': 'open',
    'PT-NTM-final': 'open',
    'PT-BIENDAO-registration': 'open',
    'PT-VANHOA-registration': 'accepted',
  },
  'so-y-te': { 'PT-BACHO-midterm': 'submitted', 'PT-NTM-final': 'open', 'PT-BIENDAO-registration': 'open' },
  'so-gddt': { 'PT-BACHO-midterm': 'returned', 'PT-BIENDAO-registration': 'submitted' },
  'p-duy-tien': { 'PT-BACHO-midterm': 'accepted', 'PT-BIENDAO-registration': 'open', 'PT-VANHOA-registration': 'open' },
  'so-noi-vu': { 'PT-BACHO-midterm': 'accepted', 'PT-BIENDAO-registration': 'accepted' },
};

const PAST: readonly SampleState[] = [
  'accepted',
  'accepted',
  'submitted',
  'accepted',
  'open',
  'accepted',
  'late',
  'accepted',
  'accepted',
  'returned',
];
const NEAR: readonly SampleState[] = ['open', 'accepted', 'open', 'submitted', 'open', 'open', 'returned', 'open'];

const LONG_PAST_DAYS = -20;
const daysTo = (duty: Duty, today: LocalDate): number => daysBetween(today, duty.dueOn);

/** A unit without people owes what is new and was let off what is long past. */
export const stateWithoutPeople = (duty: Duty, today: LocalDate): SampleState =>
  daysTo(duty, today) < LONG_PAST_DAYS ? 'waived' : 'open';

/** The state of the n-th unit of a duty: long past all in, just past mostly in, near mostly open, far all open. */
export function chooseState(duty: Duty, unitCode: string, n: number, today: LocalDate): SampleState {
  const fixed = FIXED[unitCode]?.[duty.code];
  if (fixed) return fixed;
  const days = daysTo(duty, today);
  if (days < LONG_PAST_DAYS) return 'accepted';
  if (days < 0) return PAST[n % PAST.length] ?? 'open';
  const isNear = duty.kind === 'registration' ? days <= 14 : days <= 10;
  return isNear ? (NEAR[n % NEAR.length] ?? 'open') : 'open';
}
