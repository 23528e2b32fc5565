/** The first word of a conversation, and invitation codes. */
import { looksLikeInvitation } from './invitation-code.js';
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type GoButton,
  type Move,
  type Say,
  type Text,
} from '../conversation/index.js';
import type { Actor, Role } from '../kernel/people.js';
import type { LocaleKey } from '../i18n/index.js';
import { noteWrongCodeEffect, useInvitationEffect } from './effects.js';
import { channelText } from './flow-settings.js';
import { roleText } from './invite-texts.js';
import { isAdmin, isLeader, isOfficer, isSeatHolder, listText, heldKindText, seatText, seatsOf } from './model.js';
import type { UnitsReadPort } from './reads.js';
import type { InvitationCheck } from './service-invitations.js';
import type { Invitation } from './store-invitations.js';

type Data = Record<string, never>;

interface StartLoad {
  readonly demo: boolean;
  readonly check: InvitationCheck | null;
}

const start = defineCommand<Data, UnitsReadPort, StartLoad>({
  name: 'start',
  words: ['/start', 'bắt đầu'],
  takesText: true,
  load: async (read, { arg, actor, now }) => ({
    demo: await read.units.isDemo(),
    // A sentence after "bắt đầu" is no code, and must not count as a wrong one.
    check: /^\S+$/.test(arg.replace(/^\/start\s+/, '')) ? await read.units.checkInvitation(arg, actor, now) : null,
  }),
  start: ({ actor, arg, loaded }) =>
    loaded.check === null ? greet(actor, loaded.demo) : takeCode(actor, arg, loaded.check),
});

const hello = defineCommand<Data, UnitsReadPort, boolean>({
  name: 'hello',
  words: ['xin chào', 'chào', 'chào anh', 'chào chị', 'chào bạn', 'hello', 'hi', 'alo'],
  aside: true,
  load: (read) => read.units.isDemo(),
  start: ({ actor, loaded }) => greet(actor, loaded),
});

const invite = defineCommand<Data, UnitsReadPort, InvitationCheck | null>({
  name: 'invite',
  words: ['mã mời', 'nhập mã mời', 'nhập mã', 'invitation'],
  takesText: true,
  // Inside a form a bare word may be an answer; with # it is a code.
  match: (text, inForm) => (looksLikeInvitation(text) && (!inForm || text.trim().startsWith('#')) ? text : null),
  load: (read, { arg, actor, now }) =>
    arg.trim() === '' ? Promise.resolve(null) : read.units.checkInvitation(arg, actor, now),
  start: ({ actor, arg, loaded }) => (loaded === null ? { to: 'code', data: {} } : takeCode(actor, arg, loaded)),
});

/** Greets, and takes invitation codes in every form. */
export const startFlow = defineFlow<Data, UnitsReadPort>({
  name: 'start',
  version: 1,
  data: z.record(z.string(), z.never()),
  keepsDraft: false,
  commands: [start, hello, invite],
  steps: {
    code: defineStep<Data, UnitsReadPort>({
      ask: () => ({
        text: t('units.invitation.ask'),
        free: true,
        buttons: [{ label: t('button.person'), command: 'person' }],
      }),
      // The command looks the code up, so that a typed one and a linked one take the same way.
      answer: (_, answer) =>
        answer.kind === 'text' ? { begin: 'invite', arg: answer.text } : { again: t('units.invitation.ask') },
    }),
  },
});

function takeCode(actor: Actor, code: string, check: InvitationCheck): Move<Data> {
  if (check.kind === 'refused') {
    return {
      end: true,
      say: [{ text: check.refusal.text, buttons: [button('button.person', 'person'), button('button.menu', 'menu')] }],
      effects: check.countsAsWrong ? [noteWrongCodeEffect({})] : [],
    };
  }
  const { invitation } = check;
  const buttons = buttonsFor(invitation.seat !== null, invitation.role);
  if (check.kind === 'already-linked')
    return { end: true, say: [{ text: [t('units.invitation.alreadyLinked'), post(invitation)], buttons }] };
  const bound = actor.memberId !== null;
  const name = bound ? actor.name : (invitation.memberName ?? actor.name);
  const linked = name === '' ? t('units.invitation.linkedNameless') : t('units.invitation.linked', { name });
  const where = bound ? [] : [t('units.invitation.channel', { channel: channelText(actor.channel) })];
  return {
    end: true,
    say: [{ text: [linked, post(invitation), ...where], buttons }],
    effects: [useInvitationEffect({ code })],
  };
}

/** The post that an invitation gives, in words. */
function post(invitation: Invitation): Text {
  if (invitation.role !== null) return t('units.invitation.role', { role: roleText(invitation.role) });
  if (invitation.seat === null) return raw('');
  const kind = heldKindText({ kind: invitation.seat.kind, ...(invitation.coverId === null ? {} : { cover: true }) });
  return t('units.invitation.seat', { kind, unit: invitation.seat.unitName });
}

const greet = (actor: Actor, demo: boolean): Move<Data> => ({ end: true, say: [greeting(actor, demo)] });

/** The greeting for what this person is: visitor, seat, officer or leader. */
function greeting(actor: Actor, demo: boolean): Say {
  const buttons = buttonsFor(
    isSeatHolder(actor),
    isOfficer(actor) ? 'officer' : isLeader(actor) ? 'leader' : isAdmin(actor) ? 'admin' : null,
  );
  const intro = t(demo ? 'units.greeting.introDemo' : 'units.greeting.intro');
  if (actor.memberId === null) return { text: [intro, t('units.greeting.visitor')], buttons };
  const lines: Text[] = [t('units.greeting.member', { name: actor.name }), intro];
  if (actor.roles.length > 0) lines.push(t('units.greeting.roles', { roles: listText(actor.roles.map(roleText)) }));
  const seats = seatsOf(actor);
  if (seats.length > 0) lines.push(t('units.greeting.seats', { seats: listText(seats.map(seatText)) }));
  if (seats.length === 0 && actor.roles.length === 0) lines.push(t('units.greeting.noSeat'));
  return { text: lines, buttons };
}

const button = (label: LocaleKey, command: string): GoButton => ({ label: t(label), command });

function buttonsFor(seat: boolean, role: Role | null): GoButton[] {
  if (role === 'officer') {
    return [
      button('button.tasks', 'tasks'),
      button('button.launch', 'launch'),
      button('button.numbers', 'numbers'),
      button('button.urge', 'urge'),
      button('button.menu', 'menu'),
    ];
  }
  if (role === 'admin')
    return [
      button('button.inviteSeat', 'invite-seat'),
      button('button.units', 'units'),
      button('button.addUnits', 'add-units'),
      button('button.menu', 'menu'),
    ];
  if (role === 'leader')
    return [
      button('button.numbers', 'numbers'),
      button('button.campaigns', 'campaigns'),
      button('button.honours', 'honours'),
      button('button.menu', 'menu'),
    ];
  if (seat)
    return [
      button('button.owed', 'owed'),
      button('button.register', 'register'),
      button('button.submit', 'submit'),
      button('button.menu', 'menu'),
    ];
  return [
    button('button.ask', 'ask'),
    button('button.honours', 'honours'),
    button('button.campaigns', 'campaigns'),
    button('button.person', 'person'),
  ];
}
