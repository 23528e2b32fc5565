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
import { GROUPINGS, scopeOf, type Group, type Grouping, type Groups, type Overall } from './model.js';
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

const LINES = 8;
const LABEL = 40;

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
  steps: { overview: overviewStep(), groups: groupsStep(), group: groupStep(), list: listStep(), span: spanStep() },
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
      return {
        text: [
          ...safe,
          ...overallText(overall, data.span, today),
          ...lines.rows.map((line, n) => lineLine(line, n + 1, today, calendar)),
        ],
        options: [
          ...rowOptions('line', lines.rows),
          ...measures(overall),
          { value: 'by:cluster', label: t('insights.byCluster'), words: ['cụm', 'khối', 'theo cụm'] },
          { value: 'by:duty', label: t('insights.byDuty'), words: ['theo báo cáo', 'loại báo cáo'] },
          { value: 'by:level', label: t('insights.byLevel'), words: ['cấp', 'theo cấp'] },
          { value: 'by:unit', label: t('insights.byUnit'), words: ['theo đơn vị', 'từng đơn vị'] },
          { value: 'span', label: t('insights.chooseSpan'), words: ['chọn kỳ', 'kỳ khác', 'kỳ'] },
          ...more(lines.total - data.page * LINES - lines.rows.length),
        ],
      };
    },
    answer({ data: { span, page } }, answer): Move<Data> {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      const { value } = answer;
      if (value === 'more') return { to: 'overview', data: { page: page + 1, span } };
      if (value === 'span') return { to: 'span', data: { page: 0, span } };
      const by = GROUPINGS.find((one) => value === `by:${one}`);
      if (by) return { to: 'groups', data: { page: 0, span, by } };
      const measure = readMeasure(value);
      if (measure) return { to: 'list', data: { page: 0, span, scope: { kind: 'all' }, measure } };
      return { to: 'group', data: { page: 0, span, by: 'line', key: value.slice(2) } };
    },
  });
}

function groupsStep() {
  return defineStep<Data, Reads, Groups>({
    load: (read, { data, now }) =>
      read.insights.groups(data.by ?? 'cluster', now, data.span, { size: LINES, offset: data.page * LINES }),
    ask({ loaded, data, today }) {
      const { by = 'cluster' } = data;
      if (loaded.rows.length === 0) {
        const say = [{ text: t(by === 'cluster' ? 'insights.noClusters' : 'insights.noRows') }];
        return { to: 'overview', data: { page: 0, span: data.span }, say };
      }
      const offset = data.page * LINES;
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
      return {
        text: groupText(by, row, { span: data.span, today, calendar }),
        options: [
          ...measures(row),
          ...(isOfficer(actor) && row.owing > 0
            ? [{ value: 'urge', label: t('button.urge'), words: ['đôn đốc'] }]
            : []),
          BACK,
        ],
      };
    },
    answer({ data, actor }, answer): Move<Data> {
      const { by = 'line', key = '', span } = data;
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      const scope = scopeOf(by, key);
      if (answer.value === 'urge' && isOfficer(actor))
        return { begin: 'urge', arg: owedListArg({ scope, measure: 'owing', span }) };
      const measure = readMeasure(answer.value);
      return measure ? { to: 'list', data: { page: 0, span, scope, measure } } : toOverview(data);
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
