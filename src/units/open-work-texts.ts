/** Open work in words. */
import { t, type Text } from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import type { LocalDate } from '../kernel/local-date.js';
import type { OpenDuty, OpenWork } from './store-open-work.js';

const SHOWN = 5;

/** What is open, a line each for the most urgent; one line when nothing is. */
export function openWorkTexts({ duties, tasks }: OpenWork, today: LocalDate): Text[] {
  if (duties.length === 0 && tasks === 0) return [t('units.open.none')];
  const overdue = duties.filter(({ dueOn }) => dueOn < today).length;
  const more = duties.length - SHOWN;
  return [
    t('units.open.title', { n: duties.length, overdue }),
    ...duties.slice(0, SHOWN).map((duty) => dutyText(duty, today)),
    ...(more > 0 ? [t('units.open.more', { n: more })] : []),
    ...(tasks > 0 ? [t('units.open.tasks', { n: tasks })] : []),
  ];
}

function dutyText({ name, dueOn, promiseOn }: OpenDuty, today: LocalDate): Text {
  const duty = { name, day: formatDate(dueOn) };
  if (promiseOn !== null && promiseOn >= today)
    return t('units.open.promised', { ...duty, promise: formatDate(promiseOn) });
  return t(dueOn < today ? 'units.open.overdue' : 'units.open.duty', duty);
}

/** That forms begun and not handed in stay with whoever began them. */
export const draftTexts = ({ drafts }: OpenWork): Text[] => (drafts > 0 ? [t('units.open.drafts', { n: drafts })] : []);
