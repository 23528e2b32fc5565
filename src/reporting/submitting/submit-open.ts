/** Whether a report can be handed in now; where not, why not and what can be done instead. */
import { t, type GoButton, type Move } from '../../conversation/index.js';
import { localDate } from '../../kernel/local-date.js';
import { seatFor } from '../../units/index.js';
import { isLocked, lockDay } from './lock.js';
import type { ObligationView } from '../model.js';
import type { SubmitAt, SubmitData } from './submit-data.js';
import { dayText } from '../texts.js';

const OWED: GoButton = { label: t('button.owed'), command: 'owed' };
const PERSON: GoButton = { label: t('button.person'), command: 'person' };

/** Goes on while the report can still be handed in; says why not otherwise. */
export function withOpen<A>(
  at: Pick<SubmitAt, 'actor' | 'loaded' | 'heardAt'>,
  then: (obligation: ObligationView) => A,
): A | Move<SubmitData> {
  const { obligation, calendar } = at.loaded;
  if (!obligation) return { end: true, say: [{ text: t('reporting.gone'), buttons: [OWED] }] };
  const { dutyName: duty, unitName: unit, latest } = obligation;
  // Asked at every question: the seat may have passed on since the first.
  if (!seatFor(at.actor, obligation.unitId)) return { end: true, say: [{ text: t('reporting.notYours', { unit }) }] };
  if (obligation.state === 'waived') return { end: true, say: [{ text: t('reporting.submit.waived', { unit }) }] };
  if (obligation.state === 'accepted') {
    const text = t('reporting.submit.acceptedAlready', { duty, unit, code: latest?.code ?? '' });
    return { end: true, say: [{ text, buttons: [OWED, ...receiptButton(obligation), PERSON] }] };
  }
  if (!isLocked(obligation, localDate(at.heardAt), calendar)) return then(obligation);
  const day = dayText(lockDay(obligation, calendar) ?? obligation.dueOn);
  const reopen: GoButton = { label: t('reporting.button.reopen'), command: 'reopen', arg: obligation.id };
  return {
    end: true,
    say: [
      {
        text: t('reporting.lock.locked', { duty, unit, day, code: latest?.code ?? '' }),
        buttons: [reopen, ...receiptButton(obligation), PERSON],
      },
    ],
  };
}

/** The way to the receipt of the newest version, where there is one. */
export const receiptButton = ({ latest }: ObligationView): GoButton[] =>
  latest ? [{ label: t('reporting.button.receipt'), command: 'receipt', arg: latest.code }] : [];
