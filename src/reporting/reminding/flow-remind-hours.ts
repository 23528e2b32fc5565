/** "Giờ nhận nhắc việc": everybody chooses the hours; "số lần nhắc mỗi ngày": an administrator sets how often. */
import { z } from 'zod';
import { readSpan } from '../../calendar/index.js';
import { defineCommand, defineFlow, defineStep, t, type Flow, type Move, type Text } from '../../conversation/index.js';
import { fold } from '../../kernel/text.js';
import { isAdmin, isClerk } from '../../units/index.js';
import { hoursProblem, type OwnHours } from './cap.js';
import { setPerDay, setRemindHours } from '../effects.js';
import { MOST_PER_DAY, type RemindHours } from './listening-store.js';
import type { ReportingReadPort } from '../reads.js';

const noData = z.object({});
type None = z.infer<typeof noData>;

const menu = { label: t('button.menu'), command: 'menu' };
const isText = (own: OwnHours | null): Text =>
  own === null ? t('reporting.hours.any') : t('reporting.hours.is', { from: own.from, to: own.to });

const loadHours = (read: ReportingReadPort, { actor }: { actor: { readonly memberId: string | null } }) =>
  read.reporting.remindHours(actor.memberId ?? '');

const ANY_WORDS = ['mọi lúc', 'mọi giờ', 'lúc nào cũng được', 'bỏ giới hạn'];

/** What a typed line means: hours, none, or why it cannot be taken. */
function readWish(text: string, { quiet }: RemindHours): { readonly hours: OwnHours | null } | { readonly bad: Text } {
  if (ANY_WORDS.some((word) => fold(word) === fold(text))) return { hours: null };
  const hours = readSpan(text.trim());
  if (!hours) return { bad: t('reporting.hours.unreadable') };
  const problem = hoursProblem(hours, quiet);
  if (problem === null) return { hours };
  return { bad: t(`reporting.hours.${problem}`, { from: quiet.from, to: quiet.to }) };
}

function keep(hours: OwnHours | null): Move<None> {
  return {
    end: true,
    say: [{ text: [t('reporting.hours.saved'), isText(hours), t('reporting.hours.except')], buttons: [menu] }],
    effects: [setRemindHours({ hours })],
  };
}

export const remindHoursFlow: Flow<None, ReportingReadPort> = defineFlow<None, ReportingReadPort>({
  name: 'remind-hours',
  version: 1,
  data: noData,
  keepsDraft: false,
  commands: [
    defineCommand<None, ReportingReadPort, RemindHours>({
      name: 'remind-hours',
      words: ['giờ nhận nhắc việc', 'giờ nhận nhắc', 'chỉ nhắc tôi', 'reminder hours'],
      takesText: true,
      load: loadHours,
      start({ actor, arg, loaded }): Move<None> {
        if (actor.memberId === null)
          return { end: true, say: [{ text: t('reporting.hours.members'), buttons: [menu] }] };
        if (arg.trim() === '') return { to: 'hours', data: {} };
        const wish = readWish(arg, loaded);
        return 'bad' in wish ? { to: 'hours', data: {}, say: [{ text: wish.bad }] } : keep(wish.hours);
      },
    }),
  ],
  steps: {
    hours: defineStep<None, ReportingReadPort, RemindHours>({
      load: loadHours,
      ask: ({ loaded }) => ({
        text: [isText(loaded.own), t('reporting.hours.ask')],
        free: true,
        options: [{ value: 'any', label: t('reporting.hours.anyButton'), words: ANY_WORDS }],
      }),
      answer({ loaded }, answer) {
        if (answer.kind === 'option') return keep(null);
        const wish = answer.kind === 'text' ? readWish(answer.text, loaded) : { bad: t('reporting.hours.unreadable') };
        return 'bad' in wish ? { again: wish.bad } : keep(wish.hours);
      },
    }),
  },
});

interface PerDay {
  readonly count: number;
}
const loadPerDay = async (read: ReportingReadPort): Promise<PerDay> => ({ count: await read.reporting.perDay() });

export const perDayFlow: Flow<None, ReportingReadPort> = defineFlow<None, ReportingReadPort>({
  name: 'per-day',
  version: 1,
  data: noData,
  keepsDraft: false,
  commands: [
    defineCommand<None, ReportingReadPort, PerDay>({
      name: 'per-day',
      words: ['số lần nhắc mỗi ngày', 'số lần nhắc một ngày', 'reminders per day'],
      allow: isClerk,
      load: loadPerDay,
      start: ({ actor, loaded }): Move<None> =>
        isAdmin(actor)
          ? { to: 'count', data: {} }
          : { end: true, say: [{ text: t('reporting.perDay.is', { n: loaded.count }), buttons: [menu] }] },
    }),
  ],
  steps: {
    count: defineStep<None, ReportingReadPort, PerDay>({
      load: loadPerDay,
      ask: ({ loaded }) => ({
        text: [t('reporting.perDay.is', { n: loaded.count }), t('reporting.perDay.ask', { max: MOST_PER_DAY })],
        free: true,
      }),
      answer(_at, answer) {
        const count = answer.kind === 'text' && /^\d{1,2}$/.test(answer.text.trim()) ? Number(answer.text) : 0;
        if (count < 1 || count > MOST_PER_DAY) return { again: t('reporting.perDay.bad', { max: MOST_PER_DAY }) };
        return {
          end: true,
          say: [{ text: t('reporting.perDay.saved', { n: count }), buttons: [menu] }],
          effects: [setPerDay({ count })],
        };
      },
    }),
  },
});
