/** What a tick tells each person: pure, from due steps to one message a person. */
import { groupBy } from '../../kernel/group.js';
import { raw, t, type Say, type Text } from '../../conversation/index.js';
import type { PersonKey } from '../../kernel/people.js';
import type { WorkingCalendar } from '../../kernel/calendar.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { formatDate, formatMoment } from '../../kernel/format.js';
import { GRACE_MS, type DueStep } from './firing.js';
import { hearersOf, isPromiseStep, isSidewaysStep, type SeatHolder } from './ladder.js';
import type { Hearing } from './listening.js';
import { byUrgency, type ObligationView } from '../model.js';
import type { PastStep } from './store-steps.js';
import { dayText, doButton, otherButtons, pastText, signText, termStart, termText, wordsOf } from '../texts.js';

/** What one person hears of one obligation. */
export interface Item {
  readonly step: DueStep;
  readonly seatId: string;
  /** True when the person hears it as head of the unit. */
  readonly asHead: boolean;
  /** Other steps of the same obligation that the same message speaks for. */
  readonly also: DueStep[];
}

/** Everything that one person hears in one tick. */
export interface Digest {
  readonly person: PersonKey;
  readonly items: readonly Item[];
}

/** What texts depend on, beside the steps. */
export interface Setting {
  readonly now: Date;
  readonly today: LocalDate;
  readonly calendar: WorkingCalendar;
  readonly past: ReadonlyMap<string, readonly PastStep[]>;
}

/** Who hears what: one digest a person, however many duties, units and seats meet there. `hearings`: only these hear it. */
export function gatherDigests(
  steps: readonly DueStep[],
  holders: readonly SeatHolder[],
  hearings: readonly Hearing[] | null = null,
): Digest[] {
  const byUnit = groupBy(holders, (holder) => holder.unitId);
  const heard = hearings && new Set(hearings.map((one) => `${one.stepId} ${one.person}`));
  const digests = new Map<PersonKey, Map<string, Item>>();
  for (const step of steps) {
    const { unitId, assignee } = step.obligation;
    for (const holder of hearersOf(step.audience, byUnit.get(unitId) ?? [], assignee?.memberId).holders) {
      const { personKey: person, seatId } = holder;
      if (heard && !heard.has(`${step.id} ${person}`)) continue;
      const items = digests.get(person) ?? new Map<string, Item>();
      digests.set(person, items);
      const known = items.get(step.obligation.id);
      const asHead = step.audience === 'head' && holder.kind === 'head';
      if (known) known.also.push(step);
      else items.set(step.obligation.id, { step, seatId, asHead, also: [] });
    }
  }
  return [...digests].map(([person, items]) => ({
    person,
    items: [...items.values()].sort((a, b) => byUrgency(a.step.obligation, b.step.obligation)),
  }));
}

/** The message of a digest: one duty in full, several as a list with a button each. */
export function sayDigest(digest: Digest, setting: Setting): Say {
  const say = sayItems(digest.items, setting);
  const missed = digest.items.filter(({ step }) => isMissed(step, setting.now)).map(({ step }) => step.dueAt.getTime());
  if (missed.length === 0) return say;
  return {
    ...say,
    text: [t('reporting.catchUp.note', { at: formatMoment(new Date(Math.min(...missed))) }), ...say.text],
  };
}

/** It fell due while the system was down. */
const isMissed = (step: DueStep, now: Date): boolean => now.getTime() - step.dueAt.getTime() > GRACE_MS;

/** What is said always has several lines. */
type Lines = Say & { readonly text: readonly Text[] };

function sayItems(items: readonly Item[], setting: Setting): Lines {
  const [only] = items;
  if (only && items.length === 1) return only.asHead ? sayToHead(only.step, setting) : sayToSeat(only.step, setting);
  return sayList(items, setting);
}

function sayToSeat({ step, obligation, by, words }: DueStep, setting: Setting): Lines {
  const { today, calendar } = setting;
  const names = { duty: obligation.dutyName, unit: obligation.unitName };
  const title = isPromiseStep(step)
    ? t('reporting.remind.titlePromise', names)
    : t(obligation.dueOn < today ? 'reporting.remind.titleLate' : 'reporting.remind.title', {
        ...names,
        term: termStart(obligation.dueOn, today, calendar),
      });
  return {
    text: [
      title,
      ...facts(obligation, isPromiseStep(step)),
      ...(isSidewaysStep(step) ? [t('reporting.sideways.why')] : []),
      ...ownWords(words),
      ...urgedBy([by]),
    ],
    buttons: [doButton(obligation), ...otherButtons(obligation)],
  };
}

/** The officer's own words, where the step has some. */
const ownWords = (words: string | undefined): Text[] =>
  words === undefined ? [] : [t('reporting.remind.words', { words: wordsOf(words) })];

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

function sayToHead({ obligation, words }: DueStep, setting: Setting): Lines {
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
      ...ownWords(words),
      t('reporting.head.ask'),
    ],
    buttons: [doButton(obligation), ...otherButtons(obligation)],
  };
}

// More than this on one phone screen helps nobody; the rest is one tap away.
const LISTED = 8;

function sayList(items: readonly Item[], setting: Setting): Lines {
  const shown = items.slice(0, LISTED);
  const rest = items.length - shown.length;
  return {
    text: [
      t('reporting.digest.title', { n: items.length }),
      ...shown.flatMap((item, at) => [listLine(item, at + 1, setting), ...ownWords(item.step.words)]),
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
  const days = new Set(steps.map((step) => setting.calendar.workingDaysBetween(step.obligation.dueOn, setting.today)));
  const [first] = days;
  const counts = countsOf(steps);
  return {
    text: [
      days.size === 1 && first !== undefined
        ? t('reporting.officer.title', { ...counts, days: first })
        : t('reporting.officer.titleMixed', counts),
      ...dutyLines(steps),
    ],
    buttons: [
      { label: t('button.tasks'), command: 'tasks' },
      { label: t('button.urge'), command: 'urge' },
      { label: t('button.numbers'), command: 'numbers' },
    ],
  };
}

/** The leaders' digest of a morning: numbers by duty, a few units by name, and the way into the numbers. */
export function sayToLeaders(steps: readonly DueStep[], setting: Setting): Say {
  return {
    text: [t('reporting.leader.title', { ...countsOf(steps), day: formatDate(setting.today) }), ...dutyLines(steps)],
    buttons: [{ label: t('button.numbers'), command: 'numbers' }],
  };
}

const countsOf = (steps: readonly DueStep[]) => ({
  count: steps.length,
  units: new Set(steps.map((step) => step.obligation.unitId)).size,
});

const DUTIES_LISTED = 12;

function dutyLines(steps: readonly DueStep[]): Text[] {
  const byDuty = groupBy(steps, (step) => step.obligation.dutyName);
  const lines = [...byDuty].slice(0, DUTIES_LISTED).flatMap(([duty, of]) => [
    t('reporting.officer.line', {
      duty,
      n: of.length,
      names: namedUnits(of.map((step) => step.obligation.unitName)),
    }),
    ...ownWords(of.find((step) => step.words !== undefined)?.words),
  ]);
  const rest = byDuty.size - DUTIES_LISTED;
  return [...lines, ...(rest > 0 ? [t('reporting.digest.more', { n: rest })] : [])];
}

/** The first few units by name. */
export const namedUnits = (names: readonly string[]): Text => {
  const shown = names.slice(0, NAMED).join(', ');
  return names.length > NAMED ? t('reporting.officer.andMore', { names: shown }) : raw(shown);
};
