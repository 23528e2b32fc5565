/** What the queue promises about bad days, clocks and closing, on both backends. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { QueueUnavailableError } from '../../src/queue/index.js';
import { createOutageLog } from '../../src/queue/logger.js';
import { createProducer } from '../../src/queue/producer.js';
import { waitFor } from '../support/wait.js';
import { createGate, createOpener, isIdle, recordingHandlers, recordingLogger } from './harness.js';
import { startProxy } from './proxy.js';
import { BACKENDS, openBackend, type Server } from './servers.js';

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

  it('gives the job of a process that died to another one', async () => {
    const dying = await opener.open({ stalledAfterMs: 400 });
    const gate = createGate();
    const first = recordingHandlers({ 'work.run': () => gate.opened });
    dying.start(first.handlers);
    await dying.add('work.run', { workId: 'w1' });
    await waitFor(() => first.ran.length === 1);
    expect(await dying.close({ deadlineMs: 0 })).toBe(false);

    const next = await opener.open({ stalledAfterMs: 400 });
    const second = recordingHandlers();
    next.start(second.handlers);
    await waitFor(() => second.ran.length === 1);
    expect(second.ran[0]).toMatchObject({ name: 'work.run', payload: { workId: 'w1' } });
    await waitFor(() => isIdle(next));
    gate.open();
  });

  it('goes on after the server ended all its connections, and finishes what ran', async () => {
    const { lines, logger } = recordingLogger();
    const queue = await opener.open({ logger });
    const gate = createGate();
    const { ran, handlers, countOf } = recordingHandlers({ 'work.run': () => gate.opened });
    queue.start(handlers);
    await queue.add('work.run', { workId: 'w1' });
    await waitFor(() => countOf('work.run') === 1);
    await queue.add('inbound.process', { conversationId: 'waits' }, { delayMs: 1500 });
    await server.terminate();
    gate.open();
    await waitFor(() => queue.add('inbound.process', { conversationId: 'after' }).then(() => true));
    await waitFor(() => countOf('inbound.process') === 2 && isIdle(queue));
    expect(ran.map((one) => one.payload)).toContainEqual({ conversationId: 'after' });
    expect(countOf('work.run')).toBe(1);
    expect((await queue.counts()).slow.failed).toBe(0);
    expect(lines.filter((one) => one.level === 'error')).toEqual([]);
  });

  it('refuses quickly while the server is away, and works again by itself when it is back', async () => {
    const proxy = await startProxy(server.url);
    const { lines, logger } = recordingLogger();
    const queue = await opener.open({ backend: { kind: server.kind, url: proxy.url }, logger });
    const { ran, handlers } = recordingHandlers();
    queue.start(handlers);
    await queue.add('inbound.process', { conversationId: 'before' });
    await waitFor(() => ran.length === 1 && isIdle(queue));

    await proxy.shut();
    const from = Date.now();
    await waitFor(async () => {
      await expect(queue.add('inbound.process', { conversationId: 'lost' })).rejects.toBeInstanceOf(
        QueueUnavailableError,
      );
      return true;
    });
    await expect(queue.addBulk([{ name: 'work.run', payload: { workId: 'lost' } }])).rejects.toBeInstanceOf(
      QueueUnavailableError,
    );
    expect(Date.now() - from).toBeLessThan(1500);

    await proxy.open();
    await waitFor(() => queue.add('inbound.process', { conversationId: 'after' }).then(() => true));
    await waitFor(() => ran.length === 2);
    expect(ran[1]?.payload).toEqual({ conversationId: 'after' });
    await waitFor(() => lines.some((one) => one.message === 'queue backend is back'));
    expect(lines.filter((one) => one.message === 'queue backend is away').length).toBe(1);
    await opener.closeAll();
    await proxy.shut();
  });

  it('rings a tick once in every interval though three processes ask for it, and never stops', async () => {
    const log = recordingHandlers();
    const queues = [await opener.open(), await opener.open(), await opener.open()];
    const slot = (): number => Math.floor(Date.now() / 100);
    const first = slot();
    for (const queue of queues) {
      queue.start(log.handlers);
      queue.every('reminders.tick', 100);
    }
    await waitFor(() => slot() >= first + 10);
    const seen = log.ran.length;
    await waitFor(() => log.ran.length >= seen + 5);
    expect(log.ran.length).toBeLessThanOrEqual(slot() - first + 1);
  });

  it('rings a slot that has been rung and done not again', async () => {
    const queue = await opener.open();
    const { ran, handlers } = recordingHandlers();
    queue.start(handlers);
    const log = createOutageLog(recordingLogger().logger, 'other');
    const other = await openBackend(server, log);
    const producer = createProducer(other, log);
    await producer.ring('seats.silence', 7, 60_000);
    await waitFor(() => ran.length === 1 && isIdle(queue));
    await producer.ring('seats.silence', 7, 60_000);
    await producer.ring('seats.silence', 8, 60_000);
    await waitFor(() => ran.length === 2 && isIdle(queue));
    expect(ran).toHaveLength(2);
    await producer.close();
    await other.close();
  });

  it('goes on ringing after the queue was emptied', async () => {
    const queue = await opener.open();
    const { ran, handlers } = recordingHandlers();
    queue.start(handlers);
    queue.every('seats.silence', 100);
    await waitFor(() => ran.length >= 2);
    await server.flush();
    const seen = ran.length;
    await waitFor(() => ran.length >= seen + 3);
  });

  it('rings nothing in a process that takes no jobs', async () => {
    const [idler, worker] = [await opener.open(), await opener.open()];
    idler.every('seats.silence', 20);
    const { ran, handlers, countOf } = recordingHandlers();
    worker.start(handlers);
    worker.every('reminders.tick', 50);
    await waitFor(() => countOf('reminders.tick') >= 4);
    expect(ran.map((one) => one.name)).not.toContain('seats.silence');
    idler.start(handlers);
    await waitFor(() => countOf('seats.silence') >= 2);
  });

  it('rings no bell in vain, however adding and finishing cross', async () => {
    const [one, two] = [await opener.open(), await opener.open()];
    const queues = [one, two];
    const done = new Map<string, number>();
    const { handlers } = recordingHandlers({
      'inbound.process': (payload) => {
        const { conversationId } = payload as { conversationId: string };
        done.set(conversationId, (done.get(conversationId) ?? 0) + 1);
        return Promise.resolve();
      },
    });
    for (const queue of queues) queue.start(handlers);
    const keys = ['k1', 'k2', 'k3'];
    for (let round = 0; round < 60; round += 1) {
      await Promise.all(
        keys.flatMap((key) =>
          queues.map((queue) => queue.add('inbound.process', { conversationId: key }, { dedupeKey: key })),
        ),
      );
    }
    await waitFor(() => isIdle(one));
    for (const key of keys) {
      const before = done.get(key) ?? 0;
      await one.add('inbound.process', { conversationId: key }, { dedupeKey: key });
      await waitFor(() => (done.get(key) ?? 0) > before, { what: `a bell for ${key}` });
    }
  });

  it('waits for running jobs when it closes, and tells them', async () => {
    const queue = await opener.open();
    const gate = createGate();
    let told = false;
    let finished = false;
    const { ran, handlers } = recordingHandlers({
      'inbound.process': async (_payload, run) => {
        run.signal.addEventListener('abort', () => (told = true));
        await gate.opened;
        await queue.add('delivery.drain', { lane: 'reply' });
        finished = true;
      },
    });
    queue.start(handlers);
    await queue.add('inbound.process', { conversationId: 'c1' });
    await waitFor(() => ran.length === 1);
    const closing = queue.close({ deadlineMs: 5000 });
    await waitFor(() => told);
    gate.open();
    expect(await closing).toBe(true);
    expect(finished).toBe(true);
    await expect(queue.add('inbound.process', { conversationId: 'c2' })).rejects.toBeInstanceOf(QueueUnavailableError);
  });

  it('closes at the deadline though a job hangs', async () => {
    const queue = await opener.open();
    const gate = createGate();
    const { ran, handlers } = recordingHandlers({ 'inbound.process': () => gate.opened });
    queue.start(handlers);
    await queue.add('inbound.process', { conversationId: 'c1' });
    await waitFor(() => ran.length === 1);
    const from = Date.now();
    expect(await queue.close({ deadlineMs: 100 })).toBe(false);
    expect(Date.now() - from).toBeLessThan(1000);
    gate.open();
  });
});
