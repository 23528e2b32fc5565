import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createAlarms,
  createBroadcasts,
  createOutbox,
  createProofWatch,
  createWatchdog,
  lookAtBroadcasts,
  lookAtLines,
  lookAtSending,
  type Alarms,
  type Look,
  type Watchdog,
} from '../../src/delivery/index.js';
import { createFakeChannel, createWorld, MORNING, type Person, type World } from './support.js';
import { recordingLogger } from '../queue/harness.js';

let world: World;
let officer: Person;

beforeAll(async () => {
  world = await createWorld();
  [officer] = (await world.people(1)) as [Person];
});
afterAll(() => world.close());

/** Machine and business clocks that a test moves. */
let machineMs = 0;
let businessMs = 0;
const clock = { now: () => new Date(machineMs) };
const businessNow = () => Promise.resolve(new Date(businessMs));
const pass = (seconds: number) => {
  machineMs += seconds * 1000;
  businessMs += seconds * 1000;
};

beforeEach(() => {
  machineMs = Date.now();
  businessMs = MORNING.getTime();
});
afterEach(async () => {
  await world.reset();
  await world.database.store.pool.query(
    `truncate alarm, heartbeat; delete from setting where key = 'delivery.safe-mode'`,
  );
});

const ACCOUNTS = [
  { channel: 'telegram', account: 'telegram:1' },
  { channel: 'zalo', account: 'zalo:1' },
];

interface Watching {
  readonly dog: Watchdog;
  readonly alarms: Alarms;
  readonly log: ReturnType<typeof recordingLogger>;
  open(): Promise<string[]>;
}

function watch(options: { looks?: readonly Look[]; worker?: string; isSafe?: boolean } = {}): Watching {
  const { store } = world.database;
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

async function look({ dog }: Watching, times = 2): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await dog.look();
    pass(15);
  }
}

/** What the officer was told by alarms, oldest first. */
async function told(): Promise<string[]> {
  const { rows } = await world.database.store.pool.query<{ text: string }>(
    `select c.text from message m join content c on c.id = m.content_id where m.source_kind = 'alarm' order by m.id`,
  );
  return rows.map(({ text }) => text.split('\n')[0] ?? '');
}

/** Messages to others than the officer. */
const others = <R extends { person: string }>(rows: readonly R[]) =>
  rows.filter(({ person }) => person !== officer.key);

