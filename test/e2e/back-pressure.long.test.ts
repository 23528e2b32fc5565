/** Fifty thousand messages wait for Telegram's thirty a second: memory stays flat and answers do not wait (R19). */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { percentile } from '../../bench/usage.js';
import { figures } from '../support/figures.js';
import { waitFor } from '../support/wait.js';
import { announce, moveToTelegram } from './outage-support.js';
import { World } from './world.js';

const PEOPLE = 50_000;
const TURNS = 60;
/** Bulk messages that may leave between a question and its answer: about a second's worth. */
const MEANWHILE = 45;
const GROWTH_MB = 80;

it('keeps its memory and its answers while fifty thousand messages wait', async () => {
  const world = await World.create({ backend: 'postgres', platforms: true });
  const telegram = world.telegram ?? expect.fail('Telegram is off');
  const { store } = world.db;
  try {
    const people = await moveToTelegram(store.pool, telegram, PEOPLE);
    const officer = await world.web('officer');
    const visitor = await world.web(null);
    for (let n = 0; n < TURNS; n += 1) await visitor.say('trợ giúp');
    const before = await rssMb(world.pid);

    const id = await announce(store, people, 'Thông báo cho tất cả');
    await officer.say('tiếp tục');
    await waitFor(() => isWritten(id), { timeoutMs: 120_000, everyMs: 200, what: 'the messages to be written' });
    await waitFor(async () => (await telegram.stats()).sent > 30, { timeoutMs: 30_000 });
    const between: number[] = [];
    const sizes: number[] = [];
    for (let n = 0; n < TURNS; n += 1) {
      const { sent } = await telegram.stats();
      const answer = await visitor.say('trợ giúp');
      expect(answer.text.length).toBeGreaterThan(0);
      between.push((await telegram.stats()).sent - sent);
      sizes.push(await rssMb(world.pid));
    }
    const { sent, overLimit } = await telegram.stats();
    // Not the slowest of them: the disk that all tests share may stall once.
    expect(percentile(between, 0.9)).toBeLessThanOrEqual(MEANWHILE);
    expect(Math.max(...sizes) - before).toBeLessThan(GROWTH_MB);
    expect(sent).toBeLessThan(PEOPLE / 2);
    expect(overLimit).toBe(0);
    figures('R19 back-pressure', {
      waiting: PEOPLE - sent,
      turns: TURNS,
      bulkBetweenQuestionAndAnswerMost: Math.max(...between),
      bulkBetweenQuestionAndAnswerP90: percentile(between, 0.9),
      rssMbBefore: before,
      rssMbMost: Math.max(...sizes),
      overLimit,
    });
  } finally {
    await world.close();
  }

  async function isWritten(id: string): Promise<boolean> {
    const { rows } = await store.pool.query<{ done: boolean }>(
      'select expanded_at is not null and recipients = $2 as done from broadcast where id = $1',
      [id, PEOPLE],
    );
    return rows[0]?.done === true;
  }
});

async function rssMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}
