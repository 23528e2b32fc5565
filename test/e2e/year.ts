/** A stretch of the demo province's life: duties planned and reminded by the product's own parts, units that answer by a seeded rule. */
import type { Effect } from '../../src/conversation/index.js';
import { createBroadcasts, createOutbox, DELIVERY_LANES } from '../../src/delivery/index.js';
import { seedDemo } from '../../src/dev/index.js';
import { makeDuty } from '../../src/duties/effects.js';
import { createPlanDuties } from '../../src/duties/index.js';
import type { DutyContent } from '../../src/duties/model.js';
import { applyEffects } from '../../src/inbox/effects.js';
import { newCode, newId } from '../../src/kernel/ids.js';
import { localDate } from '../../src/kernel/local-date.js';
import { findDueInstants, findReviewInstants } from '../../src/reporting/index.js';
import type { Store, Tx } from '../../src/store/index.js';
import { loadActor, unitInstants } from '../../src/units/index.js';
import { createBusinessTick } from '../../src/wiring/business-tick.js';
import { createWalk } from '../../src/wiring/demo.js';
import { createEffects, reportingDeps } from '../../src/wiring/effects.js';
import { createFakeChannel, createWorld } from '../delivery/support.js';
import { chance } from './year-rule.js';

/** A message that left, and when by the business clock. */
export interface Left {
  readonly attemptId: string;
  readonly at: Date;
}

export type YearWorld = Awaited<ReturnType<typeof createYearWorld>>;
type Delivery = Awaited<ReturnType<typeof createWorld>>;

/** Of a hundred people so many never open the page: nothing is proven to arrive with them. */
const DEAF_SHARE = 0.05;

/** The province as the demo begins, its business clock at a moment. */
export async function createYearWorld(begins: Date, perDay: number) {
  const delivery = await createWorld();
  const { store } = delivery.database;
  await store.db.$executeRaw`
    update business_clock set offset_ms = ceil(extract(epoch from (${begins}::timestamptz - clock_timestamp())) * 1000), floor_at = ${begins}`;
  await seedDemo(store.db, begins);
  await delivery.setting('reminders.perDay', perDay);
  const post = createPost(delivery, begins);
  const { refused, act } = createActing(store, post);
  const { id: officer } = await store.db.contact.findFirstOrThrow({ where: { externalId: 'demo:officer' } });
  return {
    ...{ store, act, refused, officer, left: post.left },
    ...createTime(store, post),
    duty: (content: DutyContent) =>
      act(officer, begins, () =>
        Promise.resolve(makeDuty({ id: newId(), code: newCode('NV', 8), content, copiedFromId: null })),
      ),
    /** The person who answers for each unit: its primary contact, else the deputy. */
    seats: () => seatsOf(store),
    end: async () => {
      await Promise.all(DELIVERY_LANES.map((lane) => post.engine.drain(lane)));
      await post.fetch();
    },
    close: () => delivery.close(),
  };
}

type Post = ReturnType<typeof createPost>;

/** The real outbox and engine; the page is a channel in memory, which most people open before the next stop. */
function createPost(delivery: Delivery, begins: Date) {
  const { pool } = delivery.database.store;
  const clock = { now: begins };
  const businessNow = () => Promise.resolve(clock.now);
  const broadcasts = createBroadcasts({ pool, businessNow });
  const left: Left[] = [];
  const onTheWay: string[] = [];
  const channel = createFakeChannel('web', {
    proof: 'fetched',
    send: ({ attemptId, address }) => {
      left.push({ attemptId, at: clock.now });
      if (chance(`deaf ${address}`) >= DEAF_SHARE) onTheWay.push(attemptId);
      return Promise.resolve({ kind: 'sent', platformMessageId: `w${attemptId}` });
    },
  });
  const engine = delivery.engine([channel], { businessNow, broadcasts, harmlessChannels: ['web'] });
  return {
    ...{ clock, broadcasts, left, engine },
    outbox: createOutbox({ channels: ['web'], demo: true }),
    fetch: () => engine.prove(onTheWay.splice(0), 'delivered', clock.now),
  };
}

/** Time passes as in the demo: from one instant at which something falls due to the next. */
function createTime(store: Store, { engine, broadcasts, outbox, clock, fetch }: Post) {
  const done = { fired: 0, voided: 0, stops: 0 };
  const tick = createBusinessTick({
    ...{ store, outbox, fired: () => undefined },
    logger: { error: (details: unknown) => process.stderr.write(`${JSON.stringify(details)}\n`) },
    safeMode: { isOn: () => Promise.resolve(false) },
  });
  const planDuties = createPlanDuties({ store, tasks: reportingDeps.tasks });
  let plannedOn = '';
  const walk = createWalk({
    ...{ store, engine, broadcasts },
    watch: { judge: () => Promise.resolve(), judgements: () => Promise.resolve([]) },
    dueInstants: async (from, to) => {
      const due = (await findDueInstants(store.db, to)).filter((at) => at > from);
      const more = [...(await findReviewInstants(store.db, from, to)), ...(await unitInstants(store.db, from, to))];
      return [...due, ...more].sort((a, b) => a.getTime() - b.getTime());
    },
    reminderTick: async (now) => {
      clock.now = now;
      await fetch();
      const ticked = await tick(now);
      done.fired += ticked.fired;
      done.voided += ticked.voided;
      done.stops += 1;
      return ticked;
    },
    // As the job does: once a day.
    planDuties: async (now) => {
      if (plannedOn !== localDate(now)) await planDuties(now);
      plannedOn = localDate(now);
    },
  });
  return { walk, done };
}

class Refused extends Error {}

/** People decide: each in a transaction of its own, through the handlers of the whole product. */
function createActing(store: Store, { broadcasts, outbox }: Post) {
  const effects = createEffects((tx) => broadcasts.in(tx));
  const refused: string[] = [];
  const act = async (contactId: string, now: Date, choose: (tx: Tx) => Promise<Effect | null>): Promise<void> => {
    try {
      await store.transaction(async (tx) => {
        const effect = await choose(tx);
        if (effect === null) return;
        const actor = await loadActor(tx, contactId);
        const coder = (prefix: string) => newCode(prefix, 8);
        const at = { tx, now, heardAt: now, actor, inboundId: newId(), outbox, newId, newCode: coder };
        const refusal = await applyEffects(effects, [effect], at);
        if (refusal) throw new Refused(`${effect.type}: ${refusal.refused}`);
      });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused.push(error.message);
    }
  };
  return { act, refused };
}

async function seatsOf({ pool }: Store): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool.query<{ unit: string; contact: string }>(`
    select distinct on (s.unit_id) s.unit_id as unit, c.id as contact
    from seat s join seat_holding h on h.seat_id = s.id and h.held_to is null join contact c on c.member_id = h.member_id
    where s.kind in ('primary', 'deputy') order by s.unit_id, s.kind desc`);
  return new Map(rows.map(({ unit, contact }) => [unit, contact]));
}
