/** Officers at work on broadcasts: the real rooms over a real database; what is answered is read from the ledger. */
import { randomUUID } from 'node:crypto';
import { buildRegistry, draftFlow, menuFlow, type RoomFlow } from '../../src/conversation/index.js';
import type { Button, InboundBody } from '../../src/conversation/message.js';
import { createCampaignsFlows } from '../../src/campaigns/index.js';
import { createBroadcasts, createLedger, createOutbox, createPlanner } from '../../src/delivery/index.js';
import { createAccept, createRunTurn } from '../../src/inbox/index.js';
import { machineClock } from '../../src/kernel/clock.js';
import { newId } from '../../src/kernel/ids.js';
import { createNoticesFlows } from '../../src/notices/index.js';
import { readBusinessClock } from '../../src/store/index.js';
import { ensureContact, loadActor } from '../../src/units/index.js';
import { createEffects } from '../../src/wiring/effects.js';
import { createReads, type Reads } from '../../src/wiring/flows.js';
import { createTestDatabase } from '../support/database.js';

export interface Officer {
  readonly address: string;
  readonly name: string;
}

export type OrdersWorld = Awaited<ReturnType<typeof createOrdersWorld>>;

/** 09:00 on a Monday in Việt Nam. */
export const NINE = '2026-11-23T02:00:00Z';

const ROOMS = [...createNoticesFlows(), ...createCampaignsFlows()];

/** `rooms`: the flows that can be spoken to. */
export async function createOrdersWorld(rooms: readonly RoomFlow[] = ROOMS) {
  const database = await createTestDatabase();
  const { store } = database;
  const businessNow = () => readBusinessClock(store.db);
  const broadcasts = createBroadcasts({ pool: store.pool, businessNow, channels: ['web'] });
  const ledger = createLedger(store.pool);
  const planner = createPlanner({ channels: ['web'] });
  const people = { ensureContact, loadActor };
  const runTurn = createRunTurn<Reads>({
    store,
    people,
    registry: buildRegistry<Reads>([draftFlow, menuFlow, ...rooms], { text: 'menu', file: 'menu', start: 'menu' }),
    effects: createEffects((tx) => broadcasts.in(tx)),
    outbox: createOutbox({ channels: ['web'] }),
    reads: createReads({ ledger, planner, pool: store.pool }),
  });
  const bells = { deliver: () => undefined, work: () => undefined, conversation: () => undefined };
  const accept = createAccept({ store, people, bells, clock: machineClock, process: () => undefined });
  let made = 0;

  async function person(name: string, roles: readonly string[] = []): Promise<Officer & { memberId: string }> {
    const memberId = newId();
    made += 1;
    const address = `p-${String(made)}`;
    await store.db.member.create({
      data: {
        id: memberId,
        fullName: name,
        roles: { create: roles.map((role) => ({ role })) },
        contacts: { create: { id: randomUUID(), channel: 'web', externalId: address, displayName: name } },
        conversation: { create: { id: randomUUID() } },
      },
    });
    return { memberId, address, name };
  }

  async function send(who: Officer, body: InboundBody): Promise<{ text: string; buttons: readonly Button[] }> {
    const from = { channel: 'web', externalId: who.address } as const;
    const accepted = await accept({ type: 'message', externalId: randomUUID(), from, body });
    const outcome = await runTurn(accepted.conversationId);
    if (outcome.kind !== 'done') return { text: '', buttons: [] };
    const rows = await store.db.$queryRaw<{ text: string; buttons: Button[] }[]>`
      select c.text, c.buttons from message m join content c on c.id = m.content_id
      where m.source_kind = 'inbound' and m.source_id = ${outcome.inboundId} order by m.id`;
    return { text: rows.map(({ text }) => text).join('\n'), buttons: rows.flatMap(({ buttons }) => buttons) };
  }

  return {
    database,
    store,
    broadcasts,
    ledger,
    person,
    send,
    /** Types lines one after another; the answer to the last. */
    async type(who: Officer, ...lines: string[]) {
      let last: { text: string; buttons: readonly Button[] } = { text: '', buttons: [] };
      for (const text of lines) last = await send(who, { kind: 'text', text });
      return last;
    },
    press: (who: Officer, action: string) => send(who, { kind: 'action', action }),
    async at(moment: string): Promise<void> {
      const to = new Date(moment);
      await store.db.$executeRaw`
        update business_clock set offset_ms = ceil(extract(epoch from (${to}::timestamptz - clock_timestamp())) * 1000), floor_at = ${to}`;
    },
    /** A ward with one person in its first seat. */
    async ward(name: string): Promise<string> {
      const id = newId();
      await store.db.unit.create({
        data: { id, code: id, name, shortName: name, type: 'phuong', level: 'xa', validFrom: new Date('2020-01-01') },
      });
      const holder = await person(`Đầu mối ${name}`);
      await store.db.seat.create({
        data: {
          id: newId(),
          unitId: id,
          kind: 'primary',
          holdings: {
            create: { id: newId(), memberId: holder.memberId, heldFrom: new Date('2026-01-01T00:00:00Z') },
          },
        },
      });
      return id;
    },
    broadcastsNow: () => store.db.broadcast.findMany({ orderBy: { createdAt: 'asc' } }),
    drop: () => database.drop(),
  };
}
