/** Writes the messages of a broadcast, piece by piece; every piece may run twice, in any process. */
import { again } from '../../store/index.js';
import type { Pool } from 'pg';
import type { Clock } from '../../kernel/clock.js';
import type { ChannelName } from '../../kernel/people.js';
import { FREE_PIECE } from './control-sql.js';
import { expandPiece, type Piece } from './expand.js';
import type { Audience, MessageClass } from '../ports.js';
import { holdUntil, type QuietHours } from '../quiet-hours.js';

export interface ExpansionOptions {
  readonly pool: Pool;
  readonly channels: readonly ChannelName[];
  readonly quietHours: () => Promise<QuietHours | null>;
  readonly clock: Clock;
  readonly chunk: number;
  readonly zaloAccount: string;
}

interface Row {
  readonly audience: Audience;
  readonly class: MessageClass;
  readonly is_expanded: boolean;
}

/** Messages of a paused broadcast that a statement puts in line again. */
const FREE_CHUNK = 10_000;

/** Builds `expand`. */
export function createExpansion(options: ExpansionOptions) {
  const { pool, clock } = options;

  /** False when it is not time for it, or nobody waits for it. */
  return async function expand(id: string, now: Date): Promise<boolean> {
    const broadcast = await begin(pool, id, now);
    if (!broadcast) return false;
    await free(pool, id, clock, now);
    if (!broadcast.is_expanded) await write(options, id, broadcast, now);
    // Counted from the rows, so that a run that was interrupted counts nobody twice.
    await pool.query(
      `update broadcast set state = 'sending', expanded_at = coalesce(expanded_at, $2),
         recipients = case when expanded_at is null then
           (select count(distinct person) from message where source_kind = 'broadcast' and source_id = $1::text) else recipients end
       where id = $1::uuid and state = 'expanding'`,
      [id, now],
    );
    return true;
  };
}

async function begin(pool: Pool, id: string, now: Date): Promise<Row | undefined> {
  const found = await pool.query<Row>(
    `update broadcast set state = 'expanding'
     where id = $1 and (state = 'expanding' or (state = 'planned' and (start_at is null or start_at <= $2)))
     returning audience, class, expanded_at is not null as is_expanded`,
    [id, now],
  );
  return found.rows[0];
}

/** What a pause held waits again. */
async function free(pool: Pool, id: string, clock: Clock, now: Date): Promise<void> {
  let after: Place | undefined = { person: '', slot: '' };
  while (after !== undefined) {
    const values: unknown[] = [id, clock.now(), now, after.person, after.slot, FREE_CHUNK];
    const { rows }: { rows: Place[] } = await again(() => pool.query<Place>(FREE_PIECE, values));
    after = rows[0];
  }
}

interface Place {
  readonly person: string;
  readonly slot: string;
}

async function write(options: ExpansionOptions, id: string, broadcast: Row, now: Date): Promise<void> {
  const { pool, channels, zaloAccount, clock, chunk: size } = options;
  const { audience, class: kind } = broadcast;
  const hold = holdUntil(now, kind, await options.quietHours());
  let after: string | null = '';
  while (after !== null) {
    const piece: Piece = { id, audience, class: kind, channels, zaloAccount, now, hold, due: clock.now(), after, size };
    after = await again(() => expandPiece(pool, piece));
  }
}
