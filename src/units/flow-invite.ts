/** Inviting: to seats, to roles, to one's own seat, to a further channel; and taking an invitation back. */
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Flow,
  type GoButton,
  type Move,
  type Option,
} from '../conversation/index.js';
import { formatMoment } from '../kernel/format.js';
import { isId } from '../kernel/ids.js';
import type { Actor, HeldSeat, SeatKind } from '../kernel/people.js';
import { deriveInvitationCode } from './invitation-code.js';
import { inviteEffect, withdrawInvitationEffect } from './effects.js';
import { confirmStep, peopleStep, sameStep, type InviteOptions } from './flow-invite-person.js';
import { inviteData, postOf, type InviteData } from './invite-data.js';
import { inviteButton, invitationSay, menuButton, roleText, seatLine } from './invite-texts.js';
import { isAdmin, isClerk, isSeatHolder, ownSeats, SEAT_KINDS, seatKindText, seatText, type Unit } from './model.js';
import type { UnitsReadPort } from './reads.js';
import { describeInvitation } from './service-invitations.js';
import { mayInvite } from './service-inviting.js';
import type { OpenInvitation, UnitCard } from './store-cards.js';

type Data = InviteData;
type Reads = UnitsReadPort;

const ROLES = ['officer', 'leader', 'admin'] as const;
const PAGE = 8;

/** Builds the flow. */
export function createInviteFlow(options: InviteOptions = {}): Flow<Data, Reads> {
  return defineFlow<Data, Reads>({
    name: 'inviting',
    version: 1,
    data: inviteData,
    keepsDraft: false,
    commands: [inviteSeat, handOver, addChannel(options), openInvitations, revoke],
    steps: {
      own: ownStep,
      unit: unitStep,
      pick: pickStep,
      seat: seatStep,
      person: peopleStep,
      same: sameStep,
      confirm: confirmStep(options),
      open: openStep,
    },
  });
}

const inviteSeat = defineCommand<Data, Reads, Unit | null>({
  name: 'invite-seat',
  words: ['mời', 'mời đầu mối', 'mời cán bộ', 'tạo mã mời', 'cấp mã mời', 'invite'],
  allow: isClerk,
  load: async (read, { arg }) => (isId(arg) ? ((await read.units.unitsById([arg]))[0] ?? null) : null),
  start: ({ loaded }) => (loaded ? { to: 'seat', data: { unitId: loaded.id } } : { to: 'unit', data: {} }),
});

const handOver = defineCommand<Data, Reads>({
  name: 'hand-over',
  words: ['bàn giao', 'bàn giao đầu mối', 'hand over'],
  allow: (actor) => isSeatHolder(actor) || isClerk(actor),
  start: ({ actor }) => {
    const seats = ownSeats(actor);
    if (seats.length === 0) return isClerk(actor) ? { begin: 'invite-seat' } : coveredOnly();
    const only = seats.length === 1 && !isClerk(actor) && seats[0]?.kind !== 'head' ? seats[0] : undefined;
    if (!only) return { to: 'own', data: { own: true } };
    return { to: 'person', data: { own: true, unitId: only.unitId, kind: only.kind } };
  },
});

/** A seat that one only covers is not one's own to give. */
const coveredOnly = (): Move<Data> => ({
  end: true,
  say: [{ text: t('units.handOver.covered'), buttons: [menuButton] }],
});

