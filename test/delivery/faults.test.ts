/** All faults of a platform mixed at random, in one broadcast with three workers. */
import { describe, expect, it } from 'vitest';
import { outliveFaults } from './faults.js';

describe('a Bot API that refuses, hangs, cuts and dawdles at random', () => {
  it('gets an announcement at most once each, and the states add up', { timeout: 180_000 }, async () => {
    const { byState, repeats } = await outliveFaults(400, 'announcement');
    expect(Object.values(byState).reduce((sum, n) => sum + n, 0)).toBe(400);
    expect(byState['failed']).toBeGreaterThan(0);
    expect(byState['uncertain']).toBeGreaterThan(0);
    expect(repeats).toBe(0);
  });

  it('gets a deadline notice once more, marked, where nobody knows of the first', { timeout: 180_000 }, async () => {
    const { byState, repeats } = await outliveFaults(400, 'deadline');
    expect(Object.values(byState).reduce((sum, n) => sum + n, 0)).toBe(400);
    expect(repeats).toBeGreaterThan(0);
  });
});
