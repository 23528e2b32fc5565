/** Carries out what seats answer beside handing in: promising, saying that it went on paper or is not theirs. */
import { refuse, t, type Refusal } from '../../conversation/index.js';
import { renderText } from '../../conversation/render.js';
import { formatMoment } from '../../kernel/format.js';
import { remindAt } from '../../kernel/remind-at.js';
import { handle, type EffectContext, type EffectHandler } from '../../inbox/index.js';
import { translate } from '../../i18n/index.js';
import { seatFor, seatText } from '../../units/index.js';
import { disownDuty, promiseReport, reportPaper, snoozeReport } from '../effects.js';
import { isRefusal } from '../deciding.js';
import { isPromiseInTerm, promiseInstant, promiseStep } from '../reminding/ladder.js';
import { isOwing, type ObligationView } from '../model.js';
import type { ReportingDeps } from '../ports.js';
import { lockObligation, setPromise } from '../store-obligations.js';
import { snooze } from './snooze.js';
import { addStep, countPromised, voidPromises, voidSeatSteps } from '../reminding/store-steps.js';

/** Handlers of what seats ask. */
export function createSeatHandlers(deps: ReportingDeps): EffectHandler[] {
  return [
    handle(promiseReport, ({ obligationId, day }, at) => promise(obligationId, day, at)),
    handle(snoozeReport, async ({ obligationId, day }, at) => {
      const obligation = await lockMine(obligationId, at);
      return isRefusal(obligation) ? obligation : snooze(obligation, day, at);
    }),
    handle(reportPaper, ({ obligationId, note }, at) => passOn(deps, { kind: 'paper', obligationId, note }, at)),
    handle(disownDuty, ({ obligationId, note }, at) => passOn(deps, { kind: 'not-ours', obligationId, note }, at)),
  ];
}

/** The locked obligation, or why this person may not act on it. */
export async function lockMine(obligationId: string, at: EffectContext): Promise<ObligationView | Refusal> {
  const obligation = await lockObligation(at.tx, obligationId);
  if (!obligation) return refuse('gone', t('reporting.gone'));
  return seatFor(at.actor, obligation.unitId)
    ? obligation
    : refuse('not-yours', t('reporting.notYours', { unit: obligation.unitName }));
}

async function promise(obligationId: string, day: string, at: EffectContext): Promise<Refusal | undefined> {
  const { tx, now } = at;
  const obligation = await lockMine(obligationId, at);
  if (isRefusal(obligation)) return obligation;
  if (!isOwing(obligation.state)) return refuse('closed', t('reporting.notOwing', { duty: obligation.dutyName }));
  const instant = promiseInstant(day, now);
  await setPromise(tx, obligation.id, day);
  await voidPromises(tx, obligation, now);
  if (instant === null) return undefined;
  // The promise is the next reminder; the due day itself is told in any case.
  const quietUntil = isPromiseInTerm(day, obligation.dueOn) ? instant : remindAt(obligation.dueOn);
  await voidSeatSteps(tx, obligation.id, quietUntil, { reason: 'promised', day });
  await addStep(tx, obligation.id, obligation.version, {
    step: promiseStep(day, await countPromised(tx, obligation, promiseStep(day))),
    audience: 'seat',
    class: 'deadline',
    dueAt: instant,
  });
  return undefined;
}

/** Leaves the decision to an officer; until then the seat is not reminded of what it says is done or not its own. */
async function passOn(
  deps: ReportingDeps,
  said: { readonly kind: 'paper' | 'not-ours'; readonly obligationId: string; readonly note: string },
  at: EffectContext,
): Promise<Refusal | undefined> {
  const { tx, now, heardAt, actor } = at;
  const obligation = await lockMine(said.obligationId, at);
  if (isRefusal(obligation)) return obligation;
  if (!isOwing(obligation.state)) return refuse('closed', t('reporting.notOwing', { duty: obligation.dutyName }));
  const names = { duty: obligation.dutyName, unit: obligation.unitName };
  if (said.kind === 'paper' && obligation.kind === 'registration')
    return refuse('registration', t('reporting.paper.registration', names));
  await voidSeatSteps(tx, obligation.id, FOREVER, { reason: said.kind, note: said.note });
  const seat = seatFor(actor, obligation.unitId);
  const who = seat ? renderText(seatText(seat), 'vi') : actor.name;
  await deps.tasks.openTasks(
    tx,
    [
      {
        kind: said.kind,
        refId: obligation.id,
        unitId: obligation.unitId,
        title: translate('vi', said.kind === 'paper' ? 'reporting.task.paper' : 'reporting.task.notOurs', names),
        data: {
          text: translate('vi', 'reporting.task.said', {
            who: `${actor.name}, ${who}`,
            at: formatMoment(heardAt),
            note: said.note,
          }),
        },
      },
    ],
    now,
  );
  return undefined;
}

const FOREVER = new Date('9999-01-01T00:00:00Z');
