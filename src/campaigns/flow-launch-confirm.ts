/** The last question before a launch: exact numbers, the hour, one tap. */
import { defineEffect, defineStep, t, type Move } from '../conversation/index.js';
import {
  fullMoment,
  isOver,
  MORNING,
  morningAfter,
  morningOption,
  nightLine,
  pastText,
  planLines,
  reachParams,
  SCHEDULE,
  SCHEDULE_OPTION,
  scheduleLine,
  type AudiencePorts,
  type Reach,
} from '../notices/index.js';
import { completeDraft, type NewCampaign } from './model.js';
import type { LaunchData } from './progress.js';
import { announcementText } from './texts.js';

export const launchCampaign = defineEffect<NewCampaign & { readonly announceAt: Date | null }>('campaigns.launch');

type Data = LaunchData;

export const confirmStep = defineStep<Data, AudiencePorts, Reach | null>({
  load: (read, { data: { draft }, today }) =>
    draft.participants
      ? read.audience.reach(draft.participants, [{ text: announcementText(draft, { today }) }])
      : Promise.resolve(null),
  ask: ({ data, loaded, now }) => {
    if (loaded === null || loaded.people === 0) return { to: 'review', data, say: [{ text: t('campaigns.nobody') }] };
    const isLater = data.at !== undefined;
    const about = { name: data.draft.texts.name ?? '', ...reachParams(loaded) };
    return {
      text: [
        t(isLater ? 'campaigns.confirmLater' : 'campaigns.confirm', about),
        ...planLines(loaded.plan),
        ...(isLater ? scheduleLine(data.at) : nightLine(now, loaded.plan.quietHours)),
      ],
      options: [
        { value: 'yes', label: t('campaigns.review.launch'), words: ['đồng ý', 'có', 'gửi'] },
        ...(isLater ? [] : morningOption(now, loaded.plan.quietHours)),
        SCHEDULE_OPTION,
        { value: 'no', label: t('button.later'), words: ['không', 'để sau'] },
      ],
    };
  },
  answer: (at, answer): Move<Data> => {
    const { draft } = at.data;
    if (answer.kind !== 'option' || answer.value === 'no') return { to: 'review', data: { draft } };
    if (answer.value === SCHEDULE) return { to: SCHEDULE, data: at.data };
    const when =
      answer.value === MORNING ? morningAfter(at.now, at.loaded?.plan.quietHours)?.toISOString() : at.data.at;
    if (when !== undefined && isOver(when, at.now))
      return { to: SCHEDULE, data: { draft }, say: [{ text: pastText(new Date(when)) }] };
    const campaign = completeDraft(draft, at.newId(), at.newCode('PT'));
    if (!campaign) return { to: 'review', data: { draft } };
    const announceAt = when === undefined ? null : new Date(when);
    const about = { name: campaign.texts.name, code: campaign.code, ...reachParams(at.loaded) };
    return {
      end: true,
      effects: [launchCampaign({ ...campaign, announceAt })],
      say: [
        {
          text: announceAt
            ? t('campaigns.launchedLater', { ...about, at: fullMoment(announceAt) })
            : t('campaigns.launched', about),
          buttons: [
            { label: t('campaigns.progressButton'), command: 'broadcast', arg: campaign.id },
            { label: t('button.numbers'), command: 'numbers' },
          ],
        },
      ],
    };
  },
  refused: ({ data }, refusal) => ({
    to: refusal.refused === 'past' ? SCHEDULE : 'review',
    data: { draft: data.draft },
    say: [{ text: refusal.text }],
  }),
});
