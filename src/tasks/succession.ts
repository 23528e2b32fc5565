/** What becomes of tasks about a unit that another goes on for. */
import type { Tx } from '../store/index.js';
import type { Succession } from '../units/index.js';

/** Open tasks name the heir; that a seat of the unit is silent is no task any more. */
export async function succeedTasks(tx: Tx, { fromUnitId, heirUnitId, now }: Succession): Promise<undefined> {
  if (heirUnitId === fromUnitId) return;
  await tx.task.updateMany({
    where: { unitId: fromUnitId, kind: 'silent-seat', doneAt: null },
    data: { doneAt: now, result: 'unit-ended' },
  });
  if (heirUnitId !== null)
    await tx.task.updateMany({ where: { unitId: fromUnitId, doneAt: null }, data: { unitId: heirUnitId } });
}
