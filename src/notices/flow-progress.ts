/** "Tiến độ gửi": how a broadcast stands, and what can be done about it, for officers. */
import { z } from 'zod';
import { defineCommand, defineFlow, t, type Flow, type GoButton, type Say } from '../conversation/index.js';
import { isClerk } from '../units/index.js';
import {
  arrivedOf,
  countOf,
  progressLines,
  stateText,
  waitingOf,
  type BroadcastItem,
  type BroadcastsRead,
  type BroadcastView,
} from './views.js';

const LISTED = 5;

type Loaded = { readonly view: BroadcastView | null; readonly items: readonly BroadcastItem[] };

export const progressFlow: Flow<undefined, BroadcastsRead> = defineFlow<undefined, BroadcastsRead>({
  name: 'broadcast',
  version: 1,
  data: z.undefined(),
  keepsDraft: false,
  commands: [
    defineCommand<undefined, BroadcastsRead, Loaded>({
      name: 'broadcast',
      words: ['tiến độ gửi', 'tiến độ', '/tiendo'],
      allow: isClerk,
      aside: true,
      load: async (read, { arg }) => {
        const items = arg === '' ? await read.broadcasts.latest(LISTED) : [];
        const only = items.length === 1 ? items[0] : undefined;
        return { view: arg === '' && !only ? null : await read.broadcasts.find(only?.id ?? arg), items };
      },
      start: ({ loaded: { view, items } }) => {
        if (view) return { end: true, say: [progressSay(view)], topic: { broadcast: view.id } };
        return { end: true, say: [items.length === 0 ? { text: t('notices.none') } : chooseSay('broadcast', items)] };
      },
    }),
  ],
  steps: {},
});

/** The screen of one broadcast, with the buttons that fit its state. */
export const progressSay = (view: BroadcastView): Say => ({ text: progressLines(view), buttons: buttonsOf(view) });

/** A short list to choose from; a number chooses. */
export function chooseSay(command: string, items: readonly BroadcastItem[]): Say {
  return {
    text: [
      t('notices.choose.title'),
      ...items.map((item, n) =>
        t('notices.choose.line', { n: n + 1, title: item.title, state: stateText(item.state) }),
      ),
    ],
    buttons: items.map((item, n) => ({ label: t('notices.choose.button', { n: n + 1 }), command, arg: item.id })),
  };
}

function buttonsOf(view: BroadcastView): GoButton[] {
  const go = (label: Parameters<typeof t>[0], command: string): GoButton => ({
    label: t(label),
    command,
    arg: view.id,
  });
  const cancel = go('notices.button.cancel', 'cancel-send');
  const missed = view.recipients > arrivedOf(view) ? [go('notices.button.missed', 'missed')] : [];
  switch (view.state) {
    case 'planned':
      return [
        go('notices.button.edit', 'edit-send'),
        ...(view.startAt ? [go('notices.button.pause', 'pause-send')] : []),
        cancel,
      ];
    case 'expanding':
    case 'sending':
      return [
        go('notices.button.again', 'broadcast'),
        ...(view.state === 'expanding' || waitingOf(view) > 0
          ? [go('notices.button.pause', 'pause-send'), cancel]
          : []),
        ...missed,
      ];
    case 'paused':
      return [
        go('notices.button.resume', 'resume-send'),
        ...(view.isBegun ? [] : [go('notices.button.edit', 'edit-send')]),
        cancel,
        ...missed,
      ];
    case 'cancelled':
      return [
        ...(waitingOf(view) > 0 ? [go('notices.button.again', 'broadcast')] : []),
        ...missed,
        ...afterwards(view),
      ];
    case 'finished':
      return [
        ...(countOf(view, 'failed') > 0 && !view.isRecalled
          ? [go('notices.button.resendFailed', 'resend-failed')]
          : []),
        ...(countOf(view, 'uncertain') > 0 && !view.isRecalled
          ? [go('notices.button.resendUncertain', 'resend-uncertain')]
          : []),
        ...missed,
        ...afterwards(view),
      ];
  }
}

/** What has been said can be corrected, taken back and proven. */
function afterwards(view: BroadcastView): GoButton[] {
  if (arrivedOf(view) + countOf(view, 'uncertain') === 0) return [];
  return [
    ...(view.isRecalled
      ? []
      : [
          { label: t('notices.button.correct'), command: 'correct', arg: view.id },
          { label: t('notices.button.recall'), command: 'recall', arg: view.id },
        ]),
    { label: t('notices.button.record'), command: 'record', arg: view.id },
  ];
}
