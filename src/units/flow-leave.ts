/** "Tôi nghỉ phép từ … đến …": who stands in for a seat, and coming back before the last day. */
import { z } from 'zod';
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
  type Text,
} from '../conversation/index.js';
import { formatDate, formatMoment } from '../kernel/format.js';
import { isId } from '../kernel/ids.js';
import type { Actor, SeatKind } from '../kernel/people.js';
import { coverEffect, endCoverEffect } from './effects.js';
import { deriveInvitationCode } from './invitation-code.js';
import { cleanName, type InviteOptions } from './flow-invite-person.js';
import { holderIn, invitationSay, menuButton } from './invite-texts.js';
import { ownSeats, SEAT_KINDS, seatKindText, seatText } from './model.js';
import { openWorkTexts } from './open-work-texts.js';
import { readSpan } from './read-span.js';
import type { UnitsReadPort } from './reads.js';
import { daysRefusal } from './service-covers.js';
import { describeInvitation } from './service-invitations.js';
import type { UnitCard } from './store-cards.js';
import type { Cover } from './store-covers.js';
import type { OpenWork } from './store-open-work.js';

const dataSchema = z.object({
  seatId: z.string().optional(),
  unitId: z.string().optional(),
  kind: z.enum(['primary', 'deputy', 'head']).optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  memberId: z.string().optional(),
  fullName: z.string().optional(),
});
type Data = z.infer<typeof dataSchema>;
type Reads = UnitsReadPort;

/** A seat whose leave this person may arrange. */
interface Seat {
  readonly seatId: string;
  readonly unitId: string;
  readonly kind: SeatKind;
  readonly label: Text;
}

/** The person's own seats; whoever leads a unit arranges for its other seats too. */
async function seatsToCover(read: Reads, actor: Actor): Promise<Seat[]> {
  const own = ownSeats(actor);
  const seats = new Map<string, Seat>(own.map((seat) => [seat.seatId, { ...seat, label: seatText(seat) }]));
  const led = own.filter((seat) => seat.kind === 'head');
  const holders = await read.units.holdersOf(
    led.map((seat) => seat.unitId),
    SEAT_KINDS,
  );
  for (const { seatId, unitId, kind, name } of holders) {
    const label = t('units.invite.person', { name, kind: seatKindText(kind) });
    if (!seats.has(seatId)) seats.set(seatId, { seatId, unitId, kind, label });
  }
  return [...seats.values()];
}

const ends: GoButton = { label: t('units.leave.backButton'), command: 'end-cover' };

const leave = defineCommand<Data, Reads, Seat[]>({
  name: 'leave',
  words: ['nghỉ phép', 'tôi nghỉ phép', 'xin nghỉ phép', 'đi công tác', 'trực thay', 'bố trí trực thay', 'on leave'],
  takesText: true,
  load: (read, { actor }) => seatsToCover(read, actor),
  start: ({ arg, today, loaded }): Move<Data> => {
    if (loaded.length === 0) return { end: true, say: [{ text: t('units.leave.noSeat'), buttons: [menuButton] }] };
    const span = arg === '' ? null : readSpan(arg, today);
    const days = span && daysRefusal(span.from, span.to, today) === null ? span : {};
    const wrong = span && daysRefusal(span.from, span.to, today);
    const say = wrong ? [{ text: wrong.text }] : [];
    const [only] = loaded;
    if (!only || loaded.length > 1) return { to: 'seat', data: days, say };
    const data = { ...days, seatId: only.seatId, unitId: only.unitId, kind: only.kind };
    return { to: 'from' in days ? 'who' : 'days', data, say };
  },
});

const seatStep = defineStep<Data, Reads, Seat[]>({
  load: (read, { actor }) => seatsToCover(read, actor),
  ask: ({ loaded }) => ({
    text: t('units.leave.which'),
    options: loaded.map((seat): Option => ({ value: seat.seatId, label: seat.label })),
  }),
  answer: ({ data, loaded }, answer) => {
    const seat = loaded.find((one) => answer.kind === 'option' && one.seatId === answer.value);
    if (!seat) return { again: t('conversation.chooseOne') };
    const next = { ...data, seatId: seat.seatId, unitId: seat.unitId, kind: seat.kind };
    return { to: next.from === undefined ? 'days' : 'who', data: next };
  },
});

