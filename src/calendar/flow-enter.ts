/** Entering a day off, a make-up working day, or one in place of the other. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Flow,
  type Move,
  type Text,
} from '../conversation/index.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import { translate } from '../i18n/index.js';
import { formatDate } from '../kernel/format.js';
import type { LocalDate } from '../kernel/local-date.js';
import { cleanInput } from '../kernel/text.js';
import { isAdmin } from '../units/index.js';
import { changeDays, enterDays } from './effects.js';
import { toCalendar } from './flow-calendar.js';
import { daysFrom, isWeekend, NAME_LIMIT, NOTE_LIMIT, type KnownDay, type NewDay } from './model.js';
import type { OwedOn } from './ports.js';
import { isProblem, readDay, readDays } from './read-days.js';
import type { CalendarReadPort } from './reads.js';
import { dayText, spanText } from './texts.js';

const dataSchema = z.object({
  kind: z.enum(['off', 'work', 'swap']),
  from: z.string().optional(),
  to: z.string().optional(),
  /** The day worked in place of the day off. */
  makeUp: z.string().optional(),
  name: z.string().optional(),
  note: z.string().optional(),
});
type Data = z.infer<typeof dataSchema>;

const ASK_DAYS = { off: 'calendar.ask.off', work: 'calendar.ask.work', swap: 'calendar.ask.swap' } as const;

const daysStep = defineStep<Data, CalendarReadPort>({
  ask: ({ data }) => ({ text: t(ASK_DAYS[data.kind]) }),
  answer: ({ data: { kind }, today }, answer) => {
    if (answer.kind !== 'text') return { again: t(ASK_DAYS[kind]) };
    const days = readDays(answer.text, today);
    if (isProblem(days)) return { again: days.problem };
    if (kind === 'off') return { to: 'name', data: { kind, ...days } };
    if (days.from !== days.to) return { again: t('calendar.bad.oneDay') };
    if (kind === 'work' && !isWeekend(days.from)) return { again: t('calendar.bad.notWeekend') };
    return { to: kind === 'swap' ? 'makeUp' : 'note', data: { kind, ...days } };
  },
});

const makeUpStep = defineStep<Data, CalendarReadPort>({
  ask: ({ data }) => ({ text: t('calendar.ask.makeUp', { day: dayText(data.from ?? '') }) }),
  answer: ({ data, today }, answer) => {
    const makeUp = answer.kind === 'text' ? readDay(answer.text, today) : null;
    if (makeUp === null) return { again: t('calendar.ask.makeUp', { day: dayText(data.from ?? '') }) };
    if (typeof makeUp !== 'string') return { again: makeUp.problem };
    if (makeUp === data.from) return { again: t('calendar.bad.sameDay') };
    if (!isWeekend(makeUp)) return { again: t('calendar.bad.notWeekend') };
    return { to: 'note', data: { ...data, makeUp } };
  },
});

const nameStep = defineStep<Data, CalendarReadPort>({
  ask: () => ({ text: t('calendar.ask.name') }),
  answer: ({ data }, answer) => {
    const name = answer.kind === 'text' ? oneLine(answer.text) : '';
    if (name === '') return { again: t('calendar.ask.name') };
    if (name.length > NAME_LIMIT) return { again: t('calendar.bad.long', { most: NAME_LIMIT, length: name.length }) };
    return { to: 'note', data: { ...data, name } };
  },
});

const noteStep = defineStep<Data, CalendarReadPort>({
  ask: () => ({
    text: t('calendar.ask.note'),
    options: [{ value: 'none', label: t('calendar.button.noNote'), words: ['bỏ qua', 'không', 'không có'] }],
    free: true,
    numbersAreAnswers: true,
  }),
  answer: ({ data }, answer) => {
    const { note: _old, ...rest } = data;
    if (answer.kind === 'option') return { to: 'confirm', data: rest };
    const note = answer.kind === 'text' ? oneLine(answer.text) : '';
    if (note === '') return { again: t('calendar.ask.note') };
    if (note.length > NOTE_LIMIT) return { again: t('calendar.bad.long', { most: NOTE_LIMIT, length: note.length }) };
    return { to: 'confirm', data: { ...rest, note } };
  },
});

const oneLine = (text: string): string => cleanInput(text).replace(/\s+/g, ' ');

interface Loaded {
  readonly known: readonly KnownDay[];
  readonly calendar: WorkingCalendar;
  readonly owed: readonly OwedOn[];
}

