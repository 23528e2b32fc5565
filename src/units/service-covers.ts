/** Leave: somebody stands in for a seat between two days, and the seat goes back by itself. */
import { refuse, t, type Refusal, type Say } from '../conversation/index.js';
import type { Outbox } from '../delivery/ports.js';
import { formatDate } from '../kernel/format.js';
import { addDays, atLocal, daysBetween, localDate, type LocalDate } from '../kernel/local-date.js';
import type { Actor } from '../kernel/people.js';
import type { Db, Tx } from '../store/index.js';
import { isClerk, isHeadOf, ownSeats, seatKindText } from './model.js';
import { openWorkTexts } from './open-work-texts.js';
import { createInvitation, type InvitationSeed } from './service-invitations.js';
import {
  endCovers,
  findCover,
  findCoversBy,
  findCoversOf,
  findTurnDays,
  insertCover,
  lockSeatsBeside,
  lockTurning,
  markBegun,
  type Cover,
} from './store-covers.js';
import { findOpenWork } from './store-open-work.js';
import { findHolders, insertMember } from './store-people.js';

/** The longest leave that a colleague covers; for longer the seat is handed over. */
export const LONGEST_COVER = 60;

/** What a holder on leave asks for. */
export interface CoverOrder {
  readonly id: string;
  readonly seatId: string;
  readonly fromOn: LocalDate;
  readonly toOn: LocalDate;
  /** A colleague of the unit, or somebody who is invited by a code of their own. */
  readonly who: { readonly memberId: string } | { readonly fullName: string; readonly seed: InvitationSeed };
}

/** True when this person decides who stands in for the seat: its holder, the head of the unit, the office. */
export const mayCover = (actor: Actor, seat: { readonly seatId: string; readonly unitId: string }): boolean =>
  isClerk(actor) || isHeadOf(actor, seat.unitId) || ownSeats(actor).some((own) => own.seatId === seat.seatId);

/** Why these days cannot be covered; null when they can. */
export function daysRefusal(fromOn: LocalDate, toOn: LocalDate, today: LocalDate): Refusal | null {
  if (fromOn < today) return refuse('past', t('units.leave.past', { day: formatDate(fromOn) }));
  if (toOn < fromOn)
    return refuse('turned', t('units.leave.turned', { from: formatDate(fromOn), to: formatDate(toOn) }));
  const n = daysBetween(fromOn, toOn) + 1;
  return n > LONGEST_COVER ? refuse('long', t('units.leave.long', { n, most: LONGEST_COVER })) : null;
}

/** Arranges a cover. From its first day on the seat's reminders go to whoever covers, without anybody doing more. */
export async function arrangeCover(
  tx: Tx,
  order: CoverOrder,
  actor: Actor,
  now: Date,
  outbox: Outbox,
): Promise<Refusal | undefined> {
  const { id, seatId, fromOn, toOn, who } = order;
  const wrong = daysRefusal(fromOn, toOn, localDate(now));
  if (wrong) return wrong;
  await lockSeatsBeside(tx, seatId);
  const seat = await tx.seat.findUnique({ where: { id: seatId }, select: { unitId: true, kind: true } });
  if (!seat || !mayCover(actor, { seatId, unitId: seat.unitId }))
    return refuse('not-allowed', t('units.invite.notAllowed'));
  const clash = await clashOf(tx, order, seat.unitId);
  if (clash) return clash;
  const isKnown = 'memberId' in who;
  await insertCover(tx, { id, seatId, memberId: isKnown ? who.memberId : null, fromOn, toOn }, actor.memberId, now);
  if (!isKnown) {
    const memberId = await insertMember(tx, who.fullName);
    await createInvitation(tx, { seatId, memberId, coverId: id }, now, who.seed);
  }
  await note(tx, 'seat.cover', id, actor.memberId, now, { seatId, fromOn, toOn });
  await tellAsked(tx, id, now, outbox);
  return undefined;
}

/** Why the seat cannot be covered in these days by this person. */
async function clashOf(tx: Tx, { seatId, fromOn, toOn, who }: CoverOrder, unitId: string): Promise<Refusal | null> {
  const holders = await findHolders(tx, [unitId], ['primary', 'deputy', 'head']);
  const holder = holders.find((one) => one.seatId === seatId);
  if (!holder) return refuse('empty', t('units.leave.empty'));
  const meets = (cover: Cover) => cover.fromOn <= toOn && cover.toOn >= fromOn;
  const own = (await findCoversOf(tx, [seatId])).find(meets);
  if (own) return refuse('overlap', t('units.leave.overlap', spanOf(own)));
  const covering = (await findCoversBy(tx, holder.memberId)).find(meets);
  if (covering)
    return refuse('covering', t('units.leave.covering', { ...spanOf(covering), name: covering.holderName }));
  if (!('memberId' in who)) return null;
  if (who.memberId === holder.memberId) return refuse('self', t('units.leave.self'));
  const colleague = holders.filter((one) => one.memberId === who.memberId);
  const [first] = colleague;
  if (!first) return refuse('outside', t('units.leave.outside'));
  const seatIds = colleague.map((one) => one.seatId);
  const away = (await findCoversOf(tx, seatIds)).find(meets);
  return away ? refuse('away', t('units.leave.away', { ...spanOf(away), name: first.name })) : null;
}