describe('the watchdog', () => {
  it('raises an alarm for messages that are due and not begun for over a minute, and closes it when they are', async () => {
    const watching = watch();
    await world.tell(await world.people(3));
    await look(watching);
    expect(await watching.open()).toEqual([]);
    pass(40);
    await look(watching);
    expect(await watching.open()).toEqual(['late bulk:telegram']);
    const channel = createFakeChannel();
    await world.engine([channel]).drain('bulk');
    await look(watching, 1);
    expect(await watching.open()).toEqual([]);
    expect(others(await world.attempts()).map(({ state }) => state)).toEqual(['sent', 'sent', 'sent']);
  });

  it('takes a long broadcast that gets shorter for what it is', async () => {
    const watching = watch();
    await world.tell(await world.people(6));
    pass(70);
    for (let n = 0; n < 4; n += 1) {
      await look(watching, 1);
      await world.database.store.pool.query(
        `update attempt set waiting = false, state = 'sent', ended_at = now() where id = (select min(id) from attempt where waiting)`,
      );
      expect(await watching.open()).toEqual([]);
    }
    // Now nothing of it moves any more.
    await look(watching, 2);
    expect(await watching.open()).toEqual(['late bulk:telegram']);
  });

  it('leaves alone an account that the platform told to wait, and raises the alarm when that time is over', async () => {
    const watching = watch();
    await world.tell(await world.people(1));
    await world.database.store.pool.query(
      `insert into rate_budget (account, tat_at, banned_until) values ('telegram:1', $1, $2)`,
      [clock.now(), new Date(machineMs + 18_053_000)],
    );
    pass(120);
    await look(watching, 3);
    expect(await watching.open()).toEqual([]);
    pass(18_053);
    await look(watching, 2);
    expect(await watching.open()).toEqual(['late bulk:telegram']);
  });

  it('finds broadcasts whose time has come and that nobody expands', async () => {
    const watching = watch();
    const broadcasts = createBroadcasts({ pool: world.database.store.pool, businessNow });
    await startBroadcast([officer]);
    await look(watching, 1);
    pass(70);
    await look(watching);
    expect(await watching.open()).toEqual(['late broadcasts']);
    await broadcasts.expandDue();
    await look(watching, 1);
    expect(await watching.open()).not.toContain('late broadcasts');
  });

  it('takes neither an old broadcast that was resumed nor a jump of the business clock for a late one', async () => {
    const watching = watch({ looks: [lookAtBroadcasts({ pool: world.database.store.pool, accounts: ACCOUNTS })] });
    const broadcasts = createBroadcasts({ pool: world.database.store.pool, businessNow });
    await look(watching, 1);
    const old = await startBroadcast(await world.people(2));
    await broadcasts.expandDue();
    await broadcasts.pause(old);
    businessMs += 86_400_000;
    await world.database.store.pool.query(`update broadcast set state = 'expanding' where id = $1`, [old]);
    await startBroadcast([officer]);
    businessMs += 86_400_000;
    await look(watching, 4);
    expect(await watching.open()).toEqual([]);
  });

  it('takes a broadcast whose messages are being written for no late one', async () => {
    const { pool } = world.database.store;
    const watching = watch({ looks: [lookAtBroadcasts({ pool, accounts: ACCOUNTS })] });
    const broadcasts = createBroadcasts({ pool, businessNow });
    const id = await startBroadcast(await world.people(8));
    await broadcasts.expandDue();
    const { rows } = await pool.query<{ id: string }>('select id from message order by person desc');
    for (let n = 0; n < 7; n += 1) {
      // Written so far: one person more at each look, half a minute apart.
      await pool.query(`update broadcast set state = 'expanding', expanded_at = null where id = $1`, [id]);
      await pool.query(`update message set source_id = case when id = any($1::bigint[]) then 'later' else $2 end`, [
        rows.slice(0, 7 - n).map((row) => row.id),
        id,
      ]);
      await look(watching, 1);
      pass(30);
      expect(await watching.open()).toEqual([]);
    }
    await look(watching, 1);
    pass(70);
    await look(watching, 2);
    expect(await watching.open()).toEqual(['late broadcasts']);
  });

  it('judges the rest when one place cannot be looked at, and closes nothing meanwhile', async () => {
    let isBroken = false;
    let late = 1;
    const watching = watch({
      looks: [
        () => Promise.resolve([{ kind: 'late', subject: 'steps', count: late, oldestMs: 180_000 }]),
        () => (isBroken ? Promise.reject(new Error('bad row')) : Promise.resolve([])),
      ],
    });
    isBroken = true;
    for (let n = 0; n < 2; n += 1) await expect(watching.dog.look()).rejects.toThrow('bad row');
    expect(await watching.open()).toEqual(['late steps']);
    late = 0;
    await expect(watching.dog.look()).rejects.toThrow('bad row');
    expect(await watching.open()).toEqual(['late steps']);
    isBroken = false;
    await watching.dog.look();
    expect(await watching.open()).toEqual([]);
  });

  it('finds messages that are held or sent for longer than any call takes', async () => {
    const watching = watch();
    await world.tell(await world.people(2));
    const { pool } = world.database.store;
    const { rows } = await pool.query<{ id: string }>(
      `insert into lease (worker, lane, until) values ('hung', 'bulk', $1) returning id`,
      [new Date(machineMs + 86_400_000)],
    );
    await pool.query(
      `update attempt set waiting = false, lease_id = $1, leased_at = $2, sending_at = $2,
         state = case when id % 2 = 0 then 'sending' else 'leased' end`,
      [rows[0]?.id, clock.now()],
    );
    await look(watching, 3);
    expect(await watching.open()).toEqual([]);
    pass(30);
    await look(watching, 2);
    expect(await watching.open()).toEqual(['stuck sending']);
    await pool.query(`update lease set until = $1`, [new Date(machineMs - 1)]);
    // The engine's own round ends what a dead process held.
    await world.engine([], { clock }).sweep();
    await look(watching, 1);
    expect(await watching.open()).toEqual([]);
  });

  it('expects nothing of the bulk lane in safe mode, but answers must leave', async () => {
    const watching = watch({ isSafe: true });
    await world.tell(await world.people(1));
    await startBroadcast([officer]);
    pass(90);
    await look(watching, 3);
    expect(await watching.open()).toEqual([]);
    await world.database.store.pool.query(`update attempt set lane = 'reply'`);
    await look(watching, 2);
    expect(await watching.open()).toEqual(['late reply:telegram']);
  });

  it('lets one look pass: what was found is looked after first', async () => {
    let count = 1;
    const watching = watch({
      looks: [() => Promise.resolve([{ kind: 'late', subject: 'steps', count, oldestMs: 86_400_000 }])],
    });
    await look(watching, 1);
    count = 0;
    await look(watching, 3);
    expect(await watching.open()).toEqual([]);
    expect(await told()).toEqual([]);
  });
});

