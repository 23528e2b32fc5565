/** A database with people, and a channel that does what a test tells it. */
import { randomUUID } from 'node:crypto';
import type { Channel, Outgoing, SendResult } from '../../src/channels/channel.js';
import {
  createDeliveryEngine,
  createOutbox,
  type Broadcasts,
  type DeliveryEngine,
  type EngineOptions,
  type Mended,
  type MessageClass,
  type NewBroadcast,
  type Notice,
  type OutboxOptions,
} from '../../src/delivery/index.js';
import type { ChannelName, PersonKey } from '../../src/kernel/people.js';
import { createFileMemory } from '../channels/file-memory.js';
import { raw } from '../../src/conversation/text.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** 10:00 on a Monday in Việt Nam. */
export const MORNING = new Date('2026-11-23T03:00:00Z');

/** A channel's files where there are none. */
export const NO_FILES = createFileMemory({});

export interface World {
  readonly database: TestDatabase;
  /** The rows of a statement. */
  query<T extends object>(sql: string, values?: readonly unknown[]): Promise<T[]>;
  /** Writes a row of settings over. */
  setting(key: string, value: object | number): Promise<unknown>;
  /** A template of Zalo that says the title unless told otherwise. */
  addTemplate(options?: TemplateOptions): Promise<unknown>;
  /** Members with one active contact each. */
  people(count: number, options?: { channel?: ChannelName; language?: string }): Promise<Person[]>;
  tell(
    to: readonly Person[],
    options?: Partial<Omit<Notice, 'to'>> & { text?: string; now?: Date; outbox?: OutboxOptions },
  ): Promise<number>;
  /** Orders a broadcast to these people, or to the audience given; returns its id. It is not expanded. */
  order(people: readonly Person[], options?: OrderOptions): Promise<string>;
  engine(channels: readonly Channel[], options?: Partial<EngineOptions> & RoundOptions): RoundEngine;
  attempts(): Promise<AttemptRow[]>;
  counts(): Promise<Record<string, number>>;
  /** Stops the engines, forgets the messages, keeps the people. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export interface OrderOptions extends Partial<NewBroadcast> {
  readonly text?: string;
  readonly now?: Date;
  readonly outbox?: OutboxOptions;
}

export interface TemplateOptions {
  readonly id?: string;
  readonly kind?: string;
  readonly classes?: readonly MessageClass[];
  readonly parameters?: readonly { readonly name: string; readonly from: string; readonly max: number }[];
  readonly priceVnd?: number;
  readonly active?: boolean;
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
    query: async <T extends object>(sql: string, values: readonly unknown[] = []) =>
      (await pool.query<T>(sql, [...values])).rows,
    setting: (key, value) =>
      pool.query(
        `insert into setting (key, value, updated_at) values ($1, $2, now()) on conflict (key) do update set value = $2`,
        [key, JSON.stringify(value)],
      ),
    addTemplate: ({
      id = '111',
      kind = 'care',
      classes = ['announcement'],
      parameters = [{ name: 'tieu_de', from: 'title', max: 30 }],
      priceVnd = 200,
      active = true,
    } = {}) =>
      pool.query(
        `insert into zalo_template (id, name, kind, classes, parameters, price_vnd, active, created_at)
         values ($1, 'Mẫu', $2, $3, $4, $5, $6, now())`,
        [id, kind, JSON.stringify(classes), JSON.stringify(parameters), priceVnd, active],
      ),
    order(people, { text = 'bản đầu', now = MORNING, outbox, ...given } = {}) {
      const broadcast: NewBroadcast = {
        id: randomUUID(),
        kind: 'notice',
        subjectId: 's',
        title: 'Thông báo',
        class: 'announcement',
        audience: { kind: 'people', people: people.map(({ key }) => key) },
        say: [{ text: raw(text) }],
        createdById: null,
        ...given,
      };
      return database.store.transaction((tx) => createOutbox(outbox).broadcast(tx, broadcast, now), {
        timeoutMs: 20_000,
      });
    },
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
      return withRounds(engine, options);
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

export interface RoundOptions {
  readonly broadcasts?: Pick<Broadcasts, 'expandDue' | 'settle'>;
  readonly businessNow?: () => Promise<Date>;
}

/** An engine with a whole round of repairs, in the order in which the product's clock runs the parts. */
export interface RoundEngine extends DeliveryEngine {
  reconcile(): Promise<Awaited<ReturnType<DeliveryEngine['sweep']>> & Mended & { readonly released: number }>;
}

export function withRounds(
  engine: DeliveryEngine,
  { broadcasts, businessNow = () => Promise.resolve(MORNING) }: RoundOptions,
): RoundEngine {
  return Object.assign(engine, {
    reconcile: async () => {
      const swept = await engine.sweep();
      const released = await engine.release(await businessNow());
      await broadcasts?.expandDue();
      const mended = await engine.mend();
      await broadcasts?.settle(await businessNow());
      return { ...swept, ...mended, released };
    },
  });
}
