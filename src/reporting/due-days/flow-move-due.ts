/** "Đổi hạn": which period, for whom, until when and on what ground; a look at whom it concerns; then it moves. */
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type At,
  type Flow,
  type Move,
  type Text,
} from '../../conversation/index.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import { formatDate } from '../../kernel/format.js';
import { addDays, isLocalDate, type LocalDate } from '../../kernel/local-date.js';
import { parseDate } from '../../kernel/parse-date.js';
import { fold, shorten } from '../../kernel/text.js';
import { isOfficer } from '../../units/index.js';
import { offeredDays } from '../answering/extension.js';
import type { ObligationView } from '../model.js';
import { basisStep, previewStep } from './move-due-confirm.js';
import { movingData, movingEnd, type MovingData } from './move-due-data.js';
import type { ReportingReadPort } from '../reads.js';
import type { OwingLine } from '../store-obligations.js';
import { dayText, signText, termText } from '../texts.js';

const PAGE = 8;
const NAMED = 40;
const NAMES_SHOWN = 300;
const REACH_DAYS = 400;

export const moveDueFlow: Flow<MovingData, ReportingReadPort> = defineFlow<MovingData, ReportingReadPort>({
  name: 'move-due',
  version: 1,
  data: movingData,
  keepsDraft: false,
  commands: [
    defineCommand<MovingData, ReportingReadPort, ObligationView | null>({
      name: 'move-due',
      words: ['đổi hạn', 'dời hạn', 'đổi hạn nộp', 'move a deadline'],
      allow: isOfficer,
      load: (read, { arg }) =>
        arg.startsWith('one:') ? read.reporting.obligation(arg.slice(4)) : Promise.resolve(null),
      start({ arg, loaded }) {
        if (loaded) {
          const { dutyId, period, unitId } = loaded;
          return { to: 'day', data: { page: 0, dutyId, period, unitIds: [unitId] } };
        }
        const at = arg.indexOf(':');
        if (at < 0 && arg !== '') return { to: 'which', data: { page: 0, onlyOf: arg } };
        if (at <= 0 || arg.startsWith('one:')) return { to: 'which', data: { page: 0 } };
        return { to: 'units', data: { page: 0, dutyId: arg.slice(0, at), period: arg.slice(at + 1) } };
      },
    }),
  ],
  steps: { which: whichStep(), units: unitsStep(), day: dayStep(), basis: basisStep(), preview: previewStep() },
});

interface Lines {
  readonly lines: readonly OwingLine[];
  readonly calendar: WorkingCalendar;
}

function whichStep() {
  return defineStep<MovingData, ReportingReadPort, Lines>({
    load: async (read, { now, data: { onlyOf } }) => ({
      lines: (await read.reporting.owingLines(now)).filter((line) => (onlyOf ?? line.dutyId) === line.dutyId),
      calendar: await read.reporting.calendar(),
    }),
    ask({ loaded: { lines, calendar }, data, today }) {
      if (lines.length === 0) return movingEnd(t('reporting.urge.nothing'));
      const shown = lines.slice(data.page * PAGE, (data.page + 1) * PAGE);
      const rest = lines.length - data.page * PAGE - shown.length;
      return {
        text: [t('reporting.moveDue.which'), ...shown.map((line, n) => lineText(line, n + 1, { today, calendar }))],
        options: [
          ...shown.map((line, n) => ({
            value: `${line.dutyId}:${line.period}`,
            label: raw(`${String(n + 1)}. ${shorten(line.dutyName, NAMED)}`),
            words: [line.dutyName],
          })),
          ...(rest > 0 ? [{ value: 'more', label: t('reporting.urge.more', { n: rest }) }] : []),
        ],
      };
    },
    answer({ data }, answer): Move<MovingData> {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'more') return { to: 'which', data: { ...data, page: data.page + 1 } };
      const at = answer.value.indexOf(':');
      return { to: 'units', data: { page: 0, dutyId: answer.value.slice(0, at), period: answer.value.slice(at + 1) } };
    },
  });
}

const lineText = (
  line: OwingLine,
  n: number,
  { today, calendar }: { readonly today: LocalDate; readonly calendar: WorkingCalendar },
): Text =>
  t('reporting.urge.line', {
    n,
    sign: signText(line.dueOn, today),
    duty: line.dutyName,
    owing: line.owing,
    term: termText(line.dueOn, today, calendar),
  });

