/** What a tick tells each person: pure, from due steps to one message a person. */
import { raw, t, type Say, type Text } from '../conversation/index.js';
import type { PersonKey } from '../kernel/people.js';
import type { WorkingCalendar } from '../kernel/calendar.js';
import type { LocalDate } from '../kernel/local-date.js';
import type { DueStep } from './firing.js';
import { hearersOf, isPromiseStep, type SeatHolder } from './ladder.js';
import { byUrgency, type ObligationView } from './model.js';
import type { PastStep } from './store-steps.js';
import { dayText, doButton, otherButtons, pastText, signText, termStart, termText, wordsOf } from './texts.js';

/** What one person hears of one obligation. */
export interface Item {
  readonly step: DueStep;
  readonly seatId: string;
  /** True when the person hears it as head of the unit. */
  readonly asHead: boolean;
}

/** Everything that one person hears in one tick. */
export interface Digest {
  readonly person: PersonKey;
  readonly items: readonly Item[];
}

/** What texts depend on, beside the steps. */
export interface Setting {
  readonly today: LocalDate;
  readonly calendar: WorkingCalendar;
  readonly past: ReadonlyMap<string, readonly PastStep[]>;
}

/** Who hears what: one digest a person, however many duties, units and seats meet there. */
export function gatherDigests(steps: readonly DueStep[], holders: readonly SeatHolder[]): Digest[] {
  const byUnit = new Map<string, SeatHolder[]>();
  for (const holder of holders) byUnit.set(holder.unitId, [...(byUnit.get(holder.unitId) ?? []), holder]);
  const digests = new Map<PersonKey, Map<string, Item>>();
  for (const step of steps) {
    for (const holder of hearersOf(step.audience, byUnit.get(step.obligation.unitId) ?? []).holders) {
      const items = digests.get(holder.personKey) ?? new Map<string, Item>();
      digests.set(holder.personKey, items);
      if (!items.has(step.obligation.id))
        items.set(step.obligation.id, {
          step,
          seatId: holder.seatId,
          asHead: step.audience === 'head' && holder.kind === 'head',
        });
    }
  }
  return [...digests].map(([person, items]) => ({
    person,
    items: [...items.values()].sort((a, b) => byUrgency(a.step.obligation, b.step.obligation)),
  }));
}

/** The message of a digest: one duty in full, several as a list with a button each. */
export function sayDigest(digest: Digest, setting: Setting): Say {
  const [only] = digest.items;
  if (only && digest.items.length === 1)
    return only.asHead ? sayToHead(only.step, setting) : sayToSeat(only.step, setting);
  return sayList(digest.items, setting);
}

function sayToSeat({ step, obligation, by }: DueStep, setting: Setting): Say {
  const { today, calendar } = setting;
  const names = { duty: obligation.dutyName, unit: obligation.unitName };
  const title = isPromiseStep(step)
    ? t('reporting.remind.titlePromise', names)
    : t(obligation.dueOn < today ? 'reporting.remind.titleLate' : 'reporting.remind.title', {
        ...names,
        term: termStart(obligation.dueOn, today, calendar),
      });
  return {
    text: [title, ...facts(obligation, isPromiseStep(step)), ...urgedBy([by])],
    buttons: [doButton(obligation), ...otherButtons(obligation)],
  };
}

/** Who asks for it, where an officer urges. */
function urgedBy(officers: readonly (string | undefined)[]): Text[] {
  const names = [...new Set(officers.filter((name) => name !== undefined))];
  return names.length === 0 ? [] : [t('reporting.urge.by', { officer: names.join(', ') })];
}

