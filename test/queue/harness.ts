/** Queues for a test: opened on a fresh backend, closed with it. */
import type { JobHandlers, JobName, JobQueue, JobRun, QueueOptions } from '../../src/queue/index.js';
import { createQueue } from '../../src/queue/index.js';

/** One call of a handler, as the test saw it. */
interface Ran {
  readonly name: JobName;
  readonly payload: unknown;
  readonly attempt: number;
  readonly at: number;
}

type Handle = (payload: unknown, run: JobRun) => Promise<unknown>;

/** Handlers that write down what they were given, and do what the test says for some jobs. */
export function recordingHandlers(special: Partial<Record<JobName, Handle>> = {}) {
  const ran: Ran[] = [];
  const record = (name: JobName) => async (payload: unknown, run: JobRun) => {
    ran.push({ name, payload, attempt: run.attempt, at: Date.now() });
    await special[name]?.(payload, run);
  };
  const handlers: JobHandlers = {
    'inbound.process': record('inbound.process'),
    'delivery.drain': record('delivery.drain'),
    'work.run': record('work.run'),
    'reminders.tick': record('reminders.tick'),
    'seats.silence': record('seats.silence'),
    'duties.plan': record('duties.plan'),
    'insights.digest': record('insights.digest'),
    'insights.tally': record('insights.tally'),
    'zalo.refresh-token': record('zalo.refresh-token'),
  };
  return { ran, handlers, countOf: (name: JobName) => ran.filter((one) => one.name === name).length };
}

/** A door that handlers wait at until the test opens it. */
export function createGate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Collects log lines, to look for what was said. */
export function recordingLogger() {
  const lines: { level: string; message: string; fields: object }[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, fields });
  };
  return { lines, logger: { info: at('info'), warn: at('warn'), error: at('error') } };
}

/** Opens queues and closes them all at the end of the test. */
export function createOpener(backend: () => QueueOptions['backend']) {
  const open: JobQueue[] = [];
  return {
    async open(options: Partial<QueueOptions> = {}): Promise<JobQueue> {
      const queue = await createQueue({ backend: backend(), ...options });
      open.push(queue);
      return queue;
    },
    async closeAll(): Promise<void> {
      await Promise.all(open.splice(0).map((queue) => queue.close({ deadlineMs: 2000 })));
    },
  };
}

/** True when nothing waits, runs or is delayed. */
export async function isIdle(queue: JobQueue): Promise<boolean> {
  const { fast, slow } = await queue.counts();
  return [fast, slow].every((lane) => lane.waiting + lane.active + lane.delayed === 0);
}
