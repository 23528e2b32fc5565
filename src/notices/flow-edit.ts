/** "Sửa trước khi gửi": words, readers or hour of a broadcast that has not started; whoever comes second is told. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Flow,
  type Move,
  type Option,
  type Say,
  type Text,
} from '../conversation/index.js';
import { shorten } from '../kernel/text.js';
import type { QuietHours } from '../delivery/index.js';
import { isClerk } from '../units/index.js';
import { editBroadcast } from './control.js';
import { createAudienceStep, type AudiencePorts, type Reach } from './flow-audience.js';
import { chooseSay } from './flow-progress.js';
import { ruleSchema, TEXT_LIMIT } from './model.js';
import { MORNING, morningAfter, morningOption, nightLine } from './night.js';
import { planLines, reachParams, seatlessLine } from './reach.js';
import { createScheduleStep, isOver, pastText, scheduleLine } from './schedule.js';
import { fullMoment, type BroadcastItem, type BroadcastsRead, type PlannedBroadcast } from './views.js';

const dataSchema = z.object({
  id: z.string(),
  version: z.number(),
  title: z.string(),
  text: z.string().optional(),
  audience: ruleSchema.optional(),
  /** ISO; null: at once. */
  at: z.string().nullable().optional(),
});
type Data = z.infer<typeof dataSchema>;
type Reads = AudiencePorts & BroadcastsRead;
type Loaded = { readonly planned: PlannedBroadcast | null; readonly items: readonly BroadcastItem[] };

const LISTED = 5;
const SHOWN = 300;

const whichStep = defineStep<Data, Reads, PlannedBroadcast | null>({
  load: (read, { data }) => read.broadcasts.planned(data.id),
  ask: ({ data, loaded }) => {
    if (loaded === null) return { end: true, say: [startedSay(data.id)] };
    const own: Option[] =
      loaded.kind === 'notice'
        ? [
            { value: 'text', label: t('campaigns.notice.editText'), words: ['nội dung', 'sửa nội dung'] },
            { value: 'audience', label: t('campaigns.notice.editAudience'), words: ['nơi nhận', 'người nhận'] },
          ]
        : [];
    return {
      text: [
        t('notices.edit.which', { title: loaded.title }),
        raw(shorten(data.text ?? loaded.text, SHOWN)),
        ...momentLine(data.at, loaded.startAt),
      ],
      options: [...own, { value: 'when', label: t('notices.edit.when'), words: ['giờ', 'đổi giờ', 'giờ gửi'] }],
    };
  },
  answer: ({ data }, answer) =>
    answer.kind === 'option' ? { to: answer.value, data } : { again: t('conversation.chooseOne') },
});

/** The hour that is being set, else the one that stands. */
function momentLine(at: string | null | undefined, stands: Date | null): Text[] {
  if (at === null) return [t('notices.edit.atOnce')];
  const startAt = at === undefined ? stands : new Date(at);
  return startAt === null ? [] : [t('notices.progress.startAt', { at: fullMoment(startAt) })];
}

const textStep = defineStep<Data, Reads>({
  ask: () => ({ text: t('campaigns.notice.askText') }),
  answer: ({ data }, answer) => {
    if (answer.kind !== 'text') return { again: t('campaigns.textWanted') };
    if (answer.text.length > TEXT_LIMIT)
      return { again: t('campaigns.tooLong', { limit: TEXT_LIMIT, length: answer.text.length }) };
    return { to: 'confirm', data: { ...data, text: answer.text } };
  },
});

interface Confirmed {
  readonly reach: Reach | null;
  readonly night: QuietHours | undefined;
}