/** Due day, basis, what is needed, and what the unit already knows of it. */
function facts(obligation: ObligationView, promiseIsTold: boolean): Text[] {
  const { latest, promiseOn } = obligation;
  const returned = obligation.state === 'returned' && latest?.reason;
  return [
    t('reporting.remind.due', { day: dayText(obligation.dueOn), basis: wordsOf(obligation.basis) }),
    ...(obligation.needs === '' ? [] : [t('reporting.remind.needs', { needs: wordsOf(obligation.needs) })]),
    ...(returned ? [t('reporting.remind.returned', { code: latest.code, reason: latest.reason ?? '' })] : []),
    ...(promiseOn !== null && !promiseIsTold ? [t('reporting.remind.promised', { day: dayText(promiseOn) })] : []),
  ];
}

function sayToHead({ obligation }: DueStep, setting: Setting): Say {
  const { today, calendar } = setting;
  return {
    text: [
      t('reporting.remind.titleLate', {
        term: termStart(obligation.dueOn, today, calendar),
        duty: obligation.dutyName,
        unit: obligation.unitName,
      }),
      t('reporting.remind.due', { day: dayText(obligation.dueOn), basis: wordsOf(obligation.basis) }),
      ...(obligation.promiseOn === null
        ? []
        : [t('reporting.remind.promised', { day: dayText(obligation.promiseOn) })]),
      pastText(setting.past.get(obligation.id) ?? []),
      t('reporting.head.ask'),
    ],
    buttons: [doButton(obligation), ...otherButtons(obligation)],
  };
}

// More than this on one phone screen helps nobody; the rest is one tap away.
const LISTED = 8;

function sayList(items: readonly Item[], setting: Setting): Say {
  const shown = items.slice(0, LISTED);
  const rest = items.length - shown.length;
  return {
    text: [
      t('reporting.digest.title', { n: items.length }),
      ...shown.map((item, at) => listLine(item, at + 1, setting)),
      ...(rest > 0 ? [t('reporting.digest.more', { n: rest })] : []),
      ...urgedBy(items.map((item) => item.step.by)),
      t('reporting.digest.choose'),
    ],
    buttons: [
      ...shown.map((item, at) => doButton(item.step.obligation, at + 1)),
      { label: t('button.owed'), command: 'owed' },
    ],
  };
}

function listLine({ step: { obligation }, asHead }: Item, n: number, setting: Setting): Text {
  const { today, calendar, past } = setting;
  const params = {
    n,
    sign: signText(obligation.dueOn, today),
    duty: obligation.dutyName,
    unit: obligation.unitName,
    term: termText(obligation.dueOn, today, calendar),
    day: dayText(obligation.dueOn),
  };
  return asHead
    ? t('reporting.digest.headLine', { ...params, past: pastText(past.get(obligation.id) ?? []) })
    : t('reporting.digest.line', params);
}

const NAMED = 5;

/** The officers' one message: how many units still owe what. */
export function sayToOfficers(steps: readonly DueStep[], setting: Setting): Say {
  const byDuty = new Map<string, DueStep[]>();
  for (const step of steps)
    byDuty.set(step.obligation.dutyName, [...(byDuty.get(step.obligation.dutyName) ?? []), step]);
  const units = new Set(steps.map((step) => step.obligation.unitId)).size;
  const days = new Set(steps.map((step) => setting.calendar.workingDaysBetween(step.obligation.dueOn, setting.today)));
  const [first] = days;
  const counts = { count: steps.length, units };
  return {
    text: [
      days.size === 1 && first !== undefined
        ? t('reporting.officer.title', { ...counts, days: first })
        : t('reporting.officer.titleMixed', counts),
      ...[...byDuty].map(([duty, of]) =>
        t('reporting.officer.line', { duty, n: of.length, names: named(of.map((step) => step.obligation.unitName)) }),
      ),
    ],
    buttons: [
      { label: t('button.tasks'), command: 'tasks' },
      { label: t('button.urge'), command: 'urge' },
      { label: t('button.numbers'), command: 'numbers' },
    ],
  };
}

const named = (names: readonly string[]): Text => {
  const shown = names.slice(0, NAMED).join(', ');
  return names.length > NAMED ? t('reporting.officer.andMore', { names: shown }) : raw(shown);
};
