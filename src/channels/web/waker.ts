/**
 * Wakes those who wait for messages, whichever process stored them.
 *
 * A wake only says "look again": the rows in Postgres are the truth, so a lost or doubled wake does no harm. Where
 * the listening connection is down, waiting turns into looking every two seconds until it is back.
 */
import pg from 'pg';

/** One who waits for the messages of one contact. Watch first, look into the store, then wait. */
interface Watch {
  /** Resolves at a wake since the last call, at the end of the time, or when a signal aborts. */
  wait(limitMs: number, signals: readonly AbortSignal[]): Promise<void>;
  stop(): void;
}

export interface WebWaker {
  /** Opens the listening connection and keeps it open. */
  start(): Promise<void>;
  stop(): Promise<void>;
  watch(contactId: string): Watch;
  /** Tells every process, this one at once, that a contact has new messages. Call it after the commit. */
  announce(contactId: string): void;
}

export interface WakerOptions {
  /** Configuration of the one connection that listens. */
  readonly connection: pg.ClientConfig;
  /** Where announcements are sent from. */
  readonly pool: Pick<pg.Pool, 'query'>;
  readonly logger: { warn(details: object, message: string): void };
}

const CHANNEL = 'web_event';
const BLIND_LOOK_MS = 2_000;
const HEARTBEAT_MS = 20_000;
const PATIENCE_MS = 5_000;
const RECONNECT_FIRST_MS = 100;
const RECONNECT_LAST_MS = 3_000;

export function createWebWaker({ connection, pool, logger }: WakerOptions): WebWaker {
  const watches = new Map<string, Set<() => void>>();
  // Our own announcements come back through the listening connection; they were acted on already.
  const self = Math.random().toString(36).slice(2);
  let client: pg.Client | undefined;
  let stopped = false;
  let retry: NodeJS.Timeout | undefined;
  let told = new Set<string>();

  const wake = (contactId: string) =>
    watches.get(contactId)?.forEach((ring) => {
      ring();
    });
  const wakeAll = () =>
    watches.forEach((rings) =>
      rings.forEach((ring) => {
        ring();
      }),
    );

  async function connect(): Promise<void> {
    const next = new pg.Client({ ...connection, application_name: 'neu-guong-listen' });
    let lost = false;
    const onLost = (error?: Error) => {
      if (lost) return;
      lost = true;
      if (client === next) client = undefined;
      next.end().catch(() => undefined);
      if (stopped) return;
      logger.warn({ err: error }, 'the listening connection broke; it is opened again');
      reconnect(RECONNECT_FIRST_MS);
    };
    next.on('error', onLost);
    next.on('end', () => {
      onLost();
    });
    next.on('notification', ({ payload = '' }) => {
      const [contactId = '', from] = payload.split(' ');
      if (from !== self) wake(contactId);
    });
    try {
      await next.connect();
      await next.query(`listen ${CHANNEL}`);
    } catch (error) {
      lost = true;
      next.end().catch(() => undefined);
      throw error;
    }
    if (stopped) {
      lost = true;
      await next.end();
      return;
    }
    client = next;
    watchOver(next);
    // What was announced while nobody listened.
    wakeAll();
  }

  /** A line that died without a word (a firewall forgot it) is found by asking. */
  function watchOver(listening: pg.Client): void {
    const timer = setInterval(() => {
      if (client !== listening) {
        clearInterval(timer);
        return;
      }
      const patience = setTimeout(() => listening.emit('error', new Error('no answer')), PATIENCE_MS);
      listening.query('select 1').then(
        () => {
          clearTimeout(patience);
        },
        () => {
          // The line's own error event says it.
          clearTimeout(patience);
        },
      );
    }, HEARTBEAT_MS);
    timer.unref();
  }

  function reconnect(delayMs: number): void {
    retry = setTimeout(() => {
      connect().catch(() => {
        if (!stopped) reconnect(Math.min(delayMs * 2, RECONNECT_LAST_MS));
      });
    }, delayMs);
    retry.unref();
  }

  async function tellOthers(): Promise<void> {
    const contacts = [...told].map((contactId) => `${contactId} ${self}`);
    told = new Set();
    try {
      await pool.query(`select pg_notify('${CHANNEL}', payload) from unnest($1::text[]) payload`, [contacts]);
    } catch (error) {
      logger.warn({ err: error }, 'other processes could not be told of new messages; they look by themselves');
    }
  }

  return {
    start: connect,
    stop: async () => {
      stopped = true;
      clearTimeout(retry);
      wakeAll();
      await client?.end();
      client = undefined;
    },
    watch: (contactId) => watch(watches, contactId, () => client !== undefined),
    announce: (contactId) => {
      wake(contactId);
      // One statement for all that were stored in the same moment: notifying commits stand in line for one lock.
      if (told.size === 0) setImmediate(() => void tellOthers());
      told.add(contactId);
    },
  };
}

function watch(watches: Map<string, Set<() => void>>, contactId: string, listening: () => boolean): Watch {
  let woken = false;
  let resume: (() => void) | undefined;
  const ring = () => {
    woken = true;
    resume?.();
  };
  const rings = watches.get(contactId) ?? new Set();
  watches.set(contactId, rings.add(ring));

  return {
    wait: async (limitMs, signals) => {
      if (!woken && !signals.some((signal) => signal.aborted)) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, listening() ? limitMs : Math.min(limitMs, BLIND_LOOK_MS));
          resume = () => {
            clearTimeout(timer);
            for (const signal of signals) signal.removeEventListener('abort', end);
            resolve();
          };
          const end = resume;
          for (const signal of signals) signal.addEventListener('abort', end);
        });
        resume?.();
        resume = undefined;
      }
      woken = false;
    },
    stop: () => {
      rings.delete(ring);
      if (rings.size === 0 && watches.get(contactId) === rings) watches.delete(contactId);
    },
  };
}
