/** What officers made of the cards, in the database. */
import type { Prisma, Tx } from '../../store/index.js';
import type { Card } from '../model.js';
import { readCard } from './overlay.js';

export const CARD_ACTS = ['create', 'correct', 'verify', 'unverify', 'end', 'restore'] as const;
export type CardAct = (typeof CARD_ACTS)[number];

/** One act on a card, and the card after it. */
export interface CardVersion {
  readonly version: number;
  readonly act: CardAct;
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
  /** Null where this release cannot read it any more. */
  readonly card: Card | null;
}

/** A question that an officer answered, to become a card. */
export interface AnsweredQuestion {
  readonly question: string;
  readonly answer: string;
}

/** What the flows of this part may read. */
export interface CardReads {
  /** The newest version of a card; null where nobody has changed it. */
  newest(cardId: string): Promise<CardVersion | null>;
  version(cardId: string, version: number): Promise<CardVersion | null>;
  /** Newest first, one page. */
  history(
    cardId: string,
    size: number,
    offset: number,
  ): Promise<{ readonly total: number; readonly versions: readonly CardVersion[] }>;
  answeredQuestion(id: string): Promise<AnsweredQuestion | null>;
}

/** Builds the reads on a transaction. */
export function createCardReads(tx: Tx): CardReads {
  const find = async (where: Prisma.CardChangeWhereInput, size: number, offset = 0): Promise<CardVersion[]> => {
    const rows = await tx.cardChange.findMany({ where, orderBy: { version: 'desc' }, take: size, skip: offset });
    const members = await tx.member.findMany({
      where: { id: { in: rows.map((row) => row.byId) } },
      select: { id: true, fullName: true },
    });
    const names = new Map(members.map((one) => [one.id, one.fullName]));
    return rows.map((row) => {
      const card = readCard(row.card);
      return {
        version: row.version,
        act: CARD_ACTS.find((act) => act === row.act) ?? 'correct',
        reason: row.reason,
        by: names.get(row.byId) ?? '',
        at: row.at,
        card: typeof card === 'string' ? null : card,
      };
    });
  };
  return {
    newest: async (cardId) => (await find({ cardId }, 1))[0] ?? null,
    version: async (cardId, version) => (await find({ cardId, version }, 1))[0] ?? null,
    history: async (cardId, size, offset) => ({
      total: await tx.cardChange.count({ where: { cardId } }),
      versions: await find({ cardId }, size, offset),
    }),
    async answeredQuestion(id) {
      if (!/^[0-9a-f-]{36}$/i.test(id)) return null;
      const row = await tx.question.findFirst({ where: { id, answer: { not: null } } });
      return row && { question: row.generalText ?? row.text, answer: row.answer ?? '' };
    },
  };
}
