/** What officers order about a broadcast, and how it is carried out; whoever comes second is told who was faster. */
import { defineEffect, raw, refuse, t, type Refusal, type Text } from '../conversation/index.js';
import { handle, type EffectContext, type EffectHandler } from '../inbox/index.js';
import type { BroadcastChange, BroadcastControl, Controlled, ResendOnly } from '../delivery/index.js';
import { localDate, localTime, type LocalDate } from '../kernel/local-date.js';
import { shorten } from '../kernel/text.js';
import type { Tx } from '../store/index.js';
import type { AudienceRule } from '../units/index.js';
import type { Rule } from './flow-audience.js';
import { pastText } from './schedule.js';
import { editedTwin, partsOf } from './twin.js';
import { stateText } from './views.js';

export type ControlAction = 'pause' | 'resume' | 'cancel';

export const controlBroadcast = defineEffect<{ id: string; action: ControlAction }>('notices.control');
export const resendBroadcast = defineEffect<{ id: string; only: ResendOnly }>('notices.resend');

/** `startAt`: undefined leaves it, null is at once. */
export interface BroadcastEdit {
  readonly id: string;
  readonly version: number;
  readonly text?: string;
  readonly audience?: Rule;
  readonly startAt?: Date | null;
}
export const editBroadcast = defineEffect<BroadcastEdit>('notices.edit');

/** What this room needs of others. */
export interface NoticesDeps {
  /** Units that a rule means on a day; the units room fulfils it. */
  unitsOf(tx: Tx, rule: AudienceRule, day: LocalDate): Promise<readonly string[]>;
  /** Orders about broadcasts inside a transaction. */
  control(tx: Tx): BroadcastControl;
}

/** Everybody in the seats of a unit reads a notice. */
export const NOTICE_SEATS = ['primary', 'deputy', 'head'] as const;

/** First line, shortened: what a notice is called in lists. */
export const titleOf = (text: string): string => shorten(text.split('\n')[0] ?? '', 80);

export function createControlEffects(deps: NoticesDeps): EffectHandler[] {
  return [
    handle(controlBroadcast, async ({ id, action }, at) => {
      const done = await deps.control(at.tx)[action](id, at.now);
      if (done.outcome !== 'done') return refusalOf(at, id, action, done);
      return note(at, id, action, {});
    }),
    handle(resendBroadcast, async ({ id, only }, at) => {
      const done = await deps.control(at.tx).resend(id, only, at.now);
      if (done.outcome === 'unknown') return refuse('unknown', t('notices.gone'));
      if (done.outcome === 'refused' && done.isRecalled) return refuse('recalled', t('notices.refused.recalled'));
      if (done.outcome === 'refused')
        return refuse('state', t('notices.refused.resend', { state: stateText(done.state) }));
      if (done.people === 0) return (await faster(at, id, 'resend')) ?? refuse('nobody', whyNobody(done));
      return note(at, id, 'resend', { only, people: done.people });
    }),
    handle(editBroadcast, (edit, at) => applyEdit(deps, edit, at)),
  ];
}

function whyNobody({ unreachable, overQuota }: { readonly unreachable: number; readonly overQuota: number }): Text {
  if (overQuota > 0) return t('notices.resend.overQuota', { count: overQuota });
  return unreachable > 0 ? t('notices.resend.unreachable', { count: unreachable }) : t('notices.resend.nobody');
}

async function applyEdit(deps: NoticesDeps, edit: BroadcastEdit, at: EffectContext): Promise<Refusal | undefined> {
  const { id, version, text, audience, startAt } = edit;
  const unitIds = audience && (await deps.unitsOf(at.tx, audience, localDate(at.now)));
  if (unitIds?.length === 0) return refuse('no-units', t('campaigns.noUnits'));
  const change: BroadcastChange = {
    ...(text === undefined ? {} : { title: titleOf(text), say: [{ text: raw(text) }] }),
    ...(unitIds ? { audience: { kind: 'units', unitIds, seats: NOTICE_SEATS } } : {}),
    ...(startAt === undefined ? {} : { startAt }),
  };
  const done = await deps.control(at.tx).edit(id, change, version, at.now);
  switch (done.outcome) {
    case 'done':
      return note(at, id, 'edit', {
        version: done.version,
        changed: Object.keys(change),
        ...(await editedTwin(at, id, partsOf({ text, unitIds, startAt }))),
      });
    case 'stale':
      return stale(at, id);
    case 'started':
      return (await faster(at, id, 'cancel')) ?? refuse('started', t('notices.edit.started'));
    case 'past':
      return refuse('past', pastText(startAt ?? at.now));
    case 'unknown':
      return refuse('unknown', t('notices.gone'));
  }
}

async function note(at: EffectContext, id: string, action: string, data: object): Promise<undefined> {
  await at.tx.auditEntry.create({
    data: { at: at.now, memberId: at.actor.memberId, action: `broadcast.${action}`, subject: `broadcast:${id}`, data },
  });
  return undefined;
}

/** A repeat names who did it and when; anything else says what state forbids it. */
async function refusalOf(at: EffectContext, id: string, action: ControlAction, done: Controlled): Promise<Refusal> {
  if (done.outcome === 'unknown') return refuse('unknown', t('notices.gone'));
  if (done.outcome === 'already')
    return (await faster(at, id, action)) ?? refuse('already', t(`notices.already.${action}`));
  const cancelled = done.state === 'cancelled' ? await faster(at, id, 'cancel') : null;
  return cancelled ?? refuse('state', t(`notices.refused.${action}`, { state: stateText(done.state) }));
}

/** His words were not saved, which is what he must hear first. */
async function stale(at: EffectContext, id: string): Promise<Refusal> {
  const last = await lastOrder(at, id, 'edit');
  if (!last) return refuse('stale', t('notices.edit.stale'));
  const { isYou, ...who } = last;
  return refuse('stale', isYou ? t('notices.edit.staleYou', { time: who.time }) : t('notices.edit.staleBy', who));
}

/** Says who gave this order last, and when. */
async function faster(at: EffectContext, id: string, action: Ordered): Promise<Refusal | null> {
  const last = await lastOrder(at, id, action);
  if (!last) return null;
  const { isYou, name, time } = last;
  const did = t(`notices.did.${action}`);
  return refuse(
    'faster',
    isYou ? t('notices.faster.you', { did, time }) : t('notices.faster.colleague', { name, did, time }),
  );
}

type Ordered = ControlAction | 'edit' | 'resend';

async function lastOrder(at: EffectContext, id: string, action: Ordered) {
  const entry = await at.tx.auditEntry.findFirst({
    where: { subject: `broadcast:${id}`, action: `broadcast.${action}` },
    orderBy: { id: 'desc' },
  });
  if (!entry) return null;
  const member = entry.memberId === null ? null : await at.tx.member.findUnique({ where: { id: entry.memberId } });
  const name: Text = member ? raw(member.fullName) : t('notices.faster.somebody');
  return { name, time: localTime(entry.at), isYou: entry.memberId !== null && entry.memberId === at.actor.memberId };
}
