/** Who is invited, and the last look before the code is made. */
import { defineStep, raw, t, type Move, type Option, type Text } from '../conversation/index.js';
import type { Actor } from '../kernel/people.js';
import { formatMoment } from '../kernel/format.js';
import type { LocalDate } from '../kernel/local-date.js';
import { giveSeatEffect, inviteEffect } from './effects.js';
import { deriveInvitationCode } from './invitation-code.js';
import { chosenPost, postOf, type InviteData } from './invite-data.js';
import { holderIn, inviteButton, invitationSay, menuButton } from './invite-texts.js';
import { isClerk, seatKindText } from './model.js';
import { draftTexts, openWorkTexts } from './open-work-texts.js';
import type { UnitsReadPort } from './reads.js';
import { describeInvitation } from './service-invitations.js';
import type { Namesake, UnitCard } from './store-cards.js';
import type { OpenWork } from './store-open-work.js';

type Data = InviteData;

/** Knows the name of the Telegram bot once Telegram told it. */
export interface InviteOptions {
  readonly telegramBot?: () => string | null;
}

const NAME_LIMIT = 100;

const cardOf = (read: UnitsReadPort, data: Data, now: Date): Promise<UnitCard | null> =>
  data.unitId === undefined ? Promise.resolve(null) : read.units.unitCard(data.unitId, now);

/** The people of the unit, each once: most invitations go to one of them. */
function peopleOf(card: UnitCard | null, data: Data, actor: Actor): Option[] {
  const options = new Map<string, Option>();
  for (const { holder, kind } of card?.seats ?? []) {
    if (!holder || options.has(holder.memberId) || (data.own === true && holder.memberId === actor.memberId)) continue;
    const label = t('units.invite.person', { name: holder.name, kind: seatKindText(kind) });
    options.set(holder.memberId, { value: holder.memberId, label, words: [holder.name] });
  }
  return [...options.values()];
}

export const peopleStep = defineStep<Data, UnitsReadPort, UnitCard | null>({
  load: (read, { data, now }) => cardOf(read, data, now),
  ask: ({ actor, data, loaded }) => {
    const options = peopleOf(loaded, data, actor);
    return {
      text: t(options.length > 0 ? 'units.invite.askPersonOf' : 'units.invite.askPerson'),
      free: true,
      options,
    };
  },
  answer: ({ data: before, loaded, actor }, answer): Move<Data> => {
    const holder = before.kind === undefined ? null : holderIn(loaded, before.kind);
    const data: Data = { ...before, seen: holder?.memberId ?? '' };
    if (answer.kind === 'option') {
      const known = loaded?.seats.find((seat) => seat.holder?.memberId === answer.value)?.holder;
      if (!known) return { again: t('conversation.chooseOne') };
      return { to: 'confirm', data: { ...data, memberId: known.memberId, fullName: known.name } };
    }
    const name = answer.kind === 'text' ? cleanName(answer.text) : null;
    if (name === null) return { again: t('units.invite.badName') };
    const next: Data = { ...data, fullName: name };
    delete next.memberId;
    // Who else has this name, and where, is for the office to know.
    return { to: isClerk(actor) ? 'same' : 'confirm', data: next };
  },
});

/** A name as it is written, in one line; null when it cannot be one. */
export function cleanName(typed: string): string | null {
  const name = typed.replace(/\s+/g, ' ').trim();
  return /^\p{L}[\p{L}\p{M}\p{N} .'’-]+$/u.test(name) && name.length <= NAME_LIMIT ? name : null;
}

/** Asks whether a name means somebody already known. */
export const sameStep = defineStep<Data, UnitsReadPort, Namesake[]>({
  load: (read, { data }) => read.units.namesakes(data.fullName ?? ''),
  ask: ({ data, loaded }) => {
    if (loaded.length === 0) return { to: 'confirm', data };
    return {
      text: t('units.invite.same', { name: data.fullName ?? '' }),
      options: [
        ...loaded.map((one) => ({
          value: one.memberId,
          label:
            one.unitName === null ? raw(one.name) : t('units.invite.namesake', { name: one.name, unit: one.unitName }),
        })),
        { value: 'new', label: t('units.invite.somebodyElse'), words: ['người khác', 'không'] },
      ],
    };
  },
  answer: ({ data, loaded }, answer) => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value === 'new') return { to: 'confirm', data };
    const known = loaded.find((one) => one.memberId === answer.value);
    return known
      ? { to: 'confirm', data: { ...data, memberId: known.memberId, fullName: known.name } }
      : { again: t('conversation.chooseOne') };
  },
});

