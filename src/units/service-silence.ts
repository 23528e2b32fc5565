/** Seats that have gone quiet become tasks of an officer, and stop being tasks when they speak again. */
import { translate } from '../i18n/index.js';
import { formatMoment } from '../kernel/format.js';
import { localDate } from '../kernel/local-date.js';
import { CHANNEL_LABELS } from '../kernel/people.js';
import type { Tx } from '../store/index.js';
import { findBlockedSeats, type BlockedSeat } from './store-blocked.js';
import type { SilentSeat } from './store-people.js';
import { findSilentSeats, findSilentTasks } from './store-people.js';

const DAY_MS = 86_400_000;
const TASK_LANGUAGE = 'vi';

/** What this room needs of the tasks room, which stands above it. */
export interface SilencePorts {
  openTasks(tx: Tx, tasks: readonly SilentTask[], now: Date): Promise<void>;
  closeTask(
    tx: Tx,
    about: { kind: 'silent-seat'; refId: string },
    done: { byId: string | null; result: string },
    now: Date,
  ): Promise<boolean>;
}

interface SilentTask {
  readonly kind: 'silent-seat';
  readonly refId: string;
  readonly unitId: string;
  readonly title: string;
  readonly data: { readonly text: string };
}

/**
 * Opens one task for each primary seat that wrote nothing for so many days or closed every channel, and closes those
 * of seats that were heard or passed on since. A seat whose task an officer finished rests for as many days again. May run any number of times.
 */
export async function openSilentSeatTasks(
  tx: Tx,
  days: number,
  now: Date,
  ports: SilencePorts,
): Promise<{ readonly opened: number; readonly closed: number }> {
  const since = new Date(now.getTime() - days * DAY_MS);
  const blocked = await findBlockedSeats(tx, localDate(now));
  const isBlocked = new Set(blocked.map((seat) => seat.seatId));
  // Of a seat that is both it says more why nothing is heard.
  const silent = (await findSilentSeats(tx, since, localDate(now))).filter(({ seatId }) => !isBlocked.has(seatId));
  const { open, resting } = await findSilentTasks(tx, since);
  const isFresh = ({ seatId }: { readonly seatId: string }) => !open.has(seatId) && !resting.has(seatId);
  const fresh = [...blocked.filter(isFresh).map(toBlockedTask), ...silent.filter(isFresh).map(toTask)];
  await ports.openTasks(tx, fresh, now);
  const still = new Set([...blocked, ...silent].map((seat) => seat.seatId));
  const heard = [...open].filter((seatId) => !still.has(seatId));
  for (const refId of heard)
    await ports.closeTask(tx, { kind: 'silent-seat', refId }, { byId: null, result: 'heard' }, now);
  return { opened: fresh.length, closed: heard.length };
}

function toBlockedTask(seat: BlockedSeat): SilentTask {
  const closed = seat.contacts.map(({ channel, state, since }) => {
    const words = { channel: CHANNEL_LABELS[channel] ?? channel, at: since === null ? '–' : formatMoment(since) };
    return translate(TASK_LANGUAGE, state === 'blocked' ? 'units.blocked.blocked' : 'units.blocked.gone', words);
  });
  const last = seat.lastInboundAt === null ? '–' : formatMoment(seat.lastInboundAt);
  return {
    kind: 'silent-seat',
    refId: seat.seatId,
    unitId: seat.unitId,
    title: translate(TASK_LANGUAGE, 'units.blocked.title', { unit: seat.unitName }),
    data: {
      text: translate(TASK_LANGUAGE, 'units.blocked.text', { name: seat.name, closed: closed.join('; '), last }),
    },
  };
}

function toTask(seat: SilentSeat): SilentTask {
  const text =
    seat.lastInboundAt === null
      ? translate(TASK_LANGUAGE, 'units.silent.never', { name: seat.name })
      : translate(TASK_LANGUAGE, 'units.silent.since', { name: seat.name, at: formatMoment(seat.lastInboundAt) });
  return {
    kind: 'silent-seat',
    refId: seat.seatId,
    unitId: seat.unitId,
    title: translate(TASK_LANGUAGE, 'units.silent.title', { unit: seat.unitName }),
    data: { text },
  };
}
