/** The words around invitations. */
import { raw, t, type GoButton, type Say, type Text } from '../conversation/index.js';
import { formatMoment } from '../kernel/format.js';
import type { Role } from '../kernel/people.js';
import type { LocaleKey } from '../i18n/index.js';
import { seatKindText } from './model.js';
import type { MadeInvitation } from './service-invitations.js';
import type { SeatState, UnitCard } from './store-cards.js';

const ROLE_KEYS: Readonly<Record<Role, LocaleKey>> = {
  officer: 'units.role.officer',
  leader: 'units.role.leader',
  admin: 'units.role.admin',
};

/** "chuyên viên thi đua, khen thưởng", "lãnh đạo", "quản trị". */
export const roleText = (role: Role): Text => t(ROLE_KEYS[role]);

export const inviteButton: GoButton = { label: t('button.inviteSeat'), command: 'invite-seat' };
export const menuButton: GoButton = { label: t('button.menu'), command: 'menu' };

/** The invitation with its code: said once, to the person who ordered it. */
export function invitationSay(made: MadeInvitation, head: Text, botName: string | null, again: GoButton): Say {
  const telegram =
    botName === null
      ? t('units.invite.telegramText', { text: made.telegramStart })
      : t('units.invite.telegramLink', { link: `https://t.me/${botName}?start=${made.code}` });
  return {
    text: [
      head,
      raw(made.code),
      telegram,
      t('units.invite.zalo', { text: made.zaloText }),
      t('units.invite.web', { code: made.code }),
      t('units.invite.expires', { at: formatMoment(made.expiresAt) }),
    ],
    buttons: [{ label: t('units.invite.withdraw'), command: 'revoke-invitation', arg: made.id }, again, menuButton],
  };
}

/** "– đầu mối chính: Trần Thị Mẫu": one line of a unit's card. */
export function seatLine(seat: SeatState): Text {
  const kind = seatKindText(seat.kind);
  const held = seat.holder
    ? t(seat.holder.reachable ? 'units.card.held' : 'units.card.unlinked', { kind, name: seat.holder.name })
    : t('units.card.empty', { kind });
  if (!seat.invited) return held;
  const until = formatMoment(seat.invited.expiresAt);
  return seat.invited.name === null
    ? t('units.card.invited', { held, until })
    : t('units.card.invitedName', { held, name: seat.invited.name, until });
}

/** Who holds a seat of the unit now. */
export const holderIn = (card: UnitCard | null, kind: string): SeatState['holder'] =>
  card?.seats.find((seat) => seat.kind === kind)?.holder ?? null;
