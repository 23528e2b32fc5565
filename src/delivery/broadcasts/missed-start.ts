/** Broadcasts whose hour passed while nobody was there to begin them. A little late they begin; later their officer is asked. */
import type { Say } from '../../conversation/flow.js';
import { t } from '../../conversation/text.js';
import { formatMoment } from '../../kernel/format.js';
import type { Store, Tx } from '../../store/index.js';
import type { Outbox, Recipient } from '../ports.js';
import { IS_SAFE_SQL } from '../watching/safe-mode-row.js';

export interface MissedStartOptions {
  readonly store: Pick<Store, 'transaction'>;
  readonly outbox: Pick<Outbox, 'tell'>;
  readonly businessNow: () => Promise<Date>;
  /** Those in charge. They are asked beside its officer, who may have left or cannot be reached. */
  readonly whom: (tx: Tx) => Promise<readonly Recipient[]>;
  /** The command that shows a broadcast, where it is resumed, changed or cancelled. */
  readonly command: string;
}

/** Later than this nobody can know whether it still makes sense to send it. */
const LATE_HOURS = 2;

/** True of a row of `broadcast` that may no longer begin by itself. */
export const isMissedSql = (row: string, now: string) =>
  `(${row}.start_at is not null and greatest(${row}.start_at, ${row}.created_at) < ${now}::timestamptz - interval '${String(LATE_HOURS)} hours')`;

interface Missed {
  readonly id: string;
  readonly title: string;
  readonly start_at: Date;
  readonly created_by_id: string | null;
}

/** Builds what pauses them and asks, both at once; returns how many. `resume` sends one all the same. */
export function createMissedStarts(options: MissedStartOptions): () => Promise<number> {
  return async () => {
    const now = await options.businessNow();
    let paused = 0;
    // One by one: what cannot be told of one of them holds no other.
    while (await options.store.transaction((tx) => pauseNext(tx, options, now))) paused += 1;
    return paused;
  };
}

async function pauseNext(tx: Tx, { outbox, whom, command }: MissedStartOptions, now: Date): Promise<boolean> {
  const [missed] = await tx.$queryRawUnsafe<Missed[]>(PAUSE_MISSED, now);
  if (missed === undefined) return false;
  const { id, created_by_id: by, start_at: at } = missed;
  const to = [...(by === null ? [] : [{ person: `m:${by}` as const }]), ...(await whom(tx))];
  // It may be put off and missed again, and is asked about again.
  const slot = `asked~${String(at.getTime())}`;
  const say = [ask(missed, command)];
  await outbox.tell(tx, { source: { kind: 'missed-start', id }, slot, class: 'critical', to, say }, now);
  return true;
}

const ask = ({ id, title, start_at: at }: Missed, command: string): Say => ({
  text: t('delivery.missedStart', { title, at: formatMoment(at) }),
  buttons: [{ label: t('delivery.card.button'), command, arg: id }],
});

// In safe mode nothing begins; the decision about it is also one about these.
const PAUSE_MISSED = `update broadcast b set state = 'paused'
  where b.id = (
    select b.id from broadcast b where b.state = 'planned' and ${isMissedSql('b', '$1')} and not ${IS_SAFE_SQL}
    order by b.start_at, b.id limit 1 for update skip locked
  )
  returning b.id::text, b.title, b.start_at, b.created_by_id::text`;
