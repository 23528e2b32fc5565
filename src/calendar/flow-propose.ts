/** "Đề xuất năm …": the days off that the rules are sure of, confirmed by an administrator; and taking days out again. */
import { z } from 'zod';
import { defineCommand, defineFlow, defineStep, t, type Flow, type Move, type Text } from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import type { LocalDate } from '../kernel/local-date.js';
import { isAdmin } from '../units/index.js';
import { changeDays, enterDays, removeDays } from './effects.js';
import { toCalendar, yearAfter } from './flow-calendar.js';
import { daysFrom, joinDays, lastYear, yearOf, type DayRun, type KnownDay } from './model.js';
import { proposeYear } from './propose.js';
import type { CalendarReadPort } from './reads.js';
import { toBeAnnounced } from './rules.js';
import { runText, spanText } from './texts.js';

const proposeSchema = z.object({ year: z.number() });
type Propose = z.infer<typeof proposeSchema>;

const proposedOf = (year: number, today: LocalDate, known: readonly KnownDay[]) =>
  proposeYear(
    year,
    today,
    known.map(({ on }) => on),
  );

const proposeStep = defineStep<Propose, CalendarReadPort, readonly KnownDay[]>({
  load: (read, { data }) => read.calendar.year(data.year),
  ask: ({ data: { year }, loaded, today }) => {
    const days = proposedOf(year, today, loaded);
    const missing = toBeAnnounced(year).map((key) => t(key, { year }));
    if (days.length === 0)
      return { end: true, say: [toCalendar([t('calendar.propose.nothing', { year }), ...missing])] };
    const runs = joinDays(days.map((day) => ({ ...day, source: 'proposed', note: null })));
    return {
      text: [
        t('calendar.propose.title', { year, n: days.length }),
        ...runs.map((run) => runText(run, false)),
        ...(loaded.length > 0 ? [t('calendar.propose.kept', { n: loaded.length })] : []),
        t('calendar.propose.missing'),
        ...missing,
      ],
      options: [
        { value: 'save', label: t('calendar.button.save'), words: ['lưu', 'đồng ý', 'xác nhận'] },
        { value: 'no', label: t('button.later'), words: ['thôi', 'không'] },
      ],
    };
  },
  answer: ({ data: { year }, loaded, today, newId }, answer): Move<Propose> => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value !== 'save') return { begin: 'calendar', arg: String(year) };
    const days = proposedOf(year, today, loaded);
    return {
      end: true,
      effects: changeDays(enterDays({ days, source: 'proposed', note: null }), newId()),
      say: [toCalendar(t('calendar.saved', { n: days.length }))],
    };
  },
  refused: (_at, refusal) => ({ end: true, say: [toCalendar(refusal.text)] }),
});

export const proposeFlow: Flow<Propose, CalendarReadPort> = defineFlow<Propose, CalendarReadPort>({
  name: 'calendar-propose',
  version: 1,
  data: proposeSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Propose, CalendarReadPort>({
      name: 'calendar-propose',
      words: ['đề xuất ngày nghỉ', 'đề xuất lịch nghỉ'],
      match: (text, inForm) => (inForm ? null : yearAfter(text, 'de xuat|de xuat ngay nghi|de xuat lich nghi')),
      allow: isAdmin,
      start: ({ arg, today }) => {
        const year = /^\d{4}$/.test(arg) ? Number(arg) : yearOf(today) + 1;
        const [first, last] = [yearOf(today), lastYear(today)];
        return year < first || year > last
          ? { end: true, say: [toCalendar(t('calendar.propose.badYear', { year, first, last }))] }
          : { to: 'confirm', data: { year } };
      },
    }),
  ],
  steps: { confirm: proposeStep },
});

const removeSchema = z.object({
  year: z.number(),
  chosen: z.object({ from: z.string(), to: z.string(), name: z.string() }).optional(),
});
type Remove = z.infer<typeof removeSchema>;

/** Days of the past stay as they were: terms were counted by them. */
const removable = (days: readonly KnownDay[], today: LocalDate): DayRun[] =>
  joinDays(days.filter(({ on }) => on >= today));

const whichStep = defineStep<Remove, CalendarReadPort, readonly KnownDay[]>({
  load: (read, { data }) => read.calendar.year(data.year),
  ask: ({ data: { year }, loaded, today }) => {
    const runs = removable(loaded, today);
    if (runs.length === 0) return { end: true, say: [toCalendar(t('calendar.remove.nothing', { year }))] };
    return {
      text: t('calendar.remove.which', { year }),
      options: runs.map((run) => ({ value: run.from, label: removeLabel(run), words: [formatDate(run.from)] })),
    };
  },
  answer: ({ data: { year }, loaded, today }, answer): Move<Remove> => {
    const run =
      answer.kind === 'option' ? removable(loaded, today).find(({ from }) => from === answer.value) : undefined;
    if (!run) return { again: t('conversation.chooseOne') };
    const { from, to, name } = run;
    return { to: 'sure', data: { year, chosen: { from, to, name } } };
  },
});

const removeLabel = ({ from, to, name }: DayRun): Text =>
  t('calendar.remove.label', {
    days: from === to ? formatDate(from) : t('calendar.span', { from: formatDate(from), to: formatDate(to) }),
    name,
  });

const sureStep = defineStep<Remove, CalendarReadPort>({
  ask: ({ data: { year, chosen } }) => {
    if (!chosen) return { to: 'which', data: { year } };
    return {
      text: [
        t('calendar.remove.sure', { days: spanText(chosen.from, chosen.to), name: chosen.name }),
        t('calendar.confirm.redated'),
      ],
      options: [
        { value: 'yes', label: t('calendar.button.remove'), words: ['xóa', 'đồng ý', 'xác nhận'] },
        { value: 'no', label: t('button.later'), words: ['thôi', 'không'] },
      ],
    };
  },
  answer: ({ data: { year, chosen }, newId }, answer): Move<Remove> => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value !== 'yes' || !chosen) return { begin: 'calendar', arg: String(year) };
    return {
      end: true,
      effects: changeDays(removeDays({ days: daysFrom(chosen.from, chosen.to), name: chosen.name }), newId()),
      say: [toCalendar(t('calendar.remove.done', { name: chosen.name }))],
    };
  },
  refused: (_at, refusal) => ({ end: true, say: [toCalendar(refusal.text)] }),
});

export const removeFlow: Flow<Remove, CalendarReadPort> = defineFlow<Remove, CalendarReadPort>({
  name: 'calendar-remove',
  version: 1,
  data: removeSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Remove, CalendarReadPort>({
      name: 'calendar-remove',
      words: ['xóa ngày nghỉ', 'bỏ ngày nghỉ', 'xóa ngày làm bù'],
      allow: isAdmin,
      start: ({ arg, today }) => ({ to: 'which', data: { year: /^\d{4}$/.test(arg) ? Number(arg) : yearOf(today) } }),
    }),
  ],
  steps: { which: whichStep, sure: sureStep },
});
