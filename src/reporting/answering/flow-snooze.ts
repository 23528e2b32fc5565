/** "Nhắc lại sau": when the unit wants to hear of it again, at the latest on the due day. */
import { t, type Option } from '../../conversation/index.js';
import { formatDate, formatMoment } from '../../kernel/format.js';
import { isLocalDate, type LocalDate } from '../../kernel/local-date.js';
import { parseDate } from '../../kernel/parse-date.js';
import { fold } from '../../kernel/text.js';
import { snoozeReport } from '../effects.js';
import { answerFlow, named, type AnswerAt } from './flow-answers.js';
import type { ObligationView } from '../model.js';
import { snoozeInstant, snoozeProblem, SNOOZES } from './snooze.js';
import { dayText } from '../texts.js';

/** Working days that "3 ngày" means. */
const LATER = 3;

export const snoozeFlow = answerFlow({
  name: 'snooze',
  words: ['nhắc lại sau', 'nhắc sau', 'nhắc tôi sau', 'remind me later'],
  which: 'reporting.snooze.which',
  ask(obligation, at) {
    const options = choices(obligation, at);
    const problem = snoozeProblem(obligation, at.today, at.loaded.snoozes, at.now);
    const never = problem !== null && problem.kind !== 'past';
    if (never || options.length === 0)
      return {
        end: true,
        say: [
          {
            text: t(`reporting.snooze.${never ? problem.kind : 'noTime'}`, said(obligation)),
            buttons: others(obligation),
          },
        ],
      };
    return { text: t('reporting.snooze.ask', said(obligation)), free: true, options };
  },
  take(text, obligation, at) {
    const day = dayOf(text, at.today);
    if (day === null) return { again: t('reporting.badDay') };
    const problem = snoozeProblem(obligation, day, at.loaded.snoozes, at.now);
    const instant = snoozeInstant(day, at.now);
    if (problem !== null || instant === null)
      return { again: t(`reporting.snooze.${problem?.kind ?? 'past'}`, said(obligation)) };
    const left = SNOOZES - at.loaded.snoozes - 1;
    return {
      effect: snoozeReport({ obligationId: obligation.id, day }),
      text: [
        t('reporting.snooze.done', { ...named(obligation), at: formatMoment(instant) }),
        t(left === 0 ? 'reporting.snooze.last' : 'reporting.snooze.dueStays', said(obligation)),
      ],
    };
  },
});

const said = (obligation: ObligationView) => ({ ...named(obligation), day: dayText(obligation.dueOn), max: SNOOZES });

const others = (obligation: ObligationView) => [
  { label: t('reporting.button.extend'), command: 'extend', arg: obligation.id },
  { label: t('reporting.button.promise'), command: 'promise', arg: obligation.id },
  { label: t('button.owed'), command: 'owed' },
];

/** "Chiều nay", the next working day, three working days on: those that are still before the due day is over. */
function choices(obligation: ObligationView, { today, now, loaded }: AnswerAt): Option[] {
  const next = loaded.calendar.addWorkingDays(today, 1);
  const later = loaded.calendar.addWorkingDays(today, LATER);
  return [
    { day: today, label: t('reporting.snooze.afternoon'), words: ['chiều nay', 'chiều'] },
    { day: next, label: t('reporting.snooze.next', { day: formatDate(next) }), words: ['mai', 'ngày mai'] },
    { day: later, label: t('reporting.snooze.days', { day: formatDate(later) }), words: ['3 ngày', 'ba ngày'] },
    {
      day: obligation.dueOn,
      label: t('reporting.snooze.dueDay', { day: formatDate(obligation.dueOn) }),
      words: ['ngày hạn'],
    },
  ]
    .filter(({ day }, n, all) => all.findIndex((one) => one.day === day) === n)
    .filter(({ day }) => snoozeProblem(obligation, day, loaded.snoozes, now) === null)
    .map(({ day, label, words }) => ({ value: day, label, words }));
}

function dayOf(text: string, today: LocalDate): LocalDate | null {
  if (isLocalDate(text)) return text;
  return fold(text).startsWith('chieu') ? today : parseDate(text, today);
}
