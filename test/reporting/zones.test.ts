/** Where the machine stands and what its clock says changes nothing: the business clock is a row. */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { drive } from './properties.js';
import { plans } from './properties-plan.js';
import { logSteps, type Province } from './properties-province.js';
import { loadSteps } from './properties-watch.js';
import { World } from './world.js';

const HOUR_MS = 3_600_000;
const PLANS = fc.sample(plans, { numRuns: 1, seed: 20261124 });

let world: World;
const zone = process.env['TZ'];
beforeAll(async () => {
  world = await World.create();
  await logSteps(world);
});
afterEach(() => {
  vi.useRealTimers();
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});
afterAll(() => world.drop());

/** Which step of which obligation spoke when, and what became of the others. */
async function fired(province: Province): Promise<string[]> {
  const order = new Map(province.owed.map(({ id }, n) => [id, n]));
  return (await loadSteps(province))
    .map(({ obligationId, version, step, state, firedAt, evidence }) => {
      const what = [state, firedAt?.toISOString(), evidence.reason, evidence.proof?.kind];
      return [order.get(obligationId), version, step, ...what].map(String).join(' ');
    })
    .sort();
}

async function fireSet(): Promise<string[][]> {
  const all: string[][] = [];
  for (const plan of PLANS) all.push(await fired((await drive(world, plan)).province));
  return all;
}

describe('the steps that fire', () => {
  let home: string[][];
  beforeAll(async () => {
    process.env['TZ'] = 'UTC';
    home = await fireSet();
  });

  it('are some', () => {
    expect(home.flat().filter((one) => one.includes(' fired ')).length).toBeGreaterThan(1);
  });

  it.each([
    ['UTC', 0],
    ['America/New_York', 300],
    ['Pacific/Kiritimati', -840],
  ])('are the same in %s', async (name, minutes) => {
    process.env['TZ'] = name;
    expect(new Date('2026-12-01T00:00:00Z').getTimezoneOffset()).toBe(minutes);
    expect(await fireSet()).toEqual(home);
  });

  it.each([2, -2])('are the same with a machine clock that is %d hours off', async (hours) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * HOUR_MS });
    expect(await fireSet()).toEqual(home);
  });
});
