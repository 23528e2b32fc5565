/** Seats that have gone quiet become tasks of an officer, and stop being tasks when they speak again. */
import { translate } from '../i18n/index.js';
import { formatMoment } from '../kernel/format.js';
import { localDate } from '../kernel/local-date.js';
import type { Tx } from '../store/index.js';
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
 * Opens one task for each primary seat that wrote nothing for so many days, and closes those of seats that were heard
 * or passed on since. A seat whose task an officer finished rests for as many days again. May run any number of times.
 */
export async function openSilentSeatTasks(
  tx: Tx,
  days: number,
  now: Date,
  ports: SilencePorts,
): Promise<{ readonly opened: number; readonly closed: number }> {
  const since = new Date(now.getTime() - days * DAY_MS);
  const silent = await findSilentSeats(tx, since, localDate(now));
  const { open, resting } = await findSilentTasks(tx, since);
  const fresh = silent.filter((seat) => !open.has(seat.seatId) && !resting.has(seat.seatId));
  await ports.openTasks(tx, fresh.map(toTask), now);
  const still = new Set(silent.map((seat) => seat.seatId));
  const heard = [...open].filter((seatId) => !still.has(seatId));
  for (const refId of heard)
    await ports.closeTask(tx, { kind: 'silent-seat', refId }, { byId: null, result: 'heard' }, now);
  return { opened: fresh.length, closed: heard.length };
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
