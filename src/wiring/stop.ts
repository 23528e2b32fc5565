/** How the parts of a process stop: one after another, each within a time of its own. */
import type { Logger } from '../inbox/index.js';

/** Stops one part within the time given. */
export type StopStep = (deadlineMs: number) => Promise<unknown>;

/** What every part gets to stop in, however late it is. */
const LEAST_MS = 500;
/** A part that keeps its deadline says so itself a moment before it is left behind. */
const GRACE_MS = 50;

/** Stops them in this order. One that hangs is left behind, and leaves the others what they need. */
export async function stopAll(steps: readonly StopStep[], deadlineMs: number, logger: Logger): Promise<void> {
  const until = Date.now() + deadlineMs;
  for (const [n, step] of steps.entries()) {
    const forOthers = (steps.length - n - 1) * LEAST_MS;
    const mine = Math.max(LEAST_MS, until - Date.now() - forOthers);
    try {
      if (!(await isOver(step, mine))) logger.error({ part: steps.length - n, mine }, 'a part did not stop in time');
    } catch (error) {
      logger.error({ err: error }, 'a part did not stop well');
    }
  }
}

/** True when it ended, false when its time did. */
async function isOver(step: StopStep, deadlineMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), deadlineMs + GRACE_MS);
  });
  try {
    return await Promise.race([step(deadlineMs).then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