const daysStep = defineStep<Data, Reads, Cover[]>({
  load: (read, { data }) => (data.seatId === undefined ? Promise.resolve([]) : read.units.coversOf([data.seatId])),
  ask: ({ loaded }) => ({
    text: [...loaded.map(coverLine), t('units.leave.askDays')],
    ...(loaded.length > 0 ? { buttons: [ends] } : {}),
  }),
  answer: ({ data, today }, answer) => {
    const span = answer.kind === 'text' ? readSpan(answer.text, today) : null;
    if (!span) return { again: t('units.leave.badDays') };
    const wrong = daysRefusal(span.from, span.to, today);
    return wrong ? { again: wrong.text } : { to: 'who', data: { ...data, ...span } };
  },
});

/** "Đã bố trí: Lê Văn B trực thay từ 25/11/2026 đến 30/11/2026." */
const coverLine = ({ name, fromOn, toOn }: Cover): Text => {
  const days = { from: formatDate(fromOn), to: formatDate(toOn) };
  return name === null ? t('units.leave.lineInvited', days) : t('units.leave.line', { ...days, name });
};

const cardOf = (read: Reads, data: Data, now: Date): Promise<UnitCard | null> =>
  data.unitId === undefined ? Promise.resolve(null) : read.units.unitCard(data.unitId, now);

const whoStep = defineStep<Data, Reads, UnitCard | null>({
  load: (read, { data, now }) => cardOf(read, data, now),
  ask: ({ data, loaded }) => {
    const options = colleagues(data, loaded);
    return { text: t(options.length > 0 ? 'units.leave.askWho' : 'units.leave.askName'), free: true, options };
  },
  answer: ({ data, loaded }, answer): Move<Data> => {
    const { memberId: _before, ...rest } = data;
    if (answer.kind === 'option') {
      const one = loaded?.seats.find(({ holder }) => holder?.memberId === answer.value)?.holder;
      return one
        ? { to: 'confirm', data: { ...rest, memberId: one.memberId, fullName: one.name } }
        : { again: t('conversation.chooseOne') };
    }
    const fullName = answer.kind === 'text' ? cleanName(answer.text) : null;
    return fullName === null ? { again: t('units.invite.badName') } : { to: 'confirm', data: { ...rest, fullName } };
  },
});

/** Who else holds a seat of the unit, each once. */
function colleagues(data: Data, card: UnitCard | null): Option[] {
  const away = data.kind === undefined ? null : holderIn(card, data.kind)?.memberId;
  const options = new Map<string, Option>();
  for (const { holder, kind } of card?.seats ?? []) {
    if (!holder || holder.memberId === away || options.has(holder.memberId)) continue;
    const label = t('units.invite.person', { name: holder.name, kind: seatKindText(kind) });
    options.set(holder.memberId, { value: holder.memberId, label, words: [holder.name] });
  }
  return [...options.values()];
}

interface Last {
  readonly card: UnitCard | null;
  readonly work: OpenWork;
}

const confirmStep = (options: InviteOptions) =>
  defineStep<Data, Reads, Last>({
    load: async (read, { data, now }) => ({
      card: await cardOf(read, data, now),
      work: await read.units.openWork(data.unitId ?? '', null),
    }),
    ask: ({ data, loaded, today }) => ({
      text: [
        t('units.leave.confirm', wordsOf(data, loaded.card)),
        t(
          data.memberId === undefined ? 'units.leave.untilTaken' : 'units.leave.remindersGo',
          wordsOf(data, loaded.card),
        ),
        ...openWorkTexts(loaded.work, today),
      ],
      options: [
        { value: 'yes', label: t('units.leave.yes'), words: ['đồng ý', 'có'] },
        { value: 'edit', label: t('button.edit'), words: ['sửa'] },
      ],
    }),
    answer: ({ data, loaded, now, newId }, answer): Move<Data> => {
      const { seatId, from, to, memberId, fullName = '' } = data;
      if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
      if (answer.value !== 'yes' || seatId === undefined || from === undefined || to === undefined)
        return { to: 'days', data };
      const id = newId();
      const words = { ...wordsOf(data, loaded.card), at: formatMoment(now) };
      const end: GoButton = { label: t('units.leave.backButton'), command: 'end-cover', arg: id };
      const order = { id, seatId, fromOn: from, toOn: to };
      if (memberId !== undefined)
        return {
          end: true,
          say: [{ text: t('units.leave.done', words), buttons: [end, menuButton] }],
          effects: [coverEffect({ ...order, who: { memberId } })],
        };
      const seed = { id: newId(), code: deriveInvitationCode(newId()) };
      const head = t('units.leave.code', words);
      return {
        end: true,
        say: [invitationSay(describeInvitation(seed, now), head, options.telegramBot?.() ?? null, end)],
        effects: [coverEffect({ ...order, who: { fullName, seed } })],
      };
    },
    refused: ({ data }, refusal) => {
      const { from: _from, to: _to, ...rest } = data;
      const isOfDays = ['past', 'overlap', 'covering', 'away'].includes(refusal.refused);
      if (isOfDays) return { to: 'days', data: rest, say: [{ text: refusal.text }] };
      return { end: true, say: [{ text: refusal.text, buttons: [menuButton] }] };
    },
  });

