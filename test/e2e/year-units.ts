/** The units of a simulated year: what each does about what it owes, and on which day, through the effects of the rooms. */
import type { Effect } from '../../src/conversation/index.js';
import { loadCalendar } from '../../src/calendar/index.js';
import type { WorkingCalendar } from '../../src/kernel/calendar.js';
import { newCode } from '../../src/kernel/ids.js';
import { addDays, atLocal, endOfDay, localDate, type LocalDate } from '../../src/kernel/local-date.js';
import { findExtensions } from '../../src/reporting/answering/store-extensions.js';
import { acceptReport, askExtension, grantExtension, promiseReport } from '../../src/reporting/effects.js';
import { returnReport, submitReport } from '../../src/reporting/effects.js';
import { isLate, type ObligationView } from '../../src/reporting/model.js';
import { findObligation } from '../../src/reporting/store-obligations.js';
import type { Tx } from '../../src/store/index.js';
import type { YearWorld } from './year.js';
import { drawAnswer, streamOf, type Answer } from './year-rule.js';

interface Owed {
  readonly id: string;
  readonly contact: string;
  readonly dueOn: LocalDate;
  readonly draw: () => number;
}

/** What somebody decides, looking at what is owed now; null: nothing is left to decide. */
type Choose = (tx: Tx, owed: ObligationView, now: Date) => Effect | null | Promise<Effect | null>;

/** Acts at one time share the database's connections. */
const AT_ONCE = 4;

/** What people will do, by the instant at which they do it. */
class Agenda {
  private readonly acts = new Map<number, (() => Promise<void>)[]>();

  add(instant: Date, act: () => Promise<void>): void {
    const key = instant.getTime();
    this.acts.set(key, [...(this.acts.get(key) ?? []), act]);
  }

  /** Walks from one act to the next, up to and including `end`. */
  async runUntil(end: Date, walk: (to: Date) => Promise<unknown>): Promise<void> {
    for (;;) {
      const next = Math.min(...this.acts.keys());
      if (next > end.getTime()) return;
      await walk(new Date(next));
      const due = this.acts.get(next) ?? [];
      this.acts.delete(next);
      while (due.length > 0) await Promise.all(due.splice(0, AT_ONCE).map((act) => act()));
    }
  }
}

/** What is owed of the planned duties and came up since a day. */
const OWED = `
  select o.id, o.unit_id as unit, d.name || ' ' || o.period || ' ' || u.code as words, to_char(o.due_on, 'YYYY-MM-DD') as "dueOn"
  from obligation o join duty d on d.id = o.duty_id join unit u on u.id = o.unit_id
  where d.kind = 'periodic' and d.period_rule is not null and o.state = 'open' and o.created_at > $1 order by words`;

export async function createUnits(world: YearWorld) {
  const calendar = await world.store.transaction((tx) => loadCalendar(tx));
  const seats = await world.seats();
  const agenda = new Agenda();
  const known = new Set<string>();
  const answers: Partial<Record<Answer, number>> = {};

  const at: Planning['at'] = (instant, owed, who, choose) => {
    agenda.add(instant, () =>
      world.act(who === 'unit' ? owed.contact : world.officer, instant, async (tx) => {
        const found = await findObligation(tx, owed.id);
        return found && choose(tx, found, instant);
      }),
    );
  };
  /** What came to be owed since the last look gets its answer; nobody acts before the next working day. */
  const look = async (today: LocalDate): Promise<void> => {
    const { rows } = await world.store.pool.query<Omit<Owed, 'draw' | 'contact'> & { unit: string; words: string }>(
      OWED,
      [addDays(today, -LOOK_BACK_DAYS)],
    );
    for (const { unit, words, ...one } of rows.filter((row) => !known.has(row.id))) {
      known.add(one.id);
      const [contact, draw] = [seats.get(unit), streamOf(words)];
      const answer = contact === undefined ? 'never' : drawAnswer(draw);
      answers[answer] = (answers[answer] ?? 0) + 1;
      const first = calendar.addWorkingDays(today, 1);
      if (contact !== undefined) plan({ ...one, contact, draw }, answer, { at, calendar, first });
    }
  };
  /** Lives through the days until `end`. */
  const live = async (begins: Date, end: Date): Promise<void> => {
    for (let day = localDate(begins); day <= localDate(end); day = addDays(day, 1)) {
      await world.walk(atLocal(day, '08:15'));
      await look(day);
      const night = lastInstant(day);
      await agenda.runUntil(night < end ? night : end, world.walk);
    }
    await world.walk(end);
  };
  return { live, answers };
}

