/** "Tình hình": two numbers for the whole, the same for each duty and cluster, and behind each number its list. */
import { z } from 'zod';
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
import type { ReportingReadPort } from '../reporting/index.js';
import { isLeader, isOfficer } from '../units/index.js';
import {
  MEASURES,
  type ClusterNumbers,
  type Entries,
  type Line,
  type Measure,
  type Numbers,
  type Overall,
  type Scope,
} from './model.js';
import type { InsightsReadPort } from './store.js';
import { clusterLine, entryLine, lineLine, lineText, listTitle, measureLabel, overallText } from './texts.js';

const scopeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('line'), dutyId: z.string(), period: z.string() }),
  z.object({ kind: z.literal('cluster'), clusterId: z.string() }),
]);
const dataSchema = z.object({ page: z.number(), scope: scopeSchema.optional(), measure: z.enum(MEASURES).optional() });
type Data = z.infer<typeof dataSchema>;
type Reads = InsightsReadPort & ReportingReadPort;

const LINES = 8;
const ENTRIES = 15;
const LABEL = 40;

interface OverviewLoaded {
  readonly safeSince: Date | null;
  readonly overall: Overall;
  readonly lines: readonly Line[];
  readonly calendar: WorkingCalendar;
}

export const numbersFlow: Flow<Data, Reads> = defineFlow<Data, Reads>({
  name: 'numbers',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, Reads>({
      name: 'numbers',
      words: ['tình hình', 'số liệu', 'numbers'],
      allow: (actor) => isOfficer(actor) || isLeader(actor),
      start: () => ({ to: 'overview', data: { page: 0 } }),
    }),
  ],
  steps: { overview: overviewStep(), line: lineStep(), clusters: clustersStep(), list: listStep() },
});

function overviewStep() {
  return defineStep<Data, Reads, OverviewLoaded>({
    load: async (read, { now }) => ({
      safeSince: await read.insights.safeSince(),
      overall: await read.insights.overall(now),
      lines: await read.insights.lines(now),
      calendar: await read.reporting.calendar(),
    }),
    ask({ loaded: { safeSince, overall, lines, calendar }, data, today }) {
      const safe = safeSince === null ? [] : [t('insights.safe', { at: formatMoment(safeSince) })];
      if (overall.expected === 0)
        return {
          end: true,
          say: [{ text: [...safe, t('insights.none')], buttons: [{ label: t('button.menu'), command: 'menu' }] }],
        };
      const shown = lines.slice(data.page * LINES, (data.page + 1) * LINES);
      const rest = lines.length - data.page * LINES - shown.length;
      return {
        text: [
          ...safe,
          ...overallText(overall, today),
          ...shown.map((line, n) => lineLine(line, n + 1, today, calendar)),
        ],
        options: [
          ...shown.map((line, n): Option => ({
            value: `${line.dutyId}:${line.period}`,
            label: raw(`${String(n + 1)}. ${shorten(line.dutyName, LABEL)}`),
            words: [line.dutyName],
          })),
          ...measures(overall),
          { value: 'clusters', label: t('insights.byCluster'), words: ['cụm', 'khối'] },
          ...(rest > 0 ? [{ value: 'more', label: t('insights.more', { n: rest }) }] : []),
        ],
      };
    },
    answer({ data }, answer): Move<Data> {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'more') return { to: 'overview', data: { page: data.page + 1 } };
      if (answer.value === 'clusters') return { to: 'clusters', data: { page: 0 } };
      const measure = readMeasure(answer.value);
      if (measure) return { to: 'list', data: { page: 0, scope: { kind: 'all' }, measure } };
      const at = answer.value.indexOf(':');
      return {
        to: 'line',
        data: {
          page: 0,
          scope: { kind: 'line', dutyId: answer.value.slice(0, at), period: answer.value.slice(at + 1) },
        },
      };
    },
  });
}

/** One choice for each number that has a list behind it. */
function measures(numbers: Numbers): Option[] {
  return MEASURES.filter((measure) => numbers[measure] > 0).map((measure) => ({
    value: `m:${measure}`,
    label: measureLabel(measure, numbers[measure]),
  }));
}

const readMeasure = (value: string): Measure | undefined => MEASURES.find((measure) => value === `m:${measure}`);