const wordsOf = (data: Data, card: UnitCard | null) => ({
  name: data.fullName ?? '',
  from: formatDate(data.from ?? ''),
  to: formatDate(data.to ?? ''),
  post: card && data.kind !== undefined ? seatText({ kind: data.kind, unitName: card.unit.name }) : raw(''),
});

/** Covers that this person may end: of the own seats, and those taken over. */
async function endable(read: Reads, actor: Actor): Promise<Cover[]> {
  const seats = await seatsToCover(read, actor);
  const of = await read.units.coversOf(seats.map((seat) => seat.seatId));
  const by = actor.memberId === null ? [] : await read.units.coversBy(actor.memberId);
  return [...new Map([...of, ...by].map((cover) => [cover.id, cover])).values()];
}

const gone: Move<Data> = { end: true, say: [{ text: t('units.leave.gone'), buttons: [menuButton] }] };
const end = (cover: Cover): Move<Data> => ({
  end: true,
  say: [{ text: t('units.leave.back', { holder: cover.holderName, unit: cover.unitName }), buttons: [menuButton] }],
  effects: [endCoverEffect({ id: cover.id })],
});

const endCover = defineCommand<Data, Reads, Cover[]>({
  name: 'end-cover',
  words: ['đã đi làm lại', 'hết nghỉ phép', 'kết thúc nghỉ phép', 'hủy nghỉ phép', 'hủy trực thay', 'back from leave'],
  load: async (read, { actor, arg }) => {
    if (!isId(arg)) return endable(read, actor);
    const cover = await read.units.cover(arg);
    return cover ? [cover] : [];
  },
  start: ({ loaded }) => {
    const [only] = loaded;
    if (!only) return gone;
    return loaded.length === 1 ? end(only) : { to: 'end', data: {} };
  },
  refused: (_, refusal) => ({ end: true, say: [{ text: refusal.text, buttons: [menuButton] }] }),
});

const endStep = defineStep<Data, Reads, Cover[]>({
  load: (read, { actor }) => endable(read, actor),
  ask: ({ loaded }) =>
    loaded.length === 0
      ? gone
      : {
          text: t('units.leave.whichEnds'),
          options: loaded.map((cover) => ({
            value: cover.id,
            label: t('units.leave.option', {
              name: cover.name ?? '…',
              holder: cover.holderName,
              from: formatDate(cover.fromOn),
              to: formatDate(cover.toOn),
            }),
          })),
        },
  answer: ({ loaded }, answer) => {
    const cover = loaded.find(({ id }) => answer.kind === 'option' && id === answer.value);
    return cover ? end(cover) : { again: t('conversation.chooseOne') };
  },
});

/** Builds the flow. */
export const createLeaveFlow = (options: InviteOptions = {}): Flow<Data, Reads> =>
  defineFlow<Data, Reads>({
    name: 'leave',
    version: 1,
    data: dataSchema,
    keepsDraft: false,
    commands: [leave, endCover],
    steps: { seat: seatStep, days: daysStep, who: whoStep, confirm: confirmStep(options), end: endStep },
  });