const confirmStep = defineStep<Data, Reads, Confirmed>({
  load: async (read, { data }) => ({
    reach: data.audience ? await read.audience.reach(data.audience) : null,
    night: (await read.broadcasts.planned(data.id))?.quietHours,
  }),
  ask: ({ data, loaded: { reach, night }, now }): Move<Data> | { text: Text[]; options: Option[] } => {
    const { audience, ...rest } = data;
    if (audience && reach?.people === 0) return { to: 'audience', data: rest, say: [{ text: t('campaigns.nobody') }] };
    return {
      text: [
        t('notices.edit.confirm', { title: data.title }),
        ...(data.text === undefined ? [] : [raw(data.text)]),
        ...(reach
          ? [t('campaigns.review.reach', reachParams(reach)), ...planLines(reach.plan), ...seatlessLine(reach)]
          : []),
        ...(data.at === null ? [t('notices.edit.atOnce'), ...nightLine(now, night)] : scheduleLine(data.at)),
      ],
      options: [
        { value: 'save', label: t('notices.edit.save'), words: ['lưu', 'đồng ý'] },
        ...(data.at === null ? morningOption(now, night) : []),
        { value: 'more', label: t('notices.edit.more'), words: ['sửa thêm'] },
      ],
    };
  },
  answer: ({ data, loaded, now }, answer) => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value === 'more') return { to: 'which', data };
    const { id, version, text, audience } = data;
    const at = answer.value === MORNING ? morningAfter(now, loaded.night)?.toISOString() : data.at;
    if (typeof at === 'string' && isOver(at, now)) return { to: 'when', data, say: [{ text: pastText(new Date(at)) }] };
    const edit = editBroadcast({
      id,
      version,
      ...(text === undefined ? {} : { text }),
      ...(audience === undefined ? {} : { audience }),
      ...(at === undefined ? {} : { startAt: at === null ? null : new Date(at) }),
    });
    return { end: true, effects: [edit], say: [{ text: t('notices.edit.saved'), buttons: [progressButton(id)] }] };
  },
  refused: ({ data }, refusal) => {
    if (refusal.refused === 'started') return { end: true, say: [startedSay(data.id)] };
    // What was written is said back, so that it can be copied into the new version.
    const kept = refusal.refused === 'stale' && data.text !== undefined ? [raw(RULE), raw(data.text)] : [];
    const again = { label: t('notices.button.edit'), command: 'edit-send', arg: data.id };
    const buttons = [...(refusal.refused === 'stale' ? [again] : []), progressButton(data.id)];
    return { end: true, say: [{ text: [refusal.text, ...kept], buttons }] };
  },
});

const RULE = '———';

const startedSay = (id: string): Say => ({
  text: t('notices.edit.started'),
  buttons: [{ label: t('notices.button.correct'), command: 'correct', arg: id }, progressButton(id)],
});

const progressButton = (id: string) => ({ label: t('campaigns.progressButton'), command: 'broadcast', arg: id });

export const editFlow: Flow<Data, Reads> = defineFlow<Data, Reads>({
  name: 'edit-send',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, Reads, Loaded>({
      name: 'edit-send',
      words: ['sửa trước khi gửi', 'sửa thông báo'],
      allow: isClerk,
      load: async (read, { arg }) => {
        const items = arg === '' ? await read.broadcasts.latest(LISTED, ['planned']) : [];
        const id = items.length === 1 ? (items[0]?.id ?? '') : arg;
        return { planned: id === '' ? null : await read.broadcasts.planned(id), items };
      },
      start: ({ loaded: { planned, items }, arg }) => {
        if (planned) {
          const { id, version, title } = planned;
          return { to: 'which', data: { id, version, title } };
        }
        if (items.length > 1) return { end: true, say: [chooseSay('edit-send', items)] };
        return { end: true, say: [arg === '' ? { text: t('notices.nothingFits') } : startedSay(arg)] };
      },
    }),
  ],
  steps: {
    which: whichStep,
    text: textStep,
    audience: createAudienceStep<Data>({
      step: 'audience',
      question: t('campaigns.notice.askAudience'),
      get: (data) => data.audience,
      set: (data, rule) => {
        const { audience: _old, ...rest } = data;
        return rule ? { ...rest, audience: rule } : rest;
      },
      done: (data) => ({ to: 'confirm', data }),
    }),
    when: createScheduleStep<Data, Reads>({
      set: (data, at) => ({ ...data, at: at ?? null }),
      done: (data) => ({ to: 'confirm', data }),
    }),
    confirm: confirmStep,
  },
});
