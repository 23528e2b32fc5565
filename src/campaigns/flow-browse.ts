/** "Phong trào": the running campaigns, each opening into its details. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Flow,
  type GoButton,
  type Move,
} from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import type { Actor } from '../kernel/people.js';
import type { CampaignSummary } from './model.js';
import type { CampaignsReads } from './store.js';

type Reads = { readonly campaigns: CampaignsReads };
const SHOWN = 9;

export const browseFlow: Flow<undefined, Reads> = defineFlow<undefined, Reads>({
  name: 'campaigns',
  version: 1,
  data: z.undefined(),
  keepsDraft: false,
  commands: [
    defineCommand<undefined, Reads, CampaignSummary | null>({
      name: 'campaigns',
      words: ['phong trào', 'các phong trào', '/phongtrao', 'campaigns'],
      load: (read, at) => (at.arg === '' ? Promise.resolve(null) : read.campaigns.one(at.arg)),
      start: ({ arg, loaded, actor }): Move<undefined> => {
        if (arg === '') return { to: 'list', data: undefined };
        return loaded
          ? { end: true, say: [detail(loaded, actor)] }
          : { to: 'list', data: undefined, say: [{ text: t('campaigns.gone') }] };
      },
    }),
  ],
  steps: {
    list: defineStep<undefined, Reads, CampaignSummary[]>({
      load: (read, at) => read.campaigns.running(at.now),
      ask: ({ loaded, today }) => {
        if (loaded.length === 0)
          return {
            end: true,
            say: [{ text: t('campaigns.none'), buttons: [{ label: t('button.menu'), command: 'menu' }] }],
          };
        const shown = loaded.slice(0, SHOWN);
        const lines = shown.map((campaign, n) =>
          t(campaign.registrationDueOn >= today ? 'campaigns.listLine' : 'campaigns.listLinePast', {
            n: n + 1,
            name: campaign.name,
            due: formatDate(campaign.registrationDueOn),
          }),
        );
        return {
          text: [t('campaigns.listTitle', { count: loaded.length }), ...lines, t('campaigns.chooseOne')],
          options: shown.map((campaign, n) => ({
            value: campaign.id,
            label: raw(`${String(n + 1)} ${campaign.code}`),
            words: [campaign.name, campaign.code],
          })),
        };
      },
      answer: ({ loaded, actor }, answer) => {
        const campaign = answer.kind === 'option' ? loaded.find((one) => one.id === answer.value) : undefined;
        return campaign ? { end: true, say: [detail(campaign, actor)] } : { again: t('campaigns.gone') };
      },
    }),
  },
});

function detail(campaign: CampaignSummary, actor: Actor) {
  const buttons: GoButton[] =
    actor.seats.length > 0 ? [{ label: t('button.register'), command: 'register', arg: campaign.id }] : [];
  return {
    text: t('campaigns.detail', {
      name: campaign.name,
      slogan: campaign.slogan,
      goal: campaign.goal,
      targets: campaign.targets,
      number: campaign.docNumber,
      day: formatDate(campaign.docOn),
      from: formatDate(campaign.startsOn),
      to: formatDate(campaign.endsOn),
      due: formatDate(campaign.registrationDueOn),
      final: formatDate(campaign.finalDueOn),
      units: campaign.units,
    }),
    buttons: [
      ...buttons,
      { label: t('button.campaigns'), command: 'campaigns' },
      { label: t('button.menu'), command: 'menu' },
    ],
  };
}
