/** Clocks that ring a job at a fixed interval. */
import type { TickName } from './catalog.js';

/** Rings a job for one slot of machine time; ringing the same slot again does nothing. */
export type Ring = (name: TickName, slot: number, intervalMs: number) => Promise<void>;

/**
 * Starts a clock that rings once in every interval of machine time.
 *
 * The slots are counted from 1970, so all processes count the same ones and the queue keeps one job of each. Nothing
 * is stored ahead: a flushed queue or an outage costs the slots that it lasted and no more.
 *
 * @returns a function that stops the clock.
 */
export function startClock(
  name: TickName,
  intervalMs: number,
  ring: Ring,
  onMiss: (error: unknown) => void,
): () => void {
  let timer: NodeJS.Timeout;
  const tick = (): void => {
    const now = Date.now();
    const slot = Math.floor(now / intervalMs);
    ring(name, slot, intervalMs).catch(onMiss);
    // A little past the boundary: a timer that is early by a millisecond would ring the old slot.
    timer = setTimeout(tick, (slot + 1) * intervalMs - now + 5);
    timer.unref();
  };
  tick();
  return () => clearTimeout(timer);
}
