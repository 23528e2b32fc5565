/** A duty as an officer reads it: what, on what basis, who, how often, and how the next due days come about. */
import { dayText } from '../calendar/index.js';
import { raw, t, type Text } from '../conversation/index.js';
import { shorten } from '../kernel/text.js';
import type { DutyContent } from './model.js';
import type { DuePeriod } from './plan.js';
import type { DutyForecast } from './reads.js';
import {
  basisText,
  dueRuleText,
  fieldText,
  fileText,
  howText,
  ladderText,
  listed,
  periodText,
  ruleText,
  shiftText,
  spanText,
} from './texts.js';

const NEEDS_SHOWN = 300;

/** Everything about a duty, a line each. `owners`: who owes, in words. */
export function describeDuty(content: DutyContent, forecast: DutyForecast, owners: Text): Text[] {
  const { due, fields, files, graceDays, lockDays } = content;
  return [
    t('duties.view.basis', { basis: basisText(content.basis) }),
    t(forecast.units === 0 ? 'duties.view.nobody' : 'duties.view.owners', { owners, n: forecast.units }),
    t('duties.view.rule', { rule: ruleText(content.periods), due: dueRuleText(due) }),
    ...(due.kind === 'working-days-after-end' ? [] : [t('duties.view.shift', { shift: shiftText(due.shift) })]),
    ...dueLines(forecast.dues),
    t('duties.view.needs', { needs: raw(shorten(content.needs, NEEDS_SHOWN)) }),
    ...(fields.length === 0
      ? []
      : [t('duties.view.fields', { fields: listed(fields.map(fieldText), 'duties.how.list') })]),
    ...(files.length === 0 ? [] : [t('duties.view.files', { files: listed(files.map(fileText), 'duties.list') })]),
    t('duties.view.ladder', { ladder: ladderText(content.ladder) }),
    ...(graceDays === 0 ? [] : [t('duties.view.grace', { n: graceDays })]),
    ...(lockDays === null ? [] : [t('duties.view.lock', { n: lockDays })]),
    spanText(content),
  ];
}

function dueLines(dues: readonly DuePeriod[]): Text[] {
  if (dues.length === 0) return [t('duties.view.noDue')];
  return [t('duties.view.dues'), ...dues.map(dueLine)];
}

function dueLine({ period, dueOn, how }: DuePeriod): Text {
  const said = { day: dayText(dueOn), how: howText(how) };
  const name = periodText(period.name);
  return name === null ? t('duties.view.dueOnce', said) : t('duties.view.due', { ...said, period: name });
}
