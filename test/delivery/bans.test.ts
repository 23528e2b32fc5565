/** A platform's "wait" binds answers too, and stands in the database: neither a restart nor an empty Redis lifts it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createQueue, type JobQueue } from '../../src/queue/index.js';
import { recordingHandlers } from '../queue/harness.js';
import { startKillableRedis } from '../support/killable-servers.js';
import { waitFor } from '../support/wait.js';
import { createFakeChannel, createWorld, type FakeChannel, type World } from './support.js';

const BAN_MS = 5_000;

let world: World;
let redis: Awaited<ReturnType<typeof startKillableRedis>>;
const queues: JobQueue[] = [];

beforeAll(async () => {
  [world, redis] = await Promise.all([createWorld(), startKillableRedis()]);
});
afterAll(async () => {
  for (const queue of queues) await queue.close({ deadlineMs: 2_000 });
  await redis.stop();
  await world.close();
});

/** A process that drains when the queue rings, as the product does. */
async function startProcess(channel: FakeChannel) {
  const engine = world.engine([channel]);
  const queue = await createQueue({ backend: { kind: 'redis', url: redis.url } });
  queues.push(queue);
  const drain = (payload: unknown) => engine.drain((payload as { lane: 'reply' | 'bulk' }).lane);
  const { handlers, countOf } = recordingHandlers({ 'delivery.drain': drain });
  queue.start(handlers);
  const ring = async () => {
    const before = countOf('delivery.drain');
    for (const lane of ['reply', 'bulk'] as const) await queue.add('delivery.drain', { lane });
    await waitFor(() => countOf('delivery.drain') >= before + 2, { what: 'both drains' });
  };
  const end = async () => {
    await queue.close({ deadlineMs: 2_000 });
    await engine.stop(2_000);
  };
  return { engine, ring, end };
}

it('holds both lanes of every process until it is over; the next round sends everything', async () => {
  const people = await world.people(4);
  const channel = createFakeChannel();
  let bannedAt = 0;
  channel.answer = ({ attemptId }) => {
    if (channel.calls.length > 1) return { kind: 'sent', platformMessageId: attemptId };
    bannedAt = Date.now();
    return { kind: 'failed', failure: 'rate-limited', scope: 'account', retryAfterMs: BAN_MS, detail: '429' };
  };
  const first = await startProcess(channel);
  await world.tell(people.slice(0, 1), { class: 'reply' });
  await first.ring();
  await waitFor(async () => (await world.query('select 1 from rate_budget where banned_until > now()')).length === 1);
  await world.tell(people, { class: 'reply', text: 'Trả lời' });
  await world.tell(people, { class: 'critical' });
  await first.ring();
  expect(channel.calls).toHaveLength(1);

  await first.end();
  await redis.flush();
  const second = await startProcess(channel);
  await second.ring();
  await redis.flush();
  await second.ring();
  expect(channel.calls).toHaveLength(1);
  expect(Date.now() - bannedAt).toBeLessThan(BAN_MS);

  const isAllSent = async () => (await second.engine.mend()) && (await world.counts())['sent'] === 9;
  await waitFor(isAllSent, { timeoutMs: 20_000, everyMs: 200, what: 'everything to leave' });
  expect(Math.min(...channel.calls.slice(1).map(({ atMs }) => atMs))).toBeGreaterThanOrEqual(bannedAt + BAN_MS);
  expect(channel.sent).toHaveLength(9);
});