function lineStep() {
  return defineStep<Data, Reads, { line: Line | null; calendar: WorkingCalendar }>({
    load: async (read, { data, now }) => ({
      line: data.scope?.kind === 'line' ? await read.insights.line(data.scope.dutyId, data.scope.period, now) : null,
      calendar: await read.reporting.calendar(),
    }),
    ask({ loaded: { line, calendar }, data, today, actor }) {
      if (!line || data.scope?.kind !== 'line') return { to: 'overview', data: { page: 0 } };
      const urge = isOfficer(actor) && line.owing > 0;
      return {
        text: lineText(line, today, calendar),
        options: [...measures(line), { value: 'back', label: t('insights.toOverview'), words: ['tất cả'] }],
        ...(urge
          ? { buttons: [{ label: t('button.urge'), command: 'urge', arg: `${line.dutyId}:${line.period}` }] }
          : {}),
      };
    },
    answer({ data }, answer): Move<Data> {
      const measure = answer.kind === 'option' ? readMeasure(answer.value) : undefined;
      if (measure && data.scope) return { to: 'list', data: { page: 0, scope: data.scope, measure } };
      return { to: 'overview', data: { page: 0 } };
    },
  });
}

function clustersStep() {
  return defineStep<Data, Reads, readonly ClusterNumbers[]>({
    load: (read, { now }) => read.insights.clusters(now),
    ask({ loaded, data }) {
      if (loaded.length === 0) return { to: 'overview', data: { page: 0 }, say: [{ text: t('insights.noClusters') }] };
      const shown = loaded.slice(data.page * LINES, (data.page + 1) * LINES);
      const rest = loaded.length - data.page * LINES - shown.length;
      return {
        text: [t('insights.clusters'), ...shown.map((cluster, n) => clusterLine(cluster, n + 1))],
        options: [
          ...shown.map((cluster, n): Option => ({
            value: cluster.clusterId,
            label: raw(`${String(n + 1)}. ${shorten(cluster.name, LABEL)}`),
            words: [cluster.name],
          })),
          ...(rest > 0 ? [{ value: 'more', label: t('insights.more', { n: rest }) }] : []),
          { value: 'back', label: t('insights.toOverview'), words: ['tất cả'] },
        ],
      };
    },
    answer({ data }, answer): Move<Data> {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'more') return { to: 'clusters', data: { page: data.page + 1 } };
      if (answer.value === 'back') return { to: 'overview', data: { page: 0 } };
      return { to: 'list', data: { page: 0, scope: { kind: 'cluster', clusterId: answer.value }, measure: 'owing' } };
    },
  });
}

function listStep() {
  return defineStep<Data, Reads, Entries>({
    load: (read, { data, now }) =>
      read.insights.entries(data.scope ?? { kind: 'all' }, data.measure ?? 'owing', now, {
        size: ENTRIES,
        offset: data.page * ENTRIES,
      }),
    ask({ loaded, data, actor }) {
      const { measure = 'owing', scope = { kind: 'all' } } = data;
      const offset = data.page * ENTRIES;
      const oneDuty = scope.kind === 'line';
      const urge = isOfficer(actor) && loaded.total > 0 ? urgeArg(scope, measure) : null;
      return {
        text: [
          listTitle(measure, loaded, oneDuty),
          ...loaded.entries.map((entry, n) => entryLine(entry, offset + n + 1, oneDuty)),
        ],
        options: [
          ...(offset + loaded.entries.length < loaded.total
            ? [{ value: 'next', label: t('insights.nextPage'), words: ['tiếp'] }]
            : []),
          ...(data.page > 0 ? [{ value: 'previous', label: t('insights.previousPage'), words: ['trước'] }] : []),
          { value: 'back', label: t('insights.toOverview'), words: ['tất cả'] },
        ],
        ...(urge === null ? {} : { buttons: [{ label: t('button.urge'), command: 'urge', arg: urge }] }),
        // Numbers open the row of that number, so they are no numbers of buttons.
        free: true,
        numbersAreAnswers: true,
      };
    },
    answer({ data, loaded }, answer): Move<Data> {
      if (answer.kind === 'text') return openEntry(answer.text, loaded, data.page * ENTRIES);
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'next') return { to: 'list', data: { ...data, page: data.page + 1 } };
      if (answer.value === 'previous') return { to: 'list', data: { ...data, page: Math.max(0, data.page - 1) } };
      return { to: 'overview', data: { page: 0 } };
    },
  });
}

/** A row's number opens the obligation: what was said, what came in, what can be decided. */
function openEntry(text: string, loaded: Entries, offset: number): Move<Data> {
  const entry = /^\d{1,5}$/.test(text) ? loaded.entries[Number(text) - 1 - offset] : undefined;
  return entry ? { begin: 'obligation', arg: entry.obligationId } : { again: t('insights.chooseRow') };
}

function urgeArg(scope: Scope, measure: Measure): string | null {
  if (measure !== 'owing' && measure !== 'overdue') return null;
  if (scope.kind === 'line') return `${scope.dutyId}:${scope.period}`;
  return scope.kind === 'all' && measure === 'overdue' ? 'overdue' : null;
}
