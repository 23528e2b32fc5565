/** Units and who answers for them. */
import { randomUUID } from 'node:crypto';
import { MORNING, type Person, type World } from './support.js';

export type SeatKind = 'primary' | 'deputy' | 'head';

/** A unit with its seats: kind → who holds it. Returns the ids. */
export async function createUnit(
  world: World,
  holders: Partial<Record<SeatKind, Person>>,
): Promise<{ unitId: string; seats: Record<SeatKind, string> }> {
  const { pool } = world.database.store;
  const unitId = randomUUID();
  await pool.query(
    `insert into unit (id, code, name, short_name, type, level) values ($1, $2, 'Phường Mẫu', 'P. Mẫu', 'phuong', 'xa')`,
    [unitId, unitId],
  );
  const seats: Partial<Record<SeatKind, string>> = {};
  for (const [kind, holder] of Object.entries(holders)) {
    const seatId = (seats[kind as SeatKind] = randomUUID());
    await pool.query('insert into seat (id, unit_id, kind) values ($1, $2, $3)', [seatId, unitId, kind]);
    await pool.query(`insert into seat_holding (id, seat_id, member_id, held_from) values ($1, $2, $3, $4)`, [
      randomUUID(),
      seatId,
      holder.memberId,
      new Date(MORNING.getTime() - 86_400_000),
    ]);
  }
  return { unitId, seats: seats as Record<SeatKind, string> };
}
