/** Campaigns: the parts that the law and the plan demand, and when a draft may be launched. */
import { z } from 'zod';
import type { LocaleKey } from '../i18n/index.js';
import { isLocalDate, type LocalDate } from '../kernel/local-date.js';
import { ruleSchema } from '../notices/index.js';

/**
 * The written parts, in the order in which they are asked. Law 06/2022/QH15, Art. 17(1) demands goal, scope, content,
 * criteria, plan and measures (with participants and time, which have steps of their own); plan 1813/KH-UBND, II.3 adds
 * targets and a name and theme that are easy to remember. A launch also needs the document that orders it.
 */
export const TEXT_PARTS = [
  'name',
  'slogan',
  'goal',
  'targets',
  'scope',
  'content',
  'criteria',
  'measures',
  'plan',
  'awards',
  'docNumber',
] as const;
export type TextPart = (typeof TEXT_PARTS)[number];

export const DATE_PARTS = ['docOn', 'startsOn', 'endsOn', 'registrationDueOn', 'midtermDueOn', 'finalDueOn'] as const;
export type DatePart = (typeof DATE_PARTS)[number];

export type Part = TextPart | DatePart | 'form' | 'participants';

/** The order of the guided questions. */
export const PART_ORDER: readonly Part[] = [
  'name',
  'slogan',
  'form',
  'docNumber',
  'docOn',
  'goal',
  'targets',
  'scope',
  'content',
  'criteria',
  'measures',
  'plan',
  'awards',
  'participants',
  'startsOn',
  'endsOn',
  'registrationDueOn',
  'midtermDueOn',
  'finalDueOn',
];

/** Longest text of a part, in characters: names must be easy to remember, the rest fits a chat message. */
export const PART_LIMITS: Readonly<Record<TextPart, number>> = {
  name: 120,
  slogan: 160,
  goal: 1000,
  targets: 1000,
  scope: 500,
  content: 2000,
  criteria: 1500,
  measures: 1500,
  plan: 1500,
  awards: 800,
  docNumber: 60,
};

/** A campaign being prepared: what is missing is simply absent. */
export const draftSchema = z.object({
  texts: z.partialRecord(z.enum(TEXT_PARTS), z.string()),
  dates: z.partialRecord(z.enum(DATE_PARTS), z.string()),
  form: z.enum(['thuong-xuyen', 'chuyen-de']).optional(),
  participants: ruleSchema.optional(),
  /** Parts put off with "Để sau". */
  putOff: z.array(z.string()),
});
export type CampaignDraft = z.infer<typeof draftSchema>;

export const EMPTY_DRAFT: CampaignDraft = { texts: {}, dates: {}, putOff: [] };

/** Not every campaign is long enough for a mid-term review. */
const OPTIONAL: ReadonlySet<Part> = new Set<Part>(['midtermDueOn']);

export const isOptional = (part: Part): boolean => OPTIONAL.has(part);
const isTextPart = (part: Part): part is TextPart => (TEXT_PARTS as readonly string[]).includes(part);
export const isDatePart = (part: Part): part is DatePart => (DATE_PARTS as readonly string[]).includes(part);

/** True when the draft has this part. */
export function hasPart(draft: CampaignDraft, part: Part): boolean {
  if (part === 'form') return draft.form !== undefined;
  if (part === 'participants') return draft.participants !== undefined;
  return isTextPart(part) ? draft.texts[part] !== undefined : draft.dates[part] !== undefined;
}

/** The parts without which a campaign may not be launched and that this draft lacks. */
export function missingParts(draft: CampaignDraft): Part[] {
  return PART_ORDER.filter((part) => !isOptional(part) && !hasPart(draft, part));
}

/** The next part to ask about: not there yet and not put off. */
export function nextPart(draft: CampaignDraft): Part | null {
  return PART_ORDER.find((part) => !hasPart(draft, part) && !draft.putOff.includes(part)) ?? null;
}

/** Why a date does not fit the others; null when it does. `today` only bounds what units still have to do. */
export function dateProblem(draft: CampaignDraft, part: DatePart, day: LocalDate, today: LocalDate): LocaleKey | null {
  if (!isLocalDate(day)) return 'campaigns.date.unreadable';
  const { startsOn, endsOn, registrationDueOn } = draft.dates;
  switch (part) {
    case 'docOn':
      return day > today ? 'campaigns.date.docInFuture' : null;
    case 'startsOn':
      return null;
    case 'endsOn':
      return startsOn !== undefined && day < startsOn ? 'campaigns.date.endBeforeStart' : null;
    case 'registrationDueOn':
      if (day < today) return 'campaigns.date.past';
      return endsOn !== undefined && day > endsOn ? 'campaigns.date.afterEnd' : null;
    case 'midtermDueOn':
      if (day < today) return 'campaigns.date.past';
      return registrationDueOn !== undefined && day < registrationDueOn ? 'campaigns.date.midtermTooEarly' : null;
    case 'finalDueOn':
      if (day < today) return 'campaigns.date.past';
      return registrationDueOn !== undefined && day < registrationDueOn ? 'campaigns.date.finalTooEarly' : null;
  }
}

/** A complete campaign, ready to be launched. */
export interface NewCampaign {
  readonly id: string;
  readonly code: string;
  readonly texts: Readonly<Record<TextPart, string>>;
  readonly form: 'thuong-xuyen' | 'chuyen-de';
  readonly participants: z.infer<typeof ruleSchema>;
  readonly dates: Readonly<Record<Exclude<DatePart, 'midtermDueOn'>, LocalDate>> & {
    readonly midtermDueOn?: LocalDate;
  };
}

/** The campaign out of a draft; null while something is missing. */
export function completeDraft(draft: CampaignDraft, id: string, code: string): NewCampaign | null {
  if (missingParts(draft).length > 0 || !draft.form || !draft.participants) return null;
  return {
    id,
    code,
    texts: draft.texts as NewCampaign['texts'],
    form: draft.form,
    participants: draft.participants,
    dates: draft.dates as NewCampaign['dates'],
  };
}

/** A launched campaign as lists show it. */
export interface CampaignSummary {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly slogan: string;
  readonly goal: string;
  readonly targets: string;
  readonly docNumber: string;
  readonly docOn: LocalDate;
  readonly startsOn: LocalDate;
  readonly endsOn: LocalDate;
  readonly registrationDueOn: LocalDate;
  readonly finalDueOn: LocalDate;
  readonly units: number;
}
