/** What somebody hears who may not do a thing: who may. */
import type { Actor, HeldSeat, Role } from '../kernel/people.js';
import { t, type Text } from './text.js';

const SEAT: HeldSeat = { seatId: '', kind: 'primary', unitId: '', unitCode: '', unitName: '' };
const DUTIES = [
  { duty: 'seat', roles: [], seats: [SEAT] },
  { duty: 'officer', roles: ['officer'], seats: [] },
  { duty: 'leader', roles: ['leader'], seats: [] },
  { duty: 'admin', roles: ['admin'], seats: [] },
] as const satisfies readonly { duty: 'seat' | Role; roles: readonly Role[]; seats: readonly HeldSeat[] }[];

/**
 * The rule itself is asked about people of one duty each, so that the words cannot differ from it. A duty that the
 * reader has is never what is missing.
 */
export function notForYou(may: (actor: Actor) => boolean, reader: Actor): Text {
  const names = DUTIES.filter(
    ({ duty, roles, seats }) =>
      !(duty === 'seat' ? reader.seats.length > 0 : reader.roles.includes(duty)) &&
      may({ ...reader, memberId: reader.memberId ?? '', roles, seats }),
  ).map(({ duty }) => t(`conversation.duty.${duty}`));
  const last = names.at(-1);
  if (!last) return t('conversation.notForYou');
  const others = names.slice(0, -1);
  const who =
    others.length === 0
      ? last
      : t('conversation.duty.or', {
          left: others.reduce((left, right) => t('conversation.duty.list', { left, right })),
          right: last,
        });
  return t('conversation.onlyFor', { who });
}
