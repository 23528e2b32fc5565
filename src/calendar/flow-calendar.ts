/** "Lịch nghỉ": the year's days off, make-up days and hours. Officers also see where they come from; an administrator changes them. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  t,
  type Flow,
  type Option,
  type Say,
  type Text,
} from '../conversation/index.js';
import type { LocaleKey } from '../i18n/index.js';
import type { Actor } from '../kernel/people.js';
import { fold } from '../kernel/text.js';
import { isAdmin, isClerk } from '../units/index.js';
import type { OfficeHours, ProvinceHours } from './hours.js';
import { joinDays, LAST_YEAR, yearOf, type KnownDay } from './model.js';
import type { CalendarReadPort } from './reads.js';
import { joined, runText } from './texts.js';

const dataSchema = z.object({ year: z.number() });
type Data = z.infer<typeof dataSchema>;

interface Loaded {
  readonly days: readonly KnownDay[];
  readonly hours: ProvinceHours;
}

const FIRST_YEAR = 2020;

const load = async (read: CalendarReadPort, year: number): Promise<Loaded> => ({
  days: await read.calendar.year(year),
  hours: await read.calendar.hours(),
});

/** The year and what is known of it, in lines. */
function yearTexts({ days, hours }: Loaded, year: number, actor: Actor): Text[] {
  const runs = joinDays(days);
  return [
    runs.length === 0 ? t('calendar.none', { year }) : t('calendar.title', { year }),
    ...runs.map((run) => runText(run, isClerk(actor))),
    ...officeLine(hours.office),
    ...(isClerk(actor) ? [t('calendar.hours.quietIs', { from: hours.quiet.from, to: hours.quiet.to })] : []),
  ];
}

const officeLine = (office: OfficeHours): Text[] => (office === null ? [] : [officeText(office)]);

/** "Giờ làm việc: 07:30–11:30, 13:30–17:00". */
export function officeText(office: OfficeHours): Text {
  if (office === null) return t('calendar.hours.officeUnset');
  const spans = office.map(({ from, to }) => t('calendar.hours.span', { from, to }));
  return t('calendar.hours.officeIs', { spans: joined(spans) });
}

/** What an administrator may do here, each a command of its own. */
const CHANGES: readonly { readonly command: string; readonly label: LocaleKey; readonly words: readonly string[] }[] = [
  { command: 'calendar-off', label: 'calendar.button.off', words: ['thêm', 'thêm ngày nghỉ'] },
  { command: 'calendar-swap', label: 'calendar.button.swap', words: ['hoán đổi', 'đổi ngày'] },
  { command: 'calendar-work', label: 'calendar.button.work', words: ['làm bù', 'ngày làm bù'] },
  { command: 'calendar-remove', label: 'calendar.button.remove', words: ['xóa', 'bỏ ngày'] },
  { command: 'calendar-propose', label: 'calendar.button.propose', words: ['đề xuất'] },
  { command: 'office-hours', label: 'calendar.button.office', words: ['giờ làm việc'] },
  { command: 'quiet-hours', label: 'calendar.button.quiet', words: ['giờ yên lặng'] },
];
const WITH_YEAR = new Set(['calendar-remove', 'calendar-propose']);

function optionsFor(actor: Actor, year: number): Option[] {
  const changes = isAdmin(actor) ? CHANGES : [];
  return [
    ...changes.map(({ command, label, words }) => ({ value: command, label: t(label, { year }), words })),
    ...(year < LAST_YEAR
      ? [{ value: 'next', label: t('calendar.button.year', { year: year + 1 }), words: ['năm sau'] }]
      : []),
    ...(year > FIRST_YEAR
      ? [{ value: 'before', label: t('calendar.button.year', { year: year - 1 }), words: ['năm trước'] }]
      : []),
  ];
}

const listStep = defineStep<Data, CalendarReadPort, Loaded>({
  load: (read, { data }) => load(read, data.year),
  ask: ({ loaded, data, actor }) => ({
    text: yearTexts(loaded, data.year, actor),
    options: optionsFor(actor, data.year),
  }),
  answer: ({ data }, answer) => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value === 'next') return { to: 'list', data: { year: data.year + 1 } };
    if (answer.value === 'before') return { to: 'list', data: { year: data.year - 1 } };
    return { begin: answer.value, ...(WITH_YEAR.has(answer.value) ? { arg: String(data.year) } : {}) };
  },
});

/** The year of "lịch nghỉ 2027"; null where more or other words follow, which ask for something else. */
export const yearAfter = (text: string, words: string): string | null =>
  new RegExp(`^(?:${words})(?: nam)? (20\\d{2})$`).exec(fold(text))?.[1] ?? null;

const yearOfArg = (arg: string, today: string): number => {
  const year = /^20\d{2}$/.test(arg) ? Number(arg) : yearOf(today);
  return Math.min(Math.max(year, FIRST_YEAR), LAST_YEAR);
};

/** Leads back to the list, from anywhere in this room. */
export const toCalendar = (text: Text | readonly Text[]): Say => ({
  text,
  buttons: [{ label: t('calendar.button.list'), command: 'calendar' }],
});

export const calendarFlow: Flow<Data, CalendarReadPort> = defineFlow<Data, CalendarReadPort>({
  name: 'calendar',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, CalendarReadPort, Loaded>({
      name: 'calendar',
      words: ['lịch nghỉ', 'ngày nghỉ', 'lịch nghỉ lễ', 'lịch làm việc', '/lichnghi'],
      match: (text, inForm) => (inForm ? null : yearAfter(text, 'lich nghi|ngay nghi|lich nghi le')),
      aside: true,
      load: (read, { arg, today }) => load(read, yearOfArg(arg, today)),
      start: ({ loaded, actor, arg, today }) => {
        const year = yearOfArg(arg, today);
        if (isClerk(actor)) return { to: 'list', data: { year } };
        return { end: true, say: [{ text: yearTexts(loaded, year, actor) }] };
      },
    }),
  ],
  steps: { list: listStep },
});
