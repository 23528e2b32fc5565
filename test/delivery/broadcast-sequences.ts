/** Random orders against a broadcast that two engines send through a strict fake Bot API. */
import type { Channel } from '../../src/channels/channel.js';
import { createTelegramChannel, createTelegramClient } from '../../src/channels/telegram/index.js';
import { raw } from '../../src/conversation/text.js';
import { createBroadcasts, createLedger, type Broadcasts } from '../../src/delivery/index.js';
import type { FakeTelegram } from '../support/fake-telegram.js';
import { waitFor } from '../support/wait.js';
import { MORNING, NO_FILES, type Person, type RoundEngine, type World } from './support.js';

const PEOPLE = 60;
const CONCURRENCY = 4;
/** Calls that may begin while a cancel is being committed: every slot of both engines. */
export const AT_ONCE = 2 * CONCURRENCY;
const STEPS = 6;
/** Every seventh of them has blocked the bot. */
const BLOCKED_EVERY = 7;

export interface SequenceResult {
  readonly seed: number;
  readonly orders: readonly string[];
  readonly state: string;
  readonly byState: Readonly<Partial<Record<string, number>>>;
  readonly recipients: number;
  /** Unmarked messages that one chat got beyond the first. */
  readonly twice: number;
  /** People who should have got it and did not. */
  readonly skipped: number;
  /** People who got it although nothing says so. */
  readonly unaccounted: number;
  /** Texts of a version that was changed before the start. */
  readonly stale: number;
  /** From the commit of the cancel to the last call begun, milliseconds; null without a cancel. */
  readonly cancelMs: number | null;
  /** Calls begun after that commit. */
  readonly begunAfter: number;
}

