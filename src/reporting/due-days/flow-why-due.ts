/** "Vì sao hạn này?": how the due day was computed, and how it moved since. */
import { z } from 'zod';
import { defineCommand, defineFlow, raw, t, type Flow, type Move, type Text } from '../../conversation/index.js';
import { howText } from '../../duties/index.js';
import { formatDate } from '../../kernel/format.js';
import { localDate } from '../../kernel/local-date.js';
import { isLeader, isOfficer, seatFor, seatsOf } from '../../units/index.js';
import type { ObligationView } from '../model.js';
import type { ReportingReadPort } from '../reads.js';
import type { DueChange, WhyDue } from './store-due-changes.js';
import { dayText, wordsOf } from '../texts.js';

interface Loaded {
  readonly obligation: ObligationView | null;
  readonly owed: readonly ObligationView[];
  readonly why: WhyDue | null;
}

const LISTED = 7;
/** How many moves are told one by one: the latest, since they say why it is due when it is. */
const MOVES = 5;
const PAGE = /^page:(\d{1,3})$/;

/** Ends at once: what it says stays right however long it is looked at. */
export const whyDueFlow: Flow<undefined, ReportingReadPort> = defineFlow<undefined, ReportingReadPort>({
  name: 'why-due',
  version: 1,
  data: z.undefined(),
  keepsDraft: false,
  commands: [
    defineCommand<undefined, ReportingReadPort, Loaded>({
      name: 'why-due',
      words: ['vì sao hạn này', 'vì sao có hạn này', 'hạn tính thế nào', 'why this deadline'],
      load: async (read, { actor, arg }) => {
        const owed =
          arg === '' || PAGE.test(arg) ? await read.reporting.owed(seatsOf(actor).map((seat) => seat.unitId)) : [];
        const id = arg === '' && owed.length === 1 ? (owed[0]?.id ?? '') : arg;
        const obligation = id === '' ? null : await read.reporting.obligation(id);
        return { obligation, owed, why: obligation ? await read.reporting.whyDue(obligation.id) : null };
      },
      start({ actor, arg, loaded }): Move<undefined> {
        const { obligation, owed, why } = loaded;
        const page = arg === '' ? 0 : Number(PAGE.exec(arg)?.[1] ?? NaN);
        if (!obligation || !why) return Number.isNaN(page) ? end(t('reporting.gone'), []) : which(owed, page);
        const mayRead = seatFor(actor, obligation.unitId) !== null || isOfficer(actor) || isLeader(actor);
        if (!mayRead) return end(t('reporting.notYours', { unit: obligation.unitName }), []);
        return end(whyText(obligation, why), [
          { label: t('reporting.button.page'), command: 'obligation', arg: obligation.id },
        ]);
      },
    }),
  ],
  steps: {},
});

const end = (text: Text | readonly Text[], buttons: readonly { label: Text; command: string; arg?: string }[]) =>
  ({ end: true, say: [{ text, buttons: [...buttons, { label: t('button.menu'), command: 'menu' }] }] }) as const;

/** Asked without saying of what: each that is owed has a button, a page at a time. */
function which(owed: readonly ObligationView[], asked: number): Move<undefined> {
  if (owed.length === 0) return end(t('reporting.owed.noneMany'), []);
  const page = asked * LISTED < owed.length ? asked : 0;
  const shown = owed.slice(page * LISTED, (page + 1) * LISTED);
  const rest = owed.length - page * LISTED - shown.length;
  const next = { label: t('reporting.choose.next'), command: 'why-due', arg: `page:${String(page + 1)}` };
  return end(
    [t('reporting.why.which'), ...(rest > 0 ? [t('reporting.digest.more', { n: rest })] : [])],
    [
      ...shown.map((one) => ({ label: raw(one.dutyName), command: 'why-due', arg: one.id })),
      ...(rest > 0 ? [next] : []),
    ],
  );
}

/** From the first due day to the present one, a line for each step. */
export function whyText(obligation: ObligationView, why: WhyDue): Text[] {
  const first = { day: dayText(why.firstOn) };
  const earlier = Math.max(0, why.changes.length - MOVES);
  return [
    t('reporting.why.title', { duty: obligation.dutyName, unit: obligation.unitName, day: dayText(obligation.dueOn) }),
    why.how.length === 0 ? t('reporting.why.set', first) : t('reporting.why.how', { ...first, how: howText(why.how) }),
    ...(earlier > 0 ? [t('reporting.why.earlier', { n: earlier })] : []),
    ...why.changes.slice(earlier).map(changeText),
    t('reporting.why.basis', { basis: wordsOf(obligation.basis) }),
  ];
}

const REASONS: Readonly<Record<string, Text>> = {
  'due-day-moved': t('reporting.why.moved'),
  'moved-alone': t('reporting.why.movedAlone'),
  extended: t('reporting.why.extended'),
  returned: t('reporting.why.returned'),
  kept: t('reporting.why.keptOwing'),
};

function changeText(change: DueChange): Text {
  const line = t('reporting.why.change', {
    at: formatDate(localDate(change.at)),
    from: formatDate(change.from),
    to: formatDate(change.to),
    reason: REASONS[change.reason] ?? t('reporting.why.moved'),
  });
  const by = change.by === null ? line : t('reporting.why.by', { line, by: change.by });
  return change.basis === null ? by : t('reporting.why.ground', { line: by, basis: wordsOf(change.basis) });
}
