/** An answerer that follows what officers change, in every process and without a restart. */
import type { Tx } from '../../store/index.js';
import { createAnswerer, type Answerer, type AnswererDeps } from '../answerer.js';
import type { Knowledge } from '../model.js';
import { layOver, type LeftOut } from './overlay.js';

export interface LiveAnswerer extends Answerer {
  /** Takes over what was changed since the last time. One small query where nothing was. */
  readonly refresh: (tx: Tx) => Promise<void>;
}

export interface LiveDeps extends Omit<AnswererDeps, 'knowledge'> {
  /** The shipped knowledge. */
  readonly base: Knowledge;
  /** Told of changes that cannot be used; the shipped card answers in their place. */
  readonly onLeftOut?: (leftOut: readonly LeftOut[]) => void;
}

/** The answerer of a process; the flows keep it while what is behind it is replaced. */
export function createLiveAnswerer({ base, onLeftOut, ...rest }: LiveDeps): LiveAnswerer {
  let current = createAnswerer({ ...rest, knowledge: base });
  // Not within somebody's turn.
  const warmSoon = () => setImmediate(() => current.warm());
  warmSoon();
  let stamp = NOTHING;
  let building: { readonly stamp: string; readonly done: Promise<void> } | null = null;

  async function build(tx: Tx, found: string): Promise<void> {
    const [cards, documents] = await readChanges(tx);
    const { knowledge, leftOut } = layOver(base, cards, documents);
    // The old index answers until the new one is whole.
    current = createAnswerer({ ...rest, knowledge });
    warmSoon();
    stamp = found;
    if (leftOut.length > 0) onLeftOut?.(leftOut);
  }

  return {
    get knowledge() {
      return current.knowledge;
    },
    answer: (question, options) => current.answer(question, options),
    warm: () => current.warm(),
    card: (id, options) => current.card(id, options),
    about: (subject, except) => current.about(subject, except),
    basis: (id, day) => current.basis(id, day),
    shipped: (id) => base.cards.find((one) => one.id === id),
    refresh: async (tx) => {
      const found = await readStamp(tx);
      if (found === stamp) return;
      if (building?.stamp === found) {
        // Somebody else's transaction may fail for its own reasons: then this one builds.
        const shared = await building.done.then(() => true).catch(() => false);
        if (shared) return;
      }
      const mine = { stamp: found, done: build(tx, found) };
      building = mine;
      try {
        await mine.done;
      } finally {
        if (building === mine) building = null;
      }
    },
  };
}

const NOTHING = '0:0:0:0';

/**
 * Rows are only ever added, but one that was seen inside a transaction may be rolled back and another take its
 * number: hence the ids beside the counts.
 */
async function readStamp(tx: Tx): Promise<string> {
  const [row] = await tx.$queryRaw<{ stamp: string }[]>`
    select c.n || ':' || c.ids || ':' || d.n || ':' || d.ids as stamp
    from (select count(*) n, coalesce(bit_xor(hashtextextended(id::text, 0)), 0) ids from card_change) c,
         (select count(*) n, coalesce(bit_xor(hashtextextended(id::text, 0)), 0) ids from document_change) d`;
  return row?.stamp ?? NOTHING;
}

/** The newest version of each card and of each document. */
async function readChanges(tx: Tx) {
  const cards = await tx.cardChange.findMany({
    distinct: ['cardId'],
    orderBy: [{ cardId: 'asc' }, { version: 'desc' }],
    select: { cardId: true, card: true },
  });
  const documents = await tx.documentChange.findMany({
    distinct: ['number'],
    orderBy: [{ number: 'asc' }, { version: 'desc' }],
    select: { number: true, change: true },
  });
  return [cards, documents] as const;
}
