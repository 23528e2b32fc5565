/** Handing a seat to somebody known, at once; and what everybody concerned is told of it. */
import { refuse, t, type Refusal, type Say } from '../conversation/index.js';
import type { Outbox } from '../delivery/ports.js';
import { localDate } from '../kernel/local-date.js';
import type { Actor, SeatKind } from '../kernel/people.js';
import type { Tx } from '../store/index.js';
import { isValidOn, seatKindText } from './model.js';
import { openWorkTexts } from './open-work-texts.js';
import { tellEnded } from './service-covers.js';
import { mayInvite } from './service-inviting.js';
import { handOverSeat, type HandedOver } from './service-seats.js';
import { revokeForSeat } from './store-invitations.js';
import { findOpenWork } from './store-open-work.js';
import { ensureSeat, lockSeat } from './store-people.js';
import { findUnitsById } from './store-units.js';

export interface SeatGift {
  readonly unitId: string;
  readonly kind: SeatKind;
  readonly toMemberId: string;
  /** Who held the seat when it was shown; null for nobody. */
  readonly seenHolder: string | null;
}

/** What a hand-over is done with. */
export interface HandingDeps {
  readonly outbox: Outbox;
  /** One for each hand-over: told twice under it, told once. */
  readonly source: string;
}

/** Gives a seat to a member who can be reached here. Nothing changes when the seat has passed on since it was shown. */
export async function giveSeat(
  tx: Tx,
  gift: SeatGift,
  actor: Actor,
  now: Date,
  deps: HandingDeps,
): Promise<Refusal | undefined> {
  const { unitId, kind, toMemberId } = gift;
  if (!mayInvite(actor, { unitId, kind })) return refuse('not-allowed', t('units.invite.notAllowed'));
  const [unit] = await findUnitsById(tx, [unitId]);
  if (!unit || !isValidOn(unit, localDate(now))) return refuse('unit-gone', t('units.invite.unitGone'));
  if ((await tx.contact.count({ where: { memberId: toMemberId, state: 'active' } })) === 0)
    return refuse('unreachable', t('units.handOver.unreachable'));
  const seatId = await ensureSeat(tx, unitId, kind);
  const seat = await lockSeat(tx, seatId);
  if (seat?.memberId === toMemberId) return refuse('already', t('units.handOver.already'));
  if ((seat?.memberId ?? null) !== gift.seenHolder) return refuse('changed', t('units.handOver.changed'));
  const handed = await handOverSeat(tx, { seatId, toMemberId, now, byMemberId: actor.memberId });
  await revokeForSeat(tx, seatId, now);
  await tellHandedOver(tx, { seatId, toMemberId, handed, byMemberId: actor.memberId }, now, deps);
  return undefined;
}

/** Tells the new holder what is open, the one before that it is over, and those whose cover ended with it. */
export async function tellHandedOver(
  tx: Tx,
  passed: {
    readonly seatId: string;
    readonly toMemberId: string;
    readonly handed: HandedOver;
    /** Was answered already. */
    readonly byMemberId: string | null;
  },
  now: Date,
  { outbox, source }: HandingDeps,
): Promise<void> {
  const { seatId, toMemberId, handed, byMemberId } = passed;
  const seat = await tx.seat.findUnique({ where: { id: seatId }, include: { unit: true } });
  if (!seat) return;
  const tell = (slot: string, memberId: string, say: Say) =>
    outbox.tell(
      tx,
      {
        source: { kind: 'seat-hand-over', id: source },
        slot,
        class: 'deadline',
        to: [{ person: `m:${memberId}` }],
        say: [say],
      },
      now,
    );
  if (handed.previous !== null && handed.previous !== byMemberId && handed.previous !== toMemberId)
    await tell('s', handed.previous, { text: t('units.handedOver') });
  const words = { unit: seat.unit.name, kind: seatKindText(seat.kind as SeatKind) };
  const work = openWorkTexts(await findOpenWork(tx, seat.unitId, null), localDate(now));
  await tell('new', toMemberId, {
    text: [t('units.handOver.received', words), ...work],
    buttons: [{ label: t('button.owed'), command: 'owed' }],
  });
  await tellEnded(tx, handed.ended, now, outbox, byMemberId);
}