describe('an alarm', () => {
  it('is told once, logged aloud without personal data, and told once more when it has been over for a while', async () => {
    let count = 2;
    const looks: Look[] = [() => Promise.resolve([{ kind: 'late', subject: 'steps', count, oldestMs: 180_000 }])];
    const [one, two] = [watch({ looks }), watch({ looks, worker: 'other:2' })];
    for (let n = 0; n < 4; n += 1) {
      await one.dog.look();
      await two.dog.look();
      pass(15);
    }
    expect(await one.open()).toEqual(['late steps']);
    expect(await told()).toEqual(['⚠️ Lời nhắc hạn đang chậm: 2 việc đã quá giờ, lâu nhất 3 phút.']);
    const said = [...one.log.lines, ...two.log.lines].filter(({ level }) => level === 'error');
    expect(said.map(({ fields }) => fields)).toEqual([
      { alarm: 'late', subject: 'steps', count: 2, oldestSeconds: 180 },
    ]);

    count = 0;
    await look(one, 2);
    expect(await told()).toHaveLength(1);
    pass(300);
    await look(one, 2);
    expect((await told()).slice(1)).toEqual([expect.stringContaining('✅ Đã hết sự cố')]);
  });

  it('that comes back soon is the same one: nobody is told again', async () => {
    let count = 1;
    const watching = watch({
      looks: [() => Promise.resolve([{ kind: 'stuck', subject: 'queue', count, oldestMs: 180_000 }])],
    });
    for (let n = 0; n < 4; n += 1) {
      count = 1;
      await look(watching, 2);
      expect(await watching.open()).toEqual(['stuck queue']);
      count = 0;
      await look(watching, 2);
      expect(await watching.open()).toEqual([]);
    }
    expect(await told()).toHaveLength(1);
    expect(await world.database.store.db.alarm.count()).toBe(1);
  });
});

describe('the reconciler', () => {
  it('that hangs in this process is heard from its own timer', async () => {
    const watching = watch();
    await watching.dog.beat('round');
    pass(50);
    await watching.dog.guard();
    expect(await watching.open()).toEqual([]);
    pass(15);
    await watching.dog.guard();
    expect(await watching.open()).toEqual(['silent reconciler:me:1']);
    await watching.dog.beat('round');
    await watching.dog.guard();
    expect(await watching.open()).toEqual([]);
  });

  it('of another process is missed when it falls silent, not when it left in order', async () => {
    const [mine, other] = [watch(), watch({ worker: 'other:2' })];
    const round = async () => {
      pass(15);
      await mine.dog.beat('round');
      await mine.dog.guard();
    };
    await other.dog.beat('round');
    for (let n = 0; n < 4; n += 1) await round();
    expect(await mine.open()).toEqual([]);
    for (let n = 0; n < 3; n += 1) await round();
    expect(await mine.open()).toEqual(['silent reconciler:other:2']);
    await other.dog.leave();
    await round();
    expect(await mine.open()).toEqual([]);
  });

  it('is not called silent because the database was away', async () => {
    const [mine, other] = [watch(), watch({ worker: 'other:2' })];
    await mine.dog.beat('round');
    await other.dog.beat('round');
    // No round succeeded for two minutes; both processes are alive and said so to themselves.
    for (let n = 0; n < 8; n += 1) {
      pass(15);
      await mine.dog.beat('outage');
      await other.dog.beat('outage');
    }
    await mine.dog.guard();
    await mine.dog.beat('round');
    await other.dog.beat('round');
    pass(15);
    await mine.dog.guard();
    expect(await mine.open()).toEqual([]);
  });
});

