/** The database and Redis go away in the middle of the day: nothing is lost, nothing doubled, and people are told. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testRedisUrl } from '../support/servers.js';
import { waitFor } from '../support/wait.js';
import { World } from './world.js';

/** A line to a server that can be cut and mended. */
class Line {
  readonly url: string;
  private readonly server;
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(url: string, server: ReturnType<typeof createServer>) {
    this.url = url;
    this.server = server;
  }

  static async to(target: string): Promise<Line> {
    const url = new URL(target);
    const { port, hostname } = url;
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url.host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const line = new Line(url.toString(), server);
    server.on('connection', (near: Socket) => {
      if (line.isCut) return void near.resetAndDestroy();
      const far = connect(Number(port), hostname);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        line.sockets.add(one);
        one.pipe(other);
        one
          .on('error', () => other.destroy())
          .on('close', () => {
            line.sockets.delete(one);
            other.destroy();
          });
      }
    });
    return line;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  mend(): void {
    this.isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }
}

const SECRET = 'webhook-secret-of-the-test';
let world: World;
let database: Line;

beforeAll(async () => {
  world = await World.create({
    backend: 'postgres',
    platforms: true,
    env: async (env) => {
      database = await Line.to(env['DATABASE_URL'] ?? '');
      return { DATABASE_URL: database.url, TELEGRAM_MODE: 'webhook', TELEGRAM_WEBHOOK_SECRET: SECRET };
    },
  });
}, 120_000);

afterAll(async () => {
  await world.close();
  await database.close();
});

const telegram = (id: number, text: string): Promise<Response> =>
  fetch(`${world.url}/webhooks/telegram`, {
    method: 'POST',
    headers: { 'X-Telegram-Bot-Api-Secret-Token': SECRET },
    body: JSON.stringify({
      update_id: id,
      message: {
        message_id: id,
        date: 1_790_000_000,
        chat: { id: 9_002, type: 'private', first_name: 'Mẫu' },
        from: { id: 9_002, is_bot: false, first_name: 'Mẫu' },
        text,
      },
    }),
  });

const count = async (sql: string): Promise<number> => {
  const { rows } = await world.db.store.pool.query<{ n: string }>(`select count(*) as n from ${sql}`);
  return Number(rows[0]?.n);
};

/** Ends every connection of the product, as a restart of the server does. */
async function endConnections(): Promise<number> {
  const client = new pg.Client({ connectionString: world.db.url });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
    );
    return rows.length;
  } finally {
    await client.end();
  }
}

describe('while people write', () => {
  it('every connection to the database ends four times, and each question is stored and answered once', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, () => world.web(null)));
    await Promise.all(people.map((person) => person.say('gặp cán bộ')));
    const storm = (async () => {
      let ended = 0;
      for (let n = 0; n < 4; n += 1) {
        ended += await endConnections();
        await waitFor(async () => (await count('inbound')) > 12 + n, { timeoutMs: 20_000 });
      }
      return ended;
    })();
    const asked = Promise.all(
      people.map(async (person, n) => {
        await person.post({ text: `Câu hỏi số ${String(n)}: giấy khen bị thất lạc thì làm thế nào?` });
        return person.waitFor('CH-', 30_000);
      }),
    );
    const [ended] = await Promise.all([storm, asked]);
    expect(ended).toBeGreaterThan(4);
    expect(await count(`question where text like 'Câu hỏi số %'`)).toBe(12);
    await waitFor(async () => (await count(`attempt where ended_at is null and state <> 'planned'`)) === 0);
    for (const person of people) {
      while ((await person.listen(0)).length > 0);
      expect(person.all('CH-')).toHaveLength(1);
    }
    expect(await count(`inbound where outcome <> 'done'`)).toBe(0);
  }, 90_000);
});

describe('while the database is away', () => {
  it('webhooks and pages get 503 in Vietnamese, and what the platform repeats is taken once', async () => {
    await world.telegram?.addChat(9_002, 'Mẫu');
    database.cut();
    try {
      await waitFor(async () => (await telegram(70, 'phong trào')).status === 503);
      const refused = await telegram(70, 'phong trào');
      expect(refused.status).toBe(503);
      const session = await fetch(`${world.url}/api/web/sessions`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{}',
      });
      expect(session.status).toBe(503);
      const { error } = (await session.json()) as { error: { message: string } };
      expect(error.message).toMatch(/[ạảãàáâậấầẩẫăắằặẳẵêếềệểễôốồộổỗơớờợởỡưứừựửữ]/);
      expect((await fetch(`${world.url}/healthz`)).status).toBe(200);
      expect((await fetch(`${world.url}/readyz`)).status).toBe(503);
    } finally {
      database.mend();
    }
    await waitFor(async () => (await telegram(70, 'phong trào')).status === 200, { timeoutMs: 20_000 });
    expect((await telegram(70, 'phong trào')).status).toBe(200);
    await world.telegram?.person(9_002).waitFor('Đang có', { timeoutMs: 60_000 });
    await waitFor(async () => (await fetch(`${world.url}/readyz`)).status === 200, { timeoutMs: 20_000 });
    await waitFor(async () => (await count(`attempt where ended_at is null and state <> 'planned'`)) === 0);
    expect(await world.telegram?.person(9_002).messages('Đang có')).toHaveLength(1);
    expect(await count(`inbound where channel = 'telegram'`)).toBe(1);
    expect(world.lines).not.toContain(SECRET);
    expect(world.lines).not.toContain(world.telegram?.token);
  }, 90_000);
});

const queueState = async (of: World): Promise<string> => {
  const ready = (await (await fetch(`${of.url}/readyz`)).json()) as { parts: { queue: { state: string } } };
  return ready.parts.queue.state;
};

describe('while Redis is away', () => {
  it('people are answered all the same, and what has to wait is done', async () => {
    let redis: Line | undefined;
    const other = await World.create({
      backend: 'redis',
      env: async (env) => {
        redis = await Line.to(env['REDIS_URL'] ?? (await testRedisUrl()));
        return { REDIS_URL: redis.url };
      },
    });
    try {
      const person = await other.web(null);
      redis?.cut();
      await waitFor(async () => (await queueState(other)) === 'down');
      expect((await person.say('phong trao')).text).toContain('Đang có');
      const officer = await other.web('officer');
      // The picture of a card is drawn by a job.
      const lines = [
        'ton vinh',
        'Nguyễn Văn Mẫu',
        'Tổ mẫu',
        'Việc mẫu',
        'Chuyện mẫu',
        'Giấy khen',
        '1/QĐ',
        '01/01/2026',
      ];
      await officer.type(...lines);
      await officer.tap('văn bản');
      await officer.tap('Không có ảnh');
      await officer.waitFor('Công bố tới', 30_000);
      redis?.mend();
      await waitFor(async () => (await queueState(other)) === 'ok', { timeoutMs: 30_000 });
      expect((await person.say('guong')).text).toContain('Gương điển hình');
    } finally {
      await other.close();
      await redis?.close();
    }
  }, 120_000);
});
