/** Nominations and dossiers. The words are reserved; the flows come with a later version, and the answer says so. */
import { z } from 'zod';
import { defineCommand, defineFlow, t, type RoomFlow } from '../conversation/index.js';

const later = (name: string, words: readonly string[]) =>
  defineCommand<undefined, unknown>({
    name,
    words,
    takesText: true,
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
    commands: [later('nominate', ['đề nghị khen', 'đề nghị khen thưởng']), later('dossier', ['hồ sơ'])],
    steps: {},
  }),
];
