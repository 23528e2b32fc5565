/**
 * "Phát động": asks part after part, keeps the draft, shows what is missing, how many people will be told, and
 * launches only a complete campaign after a clear confirmation.
 */
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Answer,
  type Ask,
  type At,
  type Flow,
  type Move,
  type Option,
  type Text,
} from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import { parseDate } from '../kernel/parse-date.js';
import { isOfficer } from '../units/index.js';
import {
  createAudienceStep,
  createScheduleStep,
  planLines,
  reachParams,
  seatlessLine,
  type AudiencePorts,
  type Reach,
} from '../notices/index.js';
import {
  dateProblem,
  EMPTY_DRAFT,
  isOptional,
  missingParts,
  PART_LIMITS,
  PART_ORDER,
  type CampaignDraft,
  type DatePart,
  type Part,
  type TextPart,
} from './model.js';
import { confirmStep } from './flow-launch-confirm.js';
import { launchData, onward, stepOf, type LaunchData } from './progress.js';
import { announcementText, partName, partQuestion, partWhy } from './texts.js';

type Data = LaunchData;
type Reads = AudiencePorts;

const LATER: Option = { value: '__later', label: t('button.later'), words: ['để sau', 'bỏ qua'] };
const WHY: Option = { value: '__why', label: t('campaigns.whyButton'), words: ['vì sao', 'tại sao'] };

/** The flow's step for written parts. */
const textStep = defineStep<Data, Reads>({
  ask: ({ data }) => {
    const part = data.part as TextPart;
    const kept = data.draft.texts[part];
    return {
      text: [partQuestion(part), ...(kept === undefined ? [] : [t('campaigns.current', { value: kept })])],
      options: [WHY, LATER],
      free: true,
      numbersAreAnswers: true,
    };
  },
  answer: (at, answer) => {
    const part = at.data.part as TextPart;
    const aside = putOffOrExplain(at, answer, part);
    if (aside) return aside;
    if (answer.kind !== 'text') return { again: t('campaigns.textWanted') };
    if (answer.text.length > PART_LIMITS[part])
      return { again: t('campaigns.tooLong', { limit: PART_LIMITS[part], length: answer.text.length }) };
    const draft = { ...at.data.draft, texts: { ...at.data.draft.texts, [part]: answer.text } };
    return onward(draft, at.data.editing);
  },
});

const dateStep = defineStep<Data, Reads>({
  ask: ({ data }) => {
    const part = data.part as DatePart;
    const kept = data.draft.dates[part];
    return {
      text: [partQuestion(part), ...(kept === undefined ? [] : [t('campaigns.current', { value: formatDate(kept) })])],
      options: [
        isOptional(part) ? { ...LATER, label: t('campaigns.noMidterm'), words: ['không', 'bỏ qua', 'để sau'] } : LATER,
      ],
      free: true,
      numbersAreAnswers: true,
    };
  },
  answer: (at, answer) => {
    const part = at.data.part as DatePart;
    const aside = putOffOrExplain(at, answer, part);
    if (aside) return aside;
    const day = answer.kind === 'text' ? parseDate(answer.text, at.today, part === 'docOn' ? 'past' : 'future') : null;
    const problem = day === null ? 'campaigns.date.unreadable' : dateProblem(at.data.draft, part, day, at.today);
    if (day === null || problem !== null) return { again: t(problem ?? 'campaigns.date.unreadable') };
    const draft = { ...at.data.draft, dates: { ...at.data.draft.dates, [part]: day } };
    return onward(draft, at.data.editing);
  },
});

function putOffOrExplain(at: At<Data, unknown>, answer: Answer, part: Part): Move<Data> | null {
  if (answer.kind !== 'option') return null;
  if (answer.value === WHY.value) return { again: partWhy(part) };
  const draft = { ...at.data.draft, putOff: [...new Set([...at.data.draft.putOff, part])] };
  return onward(draft, at.data.editing);
}

const audienceStep = createAudienceStep<Data>({
  step: 'participants',
  question: partQuestion('participants'),
  why: partWhy('participants'),
  get: (data) => data.draft.participants,
  set: (data, rule) => {
    const { participants: _old, ...draft } = data.draft;
    return { ...data, draft: rule ? { ...draft, participants: rule } : draft };
  },
  done: (data) => onward(data.draft, data.editing),
});

