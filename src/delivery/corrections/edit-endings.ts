/** What becomes of a change that needs no call, and what a call says. */
import type { Channel } from '../../channels/channel.js';
import type { Content } from '../../conversation/message.js';
import { ARRIVED_STATES } from '../states.js';
import type { TakenRow } from './edit-statements.js';

/** What is written about one change. */
export interface Ending {
  readonly state: 'done' | 'failed' | 'skipped' | 'queued';
  readonly reason: string | null;
  readonly detail: string | null;
  readonly dueMs: number | null;
  /** 1 when this was no try of its own. */
  readonly untried: 0 | 1;
}

const ARRIVED: readonly string[] = ARRIVED_STATES;
const GONE: readonly string[] = ['failed', 'skipped'];
/** A message on its way is looked at again so soon, one that waits later. */
const LOOK_AGAIN_MS = 1_000;
const LOOK_LATER_MS = 5_000;

/** What needs no call, or none yet; null when the call is to be made. */
export function endWithoutCall(row: TakenRow, channel: Channel, nowMs: number): Ending | null {
  const end = (state: 'failed' | 'skipped', reason: string): Ending => ({
    state,
    reason,
    detail: null,
    dueMs: null,
    untried: 1,
  });
  // Replaced once more: it is taken again at once.
  if (row.text === null) return again(nowMs);
  if (GONE.includes(row.state)) return end('skipped', 'not-sent');
  if (row.state === 'sending') return again(nowMs + LOOK_AGAIN_MS);
  if (!ARRIVED.includes(row.state) && row.state !== 'uncertain') return again(nowMs + LOOK_LATER_MS);
  if (channel.edit === undefined) return end('skipped', 'not-possible');
  // What follows it says the new words already.
  if (row.state === 'uncertain' && row.is_repeated) return end('skipped', 'repeated');
  if (row.platform_message_id === null) return end('failed', 'unknown-message');
  if (row.is_active !== true) return end('failed', 'recipient-gone');
  return null;
}

/** Not now. */
export const again = (dueMs: number): Ending => ({ state: 'queued', reason: null, detail: null, dueMs, untried: 1 });

/** The words of a change. */
export function contentOf(row: TakenRow): Content {
  const buttons = row.buttons as NonNullable<Content['buttons']>;
  return {
    text: row.text ?? '',
    ...(buttons.length === 0 ? {} : { buttons }),
    ...(row.image_id === null ? {} : { imageId: row.image_id }),
    ...(row.image_alt === null ? {} : { imageAlt: row.image_alt }),
    ...(row.file_id === null ? {} : { fileId: row.file_id }),
  };
}
