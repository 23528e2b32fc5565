/** What the flows of this room may read, in the turn's transaction. */
import { loadCalendar } from '../calendar/index.js';
import { localDate, toDbDate } from '../kernel/local-date.js';
import type { Tx } from '../store/index.js';
import { planAmendment, type Amendment } from './amend.js';
import type { Duty, DutyContent } from './model.js';
import { countOwners } from './owners.js';
import { nextDues, type DuePeriod } from './plan.js';
import { findActive, findDuty } from './store-duties.js';

/** A duty in the list. */
export interface DutyLine {
  readonly id: string;
  readonly name: string;
  readonly next: DuePeriod | null;
  readonly units: number;
}

/** What a duty means today. */
export interface DutyForecast {
  /** Units that owe the next period. */
  readonly units: number;
  readonly dues: readonly DuePeriod[];
  /** Name of the campaign whose participants owe. */
  readonly campaign: string | null;
}

export interface DutiesReads {
  /** Duties, the next due first. */
  list(
    page: { readonly skip: number; readonly take: number },
    now: Date,
  ): Promise<{ lines: DutyLine[]; total: number }>;
  one(id: string): Promise<Duty | null>;
  forecast(content: DutyContent, now: Date): Promise<DutyForecast>;
  amendment(duty: Duty, after: DutyContent, now: Date): Promise<Amendment>;
  /** Campaigns whose participants may owe. */
  campaigns(now: Date): Promise<{ id: string; name: string }[]>;
}

/** The part of a turn's reads that this room's flows use. */
export interface DutiesReadPort {
  readonly duties: DutiesReads;
}

const DUES = 3;
const CAMPAIGNS = 8;

/** Builds the reads on a transaction. */
export function createDutiesReads(tx: Tx): DutiesReads {
  return {
    list: (page, now) => listDuties(tx, page, now),
    one: (id) => findDuty(tx, id),
    forecast: (content, now) => forecast(tx, content, now),
    amendment: (duty, after, now) => planAmendment(tx, duty.id, { before: duty.content, after }, now),
    campaigns: (now) =>
      tx.campaign.findMany({
        where: { state: 'launched', finalDueOn: { gte: toDbDate(localDate(now)) } },
        orderBy: [{ launchedAt: 'desc' }, { id: 'asc' }],
        select: { id: true, name: true },
        take: CAMPAIGNS,
      }),
  };
}

async function listDuties(
  tx: Tx,
  { skip, take }: { readonly skip: number; readonly take: number },
  now: Date,
): Promise<{ lines: DutyLine[]; total: number }> {
  const today = localDate(now);
  const calendar = await loadCalendar(tx);
  const all = (await findActive(tx)).map((duty) => ({ ...duty, next: nextDues(duty.content, calendar, today, 1)[0] }));
  // What has no further due day comes last.
  const dayOf = ({ next }: (typeof all)[number]): string => next?.dueOn ?? '9';
  const sorted = all.sort((a, b) => (dayOf(a) < dayOf(b) ? -1 : Number(dayOf(a) > dayOf(b))));
  const lines: DutyLine[] = [];
  for (const { id, content, next } of sorted.slice(skip, skip + take)) {
    const units = await countOwners(tx, content.owners, next?.period.endsOn ?? today);
    lines.push({ id, name: content.name, next: next ?? null, units });
  }
  return { lines, total: all.length };
}

async function forecast(tx: Tx, content: DutyContent, now: Date): Promise<DutyForecast> {
  const today = localDate(now);
  const dues = nextDues(content, await loadCalendar(tx), today, DUES);
  const units = await countOwners(tx, content.owners, dues[0]?.period.endsOn ?? today);
  const { campaignId } = content.owners;
  const campaign =
    campaignId === undefined
      ? null
      : await tx.campaign.findUnique({ where: { id: campaignId }, select: { name: true } });
  return { units, dues, campaign: campaign?.name ?? null };
}