describe('the watch over proof', () => {
  const seePhone = (people: readonly Person[]) =>
    world.database.store.pool.query(
      `update attempt a set state = 'delivered', delivered_at = now() from message m where m.id = a.message_id and m.person = any($1::text[])`,
      [people.map(({ key }) => key)],
    );

  async function sendOnZalo(
    count: number,
    kind: 'announcement' | 'critical' | 'honour' = 'critical',
    about: 'notice' | 'campaign' = 'campaign',
  ) {
    const people = await world.people(count, { channel: 'zalo' });
    const id = await startBroadcast(people, kind, about);
    await createBroadcasts({ pool: world.database.store.pool, businessNow }).expandDue();
    await world.engine([createFakeChannel('zalo', { proof: 'delivered' })], { quietHours: null }).drain('bulk');
    return { people, id };
  }

  function proofWatch() {
    const watching = watch();
    return { ...watching, proof: createProofWatch({ pool: world.database.store.pool, alarms: watching.alarms }) };
  }
  const judge = async ({ proof }: ReturnType<typeof proofWatch>) => proof.look(new Date(businessMs));

  it('names what too few are known to have after an hour, with the numbers and the way to them', async () => {
    const watching = proofWatch();
    const { people, id } = await sendOnZalo(10);
    await seePhone(people.slice(0, 8));
    pass(3_590);
    await judge(watching);
    expect(await watching.open()).toEqual([]);
    pass(20);
    for (let n = 0; n < 3; n += 1) await judge(watching);
    expect(await watching.open()).toEqual([`unproven broadcast:${id}`]);
    expect(await told()).toEqual([
      '⚠️ Sau 1 giờ, bản tin “Báo động lũ” mới chắc chắn đến 8/10 người (80 %, cần 90 %).',
    ]);
    const { rows } = await world.database.store.pool.query<{ buttons: { action: string }[] }>(
      `select c.buttons from message m join content c on c.id = m.content_id where m.source_kind = 'alarm'`,
    );
    expect(rows[0]?.buttons.map(({ action }) => action)).toEqual([`go:broadcast:${id}`]);

    await seePhone(people.slice(8, 9));
    pass(60);
    await judge(watching);
    expect(await watching.open()).toEqual([]);
  });

  it('is content with what each channel can prove, and with a colleague who stands in', async () => {
    const watching = proofWatch();
    const { people } = await sendOnZalo(10, 'announcement');
    await seePhone(people.slice(0, 8));
    const [stranger] = await world.people(1);
    // Telegram proves by sending: the colleague's message counts for the one who could not be reached.
    await world.database.store.pool.query(
      `with stood as (
         insert into message (source_kind, source_id, person, slot, class, lane, conversation_id, content_id, planned_at, stands_for_id)
         select m.source_kind, m.source_id, $2, m.slot, m.class, m.lane, $3, m.content_id, m.planned_at, m.id
         from message m where m.person = $1 returning id)
       insert into attempt (message_id, try, channel, contact_id, conversation_id, lane, state, due, ended_at, via)
       select id, 1, 'telegram', $4, $3, 'bulk', 'sent', now(), now(), 'seat' from stood`,
      [people[9]?.key, stranger?.key, stranger?.conversationId, stranger?.contactId],
    );
    pass(3_610);
    await judge(watching);
    expect(await watching.open()).toEqual([]);
  });

  it('judges neither honours nor what an officer holds or gave up', async () => {
    const watching = proofWatch();
    await sendOnZalo(4, 'honour');
    const { id } = await sendOnZalo(4, 'critical');
    await world.database.store.pool.query(`update broadcast set state = 'paused' where id = $1`, [id]);
    pass(3_610);
    await judge(watching);
    expect(await watching.open()).toEqual([]);
  });

  it('is no matter for plain news', async () => {
    const watching = proofWatch();
    await sendOnZalo(3, 'announcement', 'notice');
    pass(3_610);
    await judge(watching);
    expect(await watching.open()).toEqual([]);
    expect(await watching.proof.instants(MORNING, new Date(businessMs + 86_400_000))).toEqual([]);
  });

  it('tells of a campaign in the morning, and of a critical broadcast at once', async () => {
    const watching = proofWatch();
    businessMs = new Date('2026-11-23T13:30:00Z').getTime(); // 20:30
    const { id: campaign } = await sendOnZalo(4, 'announcement', 'campaign');
    const { id: critical } = await sendOnZalo(4, 'critical');
    pass(3_610);
    await judge(watching);
    expect(await watching.open()).toEqual([`unproven broadcast:${critical}`]);
    const morning = new Date('2026-11-23T23:30:00Z'); // 06:30
    const to = new Date(businessMs + 86_400_000);
    expect(await watching.proof.instants(new Date(businessMs), to)).toEqual([morning]);
    businessMs = morning.getTime();
    await judge(watching);
    expect((await watching.open()).sort()).toEqual(
      [`unproven broadcast:${campaign}`, `unproven broadcast:${critical}`].sort(),
    );
    // Found short by day, it does not wake anybody either when the product starts again at night.
    businessMs = new Date('2026-11-24T15:00:00Z').getTime();
    await world.database.store.pool.query('truncate alarm');
    await judge(proofWatch());
    expect(await watching.open()).toEqual([`unproven broadcast:${critical}`]);
  });

  it('knows at which instants it will judge', async () => {
    const { proof } = proofWatch();
    await sendOnZalo(1);
    const now = new Date(businessMs);
    const hour = new Date(businessMs + 3_600_000);
    expect(await proof.instants(now, new Date(businessMs + 86_400_000))).toEqual([hour]);
    expect(await proof.instants(hour, new Date(businessMs + 86_400_000))).toEqual([]);
  });
});

async function startBroadcast(
  people: readonly Person[],
  name: 'announcement' | 'critical' | 'honour' = 'announcement',
  kind: 'notice' | 'campaign' = 'notice',
) {
  return world.order(people, {
    kind,
    title: 'Báo động lũ',
    class: name,
    text: 'Nước đang lên',
    now: new Date(businessMs),
  });
}