const LOOK_BACK_DAYS = 7;

interface Planning {
  readonly at: (instant: Date, owed: Owed, who: 'unit' | 'officer', choose: Choose) => void;
  readonly calendar: WorkingCalendar;
  /** The first day on which the unit can do anything. */
  readonly first: LocalDate;
}

/** Puts all that becomes of one thing owed on its days. */
function plan(owed: Owed, answer: Answer, { at, calendar, first }: Planning): void {
  const { dueOn, draw } = owed;
  const day = (from: LocalDate, days: number): LocalDate => later(first, calendar.addWorkingDays(from, days));
  const noon = (on: LocalDate): Date => atLocal(on, '10:30');
  const upTo = (most: number): number => Math.floor(draw() * most);
  const accept = (from: LocalDate): void => {
    if (draw() < 0.6) at(noon(calendar.addWorkingDays(from, 1 + upTo(6))), owed, 'officer', accepting);
  };
  const submit = (on: LocalDate, instant = noon(on)): void => {
    at(instant, owed, 'unit', handingIn('text'));
    accept(on);
  };
  const before = day(dueOn, -1 - upTo(8));
  const after = calendar.addWorkingDays(later(dueOn, first), 1 + upTo(12));
  switch (answer) {
    case 'on-time':
      return submit(before);
    case 'last-second':
      return submit(dueOn, lastInstant(later(dueOn, first)));
    case 'late':
      return submit(after);
    case 'nil':
      return at(noon(before), owed, 'unit', handingIn('nil'));
    case 'promise': {
      const promising = (on: LocalDate, promised: LocalDate): void => {
        at(noon(on), owed, 'unit', (_tx, { id }) => promiseReport({ obligationId: id, day: promised }));
      };
      promising(day(dueOn, -5), after);
      // "Chiều nay": the second reminder of that day.
      const last = later(dueOn, first);
      if (draw() < 0.5) promising(last, last);
      return submit(calendar.addWorkingDays(after, upTo(2)));
    }
    case 'extension': {
      const wanted = calendar.addWorkingDays(later(dueOn, first), 5);
      const asked = day(dueOn, -3);
      at(noon(asked), owed, 'unit', asking(wanted));
      at(noon(calendar.addWorkingDays(asked, 1)), owed, 'officer', granting(wanted));
      return submit(calendar.addWorkingDays(wanted, upTo(4) - 1));
    }
    case 'returned': {
      at(noon(before), owed, 'unit', handingIn('text'));
      const back = calendar.addWorkingDays(before, 2);
      at(noon(back), owed, 'officer', returning(later(dueOn, calendar.addWorkingDays(back, 3))));
      return submit(calendar.addWorkingDays(back, 1 + upTo(5)));
    }
    case 'never':
  }
}

/** The whole last second is still that day. */
const lastInstant = (day: LocalDate): Date => new Date(endOfDay(day).getTime() + 999);
const later = (a: LocalDate, b: LocalDate): LocalDate => (a > b ? a : b);

const handingIn =
  (kind: 'text' | 'nil'): Choose =>
  (_tx, { id, fields, latest, dueAt }, now) => {
    const seen = { version: latest?.version ?? 0, late: isLate(now, dueAt) };
    const isForm = kind === 'text' && fields.length > 0;
    const values = isForm ? Object.fromEntries(fields.map(({ name }) => [name, 12])) : {};
    const body = {
      kind: isForm ? 'form' : kind,
      text: kind === 'nil' ? null : 'Đã thực hiện.',
      values,
      fileIds: [],
    } as const;
    return submitReport({ obligationId: id, code: newCode('BC', 8), body, seen });
  };

const asking =
  (day: LocalDate): Choose =>
  (_tx, { id }) =>
    askExtension({ obligationId: id, day, reason: 'Chờ số liệu của cơ sở' });

const granting =
  (day: LocalDate): Choose =>
  async (tx, { id }) => {
    const [open] = (await findExtensions(tx, id)).filter((one) => one.state === 'asked');
    return open ? grantExtension({ extensionId: open.id, obligationId: id, day }) : null;
  };

const accepting: Choose = (_tx, { state, latest }) =>
  state === 'submitted' && latest ? acceptReport({ submissionId: latest.id }) : null;

const returning =
  (dueOn: LocalDate): Choose =>
  (_tx, { latest }) =>
    latest ? returnReport({ submissionId: latest.id, reason: 'Thiếu số liệu', dueOn, missing: null }) : null;
