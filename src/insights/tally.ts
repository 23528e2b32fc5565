/** Adds the tally up: many rows of one key become one. Reading it gives the same before and after. */
import type { Db, Tx } from '../store/index.js';

/** Returns how many rows fewer there are. May run twice and at once: rows that another run holds are left to it. */
export async function addUpTally(db: Db | Tx): Promise<number> {
  const [row] = await db.$queryRaw<{ fewer: number }[]>`
    with many as (
      select unit_id, duty_id, period, day from obligation_tally group by 1, 2, 3, 4 having count(*) > 1
    ), gone as (
      delete from obligation_tally where id in (
        select o.id from obligation_tally o join many m on m.day = o.day and m.unit_id is not distinct from o.unit_id
          and m.duty_id is not distinct from o.duty_id and m.period is not distinct from o.period
        for update of o skip locked)
      returning *
    ), made as (
      insert into obligation_tally (unit_id, duty_id, period, day, on_time, late, accepted, waived)
      select unit_id, duty_id, period, day, sum(on_time), sum(late), sum(accepted), sum(waived) from gone
      group by 1, 2, 3, 4 having (sum(on_time), sum(late), sum(accepted), sum(waived)) <> (0, 0, 0, 0)
      returning 1
    )
    select ((select count(*) from gone) - (select count(*) from made))::int as fewer`;
  return row?.fewer ?? 0;
}
