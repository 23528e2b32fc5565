import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createBells, type BellsDeps } from '../../src/wiring/bells.js';
import { createGate } from '../queue/harness.js';
import { waitFor } from '../support/wait.js';

function bellsOf(tick: BellsDeps['tick']) {
  const kicks: string[] = [];
  const bells = createBells({
    isWorker: true,
    logger: pino({ level: 'silent' }),
    queue: {} as BellsDeps['queue'],
    broadcasts: { expandDue: () => Promise.resolve([]) },
    engine: { kick: (lane: string) => void kicks.push(lane) } as unknown as BellsDeps['engine'],
    processor: () => {
      throw new Error('no conversation rings here');
    },
    runWork: () => Promise.resolve(),
    settleSafeMode: () => Promise.resolve(),
    tick,
  });
  return { bells, kicks };
}

describe('the bell of the bulk lane in a worker', () => {
  it('answers the rings that come meanwhile by one more run, never by two at once', async () => {
    const gates = [createGate(), createGate(), createGate()];
    let [begun, running, most] = [0, 0, 0];
    const { bells, kicks } = bellsOf(async () => {
      begun += 1;
      running += 1;
      most = Math.max(most, running);
      await gates[begun - 1]?.opened;
      running -= 1;
    });
    for (let n = 0; n < 5; n += 1) bells.deliver('bulk');
    await waitFor(() => begun === 1);
    gates[0]?.open();
    await waitFor(() => begun === 2);
    for (let n = 0; n < 5; n += 1) bells.deliver('bulk');
    gates[1]?.open();
    await waitFor(() => begun === 3);
    gates[2]?.open();
    await waitFor(() => kicks.length === 3);
    expect({ begun, most }).toEqual({ begun: 3, most: 1 });
  });

  it('rings on after a run that failed', async () => {
    let calls = 0;
    const { bells, kicks } = bellsOf(() => {
      calls += 1;
      return calls === 1 ? Promise.reject(new Error('away')) : Promise.resolve();
    });
    bells.deliver('bulk');
    bells.deliver('bulk');
    await waitFor(() => kicks.length === 1);
    bells.deliver('bulk');
    await waitFor(() => kicks.length === 2);
    expect(calls).toBe(3);
  });
});
