/** Who can be played in the demo, and invitations for them. */
import { createInvitation, roleText, seatKindText, type MadeInvitation } from '../../units/index.js';
import type { Role, SeatKind } from '../../kernel/people.js';
import { renderText } from '../../conversation/index.js';
import { readBusinessClock, type Db } from '../../store/index.js';
import { VISITOR_CODE } from './people.js';

/** One person as the chat page offers it. */
export interface DemoPerson {
  readonly code: string;
  readonly name: string;
  /** What the person is, in Vietnamese. */
  readonly role: string;
  readonly unit: string;
}

interface PersonRow {
  readonly code: string;
  readonly full_name: string;
  readonly role: Role | null;
  readonly kind: SeatKind | null;
  readonly unit_name: string | null;
}

/** Everybody who can be played, in the order of the sample numbers: officers first, unit by unit, the visitor last. */
export async function demoPeople(db: Db): Promise<DemoPerson[]> {
  const rows = await db.$queryRaw<PersonRow[]>`
    select m.code, m.full_name, r.role, s.kind, u.name as unit_name
    from member m
    left join lateral (select role from member_role where member_id = m.id order by role limit 1) r on true
    left join lateral (
      select unit_id, kind from seat join seat_holding h on h.seat_id = seat.id and h.held_to is null
      where h.member_id = m.id order by (kind = 'primary') desc, kind limit 1) s on true
    left join unit u on u.id = s.unit_id
    where m.code is not null
    order by substring(m.full_name from '\\d+$')::int, m.code`;
  const people = rows.map((row): DemoPerson => ({
    code: row.code,
    name: row.full_name,
    role: roleOf(row),
    unit: row.unit_name ?? (row.role === 'leader' ? 'UBND tỉnh' : 'Sở Nội vụ'),
  }));
  return [...people, { code: VISITOR_CODE, name: 'Người dân (mẫu)', role: 'người dân', unit: '' }];
}

function roleOf(row: PersonRow): string {
  if (row.role !== null) return renderText(roleText(row.role), 'vi');
  return row.kind === null ? '' : renderText(seatKindText(row.kind), 'vi');
}

/** A real one-time invitation to the post of a demo person; null for the visitor and for unknown codes. */
export async function demoInvite(db: Db, personCode: string): Promise<MadeInvitation | null> {
  const member = await db.member.findUnique({
    where: { code: personCode },
    include: { roles: true, holdings: { where: { heldTo: null }, include: { seat: { include: { unit: true } } } } },
  });
  if (!member) return null;
  const seat = (member.holdings.find((one) => personCode.endsWith(one.seat.unit.code)) ?? member.holdings[0])?.seat;
  const role = member.roles[0]?.role as Role | undefined;
  const post = seat ? { seatId: seat.id } : role ? { role } : null;
  if (post === null) return null;
  const now = await readBusinessClock(db);
  return db.$transaction((tx) => createInvitation(tx, { ...post, memberId: member.id }, now));
}
