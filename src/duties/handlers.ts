/** Carries out what officers decide on duties. Of two at once the second is told what the first did. */
import { refuse, t, type EffectType, type Refusal } from '../conversation/index.js';
import { shareCalendar } from '../calendar/index.js';
import { handle, type EffectContext, type EffectHandler } from '../inbox/index.js';
import { formatMoment } from '../kernel/format.js';
import { addDays, localDate } from '../kernel/local-date.js';
import { isOfficer } from '../units/index.js';
import { applyAmendment, planAmendment, waiveOpen, type DueMoved } from './amend.js';
import { amendDuty, makeDuty, stopDuty } from './effects.js';
import { contentSchema, type DutyContent } from './model.js';
import { createDuty, findAuthor, findTwin, lockDuty, updateDuty, type KeptDuty, type Saved } from './store-duties.js';
import { findOpenPeriods, lockOwingOfDuty } from './store-obligations.js';

export interface DutiesDeps {
  /** Hears of all due days that one decision moved, so that whoever was told of an old one is corrected, once. */
  dueMoved(at: EffectContext, moved: readonly DueMoved[]): Promise<void>;
}

/** Handlers of this room's effects. */
export const createDutiesEffects = (deps: DutiesDeps): EffectHandler[] => [
  forOfficers(makeDuty, (payload, at) => make(deps, payload, at)),
  forOfficers(amendDuty, (payload, at) => amend(deps, payload, at)),
  forOfficers(stopDuty, stop),
];

const forOfficers = <P>(
  effect: EffectType<P>,
  apply: (payload: P, at: EffectContext) => Promise<Refusal | undefined>,
): EffectHandler =>
  handle(effect, (payload, at) =>
    isOfficer(at.actor) ? apply(payload, at) : Promise.resolve(refuse('not-officer', t('conversation.notForYou'))),
  );

type Payload<E> = E extends EffectType<infer P> ? P : never;

async function make(
  deps: DutiesDeps,
  { id, code, content, copiedFromId }: Payload<typeof makeDuty>,
  at: EffectContext,
): Promise<Refusal | undefined> {
  const twin = await findTwin(at.tx, content, copiedFromId !== null);
  if (twin) {
    const name = twin.byName ?? t('notices.faster.somebody');
    return refuse('twin', t('duties.refused.twin', { name, code: twin.code }));
  }
  if (copiedFromId !== null) {
    await shareCalendar(at.tx);
    const source = await lockDuty(at.tx, copiedFromId);
    if (!source) return refuse('gone', t('duties.gone'));
    await endBefore(deps, source, content, at);
  }
  const reason = copiedFromId === null ? 'new' : 'copy';
  await createDuty(at.tx, { id, code, copiedFromId }, saved(at, 1, content, reason));
  await audit(at, `duty.${reason}`, id, { code, version: 1 });
  return undefined;
}

/** The last day of the duty that a copy follows; null where the two do not meet. */
export function lastDayBefore(source: DutyContent, copy: DutyContent): string | null {
  const isDated = source.periods.kind === 'once' || source.periods.kind === 'custom';
  if (isDated || (source.endsOn !== null && source.endsOn < copy.startsOn)) return null;
  return addDays(copy.startsOn, -1);
}

/** A copy takes over where it begins: one period is never owed to both. */
async function endBefore(deps: DutiesDeps, source: KeptDuty, copy: DutyContent, at: EffectContext): Promise<void> {
  const endsOn = lastDayBefore(source.content, copy);
  if (endsOn === null || !source.active) return;
  await save(deps, source, { ...source.content, endsOn }, 'copied', at);
}

async function amend(
  deps: DutiesDeps,
  { id, seen, content, reason }: Payload<typeof amendDuty>,
  at: EffectContext,
): Promise<Refusal | undefined> {
  const duty = await lockSeen(id, seen, at);
  if ('refused' in duty) return duty;
  await save(deps, duty, content, reason, at);
  return undefined;
}

/** The next version, with what it does to what units owe already. */
async function save(
  deps: DutiesDeps,
  duty: KeptDuty,
  content: DutyContent,
  reason: string,
  at: EffectContext,
): Promise<void> {
  // All at once and in one order: period by period, two who take the same ones could wait for each other.
  await lockOwingOfDuty(at.tx, duty.id);
  const amendment = await planAmendment(at.tx, duty.id, { before: duty.content, after: content }, at.now);
  const version = duty.version + 1;
  await updateDuty(at.tx, duty.id, saved(at, version, content, reason));
  const by = { basis: reason, byId: at.actor.memberId };
  await deps.dueMoved(at, await applyAmendment(at.tx, duty.id, amendment, by, at.now));
  const { moves, waived } = amendment;
  const done = { version, reason, moved: moves.map(({ period, from, to }) => ({ period, from, to })) };
  await audit(at, 'duty.amend', duty.id, { ...done, waived: waived.length });
}

async function stop(
  { id, seen, waive, reason }: Payload<typeof stopDuty>,
  at: EffectContext,
): Promise<Refusal | undefined> {
  const duty = await lockSeen(id, seen, at);
  if ('refused' in duty) return duty;
  const version = duty.version + 1;
  await updateDuty(at.tx, id, saved(at, version, duty.content, reason), false);
  const open = waive ? await findOpenPeriods(at.tx, id, localDate(at.now)) : [];
  const waived = await waiveOpen(
    at.tx,
    open.flatMap(({ ids }) => ids),
    'stopped',
  );
  await audit(at, 'duty.stop', id, { version, reason, waived });
  return undefined;
}

/** The locked duty as the officer saw it, or who changed it since. */
async function lockSeen(id: string, seen: number, at: EffectContext): Promise<KeptDuty | Refusal> {
  // Before the duty, see shareCalendar.
  await shareCalendar(at.tx);
  const duty = await lockDuty(at.tx, id);
  if (!duty) return refuse('gone', t('duties.gone'));
  if (duty.version === seen && duty.active) return duty;
  const author = await findAuthor(at.tx, id);
  const name = author?.name ?? t('notices.faster.somebody');
  const said = { name, at: author ? formatMoment(author.at) : '' };
  return refuse('newer', t(duty.active ? 'duties.refused.newer' : 'duties.refused.stopped', said));
}

const saved = (at: EffectContext, version: number, content: DutyContent, reason: string): Saved => ({
  version,
  content: contentSchema.parse(content),
  at: at.now,
  memberId: at.actor.memberId,
  reason,
});

async function audit({ tx, now, actor }: EffectContext, action: string, id: string, data: object): Promise<void> {
  await tx.auditEntry.create({
    data: { at: now, memberId: actor.memberId, action, subject: `duty:${id}`, data: { ...data } },
  });
}
