/** Which way a correction would go to those whose copy cannot be changed, and what that costs. */
import type { Tx } from '../../store/index.js';
import type { Plan, Planner } from '../planning/planner.js';
import type { MessageClass, Recipient } from '../ports.js';
import { isMarked, toldInstead } from './correction-texts.js';
import { readCorrected, TOLD_SQL } from './corrections.js';

/** An order that nobody has given yet. */
export interface AskedCorrection {
  readonly broadcastId: string;
  readonly kind: 'correction' | 'recall';
  /** The new words, or the reason of a recall. */
  readonly said: string;
}

/** The forecast for those who would be told by a message of its own; null when there is nobody. */
export async function planCorrection(
  tx: Tx,
  planner: Pick<Planner, 'plan'>,
  { broadcastId, kind, said }: AskedCorrection,
  now: Date,
): Promise<Plan | null> {
  const broadcast = await readCorrected(tx, broadcastId);
  const people = await tx.$queryRawUnsafe<ToldRow[]>(PEOPLE, broadcastId);
  const [first] = people;
  if (!broadcast || !first) return null;
  const { title, spoken } = broadcast;
  const words = kind === 'correction' ? said : '';
  const isSample = isMarked(spoken.vi ?? []);
  const say = toldInstead({ kind, title, words, reason: said, at: now, isSample, isUnseen: false });
  const to = people.map(({ person, seat_id: seatId }) => (seatId === null ? { person } : { person, seatId }));
  return planner.plan(tx, to, first.class, now, [say], undefined, true);
}

interface ToldRow {
  readonly person: Recipient['person'];
  readonly seat_id: string | null;
  readonly class: MessageClass;
}

const PEOPLE = `select m.person, min(m.seat_id::text) as seat_id, b.class
  from message m join attempt a on a.message_id = m.id join broadcast b on b.id = $1::uuid
  where m.source_kind = 'broadcast' and m.source_id = $1::text and ${TOLD_SQL} group by m.person, b.class`;
