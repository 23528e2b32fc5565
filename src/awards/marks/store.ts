/** Marks on answers, as the officers read them. */
import type { Tx } from '../../store/index.js';

/** What was said of one card. */
export interface CardMarks {
  readonly card: string;
  readonly good: number;
  readonly wrong: number;
}

export interface MarkReads {
  /** Cards with marks, those called wrong most first. */
  cards(limit: number, offset: number): Promise<{ readonly cards: readonly CardMarks[]; readonly total: number }>;
  /** Counts of one card, and the newest words about it. */
  ofCard(
    card: string,
    limit: number,
  ): Promise<CardMarks & { readonly words: readonly { readonly at: Date; readonly text: string }[] }>;
}

/** Builds the reads on a transaction. */
export function createMarkReads(tx: Tx): MarkReads {
  return {
    async cards(limit, offset) {
      const rows = await tx.$queryRaw<(CardMarks & { total: number })[]>`
        select c.card, count(*) filter (where m.mark = 'good')::int as good,
          count(*) filter (where m.mark = 'wrong')::int as wrong, (count(*) over ())::int as total
        from answer_mark m, lateral unnest(m.cards) as c(card)
        group by c.card order by wrong desc, good desc, c.card limit ${limit} offset ${offset}`;
      return { cards: rows.map(({ card, good, wrong }) => ({ card, good, wrong })), total: rows[0]?.total ?? 0 };
    },
    async ofCard(card, limit) {
      const marks = await tx.answerMark.groupBy({ by: ['mark'], where: { cards: { has: card } }, _count: true });
      const words = await tx.answerMark.findMany({
        where: { cards: { has: card }, mark: 'wrong' },
        orderBy: [{ at: 'desc' }, { id: 'desc' }],
        take: limit,
      });
      const count = (mark: string) => marks.find((one) => one.mark === mark)?._count ?? 0;
      return {
        card,
        good: count('good'),
        wrong: count('wrong'),
        words: words.map((one) => ({
          at: one.at,
          text: one.note === null ? one.question : `${one.question} → ${one.note}`,
        })),
      };
    },
  };
}
