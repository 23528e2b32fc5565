/**
 * `bench -- reminders`: 100,000 reminders wait, 5,000 of them fall due within one minute, three schedulers in processes
 * of their own tick every second; then a year is planned for 3,300 units × 40 duties.
 *
 * Lateness of a step: from the first tick, of any scheduler, that was to start at or after the step's moment, until the
 * commit of the transaction that settled it was acknowledged. Ticks count by when they were to start, so that a tick
 * that takes too long does not hide how long the next steps waited for theirs.
 */
import { DEFAULT_LADDER } from '../src/duties/index.js';
import { addDays, localDate } from '../src/kernel/local-date.js';
import { PRODUCT_FLAGS, startChild, type Child } from './child.js';
import { createBenchDatabase, type BenchDatabase } from './database.js';
import { beginMorning, DUE, DUTY_PATTERN, fillDuties, fillReminders, setDue, TICK_MS } from './reminders-data.js';
import type { Planning, SchedulerQuestion, Ticking } from './reminders-scheduler.js';
import { percentile, round } from './usage.js';

const SCHEDULERS = 3;
const MINUTE_MS = 60_000;
/** From setting the due moments until the minute begins. */
const LEAD_MS = 5_000;
/** What has not been told so long after the minute is lost. */
const DRAIN_MS = 10_000;
const YEAR_DAYS = 365;
/** `createPlanDuties` looks so far beyond the day it is asked for. */
const AHEAD_DAYS = 60;

/** Runs the benchmark. */
export async function run({ every = 'year' }: { readonly every?: string } = {}): Promise<object> {
  const database = await createBenchDatabase();
  try {
    await fillReminders(database);
    const told = await remind(database);
    const planned = await plan(database, every);
    return { ...told, ...planned };
  } finally {
    await database.drop();
  }
}

async function remind(database: BenchDatabase): Promise<object> {
  const [before] = await database.select<{ n: number }>(
    `select count(*)::int as n from reminder_step where state = 'pending'`,
  );
  const children = await Promise.all(Array.from({ length: SCHEDULERS }, () => startScheduler(database)));
  try {
    const aheadMs = await beginMorning(database);
    const begin = Date.now() + LEAD_MS;
    await setDue(database, new Date(begin + aheadMs));
    const answers = await Promise.all(
      children.map((child, n) => {
        // Processes start when they start: their ticks lie between one another.
        const from = begin + Math.round((n * TICK_MS) / SCHEDULERS);
        const question: SchedulerQuestion = { begin: from, end: begin + MINUTE_MS + DRAIN_MS };
        return child.ask<Ticking>(question);
      }),
    );
    return { pending: before?.n ?? 0, due: DUE, ...(await judge(database, aheadMs, answers)) };
  } finally {
    for (const child of children) child.stop();
  }
}

const startScheduler = (database: BenchDatabase): Promise<Child> =>
  startChild('reminders-scheduler.js', [database.url], PRODUCT_FLAGS);

async function judge(database: BenchDatabase, aheadMs: number, answers: readonly Ticking[]): Promise<object> {
  const late = await latenesses(database, aheadMs, answers);
  const [counted] = await database.select<{
    fired: number;
    voided: number;
    deferred: number;
    untold: number;
    twice: number;
  }>(
    `${SPOKEN} select count(*) filter (where s.state = 'fired')::int as fired,
      count(*) filter (where s.state = 'void' and s.evidence ? 'reason')::int as voided,
      count(*) filter (where s.state = 'pending' and s.evidence ? 'deferred')::int as deferred,
      count(*) filter (where s.state = 'fired' and coalesce(t.messages, 0) = 0)::int as untold,
      count(*) filter (where t.messages > 1)::int as twice
    from due s left join told t on t.person = s.person and t.duty = s.duty`,
  );
  const { fired = 0, voided = 0, deferred = 0, untold = 0, twice = 0 } = counted ?? {};
  const failed = answers.flatMap((one) => one.failed);
  for (const line of failed.slice(0, 5)) process.stderr.write(`${line}\n`);
  return {
    latenessP50Ms: percentile(late.beyondTick, 0.5),
    latenessP99Ms: percentile(late.beyondTick, 0.99),
    latenessMaxMs: Math.max(...late.beyondTick),
    sinceDueP99Ms: percentile(late.sinceDue, 0.99),
    lost: DUE - fired - voided + untold,
    duplicated: twice,
    fired,
    deferred,
    failedTicks: failed.length,
    schedulers: answers.map(({ usage, longestTickMs, commits }) => ({
      cpuSec: round(usage.cpuSec),
      rssMb: usage.rssMb,
      longestTickMs,
      commits: commits.length,
    })),
  };
}

/** What fell due with whom it is for, and what messages say: read from their words, not from what the tick kept. */
const SPOKEN = `
  with due as (
    select s.state, s.evidence, 'm:' || h.member_id as person, d.name as duty
    from (select * from reminder_step order by id limit ${String(DUE)}) s join obligation o on o.id = s.obligation_id
    join duty d on d.id = o.duty_id join seat on seat.unit_id = o.unit_id join seat_holding h on h.seat_id = seat.id
  ), told as (
    select m.person, spoken.duty, count(distinct m.id) as messages from message m join content c on c.id = m.content_id,
      lateral (select distinct found[1] as duty from regexp_matches(c.text, '(${DUTY_PATTERN})', 'g') found) spoken
    group by 1, 2
  )`;

async function latenesses(
  database: BenchDatabase,
  aheadMs: number,
  answers: readonly Ticking[],
): Promise<{ readonly beyondTick: number[]; readonly sinceDue: number[] }> {
  const ticks = answers.flatMap((one) => one.ticks).sort((a, b) => a - b);
  const commits = new Map(answers.flatMap((one) => one.commits));
  // Due moments are the business clock's, ticks and commits the machine's.
  const settled = await database.select<{ due: number; xact: string }>(
    `select (extract(epoch from s.due_at) * 1000 - ${String(aheadMs)})::float8 as due, b.xact from bench_settled b join reminder_step s on s.id = b.step_id`,
  );
  const beyondTick: number[] = [];
  const sinceDue: number[] = [];
  for (const { due, xact } of settled) {
    const at = commits.get(xact);
    // Settled by a transaction whose scheduler never heard of its commit: as late as anything can be.
    const seen = at ?? Infinity;
    const tick = ticks.find((one) => one >= due) ?? due;
    beyondTick.push(Math.max(0, seen - tick));
    sinceDue.push(seen - due);
  }
  return { beyondTick, sinceDue };
}

async function plan(database: BenchDatabase, every: string): Promise<object> {
  const today = localDate(new Date());
  await fillDuties(database, {
    name: '',
    basis: { document: 'Kế hoạch', number: '1', on: today },
    owners: { types: [], levels: ['xa'], clusters: [], units: [] },
    periods: { kind: every },
    due: { kind: 'day', monthsAfterEnd: 1, day: 10, shift: 'next' },
    needs: 'Báo cáo',
    fields: [],
    files: [],
    ladder: DEFAULT_LADDER,
    graceDays: 0,
    lockDays: null,
    startsOn: today,
    endsOn: null,
  });
  const child = await startScheduler(database);
  try {
    const through = addDays(today, YEAR_DAYS - AHEAD_DAYS);
    const question: SchedulerQuestion = { plan: { now: new Date().toISOString(), through } };
    const { made, usage } = await child.ask<Planning>(question);
    return { planSeconds: round(usage.seconds, 1), planRssMb: usage.rssMb, planObligations: made };
  } finally {
    child.stop();
  }
}