/** A code for the person's own post, to be typed on another channel. */
const addChannel = (options: InviteOptions) =>
  defineCommand<Data, Reads>({
    name: 'add-channel',
    words: ['thêm kênh', 'liên kết kênh', 'thêm kênh nhận tin', 'add channel'],
    allow: (actor) => actor.memberId !== null && (isSeatHolder(actor) || actor.roles.length > 0),
    start: ({ actor, now, newId }) => {
      const [seat, role, memberId] = [ownSeats(actor)[0], actor.roles[0], actor.memberId];
      const post = seat ? { unitId: seat.unitId, kind: seat.kind } : role ? { role } : null;
      if (post === null || memberId === null) return { end: true, say: [{ text: t('units.invite.notAllowed') }] };
      const seed = { id: newId(), code: deriveInvitationCode(newId()) };
      const again: GoButton = { label: t('units.channel.button'), command: 'channel' };
      const head = t('units.invite.ownChannel');
      return {
        end: true,
        say: [invitationSay(describeInvitation(seed, now), head, options.telegramBot?.() ?? null, again)],
        effects: [inviteEffect({ seed, post, invitee: { memberId } })],
      };
    },
  });

const openInvitations = defineCommand<Data, Reads>({
  name: 'invitations',
  words: ['mã mời đang chờ', 'danh sách mã mời', 'mã mời còn hạn', 'open invitations'],
  allow: isClerk,
  start: () => ({ to: 'open', data: { offset: 0 } }),
});

const revoke = defineCommand<Data, Reads, OpenInvitation | null>({
  name: 'revoke-invitation',
  words: ['thu hồi mã mời'],
  allow: (actor) => isSeatHolder(actor) || actor.roles.length > 0,
  load: async (read, { arg, now }) =>
    isId(arg) ? ((await read.units.openInvitations({ id: arg, limit: 1 }, now))[0] ?? null) : null,
  start: ({ actor, arg, loaded }): Move<Data> => {
    if (arg === '' && isClerk(actor)) return { begin: 'invitations' };
    const post = loaded?.seat ?? (loaded?.role ? { role: loaded.role } : null);
    if (!loaded || !post || !mayInvite(actor, post))
      return { end: true, say: [{ text: t('units.invite.gone'), buttons: [menuButton] }] };
    return {
      end: true,
      say: [{ text: t('units.invite.withdrawn'), buttons: [...(isClerk(actor) ? [inviteButton] : []), menuButton] }],
      effects: [withdrawInvitationEffect({ id: loaded.id })],
    };
  },
  refused: (_, refusal) => ({ end: true, say: [{ text: refusal.text, buttons: [menuButton] }] }),
});

/** Which of several own seats is handed over. */
const ownStep = defineStep<Data, Reads>({
  ask: ({ actor }) => ({
    text: t('units.handOver.which'),
    options: [
      ...givable(actor).map((seat): Option => ({ value: giftOf(seat), label: seatText(seat), words: [seat.unitName] })),
      ...(isClerk(actor) ? [{ value: 'other', label: t('units.handOver.other'), words: ['khác'] }] : []),
    ],
  }),
  answer: ({ actor }, answer) => {
    if (answer.kind === 'option' && answer.value === 'other') return { begin: 'invite-seat' };
    const seat = givable(actor).find((one) => answer.kind === 'option' && giftOf(one) === answer.value);
    if (!seat) return { again: t('conversation.chooseOne') };
    const own = ownSeats(actor).some((one) => giftOf(one) === giftOf(seat));
    return { to: 'person', data: { ...(own ? { own } : {}), unitId: seat.unitId, kind: seat.kind } };
  },
});

type Givable = Pick<HeldSeat, 'unitId' | 'unitName' | 'kind'>;

/** The person's own seats, and of the units that they lead the others too. */
function givable(actor: Actor): Givable[] {
  const own = ownSeats(actor);
  const led = own
    .filter((seat) => seat.kind === 'head')
    .flatMap((seat) => SEAT_KINDS.map((kind) => ({ ...seat, kind })));
  const all = new Map<string, Givable>([...own, ...led].map((seat) => [giftOf(seat), seat]));
  return [...all.values()];
}

const giftOf = ({ unitId, kind }: Givable): string => `${unitId}:${kind}`;

