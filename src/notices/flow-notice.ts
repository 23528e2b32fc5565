/** "Gửi thông báo": a text, an audience, a preview with exact numbers, a confirmation. */
import { z } from 'zod';
import {
  defineCommand,
  defineEffect,
  defineFlow,
  defineStep,
  raw,
  refuse,
  t,
  type Flow,
} from '../conversation/index.js';
import { localDate } from '../kernel/local-date.js';
import { handle, type EffectHandler } from '../inbox/index.js';
import { isOfficer } from '../units/index.js';
import { NOTICE_SEATS, titleOf, type NoticesDeps } from './control.js';
import { createAudienceStep, type AudiencePorts, type Reach, type Rule } from './flow-audience.js';
import { ruleSchema, TEXT_LIMIT } from './model.js';
import { MORNING, morningAfter, morningOption, nightLine } from './night.js';
import { heldLine, planLines, reachParams, seatlessLine } from './reach.js';
import { createScheduleStep, isOver, pastText, SCHEDULE, SCHEDULE_OPTION, scheduleLine } from './schedule.js';
import { partsOf, twinData, twinOf } from './twin.js';
import { fullMoment } from './views.js';

interface SendNotice {
  readonly id: string;
  readonly text: string;
  readonly audience: Rule;
  readonly startAt: Date | null;
}
export const sendNotice = defineEffect<SendNotice>('campaigns.notice');

const dataSchema = z.object({
  text: z.string().optional(),
  audience: ruleSchema.optional(),
  /** When it leaves (ISO); absent: at once. */
  at: z.string().optional(),
});
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
  load: (read, { data }) =>
    data.audience ? read.audience.reach(data.audience, [{ text: raw(data.text ?? '') }]) : Promise.resolve(null),
  ask: ({ data, loaded, now }) => {
    if (loaded === null || loaded.people === 0) {
      const { audience: _nobody, ...rest } = data;
      return { to: 'audience', data: rest, say: [{ text: t('campaigns.nobody') }] };
    }
    const isLater = data.at !== undefined;
    return {
      text: [
        raw(data.text ?? ''),
        raw('———'),
        t('campaigns.review.reach', reachParams(loaded)),
        ...planLines(loaded.plan),
        ...seatlessLine(loaded),
        ...(isLater ? scheduleLine(data.at) : nightLine(now, loaded.plan.quietHours)),
      ],
      options: [
        { value: 'send', label: t(isLater ? 'notices.schedule.confirm' : 'button.send'), words: ['gửi', 'đồng ý'] },
        ...(isLater ? [] : morningOption(now, loaded.plan.quietHours)),
        SCHEDULE_OPTION,
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
    const when =
      answer.value === MORNING ? morningAfter(at.now, at.loaded?.plan.quietHours)?.toISOString() : at.data.at;
    if (when !== undefined && isOver(when, at.now))
      return { to: SCHEDULE, data: at.data, say: [{ text: pastText(new Date(when)) }] };
    const id = at.newId();
    const startAt = when === undefined ? null : new Date(when);
    const isHeld = at.loaded?.plan.isHeld === true;
    return {
      end: true,
      effects: [sendNotice({ id, text, audience, startAt })],
      say: [
        {
          text: [
            startAt
              ? t('campaigns.notice.sentLater', { ...reachParams(at.loaded), at: fullMoment(startAt) })
              : t(isHeld ? 'notices.kept' : 'campaigns.notice.sent', reachParams(at.loaded)),
            ...(isHeld ? [heldLine()] : []),
          ],
          buttons: [{ label: t('campaigns.progressButton'), command: 'broadcast', arg: id }],
        },
      ],
    };
  },
  refused: ({ data }, refusal) =>
    refusal.refused === 'twin'
      ? {
          end: true,
          say: [{ text: refusal.text, buttons: [{ label: t('campaigns.progressButton'), command: 'broadcast' }] }],
        }
      : { to: refusal.refused === 'past' ? SCHEDULE : 'audience', data, say: [{ text: refusal.text }] },
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
  steps: {
    text: textStep,
    audience: audienceStep,
    schedule: createScheduleStep<Data, AudiencePorts>({
      set: ({ at: _old, ...data }, at) => (at === undefined ? data : { ...data, at }),
      done: (data) => ({ to: 'confirm', data }),
    }),
    confirm: confirmStep,
  },
});

/** Sends the notice as a broadcast; of two officers who send the same at once, the second is told of the first. */
export function createNoticeEffect(deps: Pick<NoticesDeps, 'unitsOf'>): EffectHandler {
  return handle(sendNotice, async ({ id, text, audience, startAt }, at) => {
    const { tx, now, actor, outbox } = at;
    if (startAt !== null && startAt <= now) return refuse('past', pastText(startAt));
    const unitIds = [...(await deps.unitsOf(tx, audience, localDate(now)))].sort();
    if (unitIds.length === 0) return refuse('no-units', t('campaigns.noUnits'));
    const parts = { text: '', units: '', at: '', ...partsOf({ text, unitIds, startAt }) };
    const twin = await twinOf(at, parts);
    if (twin) return twin;
    await outbox.broadcast(
      tx,
      {
        id,
        kind: 'notice',
        subjectId: id,
        title: titleOf(text),
        class: 'announcement',
        audience: { kind: 'units', unitIds, seats: NOTICE_SEATS },
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
        data: { units: unitIds.length, ...twinData(parts) },
      },
    });
    return undefined;
  });
}
