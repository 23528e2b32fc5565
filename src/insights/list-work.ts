/** Makes the workbook of a list and sends it into the chat of whoever asked. */
import { t, type Say } from '../conversation/index.js';
import { renderText } from '../conversation/render.js';
import type { Outbox } from '../delivery/ports.js';
import type { Printer, Row, TablePaper } from '../documents/index.js';
import { translate, type LocaleKey } from '../i18n/index.js';
import type { Bells, WorkHandler, WorkItem } from '../inbox/index.js';
import { formatDate, formatMoment, formatNumber } from '../kernel/format.js';
import { localDate } from '../kernel/local-date.js';
import type { FileStore, Store } from '../store/index.js';
import { LIST_WORK, listRequest, type ListRequest } from './list-request.js';
import { entries } from './lists.js';
import type { Entries, Entry } from './model.js';
import { measureTitle, spanText } from './texts.js';

export interface ListDeps {
  readonly store: Store;
  readonly files: Pick<FileStore, 'save'>;
  readonly printer: Printer;
  readonly outbox: Outbox;
  readonly bells: Pick<Bells, 'deliver'>;
  readonly businessNow: () => Promise<Date>;
  /** Puts the sample-data mark on the paper. */
  readonly demo: boolean;
}

/** A workbook is made in memory; whoever needs more takes a shorter time or fewer units. */
export const MOST_ROWS = 20_000;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Builds the handler. Running it twice makes two files and sends one. */
export function createListWork(deps: ListDeps): WorkHandler {
  const answer = async (item: WorkItem, { person }: ListRequest, say: Say): Promise<void> => {
    const now = await deps.businessNow();
    const notice = {
      source: { kind: 'numbers', id: item.id },
      slot: 'file',
      class: 'reply',
      to: [{ person }],
    } as const;
    await deps.store.transaction((tx) => deps.outbox.tell(tx, { ...notice, say: [say] }, now));
    deps.bells.deliver('reply');
  };
  return {
    kind: LIST_WORK,
    finish: 'self',
    async run(item) {
      const request = listRequest.parse(item.payload);
      const now = await deps.businessNow();
      const { scope, measure, span } = request;
      const list = await entries(deps.store.db, scope, measure, { now, span }, { size: MOST_ROWS, offset: 0 });
      const rows = list.entries.map(rowOf);
      const bytes = deps.printer.print('xlsx', paperOf(request, list, now, deps.demo), [rows]);
      const name = `${say('insights.paper.fileName')}-${localDate(now).replaceAll('-', '')}.xlsx`;
      const file = await deps.files.save(bytes, { name, type: XLSX });
      await answer(item, request, { text: t('insights.exported', { n: rows.length }), fileId: file.id });
    },
    giveUp: (item) => answer(item, listRequest.parse(item.payload), { text: t('insights.exportFailed') }),
  };
}

const say = (key: LocaleKey, params?: Readonly<Record<string, string | number>>): string =>
  translate('vi', key, params);

const COLUMNS = [
  ['insights.paper.n', 'number', 4],
  ['insights.paper.unit', 'text', 16],
  ['insights.paper.duty', 'text', 20],
  ['insights.paper.due', 'text', 7],
  ['insights.paper.state', 'text', 9],
  ['insights.paper.came', 'moment', 9],
  ['insights.paper.code', 'text', 9],
  ['insights.paper.sha', 'text', 14],
  ['insights.paper.reminded', 'number', 5],
  ['insights.paper.remindedAt', 'moment', 9],
  ['insights.paper.proven', 'text', 8],
] as const;

const STATES: Readonly<Record<string, LocaleKey>> = {
  open: 'insights.paper.open',
  submitted: 'insights.paper.submitted',
  accepted: 'insights.paper.accepted',
  returned: 'insights.paper.returned',
  waived: 'insights.paper.waived',
};

function rowOf(entry: Entry, n: number): Row {
  const state = STATES[entry.state];
  const late = entry.late && (entry.state === 'submitted' || entry.state === 'accepted');
  return [
    n + 1,
    entry.unitName,
    entry.dutyName,
    formatDate(entry.dueOn),
    `${state === undefined ? entry.state : say(state)}${late ? say('insights.paper.late') : ''}`,
    entry.submittedAt?.toISOString() ?? null,
    entry.code,
    entry.sha256,
    entry.reminded,
    entry.remindedAt?.toISOString() ?? null,
    entry.reminded === 0 ? null : say(entry.proven ? 'insights.paper.yes' : 'insights.paper.no'),
  ];
}

function paperOf({ measure, span }: ListRequest, list: Entries, now: Date, demo: boolean): TablePaper {
  const today = localDate(now);
  const count = (value: number): string => formatNumber(value, 0);
  const cut = list.total > list.entries.length;
  return {
    title: say('insights.paper.title'),
    subtitle: renderText(t('insights.list.of', { measure: measureTitle(measure), span: spanText(span, today) }), 'vi'),
    ...(demo ? { stamp: say('delivery.demoMark') } : {}),
    facts: [
      { label: say('insights.paper.at'), value: formatMoment(now) },
      { label: say('insights.paper.total'), value: count(list.total) },
      { label: say('insights.paper.units'), value: count(list.units) },
    ],
    passages: [],
    columns: COLUMNS.map(([label, kind, weight]) => ({ label: say(label), kind, weight })),
    closing: [],
    notes: [say('insights.meaning.onTime'), ...(cut ? [say('insights.paper.cut', { n: list.entries.length })] : [])],
    madeAt: now.toISOString(),
    labels: {
      page: say('notices.record.page'),
      factsSheet: say('insights.paper.factsSheet'),
      tableSheet: say('notices.record.tableSheet'),
    },
  };
}
