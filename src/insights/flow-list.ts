/** The list behind a number: its rows with what they rest on, urging of exactly these, and the whole as a workbook. */
import { askForWork, defineStep, t, type Move } from '../conversation/index.js';
import { personKey } from '../kernel/people.js';
import { owedListArg } from '../reporting/index.js';
import { isOfficer } from '../units/index.js';
import { BACK, toOverview, type Data, type Reads } from './flow-parts.js';
import { LIST_WORK, type ListRequest } from './list-request.js';
import type { Entries, Measure } from './model.js';
import { isOwed } from './sums.js';
import { entryLine, listTitle } from './texts.js';

const ENTRIES = 15;

/** One page of the list, and what can be done with the whole of it. */
export function listStep() {
  return defineStep<Data, Reads, Entries>({
    load: (read, { data, now }) =>
      read.insights.entries(
        data.scope ?? { kind: 'all' },
        data.measure ?? 'owing',
        now,
        { size: ENTRIES, offset: data.page * ENTRIES },
        data.span,
      ),
    ask({ loaded, data, actor, today }) {
      const { measure = 'owing', scope = { kind: 'all' }, span, page } = data;
      const offset = page * ENTRIES;
      const oneDuty = scope.kind === 'line';
      return {
        text: [
          listTitle(measure, loaded, { oneDuty, span, today }),
          ...loaded.entries.map((entry, n) => entryLine(entry, offset + n + 1, oneDuty)),
        ],
        options: [
          ...(offset + loaded.entries.length < loaded.total
            ? [{ value: 'next', label: t('insights.nextPage'), words: ['tiếp'] }]
            : []),
          ...(page > 0 ? [{ value: 'previous', label: t('insights.previousPage'), words: ['trước'] }] : []),
          ...(isOfficer(actor) && loaded.total > 0 && isOwed(measure)
            ? [{ value: 'urge', label: t('button.urge'), words: ['đôn đốc'] }]
            : []),
          ...(loaded.total > 0
            ? [{ value: 'xlsx', label: t('insights.export'), words: ['excel', 'xuất', 'tải về'] }]
            : []),
          BACK,
        ],
        // Numbers open the row of that number, so they are no numbers of buttons.
        free: true,
        numbersAreAnswers: true,
      };
    },
    answer({ data, loaded, actor, newId }, answer): Move<Data> {
      const { measure = 'owing', scope = { kind: 'all' }, span, page } = data;
      if (answer.kind === 'text') return openEntry(answer.text, loaded, page * ENTRIES);
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      switch (answer.value) {
        case 'next':
          return { to: 'list', data: { ...data, page: page + 1 } };
        case 'previous':
          return { to: 'list', data: { ...data, page: Math.max(0, page - 1) } };
        case 'urge':
          return urge(measure, data);
        case 'xlsx': {
          const payload: ListRequest = { scope, measure, span, person: personKey(actor) };
          return {
            to: 'list',
            data,
            say: [{ text: t('insights.exporting', { n: loaded.total }) }],
            effects: [askForWork({ workId: newId(), kind: LIST_WORK, payload })],
          };
        }
        default:
          return toOverview(data);
      }
    },
  });
}

function urge(measure: Measure, { scope = { kind: 'all' }, span }: Data): Move<Data> {
  return isOwed(measure)
    ? { begin: 'urge', arg: owedListArg({ scope, measure, span }) }
    : { again: t('conversation.chooseOne') };
}

/** A row's number opens the obligation: what was said, what came in, what can be decided. */
function openEntry(text: string, loaded: Entries, offset: number): Move<Data> {
  const entry = /^\d{1,5}$/.test(text) ? loaded.entries[Number(text) - 1 - offset] : undefined;
  return entry ? { begin: 'obligation', arg: entry.obligationId } : { again: t('insights.chooseRow') };
}
