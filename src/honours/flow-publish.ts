/** "Tôn vinh": who, what they did, the decision, consent, a photo; a card is drawn, shown, and only then published. */
import { z } from 'zod';
import {
  askForWork,
  defineCommand,
  defineFlow,
  defineStep,
  t,
  type Flow,
  type Move,
  type Say,
  type Text,
} from '../conversation/index.js';
import { fileProblemText } from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import { parseDate } from '../kernel/parse-date.js';
import {
  createScheduleStep,
  fullMoment,
  isOver,
  nightLine,
  pastText,
  planLines,
  SCHEDULE,
  SCHEDULE_OPTION,
  scheduleLine,
  type AudiencePorts,
  type ToldPlan,
} from '../notices/index.js';
import { isOfficer } from '../units/index.js';
import { honourSay, publishHonour } from './effects.js';
import {
  CARD_WORK,
  cardResult,
  completeHonour,
  FIELD_LIMITS,
  honourDraft,
  TEXT_FIELDS,
  type HonourDraft,
  type TextField,
} from './model.js';
import type { DrawnCard, HonoursReads } from './store.js';

type Reads = { readonly honours: HonoursReads } & AudiencePorts;
const dataSchema = z.object({
  workId: z.string().optional(),
  draft: honourDraft,
  field: z.string().optional(),
  /** When it leaves (ISO); absent: at once. */
  at: z.string().optional(),
});
type Data = z.infer<typeof dataSchema>;

const IMAGE_TYPES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png']);
const MISSING_DATE = '';

/** The next question: the first field that is not there. */
function onward(draft: HonourDraft, newId: () => string): Move<Data> {
  const field = TEXT_FIELDS.find((one) => draft[one] === undefined);
  if (field) return { to: 'text', data: { draft, field } };
  if (draft.decisionOn === undefined) return { to: 'date', data: { draft } };
  if (draft.consent === undefined) return { to: 'consent', data: { draft } };
  if (draft.photoId === undefined) return { to: 'photo', data: { draft } };
  return drawCard(draft, newId);
}

/** Asks for the card; it comes back as the answer of the step `card`. */
function drawCard(draft: HonourDraft, newId: () => string): Move<Data> {
  const { story: _story, consent: _consent, cardId: _card, ...payload } = draft;
  const workId = newId();
  return { to: 'card', data: { draft, workId }, effects: [askForWork({ workId, kind: CARD_WORK, payload })] };
}

const textStep = defineStep<Data, Reads>({
  ask: ({ data }) => ({ text: t(`honours.ask.${data.field as TextField}`) }),
  answer: ({ data, newId }, answer) => {
    const field = data.field as TextField;
    if (answer.kind !== 'text') return { again: t('campaigns.textWanted') };
    if (answer.text.length > FIELD_LIMITS[field])
      return { again: t('campaigns.tooLong', { limit: FIELD_LIMITS[field], length: answer.text.length }) };
    return onward({ ...data.draft, [field]: answer.text }, newId);
  },
});

const dateStep = defineStep<Data, Reads>({
  ask: () => ({ text: t('honours.ask.decisionOn') }),
  answer: ({ data, today, newId }, answer) => {
    const day = answer.kind === 'text' ? (parseDate(answer.text, today, 'past') ?? MISSING_DATE) : MISSING_DATE;
    if (day === MISSING_DATE) return { again: t('campaigns.date.unreadable') };
    if (day > today) return { again: t('campaigns.date.docInFuture') };
    return onward({ ...data.draft, decisionOn: day }, newId);
  },
});

const consentStep = defineStep<Data, Reads>({
  ask: ({ data }) => ({
    text: t('honours.ask.consent', { name: data.draft.personName ?? '' }),
    options: [
      { value: 'van-ban', label: t('honours.consent.vanBan'), words: ['văn bản', 'có văn bản'] },
      { value: 'loi-noi', label: t('honours.consent.loiNoi'), words: ['có', 'đồng ý', 'đã đồng ý'] },
      { value: 'no', label: t('honours.consent.no'), words: ['chưa', 'không'] },
    ],
  }),
  answer: ({ data, newId }, answer) => {
    if (answer.kind !== 'option' || answer.value === 'no') return { again: t('honours.consentNeeded') };
    return onward({ ...data.draft, consent: answer.value === 'van-ban' ? 'van-ban' : 'loi-noi' }, newId);
  },
});

const photoStep = defineStep<Data, Reads>({
  ask: () => ({
    text: t('honours.ask.photo'),
    options: [{ value: 'none', label: t('honours.noPhoto'), words: ['không', 'không có', 'bỏ qua'] }],
    files: true,
  }),
  answer: ({ data, newId }, answer) => {
    if (answer.kind === 'bad-file') return { again: fileProblemText(answer.problem) };
    if (answer.kind === 'option') return drawCard(data.draft, newId);
    if (answer.kind !== 'file') return { again: t('honours.photoWanted') };
    if (!IMAGE_TYPES.has(answer.file.type)) return { again: t('honours.photoWanted') };
    return drawCard({ ...data.draft, photoId: answer.file.fileId }, newId);
  },
});

