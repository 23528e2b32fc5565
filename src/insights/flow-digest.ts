/** "Tổng hợp tuần": when the summary leaves, and changing it. */
import { z } from 'zod';
import {
  defineCommand,
  defineEffect,
  defineFlow,
  defineStep,
  t,
  type Flow,
  type Move,
  type Text,
} from '../conversation/index.js';
import { isAdmin, isLeader, isOfficer } from '../units/index.js';
import type { Actor } from '../kernel/people.js';
import { readWish, type DigestWish } from './schedule.js';
import type { InsightsReadPort } from './store.js';

/** Sets when the summary leaves. */
export const setDigest = defineEffect<{ wish: DigestWish }>('insights.set-digest');

export const maySetDigest = (actor: Actor): boolean => isOfficer(actor) || isLeader(actor) || isAdmin(actor);

const noData = z.object({});
type None = z.infer<typeof noData>;

const DAYS = [
  'insights.day.0',
  'insights.day.1',
  'insights.day.2',
  'insights.day.3',
  'insights.day.4',
  'insights.day.5',
  'insights.day.6',
] as const;

function wishText({ on, weekday, time }: DigestWish): Text {
  if (!on) return t('insights.digest.isOff');
  return t('insights.digest.isOn', { day: t(DAYS[weekday] ?? DAYS[1]), time });
}

const saved = (wish: DigestWish): Move<None> => ({
  end: true,
  effects: [setDigest({ wish })],
  say: [
    {
      text: [t('insights.digest.saved'), wishText(wish)],
      buttons: [{ label: t('button.numbers'), command: 'numbers' }],
    },
  ],
});

export const digestFlow: Flow<None, InsightsReadPort> = defineFlow<None, InsightsReadPort>({
  name: 'digest',
  version: 1,
  data: noData,
  keepsDraft: false,
  commands: [
    defineCommand<None, InsightsReadPort>({
      name: 'digest',
      words: ['tổng hợp tuần', 'lịch tổng hợp', 'báo cáo tổng hợp tuần', 'weekly summary'],
      allow: maySetDigest,
      start: () => ({ to: 'choose', data: {} }),
    }),
  ],
  steps: {
    choose: defineStep<None, InsightsReadPort, DigestWish>({
      load: (read) => read.insights.digest(),
      ask: ({ loaded }) => ({
        text: [wishText(loaded), t('insights.digest.ask')],
        options: [
          loaded.on
            ? { value: 'off', label: t('insights.digest.turnOff'), words: ['tắt', 'thôi gửi'] }
            : { value: 'on', label: t('insights.digest.turnOn'), words: ['bật', 'gửi lại'] },
          { value: 'leave', label: t('insights.digest.leave'), words: ['giữ nguyên', 'thôi', 'không'] },
        ],
        free: true,
      }),
      answer: ({ loaded }, answer) => {
        if (answer.kind === 'option') {
          if (answer.value === 'leave') return { end: true, say: [{ text: wishText(loaded) }] };
          return saved({ ...loaded, on: answer.value === 'on' });
        }
        const wish = answer.kind === 'text' ? readWish(answer.text) : null;
        if (wish === null) return { again: t('insights.digest.again') };
        return wish === 'hour' ? { again: t('insights.digest.hour') } : saved(wish);
      },
    }),
  },
});
