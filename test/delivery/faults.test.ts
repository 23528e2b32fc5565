/** All faults of a platform mixed at random, in one broadcast with three workers. */
import { describe, expect, it } from 'vitest';
import { outliveFaults } from './faults.js';

const sum = (byState: Readonly<Record<string, number>>) => Object.values(byState).reduce((total, n) => total + n, 0);

describe.each([
  ['telegram', 400],
  ['zalo', 300],
] as const)('a platform that refuses, hangs, cuts and dawdles at random (%s)', (name, people) => {
  it('gets an announcement at most once each, and the states add up', { timeout: 180_000 }, async () => {
    const { byState, repeats } = await outliveFaults(name, people, 'announcement');
    expect(sum(byState)).toBe(people);
    expect(byState['failed']).toBeGreaterThan(0);
    expect(byState['uncertain']).toBeGreaterThan(0);
    expect(repeats).toBe(0);
  });

  it('gets a deadline notice once more, marked, where nobody knows of the first', { timeout: 180_000 }, async () => {
    const { byState, repeats } = await outliveFaults(name, people, 'deadline');
    expect(sum(byState)).toBe(people);
    expect(repeats).toBeGreaterThan(0);
  });
});
