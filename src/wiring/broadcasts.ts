/** Broadcasts as flows read them and as the web API orders them. */
import type { Pool } from 'pg';
import type { BroadcastOrder, BroadcastPort } from '../channels/web/index.js';
import { readCorrections } from '../delivery/index.js';
import type {
  BroadcastControl,
  Broadcasts,
  BroadcastState,
  Controlled,
  DeliveryEngine,
  LedgerReader,
  Planner,
  Resent,
} from '../delivery/index.js';
import { machineClock } from '../kernel/clock.js';
import type { BroadcastReads, MissedPerson } from '../notices/index.js';
import { isSerializationFailure, readBusinessClock, type Store, type Tx } from '../store/index.js';

export interface BroadcastReadsDeps {
  readonly ledger: LedgerReader;
  readonly planner: Planner;
  readonly pool: Pool;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** What stands in a button is not believed before. */
const isId = (text: string): boolean => UUID.test(text);

/** The reads of one turn. What the ledger says in machine time is told in the time that people see. */
export function broadcastReads(tx: Tx, { ledger, planner, pool }: BroadcastReadsDeps): BroadcastReads {
  return {
    async find(id) {
      if (!isId(id)) return null;
      const row = await tx.broadcast.findFirst({
        where: { OR: [{ id }, { subjectId: id }] },
        orderBy: { createdAt: 'desc' },
      });
      const progress = row && (await ledger.ofBroadcast(row.id));
      if (!row || !progress) return null;
      const ahead = (await readBusinessClock(tx)).getTime() - machineClock.now().getTime();
      const shown = (at: Date) => new Date(at.getTime() + ahead);
      return {
        id: row.id,
        kind: row.kind,
        title: row.title,
        state: row.state as BroadcastState,
        at: row.createdAt,
        recipients: progress.recipients,
        byState: progress.byState,
        ratePerSec: progress.ratePerSec,
        eta: progress.eta === null ? null : shown(new Date(progress.eta)),
        startAt: row.startAt,
        banned: progress.channels.flatMap(({ channel, left, bannedUntil }) =>
          bannedUntil === null || left === 0 ? [] : [{ channel, until: shown(bannedUntil) }],
        ),
        actual: await planner.actual(pool, row.id),
        corrections: await readCorrections(pool, row.id),
      };
    },
    async latest(count, states) {
      const rows = await tx.broadcast.findMany({
        ...(states ? { where: { state: { in: [...states] } } } : {}),
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: count,
        select: { id: true, title: true, state: true, createdAt: true },
      });
      return rows.map(({ id, title, state, createdAt }) => ({
        id,
        title,
        state: state as BroadcastState,
        at: createdAt,
      }));
    },
    async planned(id) {
      if (!isId(id)) return null;
      const row = await tx.broadcast.findFirst({ where: { OR: [{ id }, { subjectId: id }], state: 'planned' } });
      if (!row) return null;
      const contents = await tx.$queryRaw<{ text: string }[]>`
        select c.text from broadcast b cross join jsonb_array_elements_text(b.contents -> 'vi') with ordinality as one(id, n)
        join content c on c.id = one.id::bigint where b.id = ${row.id}::uuid order by one.n`;
      return {
        id: row.id,
        kind: row.kind,
        title: row.title,
        state: row.state as BroadcastState,
        at: row.createdAt,
        version: row.version,
        text: contents.map(({ text }) => text).join('\n'),
        startAt: row.startAt,
      };
    },
    async missed(id, limit, offset) {
      const row = isId(id) ? await tx.broadcast.findUnique({ where: { id }, select: { title: true } }) : null;
      if (!row) return null;
      const { total, counts, rows } = await ledger.missed(id, limit, offset);
      const names = await namesOf(tx, rows);
      const people = rows.map(({ person, seatId, channel, state, reason, isStoodFor }): MissedPerson => {
        const unit = seatId === null ? '' : (names.units.get(seatId) ?? '');
        return { name: names.people.get(person) ?? '?', unit, channel, state, reason, isStoodFor };
      });
      return { title: row.title, total, counts, people };
    },
  };
}

async function namesOf(tx: Tx, rows: readonly { readonly person: string; readonly seatId: string | null }[]) {
  const idsOf = (kind: string) => rows.flatMap(({ person }) => (person.startsWith(kind) ? [person.slice(2)] : []));
  const members = await tx.member.findMany({
    where: { id: { in: idsOf('m:') } },
    select: { id: true, fullName: true },
  });
  const contacts = await tx.contact.findMany({
    where: { id: { in: idsOf('c:') } },
    select: { id: true, displayName: true },
  });
  const seats = await tx.seat.findMany({
    where: { id: { in: rows.flatMap(({ seatId }) => (seatId === null ? [] : [seatId])) } },
    select: { id: true, unit: { select: { shortName: true } } },
  });
  return {
    people: new Map<string, string>([
      ...members.map(({ id, fullName }) => [`m:${id}`, fullName] as const),
      ...contacts.map(({ id, displayName }) => [`c:${id}`, displayName] as const),
    ]),
    units: new Map(seats.map(({ id, unit }) => [id, unit.shortName])),
  };
}

export interface BroadcastPortDeps {
  readonly store: Store;
  readonly broadcasts: Broadcasts;
  readonly ledger: LedgerReader;
  readonly engine: Pick<DeliveryEngine, 'kick'>;
}

const TRIES = 5;

/** The port of the web API: the order and its trace in one transaction, then what follows from it. */
export function createBroadcastPort({ store, broadcasts, ledger, engine }: BroadcastPortDeps): BroadcastPort {
  const once = (id: string, order: BroadcastOrder, memberId: string) =>
    store.transaction(async (tx) => {
      const now = await readBusinessClock(tx);
      const done = await give(broadcasts.in(tx), id, order, now);
      if (done.outcome === 'done') {
        const { action, ...data } = order;
        await tx.auditEntry.create({
          data: { at: now, memberId, action: `broadcast.${action}`, subject: `broadcast:${id}`, data },
        });
      }
      return done;
    });

  return {
    view: (id) => ledger.ofBroadcast(id),
    async order(id, order, memberId) {
      const done = await again(() => once(id, order, memberId));
      if (done.outcome === 'unknown') return { outcome: 'unknown' };
      if (done.outcome === 'refused') return { outcome: 'refused', state: forbidding(done.state) };
      if (order.action === 'resume') await broadcasts.expand(id);
      else await broadcasts.rest();
      engine.kick('bulk');
      return { outcome: 'done' };
    },
  };
}

function give(control: BroadcastControl, id: string, order: BroadcastOrder, now: Date): Promise<Controlled | Resent> {
  if (order.action === 'resend') return control.resend(id, order.only, now);
  return control[order.action](id, now);
}

/** One that is being expanded is as good as planned: nothing of it has an end yet. */
const forbidding = (state: BroadcastState): 'planned' | 'paused' | 'cancelled' | 'finished' =>
  state === 'expanding' || state === 'sending' ? 'planned' : state;

/** A worker's commit may hold the same rows in another order; whoever loses tries again. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left <= 1 || !isSerializationFailure(error)) throw error;
    }
  }
}
