/** Pausing, going on, cancelling and sending again: a tap on the progress screen, or words for the one that fits. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  t,
  type Effect,
  type Flow,
  type Move,
  type Say,
  type Text,
} from '../conversation/index.js';
import type { BroadcastState, ResendOnly } from '../delivery/index.js';
import type { LocaleKey } from '../i18n/index.js';
import { localTime } from '../kernel/local-date.js';
import { isClerk } from '../units/index.js';
import { controlBroadcast, resendBroadcast } from './control.js';
import { chooseSay } from './flow-progress.js';
import {
  arrivedOf,
  fullMoment,
  waitingOf,
  type BroadcastBrief,
  type BroadcastItem,
  type BroadcastsRead,
} from './views.js';

const dataSchema = z.object({ id: z.string() });
type Data = z.infer<typeof dataSchema>;
type Loaded = {
  readonly view: BroadcastBrief | null;
  readonly people: number;
  readonly items: readonly BroadcastItem[];
};

const LISTED = 5;

interface Order {
  readonly command: string;
  readonly words: readonly string[];
  /** States in which it makes sense: without a named broadcast only these are offered. */
  readonly states: readonly BroadcastState[];
  /** Whom it would tell again; needed to say so before. */
  readonly only?: ResendOnly;
  readonly act: (view: BroadcastBrief, at: { readonly now: Date; readonly people: number }) => Move<Data>;
}

const topicSchema = z.object({ broadcast: z.string() });

/** Without an id: the one last looked at where it fits, else the only one that fits, else a list. */
function orderCommand({ command, words, states, only, act }: Order) {
  return defineCommand<Data, BroadcastsRead, Loaded>({
    name: command,
    words,
    allow: isClerk,
    load: async (read, { arg }) => {
      const view = arg === '' ? null : await read.broadcasts.brief(arg);
      return {
        view,
        people: view && only ? await read.broadcasts.resendable(view.id, only) : 0,
        items: arg === '' ? await read.broadcasts.latest(LISTED, states) : [],
      };
    },
    start: ({ loaded: { view, people, items }, arg, topic, now }) => {
      if (view) return act(view, { now, people });
      if (arg !== '') return { end: true, say: [{ text: t('notices.gone') }] };
      const looked = topicSchema.safeParse(topic);
      const meant = items.find(({ id }) => looked.success && id === looked.data.broadcast);
      const one = meant ?? (items.length === 1 ? items[0] : undefined);
      if (one) return { begin: command, arg: one.id };
      return { end: true, say: [items.length === 0 ? { text: t('notices.nothingFits') } : chooseSay(command, items)] };
    },
    refused: ({ arg }, refusal) => ({ end: true, say: [withProgress(refusal.text, arg)] }),
  });
}

const withProgress = (text: Text, id: string): Say => ({
  text,
  buttons: [{ label: t('campaigns.progressButton'), command: 'broadcast', arg: id }],
});

const done = (
  view: BroadcastBrief,
  effect: Effect,
  key: LocaleKey,
  params: Record<string, string | number>,
): Move<Data> => ({
  end: true,
  effects: [effect],
  say: [withProgress(t(key, { title: view.title, ...params }), view.id)],
  topic: { broadcast: view.id },
});

/** Everything that could leave has left: there is nothing to order. */
const isEmpty = (view: BroadcastBrief): boolean => view.state === 'sending' && waitingOf(view) === 0;
const nothingWaits = ({ id, title }: BroadcastBrief): Move<Data> => ({
  end: true,
  say: [withProgress(t('notices.nothingWaits', { title }), id)],
  topic: { broadcast: id },
});

function pause(view: BroadcastBrief, { now }: { readonly now: Date }): Move<Data> {
  if (isEmpty(view)) return nothingWaits(view);
  const order = controlBroadcast({ id: view.id, action: 'pause' });
  const time = localTime(now);
  return view.isBegun
    ? done(view, order, 'notices.paused', { time, waiting: waitingOf(view) })
    : done(view, order, 'notices.pausedBefore', { time });
}

function resume(view: BroadcastBrief, { now }: { readonly now: Date }): Move<Data> {
  const order = controlBroadcast({ id: view.id, action: 'resume' });
  const { startAt } = view;
  if (view.isBegun) return done(view, order, 'notices.resumed', { waiting: waitingOf(view) });
  if (startAt !== null && startAt > now)
    return done(view, order, 'notices.resumedPlanned', { at: fullMoment(startAt) });
  return done(view, order, 'notices.resumedNow', {});
}

