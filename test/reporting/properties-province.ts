/** A province that is driven by a plan: its clock is set by hand, its tick restarted, its people heard or not. */
import { createReminderTick, findDueInstants } from '../../src/reporting/index.js';
import { addDays, toDbDate, type LocalDate } from '../../src/kernel/local-date.js';
import { keepRemindHours } from '../../src/reporting/reminding/listening-store.js';
import type { Plan } from './properties-plan.js';
import { toldProofs } from './told.js';
import { noon, type Person, type World } from './world.js';

export const OPENED: LocalDate = '2026-11-02';
export const SEATS = ['primary', 'deputy', 'head'] as const;
/** A walk that needs more ticks than this at one instant does not come to rest. */
const MOST_TICKS = 6;

/** What the model knows of one obligation. */
export interface Owed {
  readonly id: string;
  readonly duty: number;
  readonly home: number;
  /** Still owed, as far as those who acted were told. */
  owing: boolean;
  /** When its steps were last planned. */
  plannedAt: Date;
  /** What people did to it: `promised`, `snoozed`, `submitted`, `merged` … */
  readonly past: Set<string>;
}

type Observe = (province: Province, after: 'tick' | 'action') => Promise<void>;

export class Province {
  now = noon(OPENED);
  readonly units: string[] = [];
  readonly owed: Owed[] = [];
  readonly gone = new Set<number>();
  /** What happened to the province that excuses a step: `outage`, `deaf`, `vacated`. */
  readonly past = new Set<string>();
  officer: Person | null = null;
  private tick: (now: Date) => Promise<unknown>;

  readonly world: World;
  readonly plan: Plan;
  /** Called after every tick and every action. */
  readonly observe: Observe;

  constructor(world: World, plan: Plan, observe: Observe) {
    this.world = world;
    this.plan = plan;
    this.observe = observe;
    this.tick = this.newTick();
  }

  async open(): Promise<void> {
    const { world, plan } = this;
    await wipe(world);
    await world.at(this.now);
    const days = plan.daysOff.map((n) => ({ on: toDbDate(addDays(OPENED, n)), kind: 'off', name: 'Nghỉ' }));
    await world.store.db.calendarDay.createMany({ data: days });
    this.officer = await world.person('Chuyên viên', ['officer']);
    await world.person('Lãnh đạo', ['leader']);
    for (const [n, seats] of plan.seats.entries()) {
      const unitId = await world.unit(`Phường ${String(n)}`);
      this.units.push(unitId);
      for (const [at, kind] of SEATS.entries()) {
        if (!seats[at]) continue;
        const { memberId } = await world.seat(unitId, kind, `${kind} ${String(n)}`);
        const hours = plan.afternoons[n]?.[at] ? { from: '14:00', to: '17:00' } : null;
        await world.store.transaction((tx) => keepRemindHours(tx, memberId, hours));
      }
    }
    for (const n of plan.duties.keys()) await this.openDuty(n);
    await this.observe(this, 'action');
  }

  private async openDuty(n: number): Promise<void> {
    const duty = this.plan.duties[n];
    if (!duty) return;
    const owes = (at: number) => duty.units[at] === true;
    const unitIds = this.units.filter((_, at) => owes(at));
    const wish = { name: `Báo cáo ${String(n)}`, dueOn: addDays(OPENED, duty.dueIn), unitIds, ladder: duty.ladder };
    const { of } = await this.world.duty(wish, this.now);
    for (const [home, unitId] of this.units.entries())
      if (owes(home))
        this.owed.push({ id: of(unitId), duty: n, home, owing: true, plannedAt: this.now, past: new Set() });
  }

  /** Goes to a moment through everything that falls due on the way, each at its own instant, as the demo clock does. */
  async walk(to: Date): Promise<void> {
    let [last, times] = [0, 0];
    for (;;) {
      const [next] = await findDueInstants(this.world.store.db, to);
      if (!next) break;
      this.now = new Date(Math.max(next.getTime(), this.now.getTime()));
      times = this.now.getTime() === last ? times + 1 : 1;
      last = this.now.getTime();
      if (times > MOST_TICKS) throw new Error(`the ladder does not come to rest at ${this.now.toISOString()}`);
      await this.ticks(1);
    }
    await this.leap(to);
  }

  /** Goes to a moment and lets nothing happen on the way. */
  async leap(to: Date): Promise<void> {
    if (to > this.now) this.now = to;
    await this.world.at(this.now);
  }

  async ticks(count: number, atOnce = false): Promise<void> {
    await this.world.at(this.now);
    const fresh = this.newTick();
    // Two processes: one that has run for a while, and one that just began.
    if (atOnce) await Promise.all([this.tick(this.now), fresh(this.now)]);
    else for (let n = 0; n < count; n += 1) await this.tick(this.now);
    await this.observe(this, 'tick');
  }

  restart(): void {
    this.tick = this.newTick();
  }

  private newTick(): (now: Date) => Promise<unknown> {
    const { deps, store, told: outbox, deaf } = this.world;
    return createReminderTick({ ...deps, store, outbox, proofs: toldProofs(deaf) });
  }
}

async function wipe(world: World): Promise<void> {
  await world.store.db.$executeRawUnsafe(
    'truncate told, step_log, extension, due_change, reminder_step, submission, obligation, duty, member_role, task, calendar_day, seat_cover cascade',
  );
  world.tasks.length = 0;
  world.deaf.clear();
}

/** Keeps every change of a step's state, whoever makes it. */
export async function logSteps(world: World): Promise<void> {
  const { db } = world.store;
  await db.$executeRawUnsafe(
    'create table step_log (n bigserial, id uuid not null, was text not null, now text not null)',
  );
  await db.$executeRawUnsafe(`create function log_step() returns trigger language plpgsql as $$
    begin insert into step_log (id, was, now) values (old.id, old.state, new.state); return new; end $$`);
  await db.$executeRawUnsafe(`create trigger log_step after update on reminder_step for each row
    when (old.state is distinct from new.state) execute function log_step()`);
}
