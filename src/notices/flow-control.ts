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
import type { BroadcastState } from '../delivery/index.js';
import type { LocaleKey } from '../i18n/index.js';
import { localTime } from '../kernel/local-date.js';
import { isClerk } from '../units/index.js';
import { controlBroadcast, resendBroadcast } from './control.js';
import { chooseSay } from './flow-progress.js';
import { arrivedOf, countOf, waitingOf, type BroadcastItem, type BroadcastsRead, type BroadcastView } from './views.js';

const dataSchema = z.object({ id: z.string() });
type Data = z.infer<typeof dataSchema>;
type Loaded = { readonly view: BroadcastView | null; readonly items: readonly BroadcastItem[] };

const LISTED = 5;

interface Order {
  readonly command: string;
  readonly words: readonly string[];
  /** States in which it makes sense: without a named broadcast only these are offered. */
  readonly states: readonly BroadcastState[];
  readonly act: (view: BroadcastView, now: Date) => Move<Data>;
}

const topicSchema = z.object({ broadcast: z.string() });

/** Without an id: the one last looked at where it fits, else the only one that fits, else a list. */
function orderCommand({ command, words, states, act }: Order) {
  return defineCommand<Data, BroadcastsRead, Loaded>({
    name: command,
    words,
    allow: isClerk,
    load: async (read, { arg }) => ({
      view: arg === '' ? null : await read.broadcasts.find(arg),
      items: arg === '' ? await read.broadcasts.latest(LISTED, states) : [],
    }),
    start: ({ loaded: { view, items }, arg, topic, now }) => {
      if (view) return act(view, now);
      if (arg !== '') return { end: true, say: [{ text: t('notices.gone') }] };
      const looked = topicSchema.safeParse(topic);
      const meant = items.find(({ id }) => looked.success && id === looked.data.broadcast);
      const only = meant ?? (items.length === 1 ? items[0] : undefined);
      if (only) return { begin: command, arg: only.id };
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
  view: BroadcastView,
  effect: Effect,
  key: LocaleKey,
  params: Record<string, string | number>,
): Move<Data> => ({
  end: true,
  effects: [effect],
  say: [withProgress(t(key, { title: view.title, ...params }), view.id)],
  topic: { broadcast: view.id },
});

const pause = (view: BroadcastView, now: Date): Move<Data> =>
  done(view, controlBroadcast({ id: view.id, action: 'pause' }), 'notices.paused', {
    time: localTime(now),
    waiting: waitingOf(view),
  });

const resume = (view: BroadcastView): Move<Data> =>
  done(view, controlBroadcast({ id: view.id, action: 'resume' }), 'notices.resumed', { waiting: waitingOf(view) });

const resendFailed = (view: BroadcastView): Move<Data> =>
  done(view, resendBroadcast({ id: view.id, only: 'failed' }), 'notices.resent', { people: countOf(view, 'failed') });

/** A question with one way on and one back. */
function confirmStep(
  question: (view: BroadcastView) => Text,
  yes: LocaleKey,
  words: readonly string[],
  act: (view: BroadcastView) => Move<Data>,
) {
  return defineStep<Data, BroadcastsRead, BroadcastView | null>({
    load: (read, { data }) => read.broadcasts.find(data.id),
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
      return answer.value === 'yes' ? act(loaded) : { begin: 'broadcast', arg: loaded.id };
    },
    refused: ({ data }, refusal) => ({ end: true, say: [withProgress(refusal.text, data.id)] }),
  });
}

const ACTIVE = ['planned', 'expanding', 'sending', 'paused'] as const satisfies readonly BroadcastState[];

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
      act: ({ id }) => ({ to: 'cancel', data: { id } }),
    }),
    orderCommand({
      command: 'resend-failed',
      words: ['gửi lại tin lỗi', 'gửi lại'],
      states: ['finished', 'sending'],
      act: resendFailed,
    }),
    orderCommand({
      command: 'resend-uncertain',
      words: ['gửi lại tin chưa rõ'],
      states: ['finished', 'sending'],
      act: ({ id }) => ({ to: 'uncertain', data: { id } }),
    }),
  ],
  steps: {
    cancel: confirmStep(
      (view) => t('notices.askCancel', { title: view.title, arrived: arrivedOf(view), waiting: waitingOf(view) }),
      'notices.button.cancel',
      ['hủy gửi'],
      (view) =>
        done(view, controlBroadcast({ id: view.id, action: 'cancel' }), 'notices.cancelled', {
          arrived: arrivedOf(view),
        }),
    ),
    uncertain: confirmStep(
      (view) => t('notices.askUncertain', { title: view.title, people: countOf(view, 'uncertain') }),
      'notices.button.resend',
      ['gửi lại'],
      (view) =>
        done(view, resendBroadcast({ id: view.id, only: 'uncertain' }), 'notices.resentUncertain', {
          people: countOf(view, 'uncertain'),
        }),
    ),
  },
});
