/** "Tình hình": the whole of a time, its rows by duty, cluster, level and unit, and behind each number its list. */
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Flow,
  type Move,
  type Option,
} from '../conversation/index.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import { formatMoment } from '../kernel/format.js';
import { shorten } from '../kernel/text.js';
import { ALL_SPAN, NOW_SPAN, readTimeSpan, spanOf } from '../kernel/time-span.js';
import { owedListArg } from '../reporting/index.js';
import { isLeader, isOfficer } from '../units/index.js';
import { listStep } from './flow-list.js';
import {
  BACK,
  dataSchema,
  matchSpan,
  measures,
  readMeasure,
  startAt,
  toOverview,
  type Data,
  type Reads,
} from './flow-parts.js';
import {
  GROUPINGS,
  scopeOf,
  type Group,
  type Grouping,
  type Groups,
  type Numbers,
  type Overall,
  type Scope,
} from './model.js';
import {
  definitionTexts,
  groupLine,
  groupName,
  groupText,
  groupTitle,
  lineLine,
  overallText,
  spanText,
} from './texts.js';

// With what else stands on the screen, eight buttons: more are lost on a small phone.
const LINES = 4;
const ROWS = 6;
const LABEL = 40;
/** Numbers that have a button: of the whole beside its rows, and of one row. */
const ROOM = 2;
const ROOM_OF_ROW = 6;

interface OverviewLoaded {
  readonly safeSince: Date | null;
  readonly overall: Overall;
  readonly lines: Groups;
  readonly calendar: WorkingCalendar;
}

export const numbersFlow: Flow<Data, Reads> = defineFlow<Data, Reads>({
  name: 'numbers',
  version: 2,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, Reads>({
      name: 'numbers',
      words: ['tình hình', 'số liệu', 'numbers'],
      match: matchSpan,
      allow: (actor) => isOfficer(actor) || isLeader(actor),
      start: ({ arg, today }) => startAt(arg, today),
    }),
    defineCommand<Data, Reads>({
      name: 'numbers-meaning',
      words: ['định nghĩa', 'định nghĩa số liệu', 'cách tính số liệu', 'definitions'],
      aside: true,
      start: () => ({
        end: true,
        say: [{ text: definitionTexts(), buttons: [{ label: t('button.numbers'), command: 'numbers' }] }],
      }),
    }),
  ],
  steps: {
    overview: overviewStep(),
    ways: waysStep(),
    groups: groupsStep(),
    group: groupStep(),
    other: otherStep(),
    list: listStep(),
    span: spanStep(),
  },
});

const rowOptions = (by: Grouping, rows: readonly Group[]): Option[] =>
  rows.map((row, n) => ({
    value: `r:${row.key}`,
    label:
      by === 'level'
        ? t('insights.numbered', { n: n + 1, name: groupName(by, row) })
        : raw(`${String(n + 1)}. ${shorten(row.name, LABEL)}`),
    words: [row.name],
  }));

const more = (rest: number): Option[] =>
  rest > 0 ? [{ value: 'more', label: t('insights.more', { n: rest }), words: ['xem tiếp', 'tiếp'] }] : [];

function overviewStep() {
  return defineStep<Data, Reads, OverviewLoaded>({
    load: async (read, { data, now }) => ({
      safeSince: await read.insights.safeSince(),
      overall: await read.insights.overall(now, data.span),
      lines: await read.insights.groups('line', now, data.span, { size: LINES, offset: data.page * LINES }),
      calendar: await read.reporting.calendar(),
    }),
    ask({ loaded: { safeSince, overall, lines, calendar }, data, today }) {
      const safe = safeSince === null ? [] : [t('insights.safe', { at: formatMoment(safeSince) })];
      if (overall.expected + overall.waived === 0)
        return {
          text: [...safe, t('insights.none', { span: spanText(data.span, today) })],
          options: [{ value: 'span', label: t('insights.chooseSpan'), words: ['chọn kỳ', 'kỳ khác'] }],
          buttons: [{ label: t('button.menu'), command: 'menu' }],
        };
      const numbers = measures(overall, ROOM);
      return {
        text: [
          ...safe,
          ...(data.page === 0 ? overallText(overall, data.span, today) : [groupTitle('line', data.span, today)]),
          ...lines.rows.map((line, n) => lineLine(line, n + 1, today, calendar)),
        ],
        options: [
          ...rowOptions('line', lines.rows),
          // Further pages show only rows, so that the way back has room.
          ...(data.page === 0 ? numbers.shown : [BACK]),
          { value: 'ways', label: t('insights.ways'), words: ['xem theo', 'cách xem', 'cách khác'] },
          ...more(lines.total - data.page * LINES - lines.rows.length),
        ],
        typed: [...(data.page === 0 ? numbers.others : [...numbers.shown, ...numbers.others]), ...WAYS],
      };
    },
    answer({ data: { span, page } }, answer): Move<Data> {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      const { value } = answer;
      if (value === 'more') return { to: 'overview', data: { page: page + 1, span } };
      if (value.startsWith('r:')) return { to: 'group', data: { page: 0, span, by: 'line', key: value.slice(2) } };
      return toNumber(value, { page: 0, span }) ?? toWay(value, span);
    },
  });
}

