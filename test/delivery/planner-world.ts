/** Units whose people wrote at different times, and forecasts and broadcasts to them. */
import { randomUUID } from 'node:crypto';
import { raw } from '../../src/conversation/text.js';
import { createBroadcasts, createPlanner, type Audience, type MessageClass } from '../../src/delivery/index.js';
import type { ChannelName } from '../../src/kernel/people.js';
import { createFakeChannel, createWorld, MORNING, type OrderOptions } from './support.js';

export const HOUR = 3_600_000;
export const NEVER = null;
export const FREE = 24 * HOUR;
export const BILLED = 72 * HOUR;
export const LATE = 9 * 24 * HOUR;

export type Contacts = readonly { channel: ChannelName; ago: number | null; preferred?: boolean; state?: string }[];
export type Seats = readonly ('primary' | 'deputy' | 'head')[];

export const zalo = (ago: number | null) => [{ channel: 'zalo' as const, ago }];
export const audienceOf = (
  units: readonly { unitId: string }[],
  seats: Seats = ['primary', 'deputy', 'head'],
): Audience => ({ kind: 'units', unitIds: units.map(({ unitId }) => unitId), seats });

export const SAY = [{ text: raw('Phát động đợt thi đua\nNội dung chi tiết.') }];
export const ZALO = { zaloAccount: 'zalo:1' };
const planner = createPlanner(ZALO);

export type PlannerWorld = Awaited<ReturnType<typeof createPlannerWorld>>;

export async function createPlannerWorld() {
  const base = await createWorld();
  const { pool } = base.database.store;

  const world = {
    ...base,
    async forget(): Promise<void> {
      await base.reset();
      await base.query('truncate unit, member, setting cascade');
      await world.setLimits({});
    },
    setLimits: (given: Partial<Record<'perMinute' | 'billedPerMonth' | 'templatesPerDay', number>>) =>
      base.setting('zalo.limits', {
        perMinute: 100,
        billedPerMonth: 500,
        templatesPerDay: 500,
        billedPriceVnd: 55,
        ...given,
      }),
    /** A unit whose seats are held by people with these contacts; returns the members. */
    async unit(seats: Partial<Record<'primary' | 'deputy' | 'head', Contacts>>) {
      const unitId = randomUUID();
      await base.query(
        `insert into unit (id, code, name, short_name, type, level) values ($1, $2, 'Phường Mẫu', 'P. Mẫu', 'phuong', 'xa')`,
        [unitId, unitId],
      );
      const members: Partial<Record<string, string>> = {};
      for (const [kind, contacts] of Object.entries(seats)) {
        const [memberId, seatId] = [randomUUID(), randomUUID()];
        members[kind] = memberId;
        await base.query(`insert into member (id, full_name) values ($1, 'Nguyễn Văn Mẫu')`, [memberId]);
        await base.query(`insert into seat (id, unit_id, kind) values ($1, $2, $3)`, [seatId, unitId, kind]);
        await base.query(`insert into seat_holding (id, seat_id, member_id, held_from) values ($1, $2, $3, $4)`, [
          randomUUID(),
          seatId,
          memberId,
          MORNING,
        ]);
        for (const { channel, ago, preferred = false, state = 'active' } of contacts)
          await base.query(
            `insert into contact (id, channel, external_id, member_id, last_inbound_at, preferred, state) values ($1, $2, $1::uuid::text, $3, $4, $5, $6)`,
            [
              randomUUID(),
              channel,
              memberId,
              ago === null ? null : new Date(MORNING.getTime() - ago),
              preferred,
              state,
            ],
          );
      }
      return { unitId, members };
    },
    plan: (audience: Audience, say = SAY, kind: MessageClass = 'announcement', now = MORNING) =>
      base.database.store.transaction((tx) => planner.plan(tx, audience, kind, now, say)),
    async send(audience: Audience, options: OrderOptions = {}): Promise<string> {
      const { now = MORNING } = options;
      const order = { title: 'Phát động đợt thi đua', audience, say: SAY, outbox: ZALO, ...options };
      const id = await base.order([], order);
      await createBroadcasts({ pool, businessNow: () => Promise.resolve(now), chunk: 7, ...ZALO }).expand(id);
      return id;
    },
    drain: () =>
      base
        .engine([createFakeChannel('web'), createFakeChannel('telegram'), createFakeChannel('zalo')], {
          businessNow: () => Promise.resolve(MORNING),
        })
        .drain('bulk'),
    /** What became of a broadcast, in the words of its forecast. */
    actual: (id: string) => planner.actual(pool, id),
  };
  return world;
}
