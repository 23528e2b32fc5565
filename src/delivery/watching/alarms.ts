/** Alarms: open exactly while something is broken, told once to those in charge, and once more when it is over. */
import { machineClock, type Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import type { Store, Tx } from '../../store/index.js';
import { toOpen, type AlarmKind, type AlarmRow, type NewAlarm, type OpenAlarm } from './alarm.js';
import { sayAlarm, sayOver } from './alarm-texts.js';
import type { Outbox, Recipient } from '../ports.js';

/** The part of pino's logger that is used here. */
export interface AlarmLogger {
  info(details: Readonly<Record<string, unknown>>, message: string): void;
  warn(details: Readonly<Record<string, unknown>>, message: string): void;
  error(details: Readonly<Record<string, unknown>>, message: string): void;
}

export interface AlarmsOptions {
  readonly store: Store;
  readonly outbox: Pick<Outbox, 'tell'>;
  readonly businessNow: () => Promise<Date>;
  readonly logger: AlarmLogger;
  /** Who is told. */
  readonly whom: (tx: Tx) => Promise<readonly Recipient[]>;
  readonly clock?: Clock;
  /** So long something must be over before that is told; what comes back sooner is the same alarm (5 min). */
  readonly settleMs?: number;
}

export interface Alarms {
  /** Opens it, or brings an open one up to date. True when it is new. */
  open(alarm: NewAlarm): Promise<boolean>;
  /** True when one was open. */
  close(kind: AlarmKind, subject: string): Promise<boolean>;
  /** The open ones, oldest first. */
  list(): Promise<readonly OpenAlarm[]>;
  /** Tells that alarms are over which have been so for a while. */
  tellOver(): Promise<void>;
}

const DAY_MS = 86_400_000;

/** Builds the keeper of alarms. */
export function createAlarms(options: AlarmsOptions): Alarms {
  const { store, outbox, businessNow, logger, clock = machineClock, settleMs = 300_000 } = options;

  const tell = async (tx: Tx, alarm: OpenAlarm, slot: 'open' | 'over', now: Date): Promise<void> => {
    const say = slot === 'open' ? sayAlarm(alarm) : sayOver(alarm);
    const source = { kind: 'alarm', id: alarm.id };
    await outbox.tell(tx, { source, slot, class: 'critical', to: await options.whom(tx), say: [say] }, now);
  };

  return {
    async open({ kind, subject, detail }) {
      const businessTime = await businessNow();
      const at = clock.now();
      const made = await store.transaction(async (tx) => {
        const again = await reopen(tx, { kind, subject, detail }, new Date(at.getTime() - settleMs));
        if (again) return false;
        const alarm = { id: newId(), kind, subject, detail, openedAt: at };
        const count = await tx.$executeRaw`
          insert into alarm (id, kind, subject, detail, opened_at)
          values (${alarm.id}::uuid, ${kind}, ${subject}, ${JSON.stringify(detail)}::jsonb, ${at})
          on conflict (kind, subject) where closed_at is null do nothing`;
        if (count === 1) await tell(tx, alarm, 'open', businessTime);
        return count === 1;
      });
      if (made) logger.error({ alarm: kind, subject, ...numbersOf(detail) }, 'alarm');
      return made;
    },
    async close(kind, subject) {
      const count = await store.db.$executeRaw`
        update alarm set closed_at = ${clock.now()} where kind = ${kind} and subject = ${subject} and closed_at is null`;
      if (count > 0) logger.warn({ alarm: kind, subject }, 'alarm over');
      return count > 0;
    },
    async list() {
      const rows = await store.db.alarm.findMany({ where: { closedAt: null }, orderBy: [{ openedAt: 'asc' }] });
      return rows.map(toOpen);
    },
    async tellOver() {
      const now = clock.now().getTime();
      const over = await store.db.$queryRaw<AlarmRow[]>`
        select a.id, a.kind, a.subject, a.detail, a.opened_at as "openedAt" from alarm a
        where a.closed_at <= ${new Date(now - settleMs)} and a.closed_at > ${new Date(now - settleMs - DAY_MS)}
          and exists (select 1 from message m where m.source_kind = 'alarm' and m.source_id = a.id::text and m.slot = 'open')
          and not exists (select 1 from message m where m.source_kind = 'alarm' and m.source_id = a.id::text and m.slot = 'over')`;
      if (over.length === 0) return;
      const businessTime = await businessNow();
      for (const row of over) await store.transaction((tx) => tell(tx, toOpen(row), 'over', businessTime));
    },
  };
}

/** Titles are words of officers, and may name people: they are told, not logged. */
const numbersOf = (detail: NewAlarm['detail']) =>
  Object.fromEntries(Object.entries(detail).filter(([, value]) => typeof value === 'number'));

/** The numbers of an open alarm are brought up to date; one that closed a moment ago is open again, told already. */
async function reopen(tx: Tx, alarm: NewAlarm, since: Date): Promise<boolean> {
  const detail = JSON.stringify(alarm.detail);
  const count = await tx.$executeRaw`
    update alarm set closed_at = null, detail = ${detail}::jsonb
    where id = (
      select id from alarm where kind = ${alarm.kind} and subject = ${alarm.subject}
        and (closed_at is null or closed_at > ${since})
      order by closed_at desc nulls first limit 1)`;
  return count === 1;
}
