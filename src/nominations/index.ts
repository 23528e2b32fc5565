/** Nominations and dossiers. The words are reserved; the flows come with a later version, and the answer says so. */
import { z } from 'zod';
import { defineCommand, defineFlow, t, type RoomFlow } from '../conversation/index.js';
import { fold } from '../kernel/text.js';

// "hồ sơ HS-7K2M9"; more words after these are a question about papers or about who may propose.
const CODED = /^ho so ([a-z]{2}-?[a-z0-9]{5})$/;

const later = (name: string, words: readonly string[], coded?: RegExp) =>
  defineCommand<undefined, unknown>({
    name,
    words,
    ...(coded ? { match: (text: string) => coded.exec(fold(text))?.[1] ?? null } : {}),
    aside: true,
    start: () => ({
      end: true,
      say: [
        {
          text: t('nominations.later'),
          buttons: [
            { label: t('button.person'), command: 'person' },
            { label: t('button.menu'), command: 'menu' },
          ],
        },
      ],
    }),
  });

/** Flows of this room. */
export const createNominationsFlows = (): RoomFlow[] => [
  defineFlow<undefined, unknown>({
    name: 'nominations',
    version: 1,
    data: z.undefined(),
    keepsDraft: false,
    commands: [later('nominate', ['đề nghị khen', 'đề nghị khen thưởng']), later('dossier', ['hồ sơ'], CODED)],
    steps: {},
  }),
];
