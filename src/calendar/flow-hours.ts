/** "Giờ làm việc", "giờ yên lặng": everybody may ask, an administrator sets them. "Tính hạn": a term and how it is counted. */
import { z } from 'zod';
import { defineCommand, defineFlow, defineStep, t, type Flow, type Move } from '../conversation/index.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import type { LocalDate } from '../kernel/local-date.js';
import { parseDate } from '../kernel/parse-date.js';
import { fold } from '../kernel/text.js';
import { isAdmin } from '../units/index.js';
import { setOfficeHours, setQuietHours } from './effects.js';
import { explainTerm, termText } from './explain.js';
import { officeText, toCalendar } from './flow-calendar.js';
import { readOffice, readQuiet, type ProvinceHours } from './hours.js';
import type { CalendarReadPort } from './reads.js';

const noData = z.object({});
type None = z.infer<typeof noData>;

const hoursOf = (read: CalendarReadPort) => read.calendar.hours();
const quietText = ({ quiet }: ProvinceHours) => t('calendar.hours.quietIs', { from: quiet.from, to: quiet.to });

const officeStep = defineStep<None, CalendarReadPort, ProvinceHours>({
  load: hoursOf,
  ask: ({ loaded }) => ({ text: [officeText(loaded.office), t('calendar.hours.askOffice')] }),
  answer: ({ loaded }, answer): Move<None> => {
    const office = answer.kind === 'text' ? readOffice(answer.text, loaded.quiet) : 'unreadable';
    if (typeof office === 'string') return { again: t(`calendar.hours.${office}`) };
    const say = [toCalendar([t('calendar.hours.saved'), officeText(office)])];
    return { end: true, effects: [setOfficeHours({ office })], say };
  },
  refused: (_at, refusal) => ({ to: 'office', data: {}, say: [{ text: refusal.text }] }),
});

const quietStep = defineStep<None, CalendarReadPort, ProvinceHours>({
  load: hoursOf,
  ask: ({ loaded }) => ({ text: [quietText(loaded), t('calendar.hours.askQuiet')] }),
  answer: ({ loaded }, answer): Move<None> => {
    const quiet = answer.kind === 'text' ? readQuiet(answer.text, loaded.office) : 'unreadable';
    if (typeof quiet === 'string') return { again: t(`calendar.hours.${quiet}`) };
    const say = [toCalendar([t('calendar.hours.saved'), quietText({ ...loaded, quiet })])];
    return { end: true, effects: [setQuietHours({ quiet })], say };
  },
  refused: (_at, refusal) => ({ to: 'quiet', data: {}, say: [{ text: refusal.text }] }),
});

/** Shows the hours; an administrator is asked for new ones. */
function hoursCommand(name: 'office-hours' | 'quiet-hours', words: readonly string[], step: 'office' | 'quiet') {
  return defineCommand<None, CalendarReadPort, ProvinceHours>({
    name,
    words,
    aside: true,
    load: hoursOf,
    start: ({ actor, loaded }): Move<None> =>
      isAdmin(actor)
        ? { to: step, data: {} }
        : { end: true, say: [{ text: step === 'office' ? officeText(loaded.office) : quietText(loaded) }] },
  });
}

export const hoursFlow: Flow<None, CalendarReadPort> = defineFlow<None, CalendarReadPort>({
  name: 'calendar-hours',
  version: 1,
  data: noData,
  keepsDraft: false,
  commands: [
    hoursCommand('office-hours', ['giờ làm việc', 'giờ hành chính'], 'office'),
    hoursCommand('quiet-hours', ['giờ yên lặng', 'giờ yên tĩnh'], 'quiet'),
  ],
  steps: { office: officeStep, quiet: quietStep },
});

/** Longer than a year of working days nothing is counted. */
const LONGEST_TERM = 260;
const TERM = /^(\d{1,4}) ?ngay(?: lam viec)?(?: (sau|truoc|tu|ke tu))?(?: ngay)?(?: (.+))?$/;

/** "5 ngày làm việc sau 30/04/2026"; without a day from today on. Null when it is no term. */
function readTerm(text: string, today: LocalDate): { readonly days: number; readonly from: LocalDate } | null {
  const [, number = '', side, day] = TERM.exec(fold(text)) ?? [];
  const days = Number(number);
  const from = day === undefined ? today : parseDate(day, today);
  if (days < 1 || days > LONGEST_TERM || from === null) return null;
  return { days: side === 'truoc' ? -days : days, from };
}

function answerTerm(text: string, today: LocalDate, calendar: WorkingCalendar): Move<None> {
  const term = readTerm(text, today);
  if (term === null) return { again: t('calendar.term.unreadable', { most: LONGEST_TERM }) };
  return { end: true, say: [{ text: termText(explainTerm(calendar, term.from, term.days)) }] };
}

export const termFlow: Flow<None, CalendarReadPort> = defineFlow<None, CalendarReadPort>({
  name: 'term',
  version: 1,
  data: noData,
  keepsDraft: false,
  commands: [
    defineCommand<None, CalendarReadPort, WorkingCalendar>({
      name: 'term',
      words: ['tính hạn', 'tính ngày làm việc'],
      takesText: true,
      aside: true,
      load: (read) => read.calendar.working(),
      start: ({ arg, today, loaded }) => {
        const move = answerTerm(arg, today, loaded);
        return 'again' in move ? { to: 'ask', data: {} } : move;
      },
    }),
  ],
  steps: {
    ask: defineStep<None, CalendarReadPort, WorkingCalendar>({
      load: (read) => read.calendar.working(),
      ask: () => ({ text: t('calendar.term.ask') }),
      answer: ({ today, loaded }, answer) =>
        answer.kind === 'text'
          ? answerTerm(answer.text, today, loaded)
          : { again: t('calendar.term.unreadable', { most: LONGEST_TERM }) },
    }),
  },
});
