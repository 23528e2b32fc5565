/** Chooses which rows begin next: replies before bulk, the channels of a lane in turn, within the slots. */
import type { Held, Line } from './line.js';

export interface SlotLimits {
  /** Rows that may be `sending` at one time. */
  readonly concurrency: number;
  /** Slots that bulk messages leave free for replies. */
  readonly replySlots: number;
}

/**
 * Takes up to `room` rows out of the lines and gives each a slot. `turn` changes from call to call, so that no channel
 * is always first.
 */
export function offerRows(
  lines: readonly Line[],
  limits: SlotLimits,
  room: number,
  nowMs: number,
  turn: number,
): Held[] {
  const used = lines.reduce((sum, line) => sum + line.slots, 0);
  const usedByBulk = lines.reduce((sum, line) => sum + (line.lane === 'bulk' ? line.slots : 0), 0);
  const free = Math.min(limits.concurrency - used, room);
  const replies = takeInTurn(
    lines.filter(({ lane }) => lane === 'reply'),
    limits,
    free,
    nowMs,
    turn,
  );
  const freeForBulk = Math.min(free - replies.length, limits.concurrency - limits.replySlots - usedByBulk);
  return [
    ...replies,
    ...takeInTurn(
      lines.filter(({ lane }) => lane === 'bulk'),
      limits,
      freeForBulk,
      nowMs,
      turn,
    ),
  ];
}

function takeInTurn(lines: readonly Line[], limits: SlotLimits, room: number, nowMs: number, turn: number): Held[] {
  // A channel that hangs may not take the last slots from the others.
  const slotsOfOne = Math.max(1, limits.concurrency - (lines.length - 1) * Math.floor(limits.concurrency / 12));
  const waiting = lines
    .filter(({ ready }) => ready.length > 0)
    .map((line) => ({
      line,
      left: Math.min(slotsOfOne - line.slots, line.pacer === null ? Infinity : line.pacer.ready(nowMs) - line.prepared),
    }))
    .filter(({ left }) => left > 0);
  const taken: Held[] = [];
  for (let n = turn; taken.length < room && waiting.length > 0; n += 1) {
    const at = n % waiting.length;
    const chosen = waiting[at];
    const held = chosen?.line.ready.shift();
    if (chosen && held) {
      occupy(held);
      taken.push(held);
      chosen.left -= 1;
    }
    if (!chosen || chosen.left <= 0 || chosen.line.ready.length === 0) waiting.splice(at, 1);
  }
  return taken;
}

function occupy(held: Held): void {
  held.hasSlot = true;
  held.isPrepared = true;
  held.line.slots += 1;
  held.line.prepared += 1;
}

/** Notes that a row is called, or will not be. */
export function unprepare(held: Held): void {
  if (held.isPrepared) held.line.prepared -= 1;
  held.isPrepared = false;
}

/** Notes that a row no longer counts against the concurrency. */
export function leaveSlot(held: Held): void {
  if (held.hasSlot) held.line.slots -= 1;
  held.hasSlot = false;
}