const formStep = defineStep<Data, Reads>({
  ask: () => ({
    text: partQuestion('form'),
    options: [
      { value: 'chuyen-de', label: t('campaigns.form.chuyenDe'), words: ['theo chuyên đề', 'theo đợt', 'đợt'] },
      { value: 'thuong-xuyen', label: t('campaigns.form.thuongXuyen'), words: ['hằng năm', 'hàng năm'] },
    ],
  }),
  answer: ({ data }, answer) => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    const form = answer.value === 'thuong-xuyen' ? 'thuong-xuyen' : 'chuyen-de';
    return onward({ ...data.draft, form }, data.editing);
  },
});

/** Everything at a glance: what is missing, whom it reaches, and the way on. */
const reviewStep = defineStep<Data, Reads, Reach | null>({
  load: (read, at) =>
    at.data.draft.participants ? read.audience.reach(at.data.draft.participants) : Promise.resolve(null),
  ask: ({ data, loaded }) => {
    const missing = missingParts(data.draft);
    const name = data.draft.texts.name ?? '…';
    if (missing.length > 0) return askForMissing(name, missing);
    return {
      text: [
        t('campaigns.review.title', { name }),
        ...reviewLines(data.draft),
        t('campaigns.review.reach', reachParams(loaded)),
        ...planLines(loaded?.plan),
        ...seatlessLine(loaded),
      ],
      options: [
        { value: 'launch', label: t('campaigns.review.launch'), words: ['phát động', 'đồng ý'] },
        { value: 'notice', label: t('campaigns.review.showNotice'), words: ['xem bản tin'] },
        { value: 'edit', label: t('button.edit'), words: ['sửa'] },
        { value: 'later', label: t('button.later'), words: ['để sau'] },
      ],
    };
  },
  answer: (at, answer) => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    const { draft } = at.data;
    if (answer.value.startsWith('part:')) return editPart(draft, answer.value.slice(5) as Part);
    if (answer.value === 'edit') return { to: 'edit', data: { draft } };
    if (answer.value === 'notice') return { again: announcementText(draft, at) };
    if (answer.value === 'later') return { begin: 'menu', say: [{ text: t('campaigns.keptForLater') }] };
    return { to: 'confirm', data: { draft } };
  },
});

function askForMissing(name: string, missing: readonly Part[]): Ask {
  const first = missing.slice(0, 4);
  return {
    text: t('campaigns.review.missing', { name, count: missing.length, parts: listOf(missing.map(partName)) }),
    options: first.map((part) => ({
      value: `part:${part}`,
      label: t('campaigns.review.add', { part: partName(part) }),
    })),
  };
}

const listOf = (texts: readonly Text[]): Text => texts.reduce((left, right) => t('campaigns.list', { left, right }));

function editPart(draft: CampaignDraft, part: Part): Move<Data> {
  return {
    to: stepOf(part),
    data: { draft: { ...draft, putOff: draft.putOff.filter((p) => p !== part) }, part, editing: true },
  };
}

const editStep = defineStep<Data, Reads>({
  ask: () => ({
    text: t('campaigns.edit.which'),
    options: PART_ORDER.map((part) => ({ value: part, label: partName(part) })),
  }),
  answer: ({ data }, answer) =>
    answer.kind === 'option' ? editPart(data.draft, answer.value as Part) : { again: t('conversation.chooseOne') },
});

function reviewLines(draft: CampaignDraft): Text[] {
  const { docOn, startsOn, endsOn, registrationDueOn, midtermDueOn, finalDueOn } = draft.dates;
  const day = (value: string | undefined) => (value === undefined ? '–' : formatDate(value));
  return [
    raw(draft.texts.slogan ?? ''),
    t('campaigns.review.basis', { number: draft.texts.docNumber ?? '', day: day(docOn) }),
    t('campaigns.review.time', { from: day(startsOn), to: day(endsOn) }),
    t('campaigns.review.dues', {
      registration: day(registrationDueOn),
      midterm: day(midtermDueOn),
      final: day(finalDueOn),
    }),
  ];
}

export const launchFlow: Flow<Data, Reads> = defineFlow<Data, Reads>({
  name: 'launch',
  version: 1,
  data: launchData,
  commands: [
    defineCommand<Data, Reads>({
      name: 'launch',
      words: ['phát động', 'phát động phong trào', '/phatdong'],
      allow: isOfficer,
      start: () => ({ to: 'text', data: { draft: EMPTY_DRAFT, part: 'name' }, say: [{ text: t('campaigns.intro') }] }),
    }),
  ],
  steps: {
    text: textStep,
    date: dateStep,
    form: formStep,
    participants: audienceStep,
    review: reviewStep,
    edit: editStep,
    schedule: createScheduleStep<Data, Reads>({
      set: ({ at: _old, ...data }, at) => (at === undefined ? data : { ...data, at }),
      done: (data) => ({ to: 'confirm', data }),
    }),
    confirm: confirmStep,
  },
});
