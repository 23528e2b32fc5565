/**
 * The card of a running broadcast: one message to the officer who began it, changed in place while it runs. Where a
 * platform changes nothing it is told once, at the end. A card that is lost or deleted never holds anything up.
 */
import type { Pool } from 'pg';
import type { Channel } from '../../channels/channel.js';
import { renderButtons, renderText } from '../../conversation/render.js';
import { t, type Text } from '../../conversation/text.js';
import { machineClock, type Clock } from '../../kernel/clock.js';
import type { Language } from '../../kernel/format.js';
import type { ChannelName } from '../../kernel/people.js';
import type { Tx } from '../../store/index.js';
import { cardLines } from './card-texts.js';
import { IS_SAFE_SQL } from '../watching/safe-mode-row.js';
import type { LedgerReader } from '../ledger.js';
import type { Outbox } from '../ports.js';
import { ARRIVED_STATES } from '../states.js';

export interface ProgressCardOptions {
  readonly pool: Pool;
  readonly transaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  readonly outbox: Pick<Outbox, 'tell'>;
  readonly ledger: Pick<LedgerReader, 'ofBroadcast'>;
  /** Channels that are on. */
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  readonly businessNow: () => Promise<Date>;
  readonly clock?: Clock;
  /** The command that shows a broadcast: the card's button leads there. */
  readonly command: string;
}

export interface ProgressCards {
  /** Tells and changes what is due. Returns whether a card was told, so that it is sent at once. */
  tick(): Promise<boolean>;
}

/** Shortest time between two changes of a card; platforms count them against the chat. */
const GAP_MS: Readonly<Record<string, number>> = { web: 1_000, telegram: 3_000 };
const DEFAULT_GAP_MS = 3_000;
/** Counting a large broadcast takes time that sending needs: it may take this part of it. */
const COUNTING_SHARE = 25;

interface CardRow {
  readonly id: string;
  readonly title: string;
  readonly is_over: boolean;
  readonly member_id: string;
  /** Where the officer wrote last. */
  readonly reach: ChannelName | null;
  readonly attempt_id: string | null;
  readonly attempt_state: string | null;
  readonly channel: ChannelName | null;
  readonly language: Language | null;
  readonly text: string | null;
  /** Of the change under way or made last. */
  readonly edit_state: string | null;
  readonly edited_at: Date | null;
}

/** Builds the cards of one process. */
export function createProgressCards(options: ProgressCardOptions): ProgressCards {
  const { pool, channels, clock = machineClock, command } = options;
  /** Broadcasts whose cards say the last word. */
  const settled = new Set<string>();
  const lookAgainAt = new Map<string, number>();

  async function linesOf(row: CardRow): Promise<readonly Text[] | null> {
    const machine = clock.now();
    const progress = await options.ledger.ofBroadcast(row.id);
    const tookMs = clock.now().getTime() - machine.getTime();
    lookAgainAt.set(row.id, machine.getTime() + tookMs * COUNTING_SHARE);
    if (progress === null) return null;
    return cardLines(row.title, progress, { business: await options.businessNow(), machine });
  }

  const canChange = (channel: ChannelName | null) => channel !== null && channels.get(channel)?.edit !== undefined;
  const buttonsOf = (row: CardRow) => [{ label: t('delivery.card.button'), command, arg: row.id }];

  async function tell(row: CardRow): Promise<boolean> {
    // Nothing to be changed later: the end is worth a message, the way there is not.
    if (!row.is_over && row.reach !== null && !canChange(row.reach)) return false;
    const text = await linesOf(row);
    if (text === null) return false;
    const now = await options.businessNow();
    const told = await options.transaction((tx) =>
      options.outbox.tell(
        tx,
        {
          source: { kind: 'progress', id: row.id },
          slot: 'card',
          class: 'reply',
          to: [{ person: `m:${row.member_id}` }],
          say: [{ text, buttons: buttonsOf(row) }],
        },
        now,
      ),
    );
    return told > 0;
  }

  async function change(row: CardRow): Promise<void> {
    const isLost = row.edit_state === 'failed' || row.edit_state === 'skipped' || !canChange(row.channel);
    if (isLost || ENDED_BADLY.includes(row.attempt_state ?? '')) {
      if (row.is_over) settled.add(row.id);
      return;
    }
    if (!isArrived(row.attempt_state) || isTooSoon(row)) return;
    const lines = await linesOf(row);
    if (lines === null) return;
    const language = row.language ?? 'vi';
    const text = renderText(lines, language);
    if (text !== row.text) {
      const buttons = JSON.stringify(renderButtons(buttonsOf(row), language));
      await pool.query(CHANGE_CARD, [row.attempt_id, row.id, text, buttons, clock.now()]);
    } else if (row.is_over && row.edit_state !== 'queued') settled.add(row.id);
  }

  const isTooSoon = ({ channel, edited_at: at }: CardRow) =>
    at !== null && clock.now().getTime() - at.getTime() < (GAP_MS[channel ?? ''] ?? DEFAULT_GAP_MS);

  return {
    async tick() {
      const { rows } = await pool.query<CardRow>({
        name: 'delivery-cards',
        text: CARDS,
        values: [await options.businessNow(), [...channels.keys()]],
      });
      let told = false;
      for (const row of rows) {
        if (settled.has(row.id) && row.is_over) continue;
        settled.delete(row.id);
        if (clock.now().getTime() < (lookAgainAt.get(row.id) ?? 0)) continue;
        if (row.attempt_id === null) told = (await tell(row)) || told;
        else await change(row);
      }
      const shown = new Set(rows.map(({ id }) => id));
      for (const known of [settled, lookAgainAt]) for (const id of known.keys()) if (!shown.has(id)) known.delete(id);
      return told;
    },
  };
}

