/** What the builders of the demo's rows share. */
import { buildCalendar, type WorkingCalendar } from '../../kernel/calendar.js';
import type { DutyContent } from '../../duties/model.js';
import { newCode } from '../../kernel/ids.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { Prisma } from '../../store/index.js';
import type { ClusterPlace, Unit } from '../../units/index.js';
import { HOLIDAYS } from './holidays.js';
import type { SampleDutyKind } from './states.js';

export type DutyRow = Prisma.DutyCreateManyInput;

/** Everything to insert; each list is one statement. */
export interface CampaignRows {
  readonly campaigns: Prisma.CampaignCreateManyInput[];
  readonly campaignUnits: Prisma.CampaignUnitCreateManyInput[];
  readonly duties: DutyRow[];
  /** What officers would have said of the duties that stand alone. */
  readonly dutyContents: { readonly id: string; readonly content: DutyContent }[];
  readonly obligations: Prisma.ObligationCreateManyInput[];
  readonly registrations: Prisma.RegistrationCreateManyInput[];
  readonly registrationVersions: Prisma.RegistrationVersionCreateManyInput[];
  readonly submissions: Prisma.SubmissionCreateManyInput[];
  readonly steps: Prisma.ReminderStepCreateManyInput[];
  readonly tasks: Prisma.TaskCreateManyInput[];
}

export const emptyRows = (): CampaignRows => ({
  campaigns: [],
  campaignUnits: [],
  duties: [],
  dutyContents: [],
  obligations: [],
  registrations: [],
  registrationVersions: [],
  submissions: [],
  steps: [],
  tasks: [],
});

/** What is known when the rows are made. */
export interface RowsInput {
  readonly now: Date;
  readonly units: readonly Unit[];
  readonly places: readonly ClusterPlace[];
  readonly officerId: string;
  /** Unit id → its primary seat and who holds it; units without people are missing. */
  readonly seats: ReadonlyMap<string, { readonly seatId: string; readonly memberId: string }>;
}

/** The rows while they are made. */
export interface Work extends RowsInput {
  readonly today: LocalDate;
  readonly calendar: WorkingCalendar;
  readonly rows: CampaignRows;
  readonly usedCodes: Set<string>;
  /** The day so many working days from today. */
  day(workingDays: number): LocalDate;
}

/** One duty of the demo, the same for all its units. */
export interface SampleDuty {
  readonly kind: SampleDutyKind;
  readonly code: string;
  readonly name: string;
  readonly basis: string;
  readonly needs: string;
  readonly units: readonly Unit[];
  readonly dueOn: LocalDate;
  readonly opened: LocalDate;
  readonly period: string;
  readonly campaign: { readonly id: string; readonly name: string } | null;
}

/** The working calendar with the certain holidays. */
export const demoCalendar = (): WorkingCalendar =>
  buildCalendar(HOLIDAYS.map((day) => ({ on: day.on, kind: 'off' as const })));

/** A code that no other row of this seeding has. */
export function uniqueCode(work: Work, prefix: string): string {
  for (;;) {
    const code = newCode(prefix);
    if (work.usedCodes.has(code)) continue;
    work.usedCodes.add(code);
    return code;
  }
}