/** With the card to the confirmation; without it back to the photo. */
function withCard(draft: HonourDraft, cardId: string | null): Move<Data> {
  if (cardId !== null) return { to: 'confirm', data: { draft: { ...draft, cardId } } };
  const { photoId: _bad, ...rest } = draft;
  return { to: 'photo', data: { draft: rest }, say: [{ text: t('honours.cardFailed') }] };
}

const cardStep = defineStep<Data, Reads, DrawnCard | null>({
  // Drawn while the person was busy elsewhere: the result is found here.
  load: (read, { data }) => (data.workId === undefined ? Promise.resolve(null) : read.honours.drawnCard(data.workId)),
  ask: ({ data, loaded }) =>
    loaded
      ? withCard(data.draft, loaded.fileId)
      : {
          text: t('honours.drawing'),
          options: [{ value: 'again', label: t('honours.drawAgain'), words: ['dựng lại'] }],
          // A number typed ahead is not meant for this.
          numbersAreAnswers: true,
        },
  answer: ({ data, newId }, answer) => {
    if (answer.kind === 'option') return drawCard(data.draft, newId);
    if (answer.kind !== 'result') return { again: t('honours.drawing') };
    const card = answer.ok ? cardResult.safeParse(answer.data) : null;
    return withCard(data.draft, card?.success === true ? card.data.fileId : null);
  },
});

const confirmStep = defineStep<Data, Reads, ToldPlan>({
  load: (read, { data }) => read.audience.plan({ kind: 'subscribers' }, 'honour', [previewOf(data.draft)]),
  ask: ({ data, loaded, now }) => {
    const preview = previewOf(data.draft);
    return {
      text: [
        ...textsOf(preview.text),
        t('honours.confirm', { people: loaded.people }),
        ...planLines(loaded),
        ...(data.at === undefined ? nightLine(now, loaded.quietHours) : scheduleLine(data.at)),
      ],
      ...(preview.imageId === undefined ? {} : { imageId: preview.imageId, imageAlt: preview.imageAlt ?? '' }),
      options: [
        { value: 'publish', label: t('honours.publish'), words: ['công bố', 'đồng ý', 'gửi'] },
        SCHEDULE_OPTION,
        { value: 'edit', label: t('button.edit'), words: ['sửa'] },
      ],
    };
  },
  answer: ({ data, loaded, now, newId, newCode }, answer) => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value === 'edit') return { to: 'edit', data: { draft: data.draft } };
    if (answer.value === SCHEDULE) return { to: SCHEDULE, data };
    if (data.at !== undefined && isOver(data.at, now))
      return { to: SCHEDULE, data: { draft: data.draft }, say: [{ text: pastText(new Date(data.at)) }] };
    const announceAt = data.at === undefined ? null : new Date(data.at);
    const honour = completeHonour(data.draft, newId(), newCode('GU'));
    if (!honour) return onward(data.draft, newId);
    return {
      end: true,
      effects: [publishHonour({ ...honour, announceAt })],
      say: [
        {
          text: t(announceAt ? 'honours.publishedLater' : 'honours.published', {
            name: honour.personName,
            people: loaded.people,
            code: honour.code,
            ...(announceAt ? { at: fullMoment(announceAt) } : { day: formatDate(honour.decisionOn) }),
          }),
          buttons: [{ label: t('campaigns.progressButton'), command: 'broadcast', arg: honour.id }],
        },
      ],
    };
  },
});

const previewOf = (draft: HonourDraft): Say =>
  honourSay({
    id: '',
    personName: draft.personName ?? '',
    unitName: draft.unitName ?? '',
    deed: draft.deed ?? '',
    award: draft.award ?? '',
    decisionNumber: draft.decisionNumber ?? '',
    decisionOn: draft.decisionOn ?? '',
    cardId: draft.cardId ?? null,
  });

const textsOf = (texts: Text | readonly Text[]): readonly Text[] =>
  'key' in texts || 'raw' in texts ? [texts] : texts;

const EDITABLE = [...TEXT_FIELDS, 'decisionOn', 'photoId'] as const;

const editStep = defineStep<Data, Reads>({
  ask: () => ({
    text: t('campaigns.edit.which'),
    options: EDITABLE.map((field) => ({ value: field, label: t(`honours.field.${field}`) })),
  }),
  answer: ({ data, newId }, answer) => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    const { cardId: _old, ...draft } = { ...data.draft, [answer.value]: undefined };
    return onward(draft, newId);
  },
});

export const publishFlow: Flow<Data, Reads> = defineFlow<Data, Reads>({
  name: 'honour',
  version: 1,
  data: dataSchema,
  commands: [
    defineCommand<Data, Reads>({
      name: 'honour',
      words: ['tôn vinh', '/tonvinh'],
      allow: isOfficer,
      start: ({ newId }) => ({ ...onward({}, newId), say: [{ text: t('honours.intro') }] }),
    }),
  ],
  steps: {
    text: textStep,
    date: dateStep,
    consent: consentStep,
    photo: photoStep,
    card: cardStep,
    confirm: confirmStep,
    schedule: createScheduleStep<Data, Reads>({
      set: ({ at: _old, ...data }, at) => (at === undefined ? data : { ...data, at }),
      done: (data) => ({ to: 'confirm', data }),
    }),
    edit: editStep,
  },
});
