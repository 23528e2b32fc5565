/** What a message can be, as data: the states, what may follow each, what is final, and what proves an arrival. */
import type { Channel } from '../channels/channel.js';
import type { ChannelName } from '../kernel/people.js';

/** States of an attempt, from the least to the most certain; a person stands where the least of his messages stands. */
export const ATTEMPT_STATES = [
  'planned',
  'queued',
  'leased',
  'sending',
  'uncertain',
  'failed',
  'skipped',
  'sent',
  'delivered',
  'seen',
] as const;
export type AttemptState = (typeof ATTEMPT_STATES)[number];

/** It got at least to the platform. */
export const ARRIVED_STATES: readonly AttemptState[] = ['sent', 'delivered', 'seen'];
/** It has no end yet. */
export const WAITING_STATES: readonly AttemptState[] = ['planned', 'queued', 'leased', 'sending'];

/** How an attempt may begin. */
export const FIRST_STATES: readonly AttemptState[] = ['planned', 'queued', 'skipped'];

/** What may follow a state. Nothing else is ever written. */
export const TRANSITIONS: Readonly<Record<AttemptState, readonly AttemptState[]>> = {
  planned: ['queued', 'skipped'],
  queued: ['planned', 'leased', 'failed', 'skipped'],
  leased: ['planned', 'queued', 'sending', 'failed', 'skipped'],
  sending: ['queued', 'uncertain', 'failed', 'sent', 'delivered', 'seen'],
  uncertain: ['sent', 'delivered', 'seen'],
  failed: [],
  skipped: [],
  sent: ['delivered', 'seen'],
  delivered: ['seen'],
  seen: [],
};

/** Nothing more is done by itself; proof may still make an outcome more certain. */
export const FINAL_STATES: readonly AttemptState[] = ['uncertain', 'failed', 'skipped', 'sent', 'delivered', 'seen'];

/** What a proof says besides: whoever has seen a message got it, and what arrived was taken by the platform. */
const IMPLIED: Readonly<Partial<Record<`${AttemptState}-${AttemptState}`, readonly AttemptState[]>>> = {
  'sending-delivered': ['sent'],
  'sending-seen': ['sent', 'delivered'],
  'sent-seen': ['delivered'],
  'uncertain-seen': ['delivered'],
};

/** The states that a transition passes through on its way, in order. */
export const passedBetween = (was: AttemptState, state: AttemptState): readonly AttemptState[] =>
  IMPLIED[`${was}-${state}`] ?? [];

/** What proves an arrival on each channel, and the most that can be known there. */
export const CHANNEL_PROOFS: Readonly<
  Record<ChannelName, { readonly proof: Channel['proof']; readonly highest: 'sent' | 'delivered' | 'seen' }>
> = {
  telegram: { proof: 'sent', highest: 'sent' },
  zalo: { proof: 'delivered', highest: 'seen' },
  web: { proof: 'fetched', highest: 'delivered' },
};

/** Channels on which a message that was sent has arrived as certainly as it ever will. */
export const PROVES_BY_SENDING: readonly string[] = Object.entries(CHANNEL_PROOFS).flatMap(([name, { proof }]) =>
  proof === 'sent' ? [name] : [],
);

/** Channels that know a message by its attempt: a call whose answer was lost is made again without doubling anything. */
export const HARMLESS_CHANNELS: readonly ChannelName[] = ['web'];
