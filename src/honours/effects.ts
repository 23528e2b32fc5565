/** What flows of this room ask for, and how it is done. */
import { defineEffect, refuse, t, type Say } from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import { toDbDate } from '../kernel/local-date.js';
import { personKey } from '../kernel/people.js';
import { handle, type EffectHandler } from '../inbox/index.js';
import { translate } from '../i18n/index.js';
import { pastText } from '../notices/index.js';
import { openTask } from '../tasks/index.js';
import type { NewHonour } from './model.js';

export const publishHonour = defineEffect<NewHonour & { readonly announceAt: Date | null }>('honours.publish');
export const followHonour = defineEffect<{ honourId: string }>('honours.follow');
export const tipHonour = defineEffect<{ id: string; code: string; who: string; unitName: string; deed: string }>(
  'honours.tip',
);

/** Handlers of this room's effects. */
export function createHonoursEffects(): EffectHandler[] {
  return [publishHandler, followHandler, tipHandler];
}

const publishHandler = handle(publishHonour, async ({ announceAt, ...honour }, { tx, now, actor, outbox, newId }) => {
  if (announceAt !== null && announceAt <= now) return refuse('past', pastText(announceAt));
  // Two officers may publish the same at once: the second waits here, and finds the first.
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`honour:${honour.decisionNumber}:${honour.personName}`}, 0))`;
  const twin = await tx.honour.findFirst({
    where: { personName: honour.personName, decisionNumber: honour.decisionNumber, state: 'published' },
    select: { code: true },
  });
  if (twin) return refuse('published', t('honours.already', { code: twin.code }));
  const broadcastId = newId();
  await tx.honour.create({
    data: {
      ...honour,
      decisionOn: toDbDate(honour.decisionOn),
      stage: 'nhan-rong',
      state: 'published',
      publishedAt: now,
      publishedById: actor.memberId,
      broadcastId,
    },
  });
  await outbox.broadcast(
    tx,
    {
      id: broadcastId,
      kind: 'honour',
      subjectId: honour.id,
      title: honour.personName,
      class: 'honour',
      audience: { kind: 'subscribers' },
      say: [honourSay(honour)],
      createdById: actor.memberId,
      ...(announceAt === null ? {} : { startAt: announceAt }),
    },
    now,
  );
  await tx.auditEntry.create({
    data: {
      at: now,
      memberId: actor.memberId,
      action: 'honour.publish',
      subject: `honour:${honour.id}`,
      data: { consent: honour.consent },
    },
  });
  return undefined;
});

const followHandler = handle(followHonour, async ({ honourId }, { tx, now, actor }) => {
  const person = personKey(actor);
  await tx.honourFollow.upsert({
    where: { honourId_person: { honourId, person } },
    create: { honourId, person, unitId: actor.seats[0]?.unitId ?? null, at: now },
    update: {},
  });
});

const tipHandler = handle(tipHonour, async ({ id, code, who, unitName, deed }, { tx, now, actor }) => {
  await tx.honourTip.create({ data: { id, code, who, unitName, deed, contactId: actor.contactId, at: now } });
  const title = translate('vi', 'honours.tipTask', { who, unit: unitName });
  await openTask(tx, { kind: 'tip', refId: id, title, data: { text: deed } }, now);
});

/** The exemplar as everybody reads it: the card, one line of what they did, the decision. */
export function honourSay(
  honour: Pick<NewHonour, 'id' | 'personName' | 'unitName' | 'deed' | 'award' | 'decisionNumber' | 'decisionOn'> & {
    readonly cardId: string | null;
  },
): Say {
  return {
    text: t('honours.broadcast', {
      name: honour.personName,
      unit: honour.unitName,
      deed: honour.deed,
      award: honour.award,
      number: honour.decisionNumber,
      day: formatDate(honour.decisionOn),
    }),
    ...(honour.cardId === null
      ? {}
      : {
          imageId: honour.cardId,
          imageAlt: translate('vi', 'honours.alt', {
            name: honour.personName,
            unit: honour.unitName,
            deed: honour.deed,
          }),
        }),
    buttons: [
      { label: t('honours.readStory'), command: 'story', arg: honour.id },
      { label: t('honours.followButton'), command: 'follow', arg: honour.id },
      { label: t('honours.stop'), command: 'stop' },
    ],
  };
}
