/** Watchdogs of several processes over one database, two clocks that a test moves, and an officer who hears the alarms. */
import {
  createAlarms,
  createOutbox,
  createWatchdog,
  lookAtBroadcasts,
  lookAtLines,
  lookAtSending,
  type Alarms,
  type Look,
  type Watchdog,
} from '../../src/delivery/index.js';
import { recordingLogger } from '../queue/harness.js';
import { createWorld, MORNING, type Person, type World } from './support.js';

export const ACCOUNTS = [
  { channel: 'telegram', account: 'telegram:1' },
  { channel: 'zalo', account: 'zalo:1' },
];

export interface Watching {
  readonly dog: Watchdog;
  readonly alarms: Alarms;
  readonly log: ReturnType<typeof recordingLogger>;
  open(): Promise<string[]>;
}

interface WatchOptions {
  readonly looks?: readonly Look[];
  readonly worker?: string;
  readonly isSafe?: boolean;
}

export type WatchWorld = Awaited<ReturnType<typeof createWatchWorld>>;

export async function createWatchWorld() {
  const base = await createWorld();
  const [officer] = (await base.people(1)) as [Person];
  const world = {
    ...base,
    officer,
    /** Machine and business clocks that a test moves. */
    machineMs: 0,
    businessMs: 0,
    clock: { now: () => new Date(world.machineMs) },
    businessNow: () => Promise.resolve(new Date(world.businessMs)),
    setClocks(): void {
      world.machineMs = Date.now();
      world.businessMs = MORNING.getTime();
    },
    pass(seconds: number): void {
      world.machineMs += seconds * 1000;
      world.businessMs += seconds * 1000;
    },
    async forget(): Promise<void> {
      await base.reset();
      await base.query('truncate alarm, heartbeat');
      await base.query(`delete from setting where key = 'delivery.safe-mode'`);
    },
    watch: (options: WatchOptions = {}): Watching => watch(world, options),
    async look({ dog }: Watching, times = 2): Promise<void> {
      for (let n = 0; n < times; n += 1) {
        await dog.look();
        world.pass(15);
      }
    },
    /** What the officer was told by alarms, oldest first. */
    async told(): Promise<string[]> {
      const rows = await base.query<{ text: string }>(
        `select c.text from message m join content c on c.id = m.content_id where m.source_kind = 'alarm' order by m.id`,
      );
      return rows.map(({ text }) => text.split('\n')[0] ?? '');
    },
    startBroadcast: (
      people: readonly Person[],
      name: 'announcement' | 'critical' | 'honour' = 'announcement',
      kind: 'notice' | 'campaign' = 'notice',
    ): Promise<string> =>
      base.order(people, {
        kind,
        title: 'Báo động lũ',
        class: name,
        text: 'Nước đang lên',
        now: new Date(world.businessMs),
      }),
  };
  return world;
}

interface Watched extends World {
  readonly officer: Person;
  readonly clock: { now(): Date };
  readonly businessNow: () => Promise<Date>;
}

function watch({ database, officer, clock, businessNow }: Watched, options: WatchOptions): Watching {
  const { store } = database;
  const log = recordingLogger();
  const alarms = createAlarms({
    store,
    outbox: createOutbox({ quietHours: null }),
    businessNow,
    logger: log.logger,
    whom: () => Promise.resolve([{ person: officer.key }]),
    clock,
    settleMs: 300_000,
  });
  const ledger = { pool: store.pool, accounts: ACCOUNTS };
  const dog = createWatchdog({
    pool: store.pool,
    clock,
    businessNow,
    isSafe: () => Promise.resolve(options.isSafe === true),
    worker: options.worker ?? 'me:1',
    alarms,
    looks: options.looks ?? [lookAtLines(ledger), lookAtSending(ledger), lookAtBroadcasts(ledger)],
  });
  const open = async () => (await alarms.list()).map(({ kind, subject }) => `${kind} ${subject}`);
  return { dog, alarms, log, open };
}
