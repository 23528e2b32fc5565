/** Words that many messages of this room share: days, terms, what was said before. */
import { raw, t, type GoButton, type Text } from '../conversation/index.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import { formatMoment } from '../kernel/format.js';
import type { LocalDate } from '../kernel/local-date.js';
import { rankOf } from '../duties/index.js';
import {
  isHeirStep,
  isLaterStep,
  isPromiseStep,
  laterOf,
  isSidewaysStep,
  isSnoozeStep,
  isUrgeStep,
} from './reminding/ladder.js';
import type { ObligationView } from './model.js';
import type { PastStep } from './reminding/store-steps.js';

export { dayText } from '../calendar/index.js';

type Term = 'left' | 'daysOff' | 'today' | 'over' | 'justOver';

function term(dueOn: LocalDate, today: LocalDate, calendar: WorkingCalendar): { term: Term; n: number } {
  const n = Math.abs(calendar.workingDaysBetween(today, dueOn));
  if (today < dueOn) return { term: n === 0 ? 'daysOff' : 'left', n };
  if (today === dueOn) return { term: 'today', n: 0 };
  return { term: n === 0 ? 'justOver' : 'over', n };
}

/** How long is left, or how long it is overdue: "còn 3 ngày làm việc". */
export function termText(dueOn: LocalDate, today: LocalDate, calendar: WorkingCalendar): Text {
  const { term: kind, n } = term(dueOn, today, calendar);
  return t(`reporting.term.${kind}`, { n });
}

/** The same at the start of a sentence. */
export function termStart(dueOn: LocalDate, today: LocalDate, calendar: WorkingCalendar): Text {
  const { term: kind, n } = term(dueOn, today, calendar);
  return t(`reporting.termStart.${kind}`, { n });
}

/** ⚠️ for what is overdue, ⏰ for what is due. */
export const signText = (dueOn: LocalDate, today: LocalDate): Text =>
  t(dueOn < today ? 'reporting.sign.over' : 'reporting.sign.due');

/** Texts in one line, parted by semicolons; null when there are none. */
export function inLine(texts: readonly Text[]): Text | null {
  const [first, ...rest] = texts;
  return first === undefined ? null : rest.reduce<Text>((left, right) => t('reporting.list', { left, right }), first);
}

/** When a step spoke, and which it was. */
export function pastItem({ step, at: moment }: Pick<PastStep, 'step' | 'at'>): Text {
  const at = formatMoment(moment);
  if (isPromiseStep(step)) return t('reporting.past.promised', { at });
  if (isSidewaysStep(step)) return t('reporting.past.sideways', { at });
  if (isSnoozeStep(step)) return t('reporting.past.snoozed', { at });
  if (isUrgeStep(step)) return t('reporting.past.urged', { at });
  if (isHeirStep(step)) return t('reporting.past.heir', { at });
  if (isLaterStep(step)) return pastItem({ step: laterOf(step), at: moment });
  return t('reporting.past.item', { at, step: step.split('.')[0] ?? step });
}

/** What was sent to the seat before, and when. */
export function pastText(past: readonly PastStep[]): Text {
  const told = past.filter((step) => rankOf(step.audience) === 0 && step.told > 0).map(pastItem);
  const line = inLine(told);
  return line === null ? t('reporting.head.noPast') : t('reporting.head.past', { past: line });
}

/** The button that does what an obligation asks; `n` where it stands in a list. */
export function doButton(obligation: ObligationView, n?: number): GoButton {
  const { campaignId } = obligation;
  const registers = obligation.kind === 'registration' && campaignId !== null;
  const target = registers
    ? { command: 'register', arg: campaignId }
    : { command: obligation.latest?.missing ? 'complete' : 'submit', arg: obligation.id };
  if (n === undefined)
    return { label: t(registers ? 'reporting.button.registerNow' : 'reporting.button.submitNow'), ...target };
  return { label: t(registers ? 'reporting.button.registerN' : 'reporting.button.submitN', { n }), ...target };
}

/** What a unit can answer to a reminder, beside doing it: the commonest, and the way to all others. */
export function otherButtons(obligation: ObligationView): GoButton[] {
  const promise: GoButton = { label: t('reporting.button.promise'), command: 'promise', arg: obligation.id };
  const snooze: GoButton = { label: t('reporting.button.snooze'), command: 'snooze', arg: obligation.id };
  const paper: GoButton = { label: t('reporting.button.paper'), command: 'paper', arg: obligation.id };
  const more: GoButton = { label: t('reporting.button.more'), command: 'obligation', arg: obligation.id };
  return obligation.kind === 'registration' ? [promise, snooze, more] : [promise, snooze, paper, more];
}

/** A unit's own words for what is needed and on what basis, where there are any. */
export const wordsOf = (words: string): Text => raw(words.replace(/[.\s]+$/, ''));
