/** What all decisions of officers share: who may decide, who is told, what is kept. */
import { refuse, t, type EffectType, type Refusal } from '../conversation/index.js';
import type { Recipient } from '../delivery/ports.js';
import { handle, type EffectContext, type EffectHandler } from '../inbox/index.js';
import { personKey } from '../kernel/people.js';
import { isOfficer } from '../units/index.js';
import { hearersOf } from './ladder.js';
import { ALL_SEATS, type ReportingDeps } from './ports.js';

/** A handler that refuses everybody but officers. */
export function handleForOfficers<P>(
  effect: EffectType<P>,
  apply: (payload: P, at: EffectContext) => Promise<Refusal | undefined>,
): EffectHandler {
  return handle(effect, (payload, at) =>
    isOfficer(at.actor) ? apply(payload, at) : Promise.resolve(refuse('not-officer', t('conversation.notForYou'))),
  );
}

export const isRefusal = (value: object): value is Refusal => 'refused' in value;

/** Those who answer for a unit, and the person who handed in. */
export async function hearers(
  deps: ReportingDeps,
  at: EffectContext,
  unitId: string,
  memberId: string | null,
): Promise<Recipient[]> {
  const holders = hearersOf('seat', await deps.seats.holdersOf(at.tx, [unitId], ALL_SEATS)).holders;
  const to = new Map<string, Recipient>(
    holders.map((holder) => [holder.personKey, { person: holder.personKey, seatId: holder.seatId }]),
  );
  if (memberId !== null) {
    const person = personKey({ memberId, contactId: '' });
    if (!to.has(person)) to.set(person, { person });
  }
  return [...to.values()];
}

/** Keeps what was decided, by whom. */
export async function audit(at: EffectContext, action: string, subject: string, data: object): Promise<void> {
  await at.tx.auditEntry.create({ data: { at: at.now, memberId: at.actor.memberId, action, subject, data } });
}
