/** The last questions before a due day moves: on what ground, and a look at whom it concerns. */
import { defineStep, t, type Move, type Text } from '../../conversation/index.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import { formatDate } from '../../kernel/format.js';
import { shorten } from '../../kernel/text.js';
import { moveDue } from '../effects.js';
import { REASON_MAX } from '../answering/extension.js';
import type { MovePlan } from './move-due.js';
import { movingEnd, type MovingData } from './move-due-data.js';
import type { ReportingReadPort } from '../reads.js';
import { dayText } from '../texts.js';

const NAMES_SHOWN = 300;

function loadPlan(read: ReportingReadPort, { data }: { readonly data: MovingData }): Promise<MovePlan> {
  const { dutyId = '', period = '', day = '', unitIds } = data;
  return read.reporting.movePlan({ dutyId, period, dueOn: day, ...(unitIds ? { unitIds } : {}) });
}

/** On what ground: units read it. */
export function basisStep() {
  return defineStep<MovingData, ReportingReadPort, MovePlan>({
    load: loadPlan,
    ask: ({ data }) => ({ text: t('reporting.moveDue.basis', { day: dayText(data.day ?? '') }), free: true }),
    answer({ data, loaded }, answer): Move<MovingData> {
      if (answer.kind !== 'text') return { again: t('conversation.chooseOne') };
      if (answer.text.length > REASON_MAX) return { again: t('reporting.noteTooLong', { max: REASON_MAX }) };
      // What is shown next is what may be confirmed, and nothing else.
      return { to: 'preview', data: { ...data, basis: answer.text, seen: loaded.seen } };
    },
  });
}

interface Preview {
  readonly plan: MovePlan;
  readonly calendar: WorkingCalendar;
}

/** Whom it concerns and who is told, before it happens. */
export function previewStep() {
  return defineStep<MovingData, ReportingReadPort, Preview>({
    load: async (read, at) => ({ plan: await loadPlan(read, at), calendar: await read.reporting.calendar() }),
    ask({ loaded, data }) {
      if (loaded.plan.obligations.length === 0) return movingEnd(t('reporting.moveDue.nobody'));
      return {
        text: previewText(loaded, data),
        options: [
          { value: 'move', label: t('reporting.moveDue.confirm'), words: ['đổi', 'đồng ý', 'có'] },
          { value: 'stop', label: t('button.later'), words: ['thôi', 'không'] },
        ],
      };
    },
    answer({ loaded: { plan }, data }, answer): Move<MovingData> {
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value === 'stop') return movingEnd(t('reporting.moveDue.stopped'));
      const { dutyId = '', period = '', day = '', basis = '', seen = '', unitIds } = data;
      const facts = { n: plan.obligations.length, day: dayText(day), people: plan.people };
      return {
        ...movingEnd(t(plan.people === 0 ? 'reporting.moveDue.doneQuiet' : 'reporting.moveDue.done', facts)),
        effects: [moveDue({ dutyId, period, dueOn: day, basis, seen, ...(unitIds ? { unitIds } : {}) })],
      };
    },
    refused: ({ loaded, data }, refusal) =>
      refusal.refused === 'changed'
        ? { to: 'preview', data: { ...data, seen: loaded.plan.seen }, say: [{ text: refusal.text }] }
        : movingEnd(refusal.text),
  });
}

function previewText({ plan, calendar }: Preview, data: MovingData): Text[] {
  const [first] = plan.obligations;
  const day = data.day ?? '';
  const from = [...new Set(plan.obligations.map((one) => one.dueOn))].sort().map(formatDate);
  return [
    t('reporting.moveDue.preview', {
      duty: first?.dutyName ?? '',
      n: plan.obligations.length,
      from: from.join(', '),
      day: dayText(day),
    }),
    t('reporting.moveDue.ground', { basis: data.basis ?? '' }),
    ...(data.unitIds
      ? [
          t('reporting.moveDue.names', {
            names: shorten(plan.obligations.map((one) => one.unitName).join(', '), NAMES_SHOWN),
          }),
        ]
      : []),
    ...(plan.told === 0
      ? [t('reporting.moveDue.noneTold')]
      : [t('reporting.moveDue.told', { n: plan.told, people: plan.people })]),
    ...(plan.kept.length === 0
      ? []
      : [
          t('reporting.moveDue.kept', {
            n: plan.kept.length,
            names: shorten(plan.kept.join(', '), NAMES_SHOWN),
          }),
        ]),
    ...(calendar.isWorkingDay(day) ? [] : [t('reporting.moveDue.dayOff', { day: dayText(day) })]),
    t('reporting.moveDue.ask'),
  ];
}