const unitStep = defineStep<Data, Reads>({
  ask: ({ actor }) => ({
    text: t(isAdmin(actor) ? 'units.invite.askUnitOrRole' : 'units.invite.askUnit'),
    free: true,
    options: isAdmin(actor) ? ROLES.map((role) => ({ value: role, label: roleText(role) })) : [],
    buttons: [{ label: t('units.invite.openButton'), command: 'invitations' }],
  }),
  answer: (_, answer) => {
    if (answer.kind === 'text') return { to: 'pick', data: { query: answer.text } };
    const role = ROLES.find((one) => answer.kind === 'option' && one === answer.value);
    return role ? { to: 'person', data: { role } } : { again: t('units.invite.askUnit') };
  },
});

const pickStep = defineStep<Data, Reads, Unit[]>({
  load: (read, { data, now }) => read.units.searchUnits(data.query ?? '', now),
  ask: ({ data, loaded }) => {
    const [first] = loaded;
    if (!first) return { to: 'unit', data: {}, say: [{ text: t('units.find.none', { typed: data.query ?? '' }) }] };
    if (loaded.length === 1) return { to: 'seat', data: { unitId: first.id } };
    return {
      text: t('units.find.which'),
      free: true,
      options: loaded.map((unit) => ({ value: unit.id, label: raw(unit.name), words: [unit.shortName, unit.code] })),
    };
  },
  answer: (_, answer) => {
    if (answer.kind === 'text') return { to: 'pick', data: { query: answer.text } };
    return answer.kind === 'option'
      ? { to: 'seat', data: { unitId: answer.value } }
      : { again: t('conversation.chooseOne') };
  },
});

const seatStep = defineStep<Data, Reads, UnitCard | null>({
  load: (read, { data, now }) => read.units.unitCard(data.unitId ?? '', now),
  ask: ({ loaded }) => {
    if (!loaded) return { to: 'unit', data: {} };
    return {
      text: [t('units.invite.askSeat', { unit: loaded.unit.name }), ...loaded.seats.map(seatLine)],
      options: loaded.seats.map((seat) => ({ value: seat.kind, label: seatKindText(seat.kind) })),
    };
  },
  answer: ({ data, loaded }, answer) => {
    const seat = loaded?.seats.find((one) => answer.kind === 'option' && one.kind === answer.value);
    if (!seat) return { again: t('conversation.chooseOne') };
    return { to: 'person', data: { ...data, kind: seat.kind satisfies SeatKind } };
  },
});

const openStep = defineStep<Data, Reads, OpenInvitation[]>({
  load: (read, { actor, data, now }) =>
    read.units.openInvitations({ seatsOnly: !isAdmin(actor), limit: PAGE + 1, offset: data.offset ?? 0 }, now),
  ask: ({ loaded }) => {
    if (loaded.length === 0)
      return { end: true, say: [{ text: t('units.invite.noneOpen'), buttons: [inviteButton, menuButton] }] };
    const shown = loaded.slice(0, PAGE);
    return {
      text: [
        t('units.invite.openTitle'),
        ...shown.map((one, n) =>
          t('units.invite.openLine', { n: n + 1, post: openPost(one), until: formatMoment(one.expiresAt) }),
        ),
        t('units.invite.openChoose'),
      ],
      options: [
        ...shown.map((one, n) => ({ value: one.id, label: raw(String(n + 1)) })),
        ...(loaded.length > PAGE ? [{ value: 'more', label: t('units.more') }] : []),
      ],
      buttons: [menuButton],
    };
  },
  answer: ({ data }, answer) => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value === 'more') return { to: 'open', data: { offset: (data.offset ?? 0) + PAGE } };
    return { begin: 'revoke-invitation', arg: answer.value };
  },
});

/** "Trần Thị Mẫu, Phường Phủ Lý (đầu mối chính)". */
function openPost(open: OpenInvitation) {
  const post = postOf(open);
  return open.name === null ? post : t('units.invite.nameAndPost', { name: open.name, post });
}
