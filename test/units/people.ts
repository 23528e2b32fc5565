/** Small provinces for the tests of this room. */
import { randomUUID } from 'node:crypto';
import type { SeatKind } from '../../src/kernel/people.js';
import type { Store, Tx } from '../../src/store/index.js';
import { ensureContact, ensureSeat, handOverSeat, insertMember, type KnownContact } from '../../src/units/index.js';

export const NOW = new Date('2026-11-23T02:00:00Z');
export const minutes = (n: number): number => n * 60_000;
export const later = (ms: number): Date => new Date(NOW.getTime() + ms);

let serial = 0;

/** A unit of today. */
export async function unit(
  tx: Tx,
  name: string,
  more: { type?: string; level?: string; validFrom?: string; validTo?: string } = {},
): Promise<string> {
  const id = randomUUID();
  serial += 1;
  await tx.unit.create({
    data: {
      id,
      code: `u-${String(serial)}`,
      name,
      shortName: name,
      type: more.type ?? 'phuong',
      level: more.level ?? 'xa',
      validFrom: more.validFrom === undefined ? null : new Date(more.validFrom),
      validTo: more.validTo === undefined ? null : new Date(more.validTo),
    },
  });
  return id;
}

/** A member with one web contact. */
export async function member(
  tx: Tx,
  name: string,
): Promise<{ memberId: string; contactId: string; conversationId: string }> {
  const memberId = await insertMember(tx, name);
  serial += 1;
  const contact = await tx.contact.create({
    data: {
      id: randomUUID(),
      channel: 'web',
      externalId: `w${String(serial)}`,
      memberId,
      displayName: name,
      preferred: true,
    },
  });
  const conversation = await tx.conversation.create({ data: { id: randomUUID(), memberId } });
  return { memberId, contactId: contact.id, conversationId: conversation.id };
}

/** A member in a seat. */
export async function holder(
  tx: Tx,
  name: string,
  unitId: string,
  kind: SeatKind = 'primary',
): Promise<{ memberId: string; contactId: string; conversationId: string; seatId: string }> {
  const person = await member(tx, name);
  const seatId = await ensureSeat(tx, unitId, kind);
  await handOverSeat(tx, { seatId, toMemberId: person.memberId, now: NOW });
  return { ...person, seatId };
}

/** A new person on Telegram. */
export function stranger(store: Store, externalId: string = randomUUID(), at = NOW): Promise<KnownContact> {
  return store.transaction((tx) => ensureContact(tx, { channel: 'telegram', externalId, displayName: 'Người lạ' }, at));
}
