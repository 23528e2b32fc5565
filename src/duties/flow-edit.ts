/** Describing a duty part after part: a new one, a new version of one, or a copy of one for the next year. */
import { z } from 'zod';
import { defineCommand, defineFlow, defineStep, t, type Flow, type Move } from '../conversation/index.js';
import { createAudienceStep, type AudiencePorts } from '../notices/index.js';
import { EMPTY_RULE, isOfficer } from '../units/index.js';
import {
  DATE_PARTS,
  draftOf,
  draftSchema,
  emptyDraft,
  MORE_PARTS,
  nextPart,
  nextYear,
  PARTS,
  type Draft,
  type Part,
} from './draft.js';
import type { DutiesFlowReads } from './flow-duties.js';
import { reasonStep, reviewStep } from './flow-save.js';
import type { Duty } from './model.js';
import { QUESTIONS, type QuestionPart } from './parts.js';

export const editSchema = z.object({
  mode: z.enum(['new', 'amend', 'copy']),
  draft: draftSchema,
  /** The duty that is amended or copied, and the version that was read. */
  id: z.string().optional(),
  seen: z.number().optional(),
});
export type EditData = z.infer<typeof editSchema>;
export type EditReads = DutiesFlowReads & AudiencePorts;

/** To the first part that is missing, or to the whole. */
function onward(data: EditData, draft: Draft): Move<EditData> {
  const part = nextPart(draft);
  return part === null ? { to: 'review', data: { ...data, draft } } : toPart(data, draft, part);
}

/** Each part has a step of its own, so that one can go back from it. */
const toPart = (data: EditData, draft: Draft, part: Part): Move<EditData> => ({
  to: part === 'owners' ? 'who' : part,
  data: { ...data, draft },
});

const partStep = (part: QuestionPart) => {
  const { options, kept, read } = QUESTIONS[part];
  return defineStep<EditData, EditReads>({
    ask({ data: { draft } }) {
      const now = kept(draft);
      return {
        text: [t(`duties.question.${part}`), ...(now === null ? [] : [t('duties.kept', { value: now })])],
        ...(options ? { options, free: true, numbersAreAnswers: part === 'due' || part === 'lock' } : {}),
      };
    },
    answer({ data, today }, answer): Move<EditData> {
      const text = answer.kind === 'option' ? answer.value : answer.kind === 'text' ? answer.text : null;
      if (text === null) return { again: t('campaigns.textWanted') };
      const said = read(text, data.draft, today);
      if ('again' in said) return said;
      return 'ask' in said ? toPart(data, data.draft, said.ask) : onward(data, said.draft);
    },
  });
};

const isQuestion = (part: Part): part is QuestionPart => part !== 'owners';
const partSteps = Object.fromEntries(
  [...PARTS, ...MORE_PARTS, ...DATE_PARTS].filter(isQuestion).map((part) => [part, partStep(part)]),
);

/** Units by rule, or the participants of a campaign. */
const whoStep = defineStep<EditData, EditReads, readonly { id: string; name: string }[]>({
  load: (read, { now }) => read.duties.campaigns(now),
  ask: ({ data, loaded }) =>
    loaded.length === 0
      ? { to: 'owners', data }
      : {
          text: t('duties.question.who'),
          options: [
            { value: 'units', label: t('duties.owners.units'), words: ['đơn vị', 'nhóm đơn vị'] },
            ...loaded.map(({ id, name }) => ({
              value: id,
              label: t('duties.owners.campaign', { name }),
              words: [name],
            })),
          ],
        },
  answer({ data, loaded }, answer): Move<EditData> {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value === 'units') return { to: 'owners', data };
    const campaign = loaded.find(({ id }) => id === answer.value);
    if (!campaign) return { again: t('conversation.chooseOne') };
    return onward(data, { ...data.draft, owners: { ...lists(EMPTY_RULE), campaignId: campaign.id } });
  },
});

const lists = (rule: typeof EMPTY_RULE) => ({
  types: [...rule.types],
  levels: [...rule.levels],
  clusters: [...rule.clusters],
  units: [...rule.units],
});

const ownersStep = createAudienceStep<EditData>({
  step: 'owners',
  question: t('duties.question.owners'),
  get: ({ draft: { owners } }) => (owners === undefined || owners.campaignId !== undefined ? undefined : owners),
  set: (data, rule) => {
    const { owners: _old, ...draft } = data.draft;
    return { ...data, draft: rule ? { ...draft, owners: rule } : draft };
  },
  done: (data) => onward(data, data.draft),
});

const editStep = defineStep<EditData, EditReads>({
  ask: () => ({
    text: t('duties.edit.which'),
    options: [...PARTS, ...MORE_PARTS].map((part) => ({ value: part, label: t(`duties.part.${part}`) })),
  }),
  answer({ data }, answer): Move<EditData> {
    const part = answer.kind === 'option' ? [...PARTS, ...MORE_PARTS].find((one) => one === answer.value) : undefined;
    return part === undefined ? { again: t('conversation.chooseOne') } : toPart(data, data.draft, part);
  },
});

/** A command that begins with a duty as it stands. */
const fromDuty = (
  name: 'duty-amend' | 'duty-copy',
  begin: (duty: Duty, at: { readonly today: string }) => Move<EditData>,
) =>
  defineCommand<EditData, EditReads, Duty | null>({
    name,
    words: [],
    allow: isOfficer,
    load: (read, { arg }) => read.duties.one(arg),
    start: ({ loaded, today }) =>
      loaded === null ? { end: true, say: [{ text: t('duties.gone') }] } : begin(loaded, { today }),
  });

export const dutyEditFlow: Flow<EditData, EditReads> = defineFlow<EditData, EditReads>({
  name: 'duty-edit',
  version: 1,
  data: editSchema,
  commands: [
    defineCommand<EditData, EditReads>({
      name: 'duty-new',
      words: ['thêm nghĩa vụ', 'tạo nghĩa vụ', 'new duty'],
      allow: isOfficer,
      start: ({ today }) => ({
        to: 'name',
        data: { mode: 'new', draft: emptyDraft(today) },
        say: [{ text: t('duties.intro') }],
      }),
    }),
    fromDuty('duty-amend', ({ id, version, content }) => ({
      to: 'edit',
      data: { mode: 'amend', id, seen: version, draft: draftOf(content) },
    })),
    fromDuty('duty-copy', ({ id, version, content }, { today }) => ({
      to: 'review',
      data: { mode: 'copy', id, seen: version, draft: draftOf(nextYear(content, today)) },
    })),
  ],
  steps: {
    ...partSteps,
    who: whoStep,
    owners: ownersStep,
    edit: editStep,
    review: reviewStep,
    reason: reasonStep,
  },
});
