/** "Hẹn giờ": the day and the hour at which something leaves, in free words, said back before it is sent. */
import { defineStep, t, type Move, type Option, type Step, type Text } from '../conversation/index.js';
import { parseMoment } from '../kernel/parse-date.js';
import { fullMoment } from './views.js';

/** Leads to the question; stands in a confirmation. */
export const SCHEDULE = 'schedule';
export const SCHEDULE_OPTION: Option = {
  value: SCHEDULE,
  label: t('notices.schedule.button'),
  words: ['hẹn giờ', 'hẹn', 'đổi giờ'],
};

const NOW = '__now';
const FARTHEST_MS = 366 * 86_400_000;

/** How a flow keeps the moment in its data (ISO; undefined: at once), and where it goes then. */
export interface ScheduleSlot<D> {
  set(data: D, at: string | undefined): D;
  done(data: D): Move<D>;
}

/** Builds the step of one flow. */
export function createScheduleStep<D, R>(slot: ScheduleSlot<D>): Step<D, R, never> {
  return defineStep<D, R>({
    ask: () => ({
      text: t('notices.schedule.ask'),
      options: [{ value: NOW, label: t('notices.schedule.now'), words: ['gửi ngay', 'ngay', 'ngay bây giờ'] }],
      free: true,
      numbersAreAnswers: true,
    }),
    answer: ({ data, now }, answer) => {
      if (answer.kind === 'option' && answer.value === NOW) return slot.done(slot.set(data, undefined));
      const at = answer.kind === 'text' ? parseMoment(answer.text, now) : null;
      if (at === null) return { again: t('notices.schedule.unreadable') };
      if (at === 'no-time') return { again: t('notices.schedule.noTime') };
      if (at <= now) return { again: pastText(at) };
      if (at.getTime() - now.getTime() > FARTHEST_MS) return { again: t('notices.schedule.tooFar') };
      return slot.done(slot.set(data, at.toISOString()));
    },
  });
}

/** A time that is over cannot be scheduled. */
export const pastText = (at: Date): Text => t('notices.schedule.past', { at: fullMoment(at) });

/** Says when it will leave; nothing when at once. */
export const scheduleLine = (at: string | undefined): Text[] =>
  at === undefined ? [] : [t('notices.schedule.line', { at: fullMoment(new Date(at)) })];

/** True when the officer thought about it until the moment was over. */
export const isOver = (at: string | undefined, now: Date): boolean => at !== undefined && new Date(at) <= now;
