/** Choosing one of several obligations, for the flows that were begun without saying which. */
import { raw, t, type Answer, type Ask, type Move, type Option, type Text } from '../conversation/index.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import type { LocalDate } from '../kernel/local-date.js';
import { shorten } from '../kernel/text.js';
import { lineText, OWED_PAGE } from './flow-owed.js';
import type { ObligationView } from './model.js';

const LABEL_LENGTH = 40;
const TURN = 'page:';

interface Choosing {
  readonly today: LocalDate;
  readonly calendar: WorkingCalendar;
  /** Which page of the list, from zero; one that is empty by now is the first. */
  readonly page: number | undefined;
}

/** The question "which of these?", a page at a time, each with its due day and, where there are several units, its unit. */
export function chooseAsk(title: Text, list: readonly ObligationView[], choosing: Choosing): Ask {
  const { today, calendar, page: asked = 0 } = choosing;
  const page = asked * OWED_PAGE < list.length ? asked : 0;
  const withUnit = new Set(list.map((one) => one.unitId)).size > 1;
  const shown = list.slice(page * OWED_PAGE, (page + 1) * OWED_PAGE);
  const rest = list.length - page * OWED_PAGE - shown.length;
  return {
    text: [
      title,
      ...shown.map((one, at) => lineText(one, at + 1, { today, calendar, withUnit })),
      ...(rest > 0 ? [t('reporting.digest.more', { n: rest })] : []),
      t('reporting.choose'),
    ],
    options: [
      ...shown.map((one, at): Option => ({
        value: one.id,
        label: raw(`${String(at + 1)}. ${shorten(one.dutyName, LABEL_LENGTH)}`),
        words: [one.dutyName],
      })),
      ...pageOptions(page, rest),
    ],
  };
}

/** The way on in a list of several pages, and from its end back to its beginning. */
export function pageOptions(page: number, rest: number): Option[] {
  if (rest > 0)
    return [{ value: TURN + String(page + 1), label: t('reporting.choose.next'), words: ['xem tiếp', 'tiếp'] }];
  return page > 0 ? [{ value: `${TURN}0`, label: t('reporting.choose.first'), words: ['đầu danh sách'] }] : [];
}

/** What was chosen: one of the list, another page of the same question, or nothing. */
export function chosen<D extends { readonly page?: number | undefined }>(
  answer: Answer,
  { step, data }: { readonly step: string; readonly data: D },
  then: (id: string) => Move<D>,
): Move<D> {
  if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
  if (!answer.value.startsWith(TURN)) return then(answer.value);
  return { to: step, data: { ...data, page: Number(answer.value.slice(TURN.length)) } };
}
