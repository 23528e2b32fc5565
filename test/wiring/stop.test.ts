import { describe, expect, it } from 'vitest';
import { stopAll, type StopStep } from '../../src/wiring/stop.js';
import { recordingLogger } from '../queue/harness.js';

const hang = () => new Promise<never>(() => undefined);

describe('stopping', () => {
  it('leaves a part behind that hangs, and every other one still gets its time', async () => {
    const { logger, lines } = recordingLogger();
    const got: number[] = [];
    const noted: StopStep = (ms) => Promise.resolve(void got.push(ms));
    const from = performance.now();
    await stopAll([hang, noted, hang, noted], 2_200, logger);
    // 700 ms for the first, 500 for the third: the deadline of all holds.
    expect(performance.now() - from).toBeLessThan(2_200);
    expect(got).toHaveLength(2);
    expect(Math.min(...got)).toBeGreaterThanOrEqual(500);
    expect(lines.map(({ message }) => message)).toEqual(Array(2).fill('a part did not stop in time'));
  });

  it('gives every part half a second however late it is, and goes on after one that fails', async () => {
    const { logger, lines } = recordingLogger();
    const got: number[] = [];
    await stopAll([() => Promise.reject(new Error('broken')), (ms) => Promise.resolve(void got.push(ms))], 0, logger);
    expect(got).toEqual([500]);
    expect(lines.map(({ message }) => message)).toEqual(['a part did not stop well']);
  });

  it('waits for a part that keeps its deadline', async () => {
    const { logger, lines } = recordingLogger();
    await stopAll([(ms) => new Promise((resolve) => setTimeout(resolve, ms))], 100, logger);
    expect(lines).toEqual([]);
  });
});
