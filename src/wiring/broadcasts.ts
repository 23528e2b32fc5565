/** Broadcasts as flows read them and as the web API orders them. */
import type { Pool } from 'pg';
import { loadQuietHours } from '../calendar/index.js';
import type { BroadcastOrder, BroadcastPort } from '../channels/web/index.js';
import { countResendable, DEFAULT_ZALO_ACCOUNT, readCorrections, runIn, safeSince } from '../delivery/index.js';
import type {
  BroadcastControl,
  Broadcasts,
  BroadcastState,
  Controlled,
  DeliveryEngine,
  LedgerCounts,
  LedgerReader,
  Planner,
  Resent,
} from '../delivery/index.js';
import { machineClock } from '../kernel/clock.js';
import { isId } from '../kernel/ids.js';
import { CHANNEL_NAMES, type ChannelName } from '../kernel/people.js';
import type { BroadcastBrief, BroadcastReads, MissedPerson } from '../notices/index.js';
import { again, readBusinessClock, type Store, type Tx } from '../store/index.js';

export interface BroadcastReadsDeps {
  readonly ledger: LedgerReader;
  readonly planner: Planner;
  readonly pool: Pool;
  /** Channels that are on. */
  readonly channels?: readonly ChannelName[];
  /** The Official Account whose quotas are used. */
  readonly zaloAccount?: string;
}

/** The newest broadcast of that id, or about the subject of that id. */
export const broadcastOf = (tx: Tx, id: string) =>
  isId(id)
    ? tx.broadcast.findFirst({ where: { OR: [{ id }, { subjectId: id }] }, orderBy: { createdAt: 'desc' } })
    : Promise.resolve(null);
type Row = NonNullable<Awaited<ReturnType<typeof broadcastOf>>>;

function briefOf(row: Row, counts: LedgerCounts, isRecalled: boolean): BroadcastBrief {
  const state = row.state as BroadcastState;
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    state,
    at: row.createdAt,
    startAt: row.startAt,
    isBegun: state !== 'planned' && (state === 'expanding' || row.expandedAt !== null || counts.recipients > 0),
    isRecalled,
    recipients: counts.recipients,
    byState: counts.byState,
    proven: counts.proven,
  };
}

/** The reads of one turn. What the ledger says in machine time is told in the time that people see. */
export function broadcastReads(tx: Tx, deps: BroadcastReadsDeps): BroadcastReads {
  const { ledger, planner, pool, channels = CHANNEL_NAMES, zaloAccount = DEFAULT_ZALO_ACCOUNT } = deps;
  return {
    async find(id) {
      const row = await broadcastOf(tx, id);
      const progress = row && (await ledger.ofBroadcast(row.id));
      if (!row || !progress) return null;
      const ahead = (await readBusinessClock(tx)).getTime() - machineClock.now().getTime();
      const shown = (at: Date) => new Date(at.getTime() + ahead);
      const corrections = await readCorrections(pool, row.id);
      const isOver = row.state === 'finished' || row.state === 'cancelled';
      return {
        ...briefOf(row, progress, corrections.at(-1)?.kind === 'recall'),
        ratePerSec: progress.ratePerSec,
        eta: progress.eta === null ? null : shown(new Date(progress.eta)),
        isHeld: (await safeSince(tx)) !== null,
        banned: progress.channels.flatMap(({ channel, left, bannedUntil }) =>
          bannedUntil === null || left === 0 ? [] : [{ channel, until: shown(bannedUntil) }],
        ),
        // While it moves, a second count would not fit the first.
        actual: isOver ? await planner.actual(pool, row.id) : null,
        corrections,
      };
    },
    async brief(id) {
      const row = await broadcastOf(tx, id);
      if (!row) return null;
      const recalls = await tx.correction.count({ where: { broadcastId: row.id, kind: 'recall' } });
      return briefOf(row, await ledger.countsOf('broadcast', row.id), recalls > 0);
    },
    async resendable(id, only) {
      const now = await readBusinessClock(tx);
      return isId(id) ? countResendable(runIn(tx), id, only, { now, channels, zaloAccount }) : 0;
    },
    isHeld: async () => (await safeSince(tx)) !== null,
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
      const row = await broadcastOf(tx, id);
      if (!row || !(await mayBeEdited(tx, row))) return null;
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
        quietHours: await loadQuietHours(tx),
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
      const sums = total === 0 ? await ledger.countsOf('broadcast', id) : null;
      const unproven = sums ? sums.recipients - sums.proven : 0;
      return { title: row.title, total, unproven, counts, people };
    },
  };
}

/** Nothing of it has been written: it waits for its hour, or was paused before it. */
async function mayBeEdited(tx: Tx, { id, state, expandedAt }: Row): Promise<boolean> {
  if (state === 'planned') return true;
  if (state !== 'paused' || expandedAt !== null) return false;
  return (
    (await tx.message.findFirst({ where: { sourceKind: 'broadcast', sourceId: id }, select: { id: true } })) === null
  );
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
      if (done.outcome === 'refused')
        return { outcome: 'refused', state: 'isRecalled' in done ? 'recalled' : forbidding(done.state) };
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