const spanOf = ({ fromOn, toOn }: Pick<Cover, 'fromOn' | 'toOn'>) => ({
  from: formatDate(fromOn),
  to: formatDate(toOn),
});

/** Ends a cover before its last day: the holder is back, or whoever covers cannot go on. */
export async function endCover(
  tx: Tx,
  id: string,
  actor: Actor,
  now: Date,
  outbox: Outbox,
): Promise<Refusal | undefined> {
  const cover = await findCover(tx, id);
  if (!cover) return refuse('over', t('units.leave.gone'));
  const isTheirs = cover.memberId !== null && cover.memberId === actor.memberId;
  if (!isTheirs && !mayCover(actor, cover)) return refuse('not-allowed', t('units.invite.notAllowed'));
  const ended = await endCovers(tx, [id], isTheirs ? 'left' : 'cancelled', now);
  if (ended.length === 0) return refuse('over', t('units.leave.gone'));
  await note(tx, 'seat.cover-end', id, actor.memberId, now, { reason: isTheirs ? 'left' : 'cancelled' });
  await tellEnded(tx, [cover], now, outbox, actor.memberId);
  return undefined;
}

/** Begins the covers whose first day has come and ends those whose last is past. May run any number of times. */
export async function turnCovers(tx: Tx, now: Date, outbox: Outbox): Promise<number> {
  const { begin, over } = await lockTurning(tx, localDate(now));
  await markBegun(
    tx,
    begin.map(({ id }) => id),
    now,
  );
  for (const cover of begin) await tellBegun(tx, cover, now, outbox);
  const ended = new Set(
    await endCovers(
      tx,
      over.map(({ id }) => id),
      'over',
      now,
    ),
  );
  // Of a cover that nobody took there is nothing to give back.
  const given = over.filter(({ id, memberId }) => ended.has(id) && memberId !== null);
  await tellEnded(tx, given, now, outbox, null);
  return begin.length + ended.size;
}

/** The instants after `from` up to `to` at which a cover begins or is over: midnight of the day. */
export async function coverInstants(db: Db | Tx, from: Date, to: Date): Promise<Date[]> {
  const days = await findTurnDays(db, addDays(localDate(from), -1), localDate(to));
  return days.map((day) => atLocal(day, '00:00')).filter((at) => at > from && at <= to);
}

const note = (tx: Tx, action: string, id: string, memberId: string | null, now: Date, data: object) =>
  tx.auditEntry.create({ data: { at: now, memberId, action, subject: `seat-cover:${id}`, data } });

const wordsOf = (cover: Cover) => ({
  ...spanOf(cover),
  holder: cover.holderName,
  name: cover.name ?? '',
  unit: cover.unitName,
  kind: seatKindText(cover.kind),
});

const owedButton = { label: t('button.owed'), command: 'owed' };

/** Tells whoever is asked, long before or on the day itself. */
async function tellAsked(tx: Tx, id: string, now: Date, outbox: Outbox): Promise<void> {
  const cover = await findCover(tx, id);
  if (!cover || cover.memberId === null) return;
  if (cover.fromOn <= localDate(now)) {
    await turnCovers(tx, now, outbox);
    return;
  }
  const cannot = { label: t('units.leave.cannot'), command: 'end-cover', arg: id };
  await tell(
    tx,
    cover,
    'asked',
    cover.memberId,
    { text: t('units.leave.asked', wordsOf(cover)), buttons: [cannot] },
    now,
    outbox,
  );
}

async function tellBegun(tx: Tx, cover: Cover, now: Date, outbox: Outbox): Promise<void> {
  if (cover.memberId === null) return;
  const work = openWorkTexts(await findOpenWork(tx, cover.unitId, null), localDate(now));
  const text = [t('units.leave.begun', wordsOf(cover)), ...work];
  await tell(tx, cover, 'begun', cover.memberId, { text, buttons: [owedButton] }, now, outbox);
  if (cover.holderId === null) return;
  const back = { label: t('units.leave.backButton'), command: 'end-cover', arg: cover.id };
  const holder: Say = { text: t('units.leave.begunHolder', wordsOf(cover)), buttons: [back] };
  await tell(tx, cover, 'begun', cover.holderId, holder, now, outbox);
}

/** Tells both sides that the seat is the holder's again; whoever ended it has been answered already. */
export async function tellEnded(
  tx: Tx,
  covers: readonly Cover[],
  now: Date,
  outbox: Outbox,
  byMemberId: string | null,
): Promise<void> {
  for (const cover of covers) {
    const words = wordsOf(cover);
    if (cover.memberId !== null && cover.memberId !== byMemberId)
      await tell(tx, cover, 'ended', cover.memberId, { text: t('units.leave.ended', words) }, now, outbox);
    if (cover.holderId === null || cover.holderId === byMemberId) continue;
    const work = openWorkTexts(await findOpenWork(tx, cover.unitId, null), localDate(now));
    const text = [t('units.leave.endedHolder', words), ...work];
    await tell(tx, cover, 'ended', cover.holderId, { text, buttons: [owedButton] }, now, outbox);
  }
}

async function tell(
  tx: Tx,
  cover: Cover,
  slot: string,
  memberId: string,
  say: Say,
  now: Date,
  outbox: Outbox,
): Promise<void> {
  const source = { kind: 'seat-cover', id: cover.id };
  await outbox.tell(tx, { source, slot, class: 'deadline', to: [{ person: `m:${memberId}` }], say: [say] }, now);
}