/** How else the numbers can be looked at. */
const WAYS: readonly Option[] = [
  { value: 'by:cluster', label: t('insights.byCluster'), words: ['cụm', 'khối', 'theo cụm'] },
  { value: 'by:duty', label: t('insights.byDuty'), words: ['theo báo cáo', 'loại báo cáo'] },
  { value: 'by:level', label: t('insights.byLevel'), words: ['cấp', 'theo cấp'] },
  { value: 'by:unit', label: t('insights.byUnit'), words: ['theo đơn vị', 'từng đơn vị'] },
  { value: 'span', label: t('insights.chooseSpan'), words: ['chọn kỳ', 'kỳ khác', 'kỳ'] },
];

function toWay(value: string, span: Data['span']): Move<Data> {
  const by = GROUPINGS.find((one) => value === `by:${one}`);
  if (by) return { to: 'groups', data: { page: 0, span, by } };
  return value === 'span' || value === 'ways' ? { to: value, data: { page: 0, span } } : toOverview({ span });
}

function waysStep() {
  return defineStep<Data, Reads>({
    ask: ({ data, today }) => ({
      text: t('insights.waysAsk', { span: spanText(data.span, today) }),
      options: [...WAYS, BACK],
    }),
    answer: ({ data }, answer) =>
      answer.kind === 'option' ? toWay(answer.value, data.span) : { again: t('conversation.chooseOne') },
  });
}

/** To the list behind a number, or to the numbers for which there was no room; null: it names neither. */
function toNumber(value: string, data: Data): Move<Data> | null {
  if (value === 'other') return { to: 'other', data };
  const measure = readMeasure(value);
  if (!measure) return null;
  const scope: Scope = data.key === undefined ? { kind: 'all' } : scopeOf(data.by ?? 'line', data.key);
  return { to: 'list', data: { page: 0, span: data.span, scope, measure } };
}

/** The numbers that had no button, of the whole or of one row. */
function otherStep() {
  return defineStep<Data, Reads, Numbers | null>({
    load: (read, { data: { by = 'line', key, span }, now }) =>
      key === undefined ? read.insights.overall(now, span) : read.insights.group(by, key, now, span),
    ask({ loaded, data }) {
      if (!loaded) return toOverview(data);
      const numbers = measures(loaded, data.key === undefined ? ROOM : ROOM_OF_ROW);
      return { text: t('insights.otherAsk'), options: [...numbers.others, BACK], typed: numbers.shown };
    },
    answer: ({ data }, answer) =>
      answer.kind === 'option'
        ? (toNumber(answer.value, data) ?? toOverview(data))
        : { again: t('conversation.chooseOne') },
  });
}

function groupsStep() {
  return defineStep<Data, Reads, Groups>({
    load: (read, { data, now }) =>
      read.insights.groups(data.by ?? 'cluster', now, data.span, { size: ROWS, offset: data.page * ROWS }),
    ask({ loaded, data, today }) {
      const { by = 'cluster' } = data;
      if (loaded.rows.length === 0) {
        const say = [{ text: t(by === 'cluster' ? 'insights.noClusters' : 'insights.noRows') }];
        return { to: 'overview', data: { page: 0, span: data.span }, say };
      }
      const offset = data.page * ROWS;
      return {
        text: [groupTitle(by, data.span, today), ...loaded.rows.map((row, n) => groupLine(by, row, n + 1))],
        options: [...rowOptions(by, loaded.rows), ...more(loaded.total - offset - loaded.rows.length), BACK],
      };
    },
    answer({ data }, answer): Move<Data> {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'more') return { to: 'groups', data: { ...data, page: data.page + 1 } };
      if (answer.value === 'back') return toOverview(data);
      return { to: 'group', data: { ...data, page: 0, key: answer.value.slice(2) } };
    },
  });
}

/** One row in full, each of its numbers a choice. */
function groupStep() {
  return defineStep<Data, Reads, { row: Group | null; calendar: WorkingCalendar }>({
    load: async (read, { data, now }) => ({
      row: await read.insights.group(data.by ?? 'line', data.key ?? '', now, data.span),
      calendar: await read.reporting.calendar(),
    }),
    ask({ loaded: { row, calendar }, data, today, actor }) {
      const { by = 'line' } = data;
      if (!row) return toOverview(data);
      const numbers = measures(row, ROOM_OF_ROW);
      return {
        text: groupText(by, row, { span: data.span, today, calendar }),
        options: [
          ...numbers.shown,
          ...(isOfficer(actor) && row.owing > 0
            ? [{ value: 'urge', label: t('button.urge'), words: ['đôn đốc'] }]
            : []),
          BACK,
        ],
        typed: numbers.others,
      };
    },
    answer({ data, actor }, answer): Move<Data> {
      const { by = 'line', key = '', span } = data;
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'urge' && isOfficer(actor))
        return { begin: 'urge', arg: owedListArg({ scope: scopeOf(by, key), measure: 'owing', span }) };
      return toNumber(answer.value, data) ?? toOverview(data);
    },
  });
}

/** "Chọn kỳ": the usual ones as choices, any other typed. */
function spanStep() {
  return defineStep<Data, Reads>({
    ask: ({ today }) => ({
      text: t('insights.spanAsk'),
      options: [
        NOW_SPAN,
        spanOf('month', today),
        spanOf('month', today, 1),
        spanOf('quarter', today),
        spanOf('quarter', today, 1),
        spanOf('year', today, 1),
        ALL_SPAN,
      ].map((span): Option => ({ value: span, label: spanText(span, today) })),
      free: true,
    }),
    answer({ today }, answer): Move<Data> {
      const span =
        answer.kind === 'option' ? answer.value : answer.kind === 'text' ? readTimeSpan(answer.text, today) : null;
      return span === null ? { again: t('insights.spanAgain') } : toOverview({ span });
    },
  });
}
