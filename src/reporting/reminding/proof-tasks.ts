/** The officers' task where nothing proves that a unit was reached: which step stopped, whom it told and what happened. */
import { renderText } from '../../conversation/render.js';
import { translate, type LocaleKey } from '../../i18n/index.js';
import type { Tx } from '../../store/index.js';
import type { NewTask } from '../../tasks/index.js';
import type { DueStep } from './firing.js';
import { pastItem } from '../texts.js';
import type { Known, SpokenMessage, SpokenStep } from './proof.js';

// Rows for the office, which works in Vietnamese.
const say = (key: LocaleKey, params: Readonly<Record<string, string | number>> = {}) => translate('vi', key, params);

/** The newest reminders matter most to whoever telephones. */
const TOLD_LINES = 4;

/** One task an obligation. */
export async function unprovenTasks(tx: Tx, steps: readonly DueStep[], known: Known): Promise<NewTask[]> {
  if (steps.length === 0) return [];
  const spokenOf = (step: DueStep) => known.spoken(step.obligation.id, step.version).slice(-TOLD_LINES);
  const people = new Set(steps.flatMap((step) => spokenOf(step).flatMap((one) => one.people)));
  const names = await loadNames(tx, [...people]);
  return steps.map((step) => {
    const { obligation } = step;
    const lines = spokenOf(step).map((one) => spokenLine(one, names));
    return {
      kind: 'unproven',
      refId: obligation.id,
      unitId: obligation.unitId,
      title: say('reporting.task.unproven', { duty: obligation.dutyName, unit: obligation.unitName }),
      data: { text: [stepLine(step), ...(lines.length > 0 ? lines : [say('reporting.unproven.noneTold')])].join('\n') },
    };
  });
}

const stepLine = (step: DueStep): string =>
  say('reporting.unproven.step', {
    step: step.step.split('.')[0] ?? step.step,
    audience: say(`duties.audience.${step.audience}`),
  });

function spokenLine(spoken: SpokenStep, names: ReadonlyMap<string, string>): string {
  const people = spoken.people.map((person) => {
    const ways = spoken.messages.filter((one) => one.person === person).map(wayText);
    const said = ways.length > 0 ? ways.join(', ') : say('reporting.unproven.noWay');
    return say('reporting.unproven.person', { name: names.get(person) ?? '–', ways: said });
  });
  const past = renderText(pastItem(spoken), 'vi');
  return say('reporting.unproven.told', { past, people: people.join('; ') });
}

const CHANNELS: Readonly<Record<string, LocaleKey>> = {
  web: 'reporting.unproven.web',
  telegram: 'reporting.unproven.telegram',
  zalo: 'reporting.unproven.zalo',
};

const STATES: Readonly<Record<string, LocaleKey>> = {
  failed: 'reporting.unproven.failed',
  skipped: 'reporting.unproven.skipped',
  uncertain: 'reporting.unproven.uncertain',
  sent: 'reporting.unproven.sent',
};

const wayText = ({ channel, state }: SpokenMessage): string =>
  say('reporting.unproven.way', {
    channel: say(CHANNELS[channel] ?? 'reporting.unproven.noChannel'),
    state: say(STATES[state] ?? 'reporting.unproven.waiting'),
  });

async function loadNames(tx: Tx, people: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const ids = people.flatMap((person) => (person.startsWith('m:') ? [person.slice(2)] : []));
  const rows = await tx.member.findMany({ where: { id: { in: ids } }, select: { id: true, fullName: true } });
  return new Map(rows.map(({ id, fullName }) => [`m:${id}`, fullName]));
}
