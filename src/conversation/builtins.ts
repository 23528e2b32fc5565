/** What the engine itself asks and says, whatever the product's flows are. */
import { z } from 'zod';
import { defineFlow, defineStep } from './flow.js';
import type { FileProblem } from './message.js';
import { t, type Text } from './text.js';

/** Name of the flow that offers a draft; the engine decides its answer. */
export const DRAFT_FLOW = 'draft';

const draftData = z.object({ command: z.string(), flow: z.string() });

/** "Tiếp bản đang làm dở, hay làm lại từ đầu?" */
export const draftFlow = defineFlow({
  name: DRAFT_FLOW,
  version: 1,
  data: draftData,
  keepsDraft: false,
  commands: [],
  steps: {
    choose: defineStep<z.infer<typeof draftData>, unknown>({
      ask: () => ({
        text: t('conversation.draftFound'),
        options: [
          { value: 'resume', label: t('conversation.draftResume'), words: ['tiếp', 'có'] },
          { value: 'fresh', label: t('conversation.draftFresh'), words: ['làm lại', 'mới'] },
        ],
      }),
      answer: (at) => ({ to: 'choose', data: at.data }),
    }),
  },
});

const PROBLEM_KEYS = {
  too_large: 'file.tooLarge',
  wrong_type: 'file.wrongType',
  empty: 'file.empty',
  macros: 'file.macros',
  broken: 'file.broken',
  unavailable: 'file.unavailable',
} as const;

/** What is wrong with a file, and what to do now. */
export const fileProblemText = (problem: FileProblem): Text => t(PROBLEM_KEYS[problem]);
