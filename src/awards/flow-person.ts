/** "gặp cán bộ": a message for an officer. */
import { z } from 'zod';
import { defineCommand, defineFlow, defineStep, t, type Flow, type Move } from '../conversation/index.js';
import { loadWaiting, passOn, type Waiting } from './pass-on.js';
import type { AwardsReads } from './store.js';

type Reads = { readonly awards: AwardsReads };
const dataSchema = z.object({});
type Data = z.infer<typeof dataSchema>;

export const personFlow: Flow<Data, Reads> = defineFlow<Data, Reads>({
  name: 'person',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, Reads, Waiting>({
      name: 'person',
      words: ['gặp cán bộ', 'gặp chuyên viên', 'gặp người', '/canbo', 'talk to a person'],
      takesText: true,
      load: loadWaiting,
      start: (at): Move<Data> =>
        at.arg === '' ? { to: 'message', data: {} } : { end: true, ...passOn(at, at.arg, 'asked_for_person', '') },
    }),
  ],
  steps: {
    message: defineStep<Data, Reads, Waiting>({
      load: loadWaiting,
      ask: () => ({
        text: t('awards.person.ask'),
        buttons: [{ label: t('button.menu'), command: 'menu' }],
        free: true,
      }),
      answer: (at, answer): Move<Data> => {
        if (answer.kind !== 'text') return { again: t('awards.person.ask') };
        return { end: true, ...passOn(at, answer.text, 'asked_for_person', '') };
      },
    }),
  },
});
