import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { createSuccession } from '../../src/reporting/index.js';
import { closeTask } from '../../src/tasks/index.js';
import { changeUnits } from '../../src/units/index.js';
import { createDutiesWorld, type DutiesWorld } from './world.js';

let world: DutiesWorld;
beforeAll(async () => {
  world = await createDutiesWorld();
});
beforeEach(() => world.clean());
afterAll(() => world.drop());

const MERGED_ON = '2026-12-01';
const BEFORE = '2026-11-23T02:00:00Z';
const AFTER = '2026-12-02T02:00:00Z';

/** A ward that comes to be on the day of the change and goes on for others. */
async function merge(from: readonly string[]): Promise<string> {
  const id = newId();
  const name = `Phường ${id.slice(-6)}`;
  await world.store.db.unit.create({
    data: { id, code: id, name, shortName: name, type: 'phuong', level: 'xa', validFrom: new Date(MERGED_ON) },
  });
  const change = { kind: 'merge', from, to: [id], effectiveOn: MERGED_ON, basis: 'NQ' } as const;
  const hooks = [createSuccession({ tasks: { closeTask } })];
  await world.store.transaction((tx) => changeUnits(tx, change, hooks, new Date('2026-11-30T17:00:00Z')));
  return id;
}
const owing = async (dutyId: string, period: string) =>
  (await world.store.db.obligation.findMany({ where: { dutyId, period }, orderBy: { state: 'asc' } })).map(
    ({ unitId, state }) => [unitId, state],
  );

it('a period that ended before the change is not planned again for the unit that is no more', async () => {
  await world.at(BEFORE);
  const one = await world.ward('Phường Một');
  const two = await world.ward('Phường Hai');
  const { id } = await world.duty();
  await world.plan();
  // One has settled November already; the other owes it.
  await world.store.db.obligation.updateMany({
    where: { dutyId: id, unitId: one, period: '2026-11' },
    data: { state: 'accepted' },
  });
  const heir = await merge([one, two]);
  await world.at(AFTER);
  await world.plan();
  expect(await owing(id, '2026-11')).toEqual([
    [one, 'accepted'],
    [heir, 'open'],
  ]);
});

it('what was settled before the change is not owed again by the unit that goes on', async () => {
  await world.at(BEFORE);
  const one = await world.ward('Phường Ba');
  const { id } = await world.duty();
  await world.plan();
  await world.store.db.obligation.updateMany({ where: { dutyId: id, period: '2026-11' }, data: { state: 'accepted' } });
  await merge([one]);
  await world.at(AFTER);
  await world.plan();
  expect(await owing(id, '2026-11')).toEqual([[one, 'accepted']]);
});

it('a period that nobody had planned is owed by the unit that goes on', async () => {
  await world.at(BEFORE);
  const one = await world.ward('Phường Bốn');
  const heir = await merge([one]);
  await world.at(AFTER);
  const { id } = await world.duty();
  await world.plan();
  expect(await owing(id, '2026-11')).toEqual([[heir, 'open']]);
});