const isArrived = (state: string | null) => ARRIVED_STATES.some((one) => one === state);
const ENDED_BADLY: readonly string[] = ['failed', 'skipped', 'uncertain'];

// Running ones, and those that ended within a day, whose card may not say so yet. None in safe mode: what was restored
// from a backup may have been told already.
const CARDS = `with shown as materialized (
    select id, title, created_by_id, false as is_over from broadcast
    where created_by_id is not null and (state in ('expanding', 'sending', 'paused') or (state = 'cancelled' and finished_at is null)) and
      exists (select 1 from message m where m.source_kind = 'broadcast' and m.source_id = broadcast.id::text)
    union all
    select id, title, created_by_id, true from broadcast
    where created_by_id is not null and state in ('finished', 'cancelled') and finished_at > $1::timestamptz - interval '1 day'
      and expanded_at is not null
  )
  select b.id, b.title, b.is_over, b.created_by_id as member_id, reach.channel as reach,
    a.id as attempt_id, a.state as attempt_state, a.channel, c.language, coalesce(changed.text, first.text) as text,
    e.state as edit_state, e.ended_at as edited_at
  from shown b
  left join lateral (
    select channel from contact where member_id = b.created_by_id and state = 'active' and channel = any($2::text[])
    order by last_inbound_at desc nulls last, preferred desc, id limit 1
  ) reach on true
  left join message m on m.source_kind = 'progress' and m.source_id = b.id::text and m.slot = 'card' and m.person = 'm:' || b.created_by_id
  left join content first on first.id = m.content_id
  left join lateral (select * from attempt where message_id = m.id order by try desc limit 1) a on true
  left join contact c on c.id = a.contact_id
  left join message_edit e on e.attempt_id = a.id and e.kind = 'progress' and e.ref = b.id::text
  left join content changed on changed.id = e.content_id
  where not ${IS_SAFE_SQL}
  order by b.id`;

// One row a card. Its earlier words are of no use to anybody, so they are not kept; it goes before what corrects.
const CHANGE_CARD = `with last as materialized (
    select id, content_id, state from message_edit where attempt_id = $1::bigint and kind = 'progress' and ref = $2 for update
  ),
  said as (insert into content (text, buttons) values ($3, $4::jsonb) returning id),
  put as (
    insert into message_edit as e (attempt_id, kind, ref, content_id, state, due)
    select $1::bigint, 'progress', $2, said.id, 'queued', $5::timestamptz - interval '1 day' from said
    on conflict (attempt_id, kind, ref) do update
      set content_id = excluded.content_id, state = 'queued', tries = 0, due = case when e.state = 'queued' then e.due else excluded.due end
  )
  delete from content where id in (select content_id from last)`;
