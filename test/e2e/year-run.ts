/** Runs a stretch of time and holds the product to its word at the end. */
import { expect } from 'vitest';
import { createInsightsReads, GROUPINGS } from '../../src/insights/index.js';
import { localDate } from '../../src/kernel/local-date.js';
import { spanDays } from '../../src/kernel/time-span.js';
import { figures } from '../support/figures.js';
import * as checks from './year-checks.js';
import { DUTIES } from './year-duties.js';
import { createUnits } from './year-units.js';
import { createYearWorld, type YearWorld } from './year.js';

export interface Stretch {
  readonly name: string;
  readonly begins: Date;
  readonly ends: Date;
  /** Spans whose numbers are compared. */
  readonly spans: readonly string[];
  /** The span whose table is printed. */
  readonly shown: string;
  /** Reminders that a person gets in a day. */
  readonly perDay: number;
}

export async function runStretch({ name, begins, ends, spans, shown, perDay }: Stretch): Promise<void> {
  const startedMs = performance.now();
  const world = await createYearWorld(begins, perDay);
  try {
    for (const content of DUTIES) await world.duty(content);
    const units = await createUnits(world);
    await units.live(begins, ends);
    await world.end();
    const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
    const { fired, voided, stops } = world.done;
    figures(name, { 'steps fired': fired, void: voided, messages: world.left.length, stops, seconds });
    figures(`${name}, answers`, units.answers);
    figures(`${name}, steps`, await checks.endings(world));
    figures(`${name}, people and days by reminders`, await checks.perDays(world));
    await expectGoodManners(world, perDay, ends);
    for (const span of spans) await expectSameNumbers(world, { span, isShown: span === shown }, ends);
  } finally {
    await world.close();
  }
}

async function expectGoodManners(world: YearWorld, perDay: number, now: Date): Promise<void> {
  expect.soft(world.refused, 'refused').toEqual([]);
  expect.soft(await checks.toldAfterHandingIn(world), 'told after handing in').toEqual([]);
  expect.soft(await checks.sentAfterHandingIn(world), 'sent after handing in').toEqual([]);
  expect.soft(await checks.leftBehind(world, now), 'left behind').toEqual([]);
  expect.soft(await checks.withoutReason(world), 'void without reason').toEqual([]);
  expect.soft(await checks.toldTwice(world), 'told twice').toEqual([]);
  expect.soft(await checks.tooOften(world, perDay), 'too often').toEqual([]);
}

const WHOLE = { size: 10_000, offset: 0 };

async function expectSameNumbers(
  world: YearWorld,
  { span, isShown }: { readonly span: string; readonly isShown: boolean },
  now: Date,
): Promise<void> {
  const days = spanDays(span, localDate(now));
  const reads = createInsightsReads(world.store.db);
  const { units: _units, unitsClear: _clear, unitsOverdue: _over, ...overall } = await reads.overall(now, span);
  const alone = (await checks.countAlone(world, 'overall', days, now)).get('all');
  expect.soft(overall, span).toEqual(alone);
  for (const by of GROUPINGS) {
    const { rows } = await reads.groups(by, now, span, WHOLE);
    const said = rows.map(({ key, name: _name, dueOn: _day, units: _n, ...numbers }) => [key, numbers] as const);
    const counted = [...(await checks.countAlone(world, by, days, now))];
    expect.soft(new Map(said), `${span} by ${by}`).toEqual(new Map(counted));
    if (isShown && by !== 'unit' && by !== 'line')
      for (const row of rows)
        print(`numbers ${span} by ${by}: ${row.name}`, said.find(([key]) => key === row.key)?.[1]);
  }
  if (isShown) print(`numbers ${span}`, alone);
}

const print = (what: string, numbers: object | undefined): void => {
  figures(what, { ...numbers });
};
