/** Who writes to us: contacts, their conversations, and the actor of a turn. */
import type { Sender } from '../conversation/message.js';
import type { Language } from '../kernel/format.js';
import type { Actor } from '../kernel/people.js';
import type { Tx } from '../store/index.js';
import {
  conversationOf,
  findActor,
  updateContactState,
  updatePerson,
  upsertContact,
  type ContactState,
  type KnownContact,
} from './store-contacts.js';

/**
 * The contact of a sender and the conversation its messages belong to; both are made when they are new, and two
 * processes that meet the same sender at once get the same ones. Call it when the person wrote.
 */
export async function ensureContact(tx: Tx, sender: Sender, now: Date): Promise<KnownContact> {
  const contact = await upsertContact(tx, sender, now);
  return known(tx, contact);
}

/** The same for an event in which the person wrote nothing (blocked us, followed us): it does not count as a sign of life. */
export async function ensureSilentContact(tx: Tx, sender: Sender): Promise<KnownContact> {
  const contact = await upsertContact(tx, sender, null);
  return known(tx, contact);
}

async function known(
  tx: Tx,
  contact: { id: string; member_id: string | null; created: boolean },
): Promise<KnownContact> {
  return {
    contactId: contact.id,
    conversationId: await conversationOf(tx, contact),
    memberId: contact.member_id,
    created: contact.created,
  };
}

/** The person of a turn, in one query. Throws when the contact does not exist: a message was stored for nobody. */
export async function loadActor(tx: Tx, contactId: string): Promise<Actor> {
  const actor = await findActor(tx, contactId);
  if (!actor) throw new Error(`no contact ${contactId}`);
  return actor;
}

/** Notes that a contact blocked us, came back or is gone. */
export const setContactState = (tx: Tx, contactId: string, state: ContactState): Promise<void> =>
  updateContactState(tx, contactId, state);

/** The person's language, on all channels. */
export const setLanguage = (tx: Tx, actor: Pick<Actor, 'memberId' | 'contactId'>, language: Language): Promise<void> =>
  updatePerson(tx, actor, { language });

/** Whether the person gets broadcasts, on all channels. Duties do not ask this. */
export const setSubscribed = (
  tx: Tx,
  actor: Pick<Actor, 'memberId' | 'contactId'>,
  subscribed: boolean,
): Promise<void> => updatePerson(tx, actor, { subscribed });
