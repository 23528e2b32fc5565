/** Duties in the database. */
import { isId } from '../kernel/ids.js';
import { fromDbDate, localDate, toDbDate, type LocalDate } from '../kernel/local-date.js';
import { Prisma, type Tx } from '../store/index.js';
import { DEFAULT_LADDER, ladderSchema, type LadderStep } from './ladder.js';
import { contentSchema, type Duty, type DutyContent, type DutyKind, type Field } from './model.js';
import { basisText } from './texts.js';

export interface NewDuty {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly kind: DutyKind;
  readonly campaignId?: string | null;
  /** Document, number, date. */
  readonly basis: string;
  /** What must be handed in, in words. */
  readonly needs: string;
  readonly fields?: readonly Field[];
  readonly ladder?: readonly LadderStep[];
}

/** Writes a duty; one that is there already stays as it is. */
export async function insertDuty(tx: Tx, duty: NewDuty): Promise<void> {
  await tx.$executeRaw`
    insert into duty (id, code, name, kind, campaign_id, basis, needs, fields, ladder)
    values (${duty.id}::uuid, ${duty.code}, ${duty.name}, ${duty.kind}, ${duty.campaignId ?? null}::uuid, ${duty.basis}, ${duty.needs},
            ${JSON.stringify(duty.fields ?? [])}::jsonb, ${JSON.stringify(duty.ladder ?? DEFAULT_LADDER)}::jsonb)
    on conflict do nothing`;
}

/** The ladder of a duty and what it lets pass before the head hears; null when there is no such duty. */
export async function findReminding(
  tx: Tx,
  dutyId: string,
): Promise<{ readonly ladder: LadderStep[]; readonly graceDays: number } | null> {
  const duty = await tx.duty.findUnique({ where: { id: dutyId }, select: { ladder: true, graceDays: true } });
  return duty && { ladder: ladderSchema.parse(duty.ladder), graceDays: duty.graceDays };
}

/** What a save leaves behind: who, when and why. */
export interface Saved {
  readonly version: number;
  readonly content: DutyContent;
  readonly at: Date;
  readonly memberId: string | null;
  readonly reason: string;
}

/** Writes a new periodic duty with its first version. */
export async function createDuty(
  tx: Tx,
  duty: { readonly id: string; readonly code: string; readonly copiedFromId: string | null },
  saved: Saved,
): Promise<void> {
  await tx.duty.create({
    data: {
      ...duty,
      kind: 'periodic',
      createdById: saved.memberId,
      createdAt: saved.at,
      ...columnsOf(saved.content),
    },
  });
  await keepVersion(tx, duty.id, saved);
}

/** Writes the next version of a duty. */
export async function updateDuty(tx: Tx, id: string, saved: Saved, active = true): Promise<void> {
  await tx.duty.update({ where: { id }, data: { version: saved.version, active, ...columnsOf(saved.content) } });
  await keepVersion(tx, id, saved);
}

async function keepVersion(tx: Tx, dutyId: string, { version, content, at, memberId, reason }: Saved): Promise<void> {
  await tx.dutyVersion.create({ data: { dutyId, version, data: content, at, memberId, reason } });
}

const columnsOf = (content: DutyContent) => ({
  name: content.name,
  basis: basisText(content.basis),
  needs: content.needs,
  fields: content.fields,
  files: content.files,
  ladder: content.ladder,
  owners: content.owners,
  periodRule: content.periods,
  dueRule: content.due,
  graceDays: content.graceDays,
  lockDays: content.lockDays,
  startsOn: toDbDate(content.startsOn),
  endsOn: content.endsOn === null ? null : toDbDate(content.endsOn),
});

interface Row {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly active: boolean;
  readonly planned_to: Date | null;
  readonly created_at: Date | null;
  readonly data: unknown;
}

/** A duty with the day up to which its periods are made: at first the day on which it was made itself. */
export interface KeptDuty extends Duty {
  readonly plannedTo: LocalDate | null;
}

const VIEW = Prisma.sql`
  select d.id, d.code, d.version, d.active, d.planned_to, d.created_at, v.data
  from duty d join duty_version v on v.duty_id = d.id and v.version = d.version`;

/** One periodic duty, or null. */
export async function findDuty(tx: Tx, id: string): Promise<KeptDuty | null> {
  if (!isId(id)) return null;
  const [row] = await tx.$queryRaw<Row[]>`${VIEW} where d.id = ${id}::uuid`;
  return row ? toDuty(row) : null;
}

/** The duty, held until the transaction ends; `skip`: null when a colleague holds it. */
export async function lockDuty(tx: Tx, id: string, wait: 'wait' | 'skip' = 'wait'): Promise<KeptDuty | null> {
  if (!isId(id)) return null;
  const held =
    wait === 'wait'
      ? await tx.$queryRaw<object[]>`select id from duty where id = ${id}::uuid for no key update`
      : await tx.$queryRaw<object[]>`select id from duty where id = ${id}::uuid for no key update skip locked`;
  // Read after the lock, in a statement of its own: what a colleague wrote while we waited must be seen.
  return held.length === 0 ? null : findDuty(tx, id);
}

/** All periodic duties that are owed, by name. */
export async function findActive(tx: Tx): Promise<KeptDuty[]> {
  const rows = await tx.$queryRaw<Row[]>`${VIEW} where d.active order by d.name, d.id`;
  return rows.map(toDuty);
}

/** Ids of the duties that are planned by their rules. */
export async function findPlanned(tx: Pick<Tx, '$queryRaw'>): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select id from duty where active and period_rule is not null order by id`;
  return rows.map((row) => row.id);
}

/** Keeps up to which day the periods of a duty are made. */
export async function setPlannedTo(tx: Tx, id: string, day: LocalDate): Promise<void> {
  await tx.duty.update({ where: { id }, data: { plannedTo: toDbDate(day) } });
}

/** An active duty of this name on this basis (a copy: from the same day on); whoever asks first makes the others wait for the commit. */
export async function findTwin(
  tx: Tx,
  content: DutyContent,
  isCopy: boolean,
): Promise<{ readonly code: string; readonly byName: string | null } | null> {
  const basis = basisText(content.basis);
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`duty:${basis}:${content.name}`}, 0))`;
  const [twin] = await tx.$queryRaw<{ code: string; byName: string | null }[]>`
    select d.code, m.full_name as "byName" from duty d left join member m on m.id = d.created_by_id
    where d.active and d.kind = 'periodic' and d.name = ${content.name} and d.basis = ${basis}
      and (not ${isCopy} or d.starts_on = ${toDbDate(content.startsOn)}::date)
    limit 1`;
  return twin ?? null;
}

/** Who wrote the newest version of a duty, and when. */
export async function findAuthor(
  tx: Tx,
  id: string,
): Promise<{ readonly name: string | null; readonly at: Date } | null> {
  const [row] = await tx.$queryRaw<{ name: string | null; at: Date }[]>`
    select m.full_name as name, v.at from duty_version v left join member m on m.id = v.member_id
    where v.duty_id = ${id}::uuid order by v.version desc limit 1`;
  return row ?? null;
}

const toDuty = (row: Row): KeptDuty => ({
  id: row.id,
  code: row.code,
  version: row.version,
  active: row.active,
  content: contentSchema.parse(row.data),
  plannedTo: row.planned_to ? fromDbDate(row.planned_to) : row.created_at && localDate(row.created_at),
});
