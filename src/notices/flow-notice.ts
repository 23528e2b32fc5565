/** "Gửi thông báo": a text, an audience, a preview with exact numbers, a confirmation. */
import { z } from 'zod';
import { defineCommand, defineEffect, defineFlow, defineStep, raw, t, type Flow } from '../conversation/index.js';
import { localDate } from '../kernel/local-date.js';
import { shorten } from '../kernel/text.js';
import { handle, type EffectHandler } from '../inbox/index.js';
import { refuse } from '../conversation/index.js';
import { isOfficer } from '../units/index.js';
import { createAudienceStep, type AudiencePorts, type Reach, type Rule } from './flow-audience.js';
import { ruleSchema } from './model.js';
import { MORNING, morningAfter, morningOption, nightLine } from './night.js';
import { reachParams, seatlessLine } from './reach.js';
import type { Tx } from '../store/index.js';
import type { AudienceRule } from '../units/index.js';
import type { LocalDate } from '../kernel/local-date.js';

const TEXT_LIMIT = 4000;

interface SendNotice {
  readonly id: string;
  readonly text: string;
  readonly audience: Rule;
  readonly startAt: Date | null;
}
export const sendNotice = defineEffect<SendNotice>('campaigns.notice');

const dataSchema = z.object({ text: z.string().optional(), audience: ruleSchema.optional() });
type Data = z.infer<typeof dataSchema>;

const textStep = defineStep<Data, AudiencePorts>({
  ask: () => ({ text: t('campaigns.notice.askText') }),
  answer: ({ data }, answer) => {
    if (answer.kind !== 'text') return { again: t('campaigns.textWanted') };
    if (answer.text.length > TEXT_LIMIT)
      return { again: t('campaigns.tooLong', { limit: TEXT_LIMIT, length: answer.text.length }) };
    return { to: data.audience ? 'confirm' : 'audience', data: { ...data, text: answer.text } };
  },
});

const audienceStep = createAudienceStep<Data>({
  step: 'audience',
  question: t('campaigns.notice.askAudience'),
  get: (data) => data.audience,
  set: (data, rule) => {
    const { audience: _old, ...rest } = data;
    return rule ? { ...rest, audience: rule } : rest;
  },
  done: (data) => ({ to: 'confirm', data }),
});

const confirmStep = defineStep<Data, AudiencePorts, Reach | null>({
  load: (read, at) => (at.data.audience ? read.audience.reach(at.data.audience) : Promise.resolve(null)),
  ask: ({ data, loaded, now }) => {
    if (loaded === null || loaded.people === 0)
      return {
        to: 'audience',
        data: { ...(data.text === undefined ? {} : { text: data.text }) },
        say: [{ text: t('campaigns.nobody') }],
      };
    return {
      text: [
        raw(data.text ?? ''),
        raw('———'),
        t('campaigns.review.reach', reachParams(loaded)),
        ...seatlessLine(loaded),
        ...nightLine(now),
      ],
      options: [
        { value: 'send', label: t('button.send'), words: ['gửi', 'đồng ý'] },
        ...morningOption(now),
        { value: 'text', label: t('campaigns.notice.editText'), words: ['sửa'] },
        { value: 'audience', label: t('campaigns.notice.editAudience'), words: ['người nhận'] },
      ],
    };
  },
  answer: (at, answer) => {
    const { text, audience } = at.data;
    if (answer.kind !== 'option' || text === undefined || audience === undefined)
      return { again: t('conversation.chooseOne') };
    if (answer.value !== 'send' && answer.value !== MORNING) return { to: answer.value, data: at.data };
    const id = at.newId();
    return {
      end: true,
      effects: [sendNotice({ id, text, audience, startAt: answer.value === MORNING ? morningAfter(at.now) : null })],
      say: [
        {
          text: t('campaigns.notice.sent', reachParams(at.loaded)),
          buttons: [{ label: t('campaigns.progressButton'), command: 'broadcast', arg: id }],
        },
      ],
    };
  },
  refused: ({ data }, refusal) => ({ to: 'audience', data, say: [{ text: refusal.text }] }),
});

export const noticeFlow: Flow<Data, AudiencePorts> = defineFlow<Data, AudiencePorts>({
  name: 'notice',
  version: 1,
  data: dataSchema,
  commands: [
    defineCommand<Data, AudiencePorts>({
      name: 'notice',
      words: ['gửi thông báo', 'thông báo', '/thongbao'],
      allow: isOfficer,
      start: () => ({ to: 'text', data: {} }),
    }),
  ],
  steps: { text: textStep, audience: audienceStep, confirm: confirmStep },
});

/** What this room needs of others. */
export interface NoticesDeps {
  /** Units that a rule means on a day; the units room fulfils it. */
  unitsOf(tx: Tx, rule: AudienceRule, day: LocalDate): Promise<readonly string[]>;
}

/** Sends the notice as a broadcast. */
export function createNoticeEffect(deps: NoticesDeps): EffectHandler {
  return handle(sendNotice, async ({ id, text, audience, startAt }, { tx, now, actor, outbox }) => {
    const unitIds = await deps.unitsOf(tx, audience, localDate(now));
    if (unitIds.length === 0) return refuse('no-units', t('campaigns.noUnits'));
    await outbox.broadcast(
      tx,
      {
        id,
        kind: 'notice',
        subjectId: id,
        title: shorten(text.split('\n')[0] ?? '', 80),
        class: 'announcement',
        audience: { kind: 'units', unitIds, seats: ['primary', 'deputy', 'head'] },
        say: [{ text: raw(text) }],
        createdById: actor.memberId,
        ...(startAt === null ? {} : { startAt }),
      },
      now,
    );
    await tx.auditEntry.create({
      data: {
        at: now,
        memberId: actor.memberId,
        action: 'notice.send',
        subject: `broadcast:${id}`,
        data: { units: unitIds.length },
      },
    });
    return undefined;
  });
}
