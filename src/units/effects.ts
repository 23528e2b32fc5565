/** The effects of this room's flows, and how they are carried out. */
import { defineEffect, refuse, t } from '../conversation/index.js';
import { handle, type EffectContext, type EffectHandler } from '../inbox/index.js';
import type { Language } from '../kernel/format.js';
import { setLanguage, setSubscribed } from './service-contacts.js';
import { arrangeCover, endCover, turnCovers, type CoverOrder } from './service-covers.js';
import { giveSeat, tellHandedOver, type SeatGift } from './service-hand-over.js';
import { noteWrongCode, useInvitation, type UsedInvitation } from './service-invitations.js';
import { issueInvitation, withdrawInvitation, type InvitationOrder } from './service-inviting.js';
import { addCluster, addUnits, type ClusterOrder, type NewUnit } from './service-growth.js';
import type { UnitOrder } from './order.js';
import { cancelOrder, takeOrder } from './service-orders.js';
import type { SuccessionHook } from './service-seats.js';
import { updatePreferred } from './store-contacts.js';

/** Uses a code: the actor's contact, conversation, roles and seats may be others afterwards. */
export const useInvitationEffect = defineEffect<{ code: string }>('units.use-invitation');
export const noteWrongCodeEffect = defineEffect<Record<string, never>>('units.note-wrong-code');
export const setLanguageEffect = defineEffect<{ language: Language }>('units.set-language');
export const setSubscribedEffect = defineEffect<{ subscribed: boolean }>('units.set-subscribed');
export const preferChannelEffect = defineEffect<{ contactId: string }>('units.prefer-channel');
export const inviteEffect = defineEffect<InvitationOrder>('units.invite');
/** Gives a seat to a colleague at once. */
export const giveSeatEffect = defineEffect<SeatGift>('units.give-seat');
export const coverEffect = defineEffect<CoverOrder>('units.cover');
/** Merges, splits or renames units on a day. */
export const orderEffect = defineEffect<UnitOrder>('units.order');
export const cancelOrderEffect = defineEffect<{ id: string }>('units.cancel-order');
export const endCoverEffect = defineEffect<{ id: string }>('units.end-cover');
export const withdrawInvitationEffect = defineEffect<{ id: string }>('units.withdraw-invitation');
export const addUnitsEffect = defineEffect<{ units: readonly NewUnit[] }>('units.add-units');
export const addClusterEffect = defineEffect<ClusterOrder>('units.add-cluster');

const handingOf = (at: EffectContext) => ({ outbox: at.outbox, source: at.inboundId });

/** Whoever took a seat hears what is open there; whoever held it, that it is over. */
async function tellUsed(used: UsedInvitation, at: EffectContext): Promise<void> {
  if (used.coverId !== null) await turnCovers(at.tx, at.now, at.outbox);
  else if (used.seatId !== null && used.previousHolder !== null)
    await tellHandedOver(
      at.tx,
      {
        seatId: used.seatId,
        toMemberId: used.memberId,
        handed: { previous: used.previousHolder, ended: used.ended },
        byMemberId: null,
      },
      at.now,
      handingOf(at),
    );
}

/** `hooks`: how the other rooms let a unit go on for another. */
export function createUnitsEffects(hooks: readonly SuccessionHook[] = []): EffectHandler[] {
  return [
    handle(useInvitationEffect, async ({ code }, at) => {
      const used = await useInvitation(at.tx, code, at.actor, at.now);
      if ('refused' in used) return used;
      await tellUsed(used, at);
      return undefined;
    }),
    handle(giveSeatEffect, (gift, at) => giveSeat(at.tx, gift, at.actor, at.now, handingOf(at))),
    handle(coverEffect, (order, at) => arrangeCover(at.tx, order, at.actor, at.now, at.outbox)),
    handle(orderEffect, (order, at) => takeOrder(at.tx, order, at.actor, at.now, { outbox: at.outbox, hooks })),
    handle(cancelOrderEffect, ({ id }, at) => cancelOrder(at.tx, id, at.actor, at.now)),
    handle(endCoverEffect, ({ id }, at) => endCover(at.tx, id, at.actor, at.now, at.outbox)),
    handle(noteWrongCodeEffect, (_, at) => noteWrongCode(at.tx, at.actor.contactId, at.now)),
    handle(inviteEffect, (order, at) => issueInvitation(at.tx, order, at.actor, at.now)),
    handle(withdrawInvitationEffect, ({ id }, at) => withdrawInvitation(at.tx, id, at.actor, at.now)),
    handle(addUnitsEffect, ({ units }, at) => addUnits(at.tx, units, at.actor, at.now)),
    handle(addClusterEffect, (order, at) => addCluster(at.tx, order, at.actor, at.now)),
    handle(setLanguageEffect, ({ language }, at) => setLanguage(at.tx, at.actor, language)),
    handle(setSubscribedEffect, ({ subscribed }, at) => setSubscribed(at.tx, at.actor, subscribed)),
    handle(preferChannelEffect, async ({ contactId }, at) => {
      const done = at.actor.memberId !== null && (await updatePreferred(at.tx, at.actor.memberId, contactId));
      return done ? undefined : refuse('not-your-channel', t('units.channel.gone'));
    }),
  ];
}