/** The days as they would be written. Rows are for the office, which works in Vietnamese. */
function daysOf({ kind, from = '', to = '', makeUp = '', name = '' }: Data): NewDay[] {
  const word = (
    key: 'calendar.name.work' | 'calendar.name.swapOff' | 'calendar.name.swapWork',
    day: LocalDate,
  ): string => translate('vi', key, { day: formatDate(day) });
  if (kind === 'off') return daysFrom(from, to).map((on) => ({ on, kind: 'off', name }));
  if (kind === 'work') return [{ on: from, kind: 'work', name: word('calendar.name.work', from) }];
  return [
    { on: from, kind: 'off', name: word('calendar.name.swapOff', makeUp) },
    { on: makeUp, kind: 'work', name: word('calendar.name.swapWork', from) },
  ];
}

/** Why these days cannot be entered as the calendar is now; null when they can. */
function problemOf(data: Data, { known, calendar }: Loaded): Text | null {
  const days = daysOf(data);
  const taken = known.find(({ on }) => days.some((day) => day.on === on));
  if (taken) return t('calendar.known', { day: formatDate(taken.on), name: taken.name });
  if (data.kind === 'swap' && !calendar.isWorkingDay(data.from ?? ''))
    return t('calendar.bad.isOff', { day: dayText(data.from ?? '') });
  return null;
}

const confirmStep = defineStep<Data, CalendarReadPort, Loaded>({
  load: async (read, { data }) => {
    const days = daysOf(data);
    const ons = days.map(({ on }) => on).sort();
    const calendar = await read.calendar.working();
    const newlyOff = days.filter(({ on, kind }) => kind === 'off' && calendar.isWorkingDay(on)).map(({ on }) => on);
    return {
      calendar,
      known: await read.calendar.between(ons[0] ?? '', ons.at(-1) ?? ''),
      owed: await read.calendar.owedOn(newlyOff),
    };
  },
  ask: ({ data, loaded }) => {
    const problem = problemOf(data, loaded);
    if (problem !== null) return { to: 'days', data: { kind: data.kind }, say: [{ text: problem }] };
    return {
      text: confirmTexts(data, loaded),
      options: [
        { value: 'save', label: t('calendar.button.save'), words: ['lưu', 'đồng ý', 'xác nhận'] },
        { value: 'again', label: t('calendar.button.again'), words: ['nhập lại', 'sửa'] },
      ],
    };
  },
  answer: ({ data, newId }, answer): Move<Data> => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value !== 'save') return { to: 'days', data: { kind: data.kind } };
    const days = daysOf(data);
    return {
      end: true,
      effects: changeDays(enterDays({ days, source: 'entered', note: data.note ?? null }), newId()),
      say: [toCalendar(t('calendar.saved', { n: days.length }))],
    };
  },
  refused: ({ data }, refusal) => ({ to: 'days', data: { kind: data.kind }, say: [{ text: refusal.text }] }),
});

function confirmTexts(data: Data, { calendar, owed }: Loaded): Text[] {
  const { kind, from = '', to = '', makeUp = '', name = '', note } = data;
  const days = daysOf(data);
  const what =
    kind === 'off'
      ? t('calendar.confirm.off', { n: days.length, days: spanText(from, to), name })
      : kind === 'work'
        ? t('calendar.confirm.work', { day: dayText(from) })
        : t('calendar.confirm.swap', { off: dayText(from), work: dayText(makeUp) });
  const changesNothing = days.every((day) => (day.kind === 'off') !== calendar.isWorkingDay(day.on));
  return [
    what,
    ...(note === undefined ? [] : [t('calendar.confirm.note', { note: raw(note) })]),
    t(changesNothing ? 'calendar.confirm.weekend' : 'calendar.confirm.redated'),
    ...owed.map(({ on, dutyName, units }) => t('calendar.confirm.owed', { day: dayText(on), duty: dutyName, units })),
    ...(owed.length > 0 ? [t('calendar.confirm.notMoved')] : []),
  ];
}

function command(name: string, words: readonly string[], kind: Data['kind']) {
  return defineCommand<Data, CalendarReadPort>({
    name,
    words,
    allow: isAdmin,
    start: () => ({ to: 'days', data: { kind } }),
  });
}

export const enterFlow: Flow<Data, CalendarReadPort> = defineFlow<Data, CalendarReadPort>({
  name: 'calendar-enter',
  version: 1,
  data: dataSchema,
  commands: [
    command('calendar-off', ['thêm ngày nghỉ', 'nhập ngày nghỉ'], 'off'),
    command('calendar-work', ['ngày làm bù', 'thêm ngày làm bù'], 'work'),
    command('calendar-swap', ['hoán đổi ngày nghỉ', 'hoán đổi ngày làm việc'], 'swap'),
  ],
  steps: { days: daysStep, makeUp: makeUpStep, name: nameStep, note: noteStep, confirm: confirmStep },
});