/** Says what will happen, then makes the code. */
export const confirmStep = (options: InviteOptions) =>
  defineStep<Data, UnitsReadPort, Last>({
    load: loadLast,
    ask: ({ data, loaded, today }) => ({
      text: confirmText(data, loaded, today),
      options: [
        { value: 'make', label: t('units.invite.make'), words: ['tạo', 'đồng ý', 'có'] },
        ...(loaded.canGive
          ? [{ value: 'give', label: t('units.handOver.give'), words: ['bàn giao', 'giao ngay'] }]
          : []),
        { value: 'edit', label: t('button.edit'), words: ['sửa'] },
      ],
    }),
    answer: ({ data, loaded, now, newId }, answer): Move<Data> => {
      const post = chosenPost(data);
      const { card } = loaded;
      if (answer.kind === 'option' && answer.value === 'give') return give(data, loaded, now);
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value !== 'make' || post === null) return { to: 'person', data };
      // The code comes from an id of its own, which is kept nowhere.
      const seed = { id: newId(), code: deriveInvitationCode(newId()) };
      const invitee = data.memberId === undefined ? { fullName: data.fullName ?? '' } : { memberId: data.memberId };
      const head = t('units.invite.made', { name: data.fullName ?? '', post: postText(data, card) });
      const again = data.own === true ? { label: t('button.person'), command: 'person' } : inviteButton;
      return {
        end: true,
        say: [invitationSay(describeInvitation(seed, now), head, options.telegramBot?.() ?? null, again)],
        effects: [inviteEffect({ seed, post, invitee })],
      };
    },
    refused: (_, refusal) => ({ end: true, say: [{ text: refusal.text, buttons: [menuButton] }] }),
  });

const postText = (data: Data, card: UnitCard | null): Text =>
  postOf({
    role: data.role ?? null,
    seat: card && data.kind !== undefined ? { kind: data.kind, unitName: card.unit.name } : null,
  });

/** What the last look needs: the unit, what is open there, and whether the person can take the seat at once. */
interface Last {
  readonly card: UnitCard | null;
  readonly work: OpenWork | null;
  readonly canGive: boolean;
}

async function loadLast(read: UnitsReadPort, { data, now }: { data: Data; now: Date }): Promise<Last> {
  const card = await cardOf(read, data, now);
  const holder = data.kind === undefined ? null : holderIn(card, data.kind);
  const { memberId } = data;
  const isOther = memberId !== undefined && memberId !== holder?.memberId;
  const contacts = card && isOther ? await read.units.contactsOf(memberId) : [];
  return {
    card,
    work:
      card && holder?.memberId !== memberId ? await read.units.openWork(card.unit.id, holder?.memberId ?? null) : null,
    canGive: contacts.some((contact) => contact.state === 'active'),
  };
}

/** The seat passes on now; the receipt says when, to whom and what goes along. */
function give(data: Data, { card, work }: Last, now: Date): Move<Data> {
  if (card === null || data.kind === undefined || data.memberId === undefined)
    return { again: t('conversation.chooseOne') };
  const { unitId = card.unit.id, kind, memberId, seen = '' } = data;
  const words = { at: formatMoment(now), post: postText(data, card), name: data.fullName ?? '' };
  const gift = { unitId, kind, toMemberId: memberId, seenHolder: seen === '' ? null : seen };
  return {
    end: true,
    say: [{ text: t('units.handOver.done', { ...words, n: work?.duties.length ?? 0 }), buttons: [menuButton] }],
    effects: [giveSeatEffect(gift)],
  };
}

function confirmText(data: Data, { card, work, canGive }: Last, today: LocalDate): Text[] {
  const open = work === null ? [] : [...openWorkTexts(work, today), ...draftTexts(work)];
  const now = canGive ? [t('units.handOver.now')] : [];
  return [...confirmLines(data, card), ...open, ...now];
}

function confirmLines(data: Data, card: UnitCard | null): Text[] {
  const names = { name: data.fullName ?? '', post: postText(data, card) };
  const holder = data.kind === undefined ? null : holderIn(card, data.kind);
  const once = t('units.invite.once');
  if (data.own === true) return [t('units.handOver.confirm', names), t('units.handOver.until'), once];
  if (holder && holder.memberId === data.memberId) return [t('units.invite.confirmChannel', names), once];
  const taken = holder ? [t('units.invite.taken', { name: holder.name })] : [];
  return [t('units.invite.confirm', names), ...taken, once];
}
