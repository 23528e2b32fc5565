/** A database with people, and a channel that does what a test tells it. */
import { randomUUID } from 'node:crypto';
import type { Channel, Outgoing, SendResult } from '../../src/channels/channel.js';
import {
  createDeliveryEngine,
  createOutbox,
  type DeliveryEngine,
  type EngineOptions,
  type Notice,
  type OutboxOptions,
} from '../../src/delivery/index.js';
import type { ChannelName, PersonKey } from '../../src/kernel/people.js';
import { raw } from '../../src/conversation/text.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** 10:00 on a Monday in Việt Nam. */
export const MORNING = new Date('2026-11-23T03:00:00Z');

export interface World {
  readonly database: TestDatabase;
  /** Members with one active contact each. */
  people(count: number, options?: { channel?: ChannelName; language?: string }): Promise<Person[]>;
  tell(
    to: readonly Person[],
    options?: Partial<Omit<Notice, 'to'>> & { text?: string; now?: Date; outbox?: OutboxOptions },
  ): Promise<number>;
  engine(channels: readonly Channel[], options?: Partial<EngineOptions>): DeliveryEngine;
  attempts(): Promise<AttemptRow[]>;
  counts(): Promise<Record<string, number>>;
  /** Stops the engines, forgets the messages, keeps the people. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export interface Person {
  readonly key: PersonKey;
  readonly memberId: string;
  readonly contactId: string;
  readonly address: string;
  readonly conversationId: string;
}

export interface AttemptRow {
  readonly id: string;
  readonly person: string;
  readonly try: number;
  readonly state: string;
  readonly reason: string | null;
  readonly sends: number;
  readonly repeat: boolean;
  readonly channel: string;
  readonly waiting: boolean;
  readonly due: Date;
  readonly platform_message_id: string | null;
  readonly sending_at: Date | null;
  readonly sent_at: Date | null;
  readonly ended_at: Date | null;
}

/** A world of one test file. */
export async function createWorld(): Promise<World> {
  const database = await createTestDatabase();
  const { pool } = database.store;
  const engines: DeliveryEngine[] = [];
  let made = 0;

  const world: World = {
    database,
    async people(count, { channel = 'telegram', language = 'vi' } = {}) {
      const people = Array.from({ length: count }, (): Person => {
        const memberId = randomUUID();
        made += 1;
        return {
          key: `m:${memberId}`,
          memberId,
          contactId: randomUUID(),
          address: String(1_000_000 + made),
          conversationId: randomUUID(),
        };
      });
      const ids = people.map(({ memberId }) => memberId);
      await pool.query(`insert into member (id, full_name) select id, 'Người mẫu' from unnest($1::uuid[]) as id`, [
        ids,
      ]);
      await pool.query(
        // Whoever is on Zalo wrote an hour ago: the free window is open.
        `insert into contact (id, channel, external_id, member_id, language, last_inbound_at)
         select id, $4, address, member, $5, case when $4 = 'zalo' then $6::timestamptz end from unnest($1::uuid[], $2::text[], $3::uuid[]) as c(id, address, member)`,
        [
          people.map(({ contactId }) => contactId),
          people.map(({ address }) => address),
          ids,
          channel,
          language,
          new Date(MORNING.getTime() - 3_600_000),
        ],
      );
      await pool.query(`insert into conversation (id, member_id) select * from unnest($1::uuid[], $2::uuid[])`, [
        people.map(({ conversationId }) => conversationId),
        ids,
      ]);
      return people;
    },
    tell(to, { text = 'Thông báo', now = MORNING, outbox, ...rest } = {}) {
      const notice: Notice = {
        source: { kind: 'test', id: randomUUID() },
        slot: 'main',
        class: 'announcement',
        say: [{ text: raw(text) }],
        ...rest,
        to: to.map(({ key }) => ({ person: key })),
      };
      return database.store.transaction((tx) => createOutbox(outbox).tell(tx, notice, now), { timeoutMs: 20_000 });
    },
    engine(channels, options = {}) {
      const engine = createDeliveryEngine({
        pool,
        channels: new Map(channels.map((channel) => [channel.name, channel])),
        worker: `test-${String(engines.length)}`,
        businessNow: () => Promise.resolve(MORNING),
        ...options,
      });
      engines.push(engine);
      return engine;
    },
    async attempts() {
      return (
        await pool.query<AttemptRow>(
          `select a.*, m.person from attempt a join message m on m.id = a.message_id order by a.id`,
        )
      ).rows;
    },
    async counts() {
      const { rows } = await pool.query<{ state: string; n: number }>(
        'select state, count(*)::int as n from attempt group by state',
      );
      return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
    },
    async reset() {
      for (const engine of engines.splice(0)) await engine.stop(1_000);
      await pool.query(
        'truncate attempt, message, content, lease, receipt, rate_budget, broadcast, platform_message, message_edit, correction, attempt_event, quota_use, zalo_template, attempt_watch restart identity cascade',
      );
    },
    async close() {
      for (const engine of engines.splice(0)) await engine.stop(1_000);
      await database.drop();
    },
  };
  return world;
}

export interface FakeChannel extends Channel {
  readonly sent: Outgoing[];
  /** Calls in the order they came, with the time each began. */
  readonly calls: { readonly outgoing: Outgoing; readonly atMs: number }[];
  answer: (outgoing: Outgoing, signal: AbortSignal) => SendResult | Promise<SendResult>;
}

/** A channel in memory. */
export function createFakeChannel(name: ChannelName = 'telegram', options: Partial<Channel> = {}): FakeChannel {
  let last = 0;
  const channel: FakeChannel = {
    name,
    account: `${name}:1`,
    proof: 'sent',
    bulkPerSecond: null,
    receive: () => ({ ok: true, events: [] }),
    sent: [],
    calls: [],
    answer: () => ({ kind: 'sent', platformMessageId: String((last += 1)) }),
    async send(outgoing, signal) {
      channel.calls.push({ outgoing, atMs: Date.now() });
      const result = await channel.answer(outgoing, signal);
      if (result.kind === 'sent') channel.sent.push(outgoing);
      return result;
    },
    ...options,
  };
  return channel;
}
