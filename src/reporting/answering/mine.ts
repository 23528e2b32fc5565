/** What the answers of a seat share: which report is meant, and that it is still the person's own to answer. */
import { defineStep, t, type GoButton, type Move, type Text } from '../../conversation/index.js';
import type { LocaleKey } from '../../i18n/index.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import type { Actor } from '../../kernel/people.js';
import { seatFor, seatsOf } from '../../units/index.js';
import { chooseAsk, chosen } from '../choose.js';
import { isOwing, type ObligationView } from '../model.js';
import type { ReportingReadPort } from '../reads.js';

/** The data that every such flow carries. */
interface About {
  readonly obligationId: string;
  /** Of the list in which it is chosen. */
  readonly page?: number | undefined;
}

export const owedButton = { label: t('button.owed'), command: 'owed' };

/** The last words of a flow, with what can be done instead and the way back to what is owed. */
export const endWith = (text: Text | readonly Text[], instead: readonly GoButton[] = []) =>
  ({ end: true, say: [{ text, buttons: [...instead, owedButton] }] }) as const;

/** How such a flow begins: with the report that the button names, else by asking which. */
export function startAbout(
  { actor, arg }: { readonly actor: Actor; readonly arg: string },
  to: string,
): Move<{ obligationId: string }> {
  if (seatsOf(actor).length === 0) return { end: true, say: [{ text: t('reporting.noSeat') }] };
  return { to: arg === '' ? 'which' : to, data: { obligationId: arg } };
}

/** "Which of these?"; not asked where there is only one. */
export function whichStep<D extends About>(which: LocaleKey, to: string, about: (obligationId: string) => D) {
  return defineStep<D, ReportingReadPort, { owed: readonly ObligationView[]; calendar: WorkingCalendar }>({
    load: async (read, { actor }) => ({
      owed: await read.reporting.owed(seatsOf(actor).map((seat) => seat.unitId)),
      calendar: await read.reporting.calendar(),
    }),
    ask({ loaded, today, data: { page } }) {
      const [only] = loaded.owed;
      if (!only) return endWith(t('reporting.owed.noneMany'));
      if (loaded.owed.length === 1) return { to, data: about(only.id) };
      return chooseAsk(t(which), loaded.owed, { today, calendar: loaded.calendar, page });
    },
    answer: ({ data }, answer) => chosen(answer, { step: 'which', data }, (id) => ({ to, data: about(id) })),
  });
}

/** Goes on with a report that the person's unit still owes; says what is the matter with any other. */
export function withMine<A, D extends About = About>(
  at: { readonly actor: Actor; readonly loaded: { readonly obligation: ObligationView | null } },
  then: (obligation: ObligationView) => A,
): A | Move<D> {
  const { obligation } = at.loaded;
  if (!obligation) return endWith(t('reporting.gone'));
  if (!seatFor(at.actor, obligation.unitId)) return endWith(t('reporting.notYours', { unit: obligation.unitName }));
  return isOwing(obligation.state) ? then(obligation) : endWith(t('reporting.notOwing', { duty: obligation.dutyName }));
}
