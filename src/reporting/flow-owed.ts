/** "Tôi còn nợ gì": what the person's units owe, each with the way to do it. */
import { z } from 'zod';
import { defineCommand, defineFlow, t, type Flow, type GoButton, type Move, type Text } from '../conversation/index.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import type { LocalDate } from '../kernel/local-date.js';
import { seatsOf } from '../units/index.js';
import type { ObligationView } from './model.js';
import type { ReportingReadPort } from './reads.js';
import { dayText, doButton, otherButtons, signText, termText } from './texts.js';

/** How many are shown at a time. */
export const OWED_PAGE = 8;

interface Loaded {
  readonly owed: readonly ObligationView[];
  readonly calendar: WorkingCalendar;
}

/** A list that ends at once: its buttons stay right however long they are looked at. */
export const owedFlow: Flow<undefined, ReportingReadPort> = defineFlow<undefined, ReportingReadPort>({
  name: 'owed',
  version: 1,
  data: z.undefined(),
  keepsDraft: false,
  commands: [
    defineCommand<undefined, ReportingReadPort, Loaded>({
      name: 'owed',
      words: ['tôi còn nợ gì', 'còn nợ gì', 'nợ gì', 'còn việc gì', 'what do I owe'],
      load: async (read, { actor }) => ({
        owed: await read.reporting.owed(seatsOf(actor).map((seat) => seat.unitId)),
        calendar: await read.reporting.calendar(),
      }),
      start({ actor, arg, today, loaded }): Move<undefined> {
        const seats = seatsOf(actor);
        if (seats.length === 0)
          return {
            end: true,
            say: [{ text: t('reporting.noSeat'), buttons: [{ label: t('button.person'), command: 'person' }] }],
          };
        const of = seats.length === 1 ? (seats[0]?.unitName ?? '') : null;
        if (loaded.owed.length === 0)
          return {
            end: true,
            say: [{ text: nothingText(of), buttons: [{ label: t('button.menu'), command: 'menu' }] }],
          };
        return { end: true, say: [listSay(loaded, of, pageOf(arg, loaded.owed.length), today)] };
      },
    }),
  ],
  steps: {},
});

const nothingText = (unit: string | null): Text =>
  unit === null ? t('reporting.owed.noneMany') : t('reporting.owed.none', { unit });

function pageOf(arg: string, count: number): number {
  const asked = /^\d{1,3}$/.test(arg) ? Number(arg) : 0;
  return asked * OWED_PAGE < count ? asked : 0;
}

function listSay({ owed, calendar }: Loaded, unit: string | null, page: number, today: LocalDate) {
  const shown = owed.slice(page * OWED_PAGE, (page + 1) * OWED_PAGE);
  const rest = owed.length - page * OWED_PAGE - shown.length;
  const lines = shown.map((one, at) => lineText(one, at + 1, { today, calendar, withUnit: unit === null }));
  const title =
    unit === null
      ? t('reporting.owed.titleMany', { n: owed.length })
      : t('reporting.owed.title', { unit, n: owed.length });
  const [only] = shown;
  const buttons: GoButton[] = shown.map((one, at) => doButton(one, at + 1));
  if (rest > 0) buttons.push({ label: t('reporting.owed.next', { n: rest }), command: 'owed', arg: String(page + 1) });
  if (only && owed.length === 1) buttons.push(...otherButtons(only));
  else
    buttons.push(
      { label: t('reporting.button.extend'), command: 'extend' },
      { label: t('reporting.button.notOurs'), command: 'not-ours' },
      // Every answer to what stands here, on whichever page.
      {
        label: t('reporting.button.more'),
        command: 'obligation',
        ...(page === 0 ? {} : { arg: `page:${String(page)}` }),
      },
    );
  return {
    text: [title, ...lines, t(owed.length === 1 ? 'reporting.owed.chooseOnly' : 'reporting.owed.choose')],
    buttons,
  };
}

interface LineSetting {
  readonly today: LocalDate;
  readonly calendar: WorkingCalendar;
  readonly withUnit: boolean;
}

/** "1. ⏰ Báo cáo sơ kết – còn 3 ngày làm việc (hạn thứ Tư, 25/11/2026)". */
export function lineText(one: ObligationView, n: number, { today, calendar, withUnit }: LineSetting): Text {
  const params = {
    n,
    sign: signText(one.dueOn, today),
    duty: one.dutyName,
    term: termText(one.dueOn, today, calendar),
    day: dayText(one.dueOn),
  };
  return withUnit ? t('reporting.digest.line', { ...params, unit: one.unitName }) : t('reporting.owed.line', params);
}
