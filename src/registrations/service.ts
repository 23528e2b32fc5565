/** Registrations: taking one in, deciding on it, telling those concerned. */
import { refuse, t, type Refusal } from '../conversation/index.js';
import { formatMoment } from '../kernel/format.js';
import { isLate } from '../kernel/lateness.js';
import { endOfDay, fromDbDate, localDate } from '../kernel/local-date.js';
import type { Recipient } from '../delivery/ports.js';
import { findRegistrationDues } from '../duties/index.js';
import { handle, type EffectContext, type EffectHandler } from '../inbox/index.js';
import { translate } from '../i18n/index.js';
import type { Tx } from '../store/index.js';
import { closeTask, openTask } from '../tasks/index.js';
import { decideRegistration, submitRegistration, type DecideRegistration, type SubmitRegistration } from './effects.js';
import { mayEdit } from './model.js';
import { createRegistrationsReads } from './store.js';

/** What this room needs of others. */
export interface RegistrationsDeps {
  /** The duty to register is done, or owed again. */
  markRegistered(
    tx: Tx,
    about: { campaignId: string; unitId: string; code: string; seatId: string; memberId: string | null },
    at: Date,
  ): Promise<void>;
  acceptRegistration(tx: Tx, about: { campaignId: string; unitId: string }, at: Date): Promise<void>;
  reopenRegistration(tx: Tx, about: { campaignId: string; unitId: string }, at: Date): Promise<void>;
  /** Who answers for a unit. */
  seatHolders(tx: Tx, unitId: string): Promise<readonly Recipient[]>;
}

/** Handlers of this room's effects. */
export function createRegistrationsEffects(deps: RegistrationsDeps): EffectHandler[] {
  return [
    handle(submitRegistration, (payload, at) => submit(deps, payload, at)),
    handle(decideRegistration, (payload, at) => decide(deps, payload, at)),
  ];
}

async function submit(
  deps: RegistrationsDeps,
  payload: SubmitRegistration,
  at: EffectContext,
): Promise<Refusal | undefined> {
  const { tx, now, heardAt, actor } = at;
  if (!actor.seats.some((seat) => seat.seatId === payload.seatId && seat.unitId === payload.unitId))
    return refuse('not-yours', t('registrations.notYours'));
  // The campaign's row is the lock: two people of one unit cannot both create, nor overwrite what they have not seen.
  const [campaign] = await tx.$queryRaw<{ registration_due_on: Date }[]>`
    select c.registration_due_on from campaign c join campaign_unit u on u.campaign_id = c.id
    where c.id = ${payload.campaignId}::uuid and u.unit_id = ${payload.unitId}::uuid and c.state = 'launched' for update of u`;
  if (!campaign) return refuse('gone', t('campaigns.gone'));
  // A unit that was given more time has a day of its own.
  const own = await findRegistrationDues(tx, payload.unitId, [payload.campaignId]);
  const dueOn = own.get(payload.campaignId) ?? fromDbDate(campaign.registration_due_on);
  const known = await tx.registration.findUnique({
    where: { campaignId_unitId: { campaignId: payload.campaignId, unitId: payload.unitId } },
  });
  if (known && known.version !== payload.seenVersion)
    return refuse('changed', t('registrations.changed', { at: formatMoment(known.submittedAt), code: known.code }));
  if (known && !mayEdit({ state: known.state as 'submitted', dueOn }, localDate(heardAt)))
    return refuse('locked', t(known.state === 'accepted' ? 'registrations.accepted' : 'registrations.locked'));

  const id = known?.id ?? payload.id;
  const version = (known?.version ?? 0) + 1;
  const onTime = known?.state === 'returned' ? known.onTime : !isLate(heardAt, endOfDay(dueOn));
  const fields = {
    targets: payload.entry.targets,
    titles: payload.entry.titles,
    exemplar: payload.entry.exemplar ?? null,
    state: 'submitted',
    version,
    onTime,
    submittedAt: heardAt,
    seatId: payload.seatId,
    memberId: actor.memberId,
    decidedAt: null,
    decidedById: null,
    reason: null,
  };
  if (known) await tx.registration.update({ where: { id }, data: fields });
  else
    await tx.registration.create({
      data: { id, code: payload.code, campaignId: payload.campaignId, unitId: payload.unitId, ...fields },
    });
  await tx.registrationVersion.create({
    data: { registrationId: id, version, data: payload.entry, at: heardAt, memberId: actor.memberId },
  });
  await deps.markRegistered(tx, { ...payload, code: known?.code ?? payload.code, memberId: actor.memberId }, heardAt);
  await openReview(tx, id, now);
  return undefined;
}

async function openReview(tx: Tx, id: string, now: Date): Promise<void> {
  const registration = await createRegistrationsReads(tx).one(id);
  if (!registration) return;
  const title = translate('vi', 'registrations.taskTitle', {
    unit: registration.unitName,
    campaign: registration.campaignName,
  });
  await openTask(tx, { kind: 'registration', refId: id, unitId: registration.unitId, title }, now);
}

async function decide(
  deps: RegistrationsDeps,
  payload: DecideRegistration,
  at: EffectContext,
): Promise<Refusal | undefined> {
  const { tx, now, actor } = at;
  const registration = await createRegistrationsReads(tx).one(payload.registrationId);
  if (!registration) return refuse('gone', t('registrations.gone'));
  const changed = await tx.registration.updateMany({
    where: { id: registration.id, version: payload.seenVersion, state: 'submitted' },
    data: { state: payload.decision, reason: payload.reason, decidedAt: now, decidedById: actor.memberId },
  });
  if (changed.count === 0) return refuse('changed', t('registrations.decidedMeanwhile'));
  await closeTask(
    tx,
    { kind: 'registration', refId: registration.id },
    { byId: actor.memberId, result: payload.decision },
    now,
  );
  if (payload.decision === 'returned') await deps.reopenRegistration(tx, registration, now);
  else await deps.acceptRegistration(tx, registration, now);
  await tx.auditEntry.create({
    data: {
      at: now,
      memberId: actor.memberId,
      action: `registration.${payload.decision}`,
      subject: `registration:${registration.id}`,
      data: { version: registration.version },
    },
  });
  const key = payload.decision === 'returned' ? 'registrations.returnedNotice' : 'registrations.acceptedNotice';
  await at.outbox.tell(
    tx,
    {
      source: { kind: 'registration', id: registration.id },
      slot: `decision:${String(registration.version)}`,
      class: payload.decision === 'returned' ? 'deadline' : 'announcement',
      ordered: true,
      to: await deps.seatHolders(tx, registration.unitId),
      say: [
        {
          text: t(key, {
            code: registration.code,
            campaign: registration.campaignName,
            unit: registration.unitName,
            reason: payload.reason ?? '',
          }),
          buttons:
            payload.decision === 'returned'
              ? [
                  { label: t('registrations.fixNow'), command: 'register', arg: registration.campaignId },
                  { label: t('button.person'), command: 'person' },
                ]
              : [],
        },
      ],
    },
    now,
  );
  return undefined;
}
