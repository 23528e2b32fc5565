/** "Đôn đốc": whom it concerns, exactly who would hear it, then a word to those and nobody else. */
import { nightLine, planLines, type AudiencePorts, type ToldPlan } from '../../notices/index.js';
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Flow,
  type Move,
  type Text,
} from '../../conversation/index.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import { shorten } from '../../kernel/text.js';
import { isOfficer } from '../../units/index.js';
import { owedListSchema, readOwedList } from '../counted.js';
import { urgeUnits } from '../effects.js';
import type { ReportingReadPort } from '../reads.js';
import type { OwingLine } from '../store-obligations.js';
import { dayText, signText, termText } from '../texts.js';
import type { UrgePlan } from './urge.js';

const scopeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('line'), dutyId: z.string(), period: z.string() }),
  z.object({ kind: z.literal('overdue') }),
  z.object({ kind: z.literal('list'), list: owedListSchema }),
  z.object({ kind: z.literal('one'), obligationId: z.string() }),
]);
const dataSchema = z.object({ scope: scopeSchema.optional(), page: z.number() });
type Data = z.infer<typeof dataSchema>;
type Reads = ReportingReadPort & AudiencePorts;
type Scope = z.infer<typeof scopeSchema>;

const PAGE = 8;
const NAMED = 40;

interface Lines {
  readonly lines: readonly OwingLine[];
  readonly calendar: WorkingCalendar;
}

/** What stands in a button: `overdue`, a list of the numbers, an obligation, or a duty and its period. */
export function readScope(arg: string): Scope | null {
  if (arg === 'overdue') return { kind: 'overdue' };
  const list = readOwedList(arg);
  if (list) return { kind: 'list', list };
  const at = arg.indexOf(':');
  if (arg.startsWith('one:')) return { kind: 'one', obligationId: arg.slice(4) };
  return at > 0 ? { kind: 'line', dutyId: arg.slice(0, at), period: arg.slice(at + 1) } : null;
}

export const urgeFlow: Flow<Data, Reads> = defineFlow<Data, Reads>({
  name: 'urge',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, Reads>({
      name: 'urge',
      words: ['đôn đốc', 'nhắc đơn vị', 'urge'],
      allow: isOfficer,
      start({ arg }) {
        const scope = readScope(arg);
        return scope === null ? { to: 'which', data: { page: 0 } } : { to: 'preview', data: { page: 0, scope } };
      },
    }),
  ],
  steps: { which: whichStep(), preview: previewStep() },
});

function whichStep() {
  return defineStep<Data, ReportingReadPort, Lines>({
    load: async (read, { now }) => ({
      lines: await read.reporting.owingLines(now),
      calendar: await read.reporting.calendar(),
    }),
    ask({ loaded: { lines, calendar }, data, today }) {
      if (lines.length === 0)
        return {
          end: true,
          say: [{ text: t('reporting.urge.nothing'), buttons: [{ label: t('button.numbers'), command: 'numbers' }] }],
        };
      const shown = lines.slice(data.page * PAGE, (data.page + 1) * PAGE);
      const rest = lines.length - data.page * PAGE - shown.length;
      const overdue = lines.reduce((sum, line) => sum + line.overdue, 0);
      return {
        text: [
          t('reporting.urge.which'),
          ...shown.map((line, n) =>
            t('reporting.urge.line', {
              n: n + 1,
              sign: signText(line.dueOn, today),
              duty: line.dutyName,
              owing: line.owing,
              term: termText(line.dueOn, today, calendar),
            }),
          ),
        ],
        options: [
          ...shown.map((line, n) => ({
            value: `${line.dutyId}:${line.period}`,
            label: raw(`${String(n + 1)}. ${shorten(line.dutyName, NAMED)}`),
            words: [line.dutyName],
          })),
          ...(overdue > 0
            ? [
                {
                  value: 'overdue',
                  label: t('reporting.urge.allOverdue', { n: overdue }),
                  words: ['quá hạn', 'tất cả'],
                },
              ]
            : []),
          ...(rest > 0 ? [{ value: 'more', label: t('reporting.urge.more', { n: rest }) }] : []),
        ],
      };
    },
    answer({ data }, answer): Move<Data> {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'more') return { to: 'which', data: { page: data.page + 1 } };
      const scope = readScope(answer.value);
      return scope === null ? { again: t('conversation.chooseOne') } : { to: 'preview', data: { ...data, scope } };
    },
  });
}

function previewStep() {
  return defineStep<Data, Reads, UrgePlan & { readonly routes?: ToldPlan }>({
    async load(read, { data, now }) {
      const plan = await read.reporting.urgePlan(data.scope ?? { kind: 'overdue' }, now);
      return plan.people === 0 ? plan : { ...plan, routes: await read.audience.plan(plan.recipients, 'deadline') };
    },
    ask({ loaded: plan, now }) {
      if (plan.obligations.length === 0) {
        const text =
          plan.already > 0 ? t('reporting.urge.alreadyAll', { n: plan.already }) : t('reporting.urge.nothing');
        return { end: true, say: [{ text, buttons: [{ label: t('button.numbers'), command: 'numbers' }] }] };
      }
      return {
        text: [
          ...previewText(plan),
          ...planLines(plan.routes),
          t(plan.people === 0 ? 'reporting.urge.nobody' : 'reporting.urge.ask'),
          ...nightLine(now, plan.routes?.quietHours),
        ],
        options: [
          ...(plan.people === 0 ? [] : [{ value: 'send', label: t('button.send'), words: ['gửi', 'đồng ý', 'có'] }]),
          { value: 'list', label: t('reporting.urge.list'), words: ['danh sách'] },
          { value: 'stop', label: t('button.later'), words: ['thôi', 'không'] },
        ],
      };
    },
    answer({ loaded: plan, data }, answer): Move<Data> {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'list') return { to: 'preview', data, say: [{ text: listText(plan) }] };
      if (answer.value === 'stop') return { end: true, say: [{ text: t('reporting.urge.stopped') }] };
      const { units, people } = plan;
      return {
        end: true,
        say: [
          {
            text: t('reporting.urge.done', { units, people }),
            buttons: [{ label: t('button.numbers'), command: 'numbers' }],
          },
        ],
        effects: [urgeUnits({ scope: data.scope ?? { kind: 'overdue' } })],
      };
    },
  });
}

function previewText(plan: UrgePlan): Text[] {
  const duties = [...new Set(plan.obligations.map((one) => one.dutyName))];
  const what = duties.length === 1 ? raw(duties[0] ?? '') : t('reporting.urge.duties', { n: duties.length });
  return [
    t('reporting.urge.preview', { people: plan.people, units: plan.units, what }),
    ...(plan.silent.length > 0
      ? [t('reporting.urge.silent', { n: plan.silent.length, names: shorten(plan.silent.join(', '), 300) })]
      : []),
    ...(plan.already > 0 ? [t('reporting.urge.already', { n: plan.already })] : []),
  ];
}

const listText = (plan: UrgePlan): Text[] =>
  plan.obligations.map((one, n) =>
    t('reporting.urge.listLine', { n: n + 1, unit: one.unitName, duty: one.dutyName, day: dayText(one.dueOn) }),
  );
