/** "Gương": the latest exemplars, their stories, and registering to emulate one. */
import { z } from 'zod';
import { defineCommand, defineFlow, defineStep, raw, t, type Flow, type Move } from '../conversation/index.js';
import { followHonour, honourSay } from './effects.js';
import type { Honour } from './model.js';
import type { HonoursReads } from './store.js';

type Reads = { readonly honours: HonoursReads };
const SHOWN = 8;

const gone: Move<undefined> = {
  end: true,
  say: [{ text: t('honours.gone'), buttons: [{ label: t('button.honours'), command: 'honours' }] }],
};

export const browseFlow: Flow<undefined, Reads> = defineFlow<undefined, Reads>({
  name: 'honours',
  version: 1,
  data: z.undefined(),
  keepsDraft: false,
  commands: [
    defineCommand<undefined, Reads>({
      name: 'honours',
      words: ['gương', 'gương điển hình', 'điển hình', 'gương người tốt việc tốt', '/guong', 'exemplars'],
      start: () => ({ to: 'list', data: undefined }),
    }),
    defineCommand<undefined, Reads, Honour | null>({
      name: 'story',
      words: [],
      aside: true,
      load: (read, at) => read.honours.one(at.arg),
      start: ({ loaded }) => {
        if (!loaded) return gone;
        return {
          end: true,
          say: [
            {
              text: [
                t('honours.storyTitle', { name: loaded.personName, unit: loaded.unitName }),
                raw(loaded.story),
                t('honours.followers', { count: loaded.followers }),
              ],
              buttons: [{ label: t('honours.followButton'), command: 'follow', arg: loaded.id }],
            },
          ],
        };
      },
    }),
    defineCommand<undefined, Reads, Honour | null>({
      name: 'follow',
      words: [],
      aside: true,
      load: (read, at) => read.honours.one(at.arg),
      start: ({ loaded }) =>
        loaded
          ? {
              end: true,
              say: [{ text: t('honours.followed', { name: loaded.personName }) }],
              effects: [followHonour({ honourId: loaded.id })],
            }
          : gone,
    }),
  ],
  steps: {
    list: defineStep<undefined, Reads, Honour[]>({
      load: (read) => read.honours.latest(SHOWN),
      ask: ({ loaded }) => {
        if (loaded.length === 0)
          return {
            end: true,
            say: [{ text: t('honours.none'), buttons: [{ label: t('button.tip'), command: 'tip' }] }],
          };
        return {
          text: [
            t('honours.listTitle'),
            ...loaded.map((one, n) => raw(`${String(n + 1)}. ${one.personName} – ${one.deed}`)),
            t('campaigns.chooseOne'),
          ],
          options: loaded.map((one, n) => ({
            value: one.id,
            label: raw(`${String(n + 1)} ${one.personName}`),
            words: [one.personName, one.code],
          })),
          buttons: [{ label: t('button.tip'), command: 'tip' }],
        };
      },
      answer: ({ loaded }, answer) => {
        const honour = answer.kind === 'option' ? loaded.find((one) => one.id === answer.value) : undefined;
        return honour ? { end: true, say: [honourSay(honour)] } : { again: t('honours.gone') };
      },
    }),
  },
});