/** Small generator of numbers between 0 and 1. */
function seeded(seed: number): () => number {
  let state = (seed * 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export async function runSequence(world: World, fake: FakeTelegram, seed: number): Promise<SequenceResult> {
  await world.reset();
  await fake.reset();
  const random = seeded(seed);
  const { pool } = world.database.store;
  const people = await world.people(PEOPLE);
  const chats = people.map(({ address }) => Number(address));
  await fake.addChats(chats[0] ?? 0, PEOPLE);
  const blocked = new Set(chats.filter((_, n) => n % BLOCKED_EVERY === 0));
  for (const chat of blocked) await fake.silently(chat, 'blocked');
  await fake.latency(5 + Math.floor(random() * 15));
  await fake.fault({
    kind: 'answer',
    method: 'sendMessage',
    chance: 0.05,
    times: null,
    answer: { code: 500, description: 'Internal Server Error' },
  });
  const hasResets = random() < 0.3;
  if (hasResets) await fake.fault({ kind: 'reset-after', method: 'sendMessage', times: 2, every: 9 });

  const broadcasts = createBroadcasts({ pool, businessNow: () => Promise.resolve(MORNING) });
  const client = createTelegramClient({ token: fake.token, apiRoot: fake.apiRoot });
  const channel: Channel = { ...createTelegramChannel({ client, files: NO_FILES }), bulkPerSecond: null };
  const engines = [0, 1].map((n) =>
    world.engine([channel], {
      broadcasts,
      concurrency: CONCURRENCY,
      replySlots: 0,
      worker: `seq-${String(seed)}-${String(n)}`,
    }),
  );
  const id = await world.order(people, { outbox: { channels: ['telegram'] } });
  const { cancelledAt, edited, orders } = await playOrders({
    world,
    broadcasts,
    random,
    id,
    kick: () => engines.forEach((engine) => engine.kick('bulk')),
  });
  const state = await settle(broadcasts, id, world, engines).catch(async (error: unknown) => {
    const open = (await world.attempts()).filter((row) => row.ended_at === null).slice(0, 5);
    const rows = (await pool.query<object>('select state, finished_at from broadcast')).rows;
    throw new Error(JSON.stringify({ seed, orders, rows, open }), { cause: error });
  });
  const summary = await fake.summary();
  return {
    seed,
    orders,
    ...(await tally(world, fake, { id, people, blocked, edited, hasResets, isCancelled: state === 'cancelled' })),
    ...(await begunSince(world, id, cancelledAt)),
    state,
    twice: await unmarkedTwice(fake, chats, summary.twice.length),
  };
}

interface Playing {
  readonly world: World;
  readonly broadcasts: Broadcasts;
  readonly random: () => number;
  readonly id: string;
  readonly kick: () => void;
}

async function playOrders({ world, broadcasts, random, id, kick }: Playing) {
  const orders: string[] = [];
  let edited = 0;
  let cancelledAt: Date | null = null;
  const start = async () => {
    await broadcasts.expandDue();
    kick();
  };
  for (let n = 0; n < STEPS; n += 1) {
    const roll = random();
    if (n === 0 && roll < 0.5) {
      edited = await editTwice(world, broadcasts, id);
      orders.push('edit');
    } else if (roll < 0.25) {
      await Promise.all([broadcasts.pause(id), broadcasts.pause(id)]);
      orders.push('pause');
    } else if (roll < 0.55) {
      await Promise.all([broadcasts.resume(id), broadcasts.resume(id)]);
      orders.push('resume');
    } else if (roll < 0.63 && cancelledAt === null) {
      cancelledAt = await cancel(world, broadcasts, id);
      orders.push('cancel');
    } else {
      const only = random() < 0.6 ? 'failed' : 'uncertain';
      await Promise.all([broadcasts.resend(id, only), broadcasts.resend(id, only)]);
      orders.push(`resend-${only}`);
    }
    await start();
    await new Promise((resolve) => setTimeout(resolve, random() * 60));
  }
  return { orders, edited, cancelledAt };
}

/** Two officers change it at once: one of them is told that it is stale, unless it has started. */
async function editTwice(world: World, broadcasts: Broadcasts, id: string): Promise<number> {
  const change = (text: string) =>
    world.database.store.transaction((tx) => broadcasts.in(tx).edit(id, { say: [{ text: raw(text) }] }, 1, MORNING));
  const outcomes = await Promise.all([change('bản sửa'), change('bản sửa')]);
  const done = outcomes.filter(({ outcome }) => outcome === 'done').length;
  if (done > 1) throw new Error('both changed one version');
  return done;
}

/** When the cancel was committed; null when it came too late. */
async function cancel(world: World, broadcasts: Broadcasts, id: string): Promise<Date | null> {
  const ordered = await world.database.store.transaction((tx) => broadcasts.in(tx).cancel(id, MORNING));
  const at = new Date();
  await broadcasts.rest();
  return ordered.outcome === 'done' ? at : null;
}

/** Counted when all is over, so that nothing which began late is missed. */
async function begunSince(world: World, id: string, cancelledAt: Date | null) {
  if (cancelledAt === null) return { cancelMs: null, begunAfter: 0 };
  const [late] = await world.query<{ last: Date | null; n: number }>(
    `select max(a.sending_at) as last, count(*)::int as n from attempt a join message m on m.id = a.message_id
     where m.source_kind = 'broadcast' and m.source_id = $1 and a.sending_at > $2`,
    [id, cancelledAt],
  );
  return {
    cancelMs: (late?.last?.getTime() ?? cancelledAt.getTime()) - cancelledAt.getTime(),
    begunAfter: late?.n ?? 0,
  };
}

async function settle(
  broadcasts: Broadcasts,
  id: string,
  world: World,
  engines: readonly RoundEngine[],
): Promise<string> {
  const ledger = createLedger(world.database.store.pool);
  // Whatever was paused in the end goes on, so that everybody is accounted for.
  return waitFor(
    async () => {
      await broadcasts.resume(id);
      for (const engine of engines) await engine.reconcile();
      const progress = await ledger.ofBroadcast(id);
      const { planned = 0, queued = 0, leased = 0, sending = 0 } = progress?.byState ?? {};
      const isOver = progress?.state === 'finished' || progress?.state === 'cancelled';
      return isOver && planned + queued + leased + sending === 0 ? progress.state : null;
    },
    { timeoutMs: 60_000, everyMs: 200, what: 'the broadcast to end' },
  );
}

async function unmarkedTwice(fake: FakeTelegram, chats: readonly number[], twice: number): Promise<number> {
  let extra = 0;
  if (twice === 0) return 0;
  for (const chat of chats) {
    const own = (await fake.person(chat).messages()).filter(({ text }) => !text.startsWith('Nhắc lại:'));
    extra += Math.max(0, own.length - 1);
  }
  return extra;
}

interface Told {
  readonly id: string;
  readonly people: readonly Person[];
  readonly blocked: ReadonlySet<number>;
  readonly edited: number;
  /** Some answers were cut off. */
  readonly hasResets: boolean;
  readonly isCancelled: boolean;
}

async function tally(world: World, fake: FakeTelegram, told: Told) {
  const { id, people, blocked, edited } = told;
  const { rows, recipients, byState } = await createLedger(world.database.store.pool).ofSource('broadcast', id);
  const summary = await fake.summary();
  const stateOf = new Map(rows.map((row) => [row.person, row.state]));
  const got = (person: Person) => (summary.perChat[person.address] ?? 0) > 0;
  return {
    recipients,
    byState,
    skipped: people.filter((person) => {
      const state = stateOf.get(person.key);
      const isSaid = state === 'sent';
      const isExcused =
        (state === 'skipped' && told.isCancelled) ||
        (state === 'uncertain' && told.hasResets) ||
        (state === 'failed' && blocked.has(Number(person.address)));
      return (isSaid && !got(person)) || (!isSaid && !isExcused && state !== undefined);
    }).length,
    unaccounted: people.filter(
      (person) => got(person) && !['sent', 'uncertain'].includes(stateOf.get(person.key) ?? ''),
    ).length,
    stale: edited === 0 ? 0 : (await fake.summary('bản đầu')).messages,
  };
}
