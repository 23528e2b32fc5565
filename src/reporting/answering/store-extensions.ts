/** Requests for more time in the database. */
import { toDbDate, type LocalDate } from '../../kernel/local-date.js';
import { isId, newId } from '../../kernel/ids.js';
import { Prisma, type Tx } from '../../store/index.js';

/** A request as those who ask and those who decide see it. */
export interface ExtensionView {
  readonly id: string;
  readonly obligationId: string;
  readonly wantedOn: LocalDate;
  readonly reason: string;
  readonly state: 'asked' | 'granted' | 'refused' | 'withdrawn';
  readonly askedAt: Date;
  readonly askedById: string | null;
  readonly askedBy: string | null;
  readonly grantedOn: LocalDate | null;
  readonly refusal: string | null;
  readonly decidedAt: Date | null;
  readonly decidedBy: string | null;
}

const VIEW = Prisma.sql`
  select e.id, e.obligation_id as "obligationId", to_char(e.wanted_on, 'YYYY-MM-DD') as "wantedOn", e.reason, e.state,
    e.asked_at as "askedAt", e.asked_by_id as "askedById", m.full_name as "askedBy",
    to_char(e.granted_on, 'YYYY-MM-DD') as "grantedOn", e.refusal, e.decided_at as "decidedAt", d.full_name as "decidedBy"
  from extension e left join member m on m.id = e.asked_by_id left join member d on d.id = e.decided_by_id`;

/** All requests of an obligation, the newest first. */
export async function findExtensions(tx: Tx, obligationId: string): Promise<ExtensionView[]> {
  if (!isId(obligationId)) return [];
  return tx.$queryRaw`${VIEW} where e.obligation_id = ${obligationId}::uuid order by e.asked_at desc, e.id desc`;
}

/** A request that waits, in the officers' list. */
export interface WaitingExtension {
  readonly obligationId: string;
  readonly dutyName: string;
  readonly unitName: string;
  readonly wantedOn: LocalDate;
}

/** Requests that wait for an officer, the oldest first. */
export async function findWaitingExtensions(tx: Tx): Promise<WaitingExtension[]> {
  return tx.$queryRaw`
    select e.obligation_id as "obligationId", d.name || coalesce(' – ' || (o.how->>'period'), '') as "dutyName",
      u.name as "unitName", to_char(e.wanted_on, 'YYYY-MM-DD') as "wantedOn"
    from extension e join obligation o on o.id = e.obligation_id join duty d on d.id = o.duty_id join unit u on u.id = o.unit_id
    where e.state = 'asked' order by e.asked_at, e.id`;
}

export interface NewExtension {
  readonly obligationId: string;
  readonly wantedOn: LocalDate;
  readonly reason: string;
  readonly askedById: string | null;
  readonly seatId: string | null;
}

export async function insertExtension(tx: Tx, wish: NewExtension, now: Date): Promise<void> {
  await tx.extension.create({ data: { ...wish, id: newId(), wantedOn: toDbDate(wish.wantedOn), askedAt: now } });
}

export interface ExtensionDecision {
  readonly state: 'granted' | 'refused' | 'withdrawn';
  readonly grantedOn?: LocalDate;
  readonly refusal?: string;
  readonly decidedById: string | null;
}

export async function closeExtension(tx: Tx, id: string, decision: ExtensionDecision, now: Date): Promise<void> {
  const { grantedOn, ...rest } = decision;
  await tx.extension.update({
    where: { id },
    data: { ...rest, ...(grantedOn === undefined ? {} : { grantedOn: toDbDate(grantedOn) }), decidedAt: now },
  });
}