const cancel = (view: BroadcastBrief): Move<Data> =>
  view.isBegun
    ? done(view, controlBroadcast({ id: view.id, action: 'cancel' }), 'notices.cancelled', { arrived: arrivedOf(view) })
    : done(view, controlBroadcast({ id: view.id, action: 'cancel' }), 'notices.cancelledBefore', {});

const resend = (view: BroadcastBrief, only: ResendOnly, people: number): Move<Data> =>
  done(view, resendBroadcast({ id: view.id, only }), only === 'failed' ? 'notices.resent' : 'notices.resentUncertain', {
    people,
  });

type Asked = { readonly view: BroadcastBrief; readonly people: number } | null;

interface Confirmation {
  readonly question: (asked: NonNullable<Asked>) => Text;
  readonly yes: LocaleKey;
  readonly words: readonly string[];
  /** Whom it would tell again. Counting them locks the broadcast, so only who resends asks for it. */
  readonly only?: ResendOnly;
  readonly act: (asked: NonNullable<Asked>) => Move<Data>;
}

/** A question with one way on and one back. */
function confirmStep({ question, yes, words, only, act }: Confirmation) {
  return defineStep<Data, BroadcastsRead, Asked>({
    load: async (read, { data }) => {
      const view = await read.broadcasts.brief(data.id);
      return view && { view, people: only ? await read.broadcasts.resendable(data.id, only) : 0 };
    },
    ask: ({ loaded }) =>
      loaded === null
        ? { end: true, say: [{ text: t('notices.gone') }] }
        : {
            text: question(loaded),
            options: [
              { value: 'yes', label: t(yes), words: ['đồng ý', 'có', ...words] },
              { value: 'no', label: t('notices.button.no'), words: ['không', 'thôi'] },
            ],
          },
    answer: ({ loaded }, answer) => {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (!loaded) return { end: true, say: [{ text: t('notices.gone') }] };
      return answer.value === 'yes' ? act(loaded) : { begin: 'broadcast', arg: loaded.view.id };
    },
    refused: ({ data }, refusal) => ({ end: true, say: [withProgress(refusal.text, data.id)] }),
  });
}

const ACTIVE = ['planned', 'expanding', 'sending', 'paused'] as const satisfies readonly BroadcastState[];
const isActive = ({ state }: BroadcastBrief): boolean => ACTIVE.some((one) => one === state);

export const controlFlow: Flow<Data, BroadcastsRead> = defineFlow<Data, BroadcastsRead>({
  name: 'control',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    orderCommand({
      command: 'pause-send',
      words: ['tạm dừng gửi', '/tamdung'],
      states: ['planned', 'expanding', 'sending'],
      act: pause,
    }),
    orderCommand({
      command: 'resume-send',
      words: ['gửi tiếp', 'tiếp tục gửi'],
      states: ['paused'],
      act: resume,
    }),
    orderCommand({
      command: 'cancel-send',
      words: ['hủy gửi', 'hủy đợt gửi'],
      states: ACTIVE,
      // What cannot be done is not asked about: the order itself says why, and who was faster.
      act: (view) => {
        if (isEmpty(view)) return nothingWaits(view);
        return isActive(view) ? { to: 'cancel', data: { id: view.id } } : cancel(view);
      },
    }),
    orderCommand({
      command: 'resend-failed',
      words: ['gửi lại tin lỗi', 'gửi lại'],
      states: ['finished', 'sending'],
      only: 'failed',
      act: (view, { people }) => resend(view, 'failed', people),
    }),
    orderCommand({
      command: 'resend-uncertain',
      words: ['gửi lại tin chưa rõ'],
      states: ['finished', 'sending'],
      only: 'uncertain',
      act: (view, { people }) =>
        people === 0 ? resend(view, 'uncertain', people) : { to: 'uncertain', data: { id: view.id } },
    }),
  ],
  steps: {
    cancel: confirmStep({
      question: ({ view }) =>
        view.isBegun
          ? t('notices.askCancel', { title: view.title, arrived: arrivedOf(view), waiting: waitingOf(view) })
          : t('notices.askCancelBefore', { title: view.title }),
      yes: 'notices.button.cancel',
      words: ['hủy gửi'],
      act: ({ view }) => cancel(view),
    }),
    uncertain: confirmStep({
      question: ({ view, people }) => t('notices.askUncertain', { title: view.title, people }),
      yes: 'notices.button.resend',
      words: ['gửi lại'],
      only: 'uncertain',
      act: ({ view, people }) => resend(view, 'uncertain', people),
    }),
  },
});
