/** Launching a campaign: the row, its units, its duties and its announcement, all in the turn's transaction. */
import { raw, refuse, t, type Refusal, type Say, type Text } from '../conversation/index.js';
import { formatDate, formatDay, formatMoment } from '../kernel/format.js';
import { localDate, toDbDate, type LocalDate } from '../kernel/local-date.js';
import { handle, type EffectContext, type EffectHandler } from '../inbox/index.js';
import { translate } from '../i18n/index.js';
import { pastText } from '../notices/index.js';
import type { Tx } from '../store/index.js';
import type { AudienceRule } from '../units/index.js';
import { launchCampaign } from './flow-launch-confirm.js';
import type { NewCampaign } from './model.js';

/** A duty to open for units; the reporting room fulfils it. */
export interface DutyOpener {
  openDuty(
    tx: Tx,
    duty: {
      id: string;
      code: string;
      name: string;
      kind: 'registration' | 'midterm' | 'final';
      campaignId: string;
      basis: string;
      needs: string;
      dueOn: LocalDate;
      unitIds: readonly string[];
    },
    now: Date,
  ): Promise<void>;
}

export interface CampaignsDeps extends DutyOpener {
  /** Units that a rule means on a day; the units room fulfils it. */
  unitsOf(tx: Tx, rule: AudienceRule, day: LocalDate): Promise<readonly string[]>;
}

/** Handlers of this room's effects. */
export function createCampaignsEffects(deps: CampaignsDeps): EffectHandler[] {
  return [handle(launchCampaign, (campaign, at) => launch(deps, campaign, at))];
}

async function launch(
  deps: CampaignsDeps,
  campaign: NewCampaign & { readonly announceAt: Date | null },
  at: EffectContext,
): Promise<Refusal | undefined> {
  if (campaign.announceAt !== null && campaign.announceAt <= at.now)
    return refuse('past', pastText(campaign.announceAt));
  const twin = await twinOf(campaign, at);
  if (twin) return twin;
  const unitIds = await deps.unitsOf(at.tx, campaign.participants, localDate(at.now));
  if (unitIds.length === 0) return refuse('no-units', t('campaigns.noUnits'));
  await insertCampaign(at.tx, campaign, unitIds, at);
  await openDuties(deps, campaign, unitIds, at);
  await announce(campaign, unitIds, at);
  await at.tx.auditEntry.create({
    data: {
      at: at.now,
      memberId: at.actor.memberId,
      action: 'campaign.launch',
      subject: `campaign:${campaign.id}`,
      data: { units: unitIds.length },
    },
  });
  return undefined;
}

/** The same campaign by the same document, launched by a colleague. Whoever asks first makes the others wait for the commit. */
async function twinOf({ texts }: NewCampaign, { tx }: EffectContext): Promise<Refusal | null> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`campaign:${texts.docNumber}:${texts.name}`}, 0))`;
  const twin = await tx.campaign.findFirst({
    where: { state: 'launched', name: texts.name, docNumber: texts.docNumber },
    select: { code: true, launchedAt: true, launchedById: true },
  });
  if (!twin) return null;
  const member = twin.launchedById && (await tx.member.findUnique({ where: { id: twin.launchedById } }));
  const name: Text = member ? raw(member.fullName) : t('notices.faster.somebody');
  return refuse(
    'twin',
    t('campaigns.twin', { name, code: twin.code, at: twin.launchedAt ? formatMoment(twin.launchedAt) : '' }),
  );
}

async function insertCampaign(
  tx: Tx,
  campaign: NewCampaign,
  unitIds: readonly string[],
  at: EffectContext,
): Promise<void> {
  const { texts, dates } = campaign;
  await tx.campaign.create({
    data: {
      id: campaign.id,
      code: campaign.code,
      ...texts,
      form: campaign.form,
      participants: campaign.participants,
      docOn: toDbDate(dates.docOn),
      startsOn: toDbDate(dates.startsOn),
      endsOn: toDbDate(dates.endsOn),
      registrationDueOn: toDbDate(dates.registrationDueOn),
      midtermDueOn: dates.midtermDueOn === undefined ? null : toDbDate(dates.midtermDueOn),
      finalDueOn: toDbDate(dates.finalDueOn),
      state: 'launched',
      launchedAt: at.now,
      launchedById: at.actor.memberId,
      units: { createMany: { data: unitIds.map((unitId) => ({ unitId })) } },
    },
  });
}

async function openDuties(
  deps: CampaignsDeps,
  campaign: NewCampaign,
  unitIds: readonly string[],
  at: EffectContext,
): Promise<void> {
  const { texts, dates, id } = campaign;
  const basis = translate('vi', 'campaigns.basis', { number: texts.docNumber, day: formatDate(dates.docOn) });
  const duties = [
    {
      kind: 'registration',
      dueOn: dates.registrationDueOn,
      name: 'campaigns.duty.registration',
      needs: 'campaigns.needs.registration',
    },
    { kind: 'midterm', dueOn: dates.midtermDueOn, name: 'campaigns.duty.midterm', needs: 'campaigns.needs.midterm' },
    { kind: 'final', dueOn: dates.finalDueOn, name: 'campaigns.duty.final', needs: 'campaigns.needs.final' },
  ] as const;
  for (const duty of duties) {
    if (duty.dueOn === undefined) continue;
    await deps.openDuty(
      at.tx,
      {
        id: at.newId(),
        code: `${campaign.code}-${duty.kind}`,
        name: translate('vi', duty.name, { name: texts.name }),
        kind: duty.kind,
        campaignId: id,
        basis,
        needs: translate('vi', duty.needs),
        dueOn: duty.dueOn,
        unitIds,
      },
      at.now,
    );
  }
}

function announce(
  campaign: NewCampaign & { readonly announceAt: Date | null },
  unitIds: readonly string[],
  at: EffectContext,
): Promise<string> {
  const broadcast = {
    id: at.newId(),
    kind: 'campaign',
    subjectId: campaign.id,
    title: campaign.texts.name,
    class: 'announcement',
    audience: { kind: 'units', unitIds, seats: ['primary', 'deputy', 'head'] },
    say: [announcementOf(campaign)],
    createdById: at.actor.memberId,
    ...(campaign.announceAt === null ? {} : { startAt: campaign.announceAt }),
  } as const;
  return at.outbox.broadcast(at.tx, broadcast, at.now);
}

/** What the units read. */
function announcementOf(campaign: NewCampaign): Say {
  const { texts, dates } = campaign;
  return {
    text: t('campaigns.announcement', {
      name: texts.name,
      slogan: texts.slogan,
      goal: texts.goal,
      targets: texts.targets,
      number: texts.docNumber,
      day: formatDate(dates.docOn),
      due: formatDay(dates.registrationDueOn),
    }),
    buttons: [
      { label: t('button.register'), command: 'register', arg: campaign.id },
      { label: t('campaigns.detailButton'), command: 'campaigns', arg: campaign.id },
    ],
  };
}
