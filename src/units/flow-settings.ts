/** What a person may choose for themselves: language, broadcasts, channel. */
import { z } from 'zod';
import { defineCommand, defineFlow, defineStep, raw, t, type Text } from '../conversation/index.js';
import type { Language } from '../kernel/format.js';
import type { ChannelName } from '../kernel/people.js';
import { preferChannelEffect, setLanguageEffect, setSubscribedEffect } from './effects.js';
import type { UnitsReadPort } from './reads.js';
import type { MemberContact } from './store-contacts.js';

type Data = Record<string, never>;

/** A channel as people call it. */
export const channelText = (channel: ChannelName): Text =>
  channel === 'web' ? t('units.channel.web') : raw(channel === 'zalo' ? 'Zalo' : 'Telegram');

const language = (name: string, words: readonly string[], to: Language) =>
  defineCommand<Data, UnitsReadPort>({
    name,
    words,
    aside: true,
    // Both texts are written in the language just chosen, whatever language the turn began in.
    start: () => ({
      end: true,
      say: [
        {
          text: t(to === 'en' ? 'units.language.english' : 'units.language.vietnamese'),
          buttons: [{ label: t('button.menu'), command: 'menu' }],
        },
      ],
      effects: [setLanguageEffect({ language: to })],
    }),
  });

const subscription = (name: string, words: readonly string[], subscribed: boolean) =>
  defineCommand<Data, UnitsReadPort>({
    name,
    words,
    aside: true,
    start: ({ actor }) => ({
      end: true,
      say: [
        {
          text: subscriptionText(subscribed, actor.seats.length > 0 || actor.roles.length > 0),
          buttons: [{ label: t('button.menu'), command: 'menu' }],
        },
      ],
      effects: [setSubscribedEffect({ subscribed })],
    }),
  });

function subscriptionText(subscribed: boolean, hasDuties: boolean): Text {
  if (subscribed) return t('units.subscription.resumed');
  return t(hasDuties ? 'units.subscription.stoppedDuties' : 'units.subscription.stopped');
}

const channel = defineCommand<Data, UnitsReadPort, readonly MemberContact[]>({
  name: 'channel',
  words: ['kênh nhận tin', 'đổi kênh', 'kênh', 'channel'],
  load: contactsOf,
  start: ({ actor, loaded }) => {
    if (actor.memberId === null)
      return { end: true, say: [{ text: t('units.channel.visitor', { channel: channelText(actor.channel) }) }] };
    const only = loaded.length < 2 ? loaded[0] : undefined;
    if (only) return { end: true, say: [{ text: t('units.channel.only', { channel: channelText(only.channel) }) }] };
    return { to: 'choose', data: {} };
  },
});

function contactsOf(read: UnitsReadPort, { actor }: { actor: { memberId: string | null } }): Promise<MemberContact[]> {
  return actor.memberId === null ? Promise.resolve([]) : read.units.contactsOf(actor.memberId);
}

/** One option a contact; two of one channel are told apart by their number. */
function channelOption(contact: MemberContact, n: number, all: readonly MemberContact[]): Text {
  const name = channelText(contact.channel);
  const twin = all.some((other) => other !== contact && other.channel === contact.channel);
  const label = twin ? t('units.channel.numbered', { channel: name, n: n + 1 }) : name;
  if (contact.state !== 'active') return t('units.channel.blocked', { channel: label });
  return contact.preferred ? t('units.channel.current', { channel: label }) : label;
}

export const settingsFlow = defineFlow<Data, UnitsReadPort>({
  name: 'settings',
  version: 1,
  data: z.record(z.string(), z.never()),
  keepsDraft: false,
  commands: [
    language('english', ['english', 'tiếng anh', '/english'], 'en'),
    language('vietnamese', ['tiếng việt', 'vietnamese', '/vietnamese'], 'vi'),
    subscription('stop', ['ngừng', 'ngừng nhận', 'ngừng nhận tin', 'dừng nhận tin', '/stop', 'stop'], false),
    subscription('resume', ['tiếp tục', 'nhận lại', 'nhận tin lại', '/resume', 'resume'], true),
    channel,
  ],
  steps: {
    choose: defineStep<Data, UnitsReadPort, readonly MemberContact[]>({
      load: contactsOf,
      ask: ({ loaded }) => ({
        text: t('units.channel.ask'),
        options: loaded.map((contact, n) => ({
          value: contact.contactId,
          label: channelOption(contact, n, loaded),
          words: [contact.channel],
        })),
      }),
      answer: ({ loaded }, answer) => {
        const chosen =
          answer.kind === 'option' ? loaded.find((contact) => contact.contactId === answer.value) : undefined;
        if (!chosen) return { again: t('units.channel.ask') };
        if (chosen.state !== 'active')
          return { again: t('units.channel.isBlocked', { channel: channelText(chosen.channel) }) };
        return {
          end: true,
          say: [{ text: t('units.channel.chosen', { channel: channelText(chosen.channel) }) }],
          effects: [preferChannelEffect({ contactId: chosen.contactId })],
        };
      },
    }),
  },
});
