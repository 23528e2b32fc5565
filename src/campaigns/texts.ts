/** Names, questions and reasons of a campaign's parts. */
import { t, type Text } from '../conversation/index.js';
import type { LocaleKey } from '../i18n/index.js';
import { formatDate, formatDay } from '../kernel/format.js';
import type { CampaignDraft, Part } from './model.js';

export const partName = (part: Part): Text => t(`campaigns.part.${part}.name` satisfies LocaleKey);
export const partQuestion = (part: Part): Text => t(`campaigns.part.${part}.ask` satisfies LocaleKey);

/** Parts that the province's plan asks for; the others stand in the law. */
const FROM_PLAN: ReadonlySet<Part> = new Set<Part>(['name', 'slogan', 'targets']);
const FROM_PRACTICE: ReadonlySet<Part> = new Set<Part>([
  'docNumber',
  'docOn',
  'awards',
  'registrationDueOn',
  'midtermDueOn',
  'finalDueOn',
]);

/** Why a part is asked for, with its basis. */
export function partWhy(part: Part): Text {
  if (FROM_PLAN.has(part)) return t('campaigns.why.plan');
  return t(FROM_PRACTICE.has(part) ? 'campaigns.why.practice' : 'campaigns.why.law');
}

/** The announcement as units will read it. */
export function announcementText(draft: CampaignDraft, at: { readonly today: string }): Text {
  const due = draft.dates.registrationDueOn ?? at.today;
  return t('campaigns.announcement', {
    name: draft.texts.name ?? '',
    slogan: draft.texts.slogan ?? '',
    goal: draft.texts.goal ?? '',
    targets: draft.texts.targets ?? '',
    number: draft.texts.docNumber ?? '',
    day: formatDate(draft.dates.docOn ?? at.today),
    due: formatDay(due),
  });
}
