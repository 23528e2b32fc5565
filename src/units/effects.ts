/** The effects of this room's flows, and how they are carried out. */
import { defineEffect, refuse, t } from '../conversation/index.js';
import { handle, type EffectHandler } from '../inbox/index.js';
import type { Language } from '../kernel/format.js';
import { setLanguage, setSubscribed } from './service-contacts.js';
import { noteWrongCode, useInvitation } from './service-invitations.js';
import { issueInvitation, withdrawInvitation, type InvitationOrder } from './service-inviting.js';
import { addCluster, addUnits, type ClusterOrder, type NewUnit } from './service-growth.js';
import { updatePreferred } from './store-contacts.js';

/** Uses a code: the actor's contact, conversation, roles and seats may be others afterwards. */
export const useInvitationEffect = defineEffect<{ code: string }>('units.use-invitation');
export const noteWrongCodeEffect = defineEffect<Record<string, never>>('units.note-wrong-code');
export const setLanguageEffect = defineEffect<{ language: Language }>('units.set-language');
export const setSubscribedEffect = defineEffect<{ subscribed: boolean }>('units.set-subscribed');
export const preferChannelEffect = defineEffect<{ contactId: string }>('units.prefer-channel');
export const inviteEffect = defineEffect<InvitationOrder>('units.invite');
export const withdrawInvitationEffect = defineEffect<{ id: string }>('units.withdraw-invitation');
export const addUnitsEffect = defineEffect<{ units: readonly NewUnit[] }>('units.add-units');
export const addClusterEffect = defineEffect<ClusterOrder>('units.add-cluster');

export function createUnitsEffects(): EffectHandler[] {
  return [
    handle(useInvitationEffect, async ({ code }, at) => {
      const used = await useInvitation(at.tx, code, at.actor, at.now);
      if ('refused' in used) return used;
      if (used.previousHolder === null || used.seatId === null) return undefined;
      await at.outbox.tell(
        at.tx,
        {
          source: { kind: 'seat-hand-over', id: `${used.seatId}:${at.inboundId}` },
          slot: 's',
          class: 'deadline',
          to: [{ person: `m:${used.previousHolder}` }],
          say: [{ text: t('units.handedOver') }],
        },
        at.now,
      );
      return undefined;
    }),
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
