/** What all decisions of officers share: who may decide, who is told, what is kept. */
import { notForYou, refuse, type EffectType, type Refusal } from '../conversation/index.js';
import type { Recipient } from '../delivery/ports.js';
import { handle, type EffectContext, type EffectHandler } from '../inbox/index.js';
import { personKey } from '../kernel/people.js';
import { isOfficer } from '../units/index.js';
import { hearersOf } from './reminding/ladder.js';
import { ALL_SEATS, type ReportingDeps } from './ports.js';

/** A handler that refuses everybody but officers. */
export function handleForOfficers<P>(
  effect: EffectType<P>,
  apply: (payload: P, at: EffectContext) => Promise<Refusal | undefined>,
): EffectHandler {
  return handle(effect, (payload, at) =>
    isOfficer(at.actor) ? apply(payload, at) : Promise.resolve(refuse('not-officer', notForYou(isOfficer, at.actor))),
  );
}

export const isRefusal = (value: object): value is Refusal => 'refused' in value;

/** Those who answer for a unit, and the person who handed in while that person still holds a seat there. */
export async function hearers(
  deps: ReportingDeps,
  at: EffectContext,
  unitId: string,
  memberId: string | null,
): Promise<Recipient[]> {
  const all = await deps.seats.holdersOf(at.tx, [unitId], ALL_SEATS);
  const sender = memberId === null ? null : personKey({ memberId, contactId: '' });
  const holders = [...hearersOf('seat', all).holders, ...all.filter((holder) => holder.personKey === sender)];
  const to = new Map<string, Recipient>();
  for (const { personKey: person, seatId } of holders) if (!to.has(person)) to.set(person, { person, seatId });
  return [...to.values()];
}

/** Keeps what was decided, by whom. */
export async function audit(at: EffectContext, action: string, subject: string, data: object): Promise<void> {
  await at.tx.auditEntry.create({ data: { at: at.now, memberId: at.actor.memberId, action, subject, data } });
}