interface Owing {
  readonly owing: readonly ObligationView[];
  readonly calendar: WorkingCalendar;
}
type OwingAt = At<MovingData, Owing>;

async function loadOwing(read: ReportingReadPort, { data }: { readonly data: MovingData }): Promise<Owing> {
  return {
    owing: await read.reporting.owingOf(data.dutyId ?? '', data.period ?? ''),
    calendar: await read.reporting.calendar(),
  };
}

/** All who still owe it, or units by name. */
function unitsStep() {
  return defineStep<MovingData, ReportingReadPort, Owing>({
    load: loadOwing,
    ask: ({ loaded: { owing } }) => {
      const [first] = owing;
      if (!first) return movingEnd(t('reporting.moveDue.nobody'));
      return {
        text: [
          t('reporting.moveDue.units', { duty: first.dutyName, n: owing.length }),
          t('reporting.moveDue.unitsHow'),
        ],
        free: true,
        options: [{ value: 'all', label: t('reporting.moveDue.all', { n: owing.length }), words: ['tất cả', 'cả'] }],
      };
    },
    answer({ loaded: { owing }, data }, answer): Move<MovingData> {
      if (answer.kind === 'option') return { to: 'day', data };
      if (answer.kind !== 'text') return { again: t('conversation.chooseOne') };
      const { unitIds, unknown } = findNamed(answer.text, owing);
      if (unknown.length > 0)
        return { again: t('reporting.moveDue.unknown', { names: shorten(unknown.join(', '), NAMES_SHOWN) }) };
      return { to: 'day', data: { ...data, unitIds } };
    },
  });
}

/** Units by the names typed, parted by commas or lines: the whole name, or a part that only one has. */
function findNamed(text: string, owing: readonly ObligationView[]): { unitIds: string[]; unknown: string[] } {
  const unitIds = new Set<string>();
  const unknown: string[] = [];
  const names = text
    .split(/[,;\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
  for (const name of names) {
    const folded = fold(name);
    const exact = owing.filter((one) => fold(one.unitName) === folded);
    const alike = exact.length > 0 ? exact : owing.filter((one) => fold(one.unitName).includes(folded));
    const [only] = alike;
    if (only && alike.length === 1) unitIds.add(only.unitId);
    else unknown.push(name);
  }
  return { unitIds: [...unitIds], unknown: names.length === 0 ? [text] : unknown };
}

function dayStep() {
  return defineStep<MovingData, ReportingReadPort, Owing>({
    load: loadOwing,
    ask: (at) => {
      const chosen = chosenOf(at);
      const [first] = chosen;
      if (!first) return movingEnd(t('reporting.moveDue.nobody'));
      return {
        text: t('reporting.moveDue.day', {
          duty: first.dutyName,
          n: chosen.length,
          days: [...new Set(chosen.map((one) => formatDate(one.dueOn)))].join(', '),
        }),
        free: true,
        numbersAreAnswers: true,
        options: offeredDays(first.dueOn, at.today, at.loaded.calendar).map((day) => ({
          value: day,
          label: raw(formatDate(day)),
        })),
      };
    },
    answer(at, answer): Move<MovingData> {
      const said = answer.kind === 'option' ? answer.value : answer.kind === 'text' ? answer.text : '';
      const day = isLocalDate(said) ? said : parseDate(said, at.today, 'past');
      const ahead = day !== null && day < at.today ? parseDate(said, at.today) : day;
      if (day === null || ahead === null) return { again: t('reporting.badDay') };
      // "20/11" on the 23rd is a slip, not a day of next year; within reach of nobody's plans either.
      if (day < at.today && daysAhead(ahead, at.today)) return { again: t('reporting.moveDue.past') };
      if (ahead > addDays(at.today, REACH_DAYS)) return { again: t('reporting.moveDue.outOfReach') };
      if (chosenOf(at).every((one) => one.dueOn === ahead))
        return { again: t('reporting.moveDue.same', { day: dayText(ahead) }) };
      return { to: 'basis', data: { ...at.data, day: ahead } };
    },
  });
}

/** A day without its year that lies this far ahead was meant to be one just past. */
const SLIP_DAYS = 185;
const daysAhead = (day: LocalDate, today: LocalDate): boolean => day < today || day > addDays(today, SLIP_DAYS);

const chosenOf = ({ loaded, data }: OwingAt): readonly ObligationView[] =>
  loaded.owing.filter((one) => data.unitIds?.includes(one.unitId) ?? true);
