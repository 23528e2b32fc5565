/** What the queue promises about jobs, on both backends. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NewJob } from '../../src/queue/index.js';
import { createOutageLog } from '../../src/queue/logger.js';
import { waitFor } from '../support/wait.js';
import { createGate, createOpener, isIdle, recordingHandlers, recordingLogger } from './harness.js';
import { BACKENDS, openBackend, type Server } from './servers.js';

const inbound = (conversationId: string): NewJob => ({ name: 'inbound.process', payload: { conversationId } });

describe.each(BACKENDS)('the queue on $kind', ({ start }) => {
  let server: Server;
  const opener = createOpener(() => ({ kind: server.kind, url: server.url }));

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    await (await opener.open()).counts();
    await server.flush();
  });
  afterEach(() => opener.closeAll());

  it('hands a job with its payload to the handler of its name', async () => {
    const queue = await opener.open();
    const { ran, handlers } = recordingHandlers();
    queue.start(handlers);
    await queue.add('inbound.process', { conversationId: 'c1' });
    await queue.add('delivery.drain', { lane: 'bulk' });
    await waitFor(() => ran.length === 2);
    expect(ran).toContainEqual(
      expect.objectContaining({ name: 'inbound.process', payload: { conversationId: 'c1' }, attempt: 1 }),
    );
    expect(ran).toContainEqual(expect.objectContaining({ name: 'delivery.drain', payload: { lane: 'bulk' } }));
    await waitFor(() => isIdle(queue));
  });

  it('keeps reply work out of the way of bulk work', async () => {
    const queue = await opener.open();
    const gate = createGate();
    const { ran, handlers, countOf } = recordingHandlers({ 'work.run': () => gate.opened });
    queue.start(handlers, { concurrency: { slow: 1 } });
    await queue.add('work.run', { workId: 'b1' });
    await waitFor(() => countOf('work.run') === 1);
    await queue.add('delivery.drain', { lane: 'bulk' });
    await queue.add('delivery.drain', { lane: 'reply' });
    await waitFor(() => countOf('delivery.drain') === 1);
    expect(ran.at(-1)?.payload).toEqual({ lane: 'reply' });
    gate.open();
    await waitFor(() => countOf('delivery.drain') === 2);
  });

  it('runs a delayed job after its delay and not before', async () => {
    const queue = await opener.open();
    const { ran, handlers } = recordingHandlers();
    queue.start(handlers);
    const from = Date.now();
    await queue.add('inbound.process', { conversationId: 'later' }, { delayMs: 300 });
    expect((await queue.counts()).fast.delayed).toBe(1);
    await waitFor(() => ran.length === 1);
    expect(ran[0]?.at).toBeGreaterThanOrEqual(from + 300);
  });

  it('takes many jobs at once and runs each of them once', async () => {
    const queue = await opener.open();
    const { ran, handlers } = recordingHandlers();
    const jobs: NewJob[] = Array.from({ length: 150 }, (_, i) => inbound(`c${i}`));
    jobs.push(
      ...Array.from({ length: 50 }, (_, i): NewJob => ({
        name: 'work.run',
        payload: { workId: `w${i}` },
        dedupeKey: `w${i % 25}`,
      })),
    );
    await queue.addBulk(jobs);
    queue.start(handlers);
    await waitFor(() => isIdle(queue));
    expect(ran.filter((one) => one.name === 'inbound.process')).toHaveLength(150);
    expect(new Set(ran.map((one) => JSON.stringify(one.payload))).size).toBe(175);
    expect(ran).toHaveLength(175);
  });

  it('drops a bell that rings while one of the same key waits', async () => {
    const queue = await opener.open();
    const { ran, handlers } = recordingHandlers();
    for (let i = 0; i < 5; i += 1) await queue.add('inbound.process', { conversationId: 'c1' }, { dedupeKey: 'c1' });
    await queue.add('inbound.process', { conversationId: 'c2' }, { dedupeKey: 'c2' });
    queue.start(handlers);
    await waitFor(() => isIdle(queue));
    expect(ran.map((one) => one.payload)).toEqual([{ conversationId: 'c1' }, { conversationId: 'c2' }]);
  });

  it('runs once more for all the bells that rang while it ran', async () => {
    const queue = await opener.open();
    const gate = createGate();
    const { ran, handlers } = recordingHandlers({ 'inbound.process': () => gate.opened });
    queue.start(handlers);
    await queue.add('inbound.process', { conversationId: 'c1' }, { dedupeKey: 'c1' });
    await waitFor(() => ran.length === 1);
    for (let i = 0; i < 5; i += 1) await queue.add('inbound.process', { conversationId: 'c1' }, { dedupeKey: 'c1' });
    gate.open();
    await waitFor(() => ran.length === 2 && isIdle(queue));
    expect(ran).toHaveLength(2);
    await queue.add('inbound.process', { conversationId: 'c1' }, { dedupeKey: 'c1' });
    await waitFor(() => ran.length === 3);
  });

  it('does not let a delayed job silence one that should run now', async () => {
    const queue = await opener.open();
    const { ran, handlers } = recordingHandlers();
    queue.start(handlers);
    await queue.add('delivery.drain', { lane: 'reply' }, { dedupeKey: 'reply', delayMs: 60_000 });
    await queue.add('delivery.drain', { lane: 'reply' }, { dedupeKey: 'reply' });
    await waitFor(() => ran.length === 1);
    expect((await queue.counts()).fast.delayed).toBe(1);
  });

  it('tries a failing job again, then puts it aside and lets its key go', async () => {
    const queue = await opener.open();
    const { ran, handlers } = recordingHandlers({ 'inbound.process': () => Promise.reject(new Error('broken')) });
    queue.start(handlers);
    await queue.add('inbound.process', { conversationId: 'c1' }, { dedupeKey: 'c1' });
    await waitFor(async () => (await queue.counts()).fast.failed === 1);
    expect(ran.map((one) => one.attempt)).toEqual([1, 2, 3, 4]);
    const waits = ran.slice(1).map((one, i) => one.at - (ran[i]?.at ?? 0));
    expect(waits[0]).toBeGreaterThanOrEqual(499);
    expect(waits[1]).toBeGreaterThanOrEqual(999);
    await queue.add('inbound.process', { conversationId: 'c1' }, { dedupeKey: 'c1' });
    await waitFor(() => ran.length === 5);
  });

  it('drops an unknown job and an ill-formed one, says so, and goes on', async () => {
    const { lines, logger } = recordingLogger();
    const queue = await opener.open({ logger });
    const raw = await openBackend(server, createOutageLog(logger, 'raw'));
    const line = raw.openQueue('fast');
    await line.add('job.of-yesterday', { id: '1' }, { attempts: 5 });
    await line.add('inbound.process', { conversationId: 12, secret: '0912345678' }, { attempts: 5 });
    await line.add('inbound.process', null, { attempts: 5 });
    await line.close();
    await raw.close();
    const { ran, handlers } = recordingHandlers();
    queue.start(handlers);
    await queue.add('inbound.process', { conversationId: 'good' });
    await waitFor(() => isIdle(queue));
    expect(ran.map((one) => one.payload)).toEqual([{ conversationId: 'good' }]);
    const { fast } = await queue.counts();
    expect(fast.failed).toBe(0);
    expect(lines.map((one) => one.message).sort()).toEqual([
      'ill-formed job dropped',
      'ill-formed job dropped',
      'unknown job dropped',
    ]);
    expect(JSON.stringify(lines)).not.toContain('0912345678');
  });
});
