/** What a card rests on, for a person who wants to see it. */
import type { LocalDate } from '../kernel/local-date.js';
import { basisText } from './compose.js';
import type { Basis, Card, Knowledge } from './model.js';

/** One place that a card rests on. */
export interface ShownDocument {
  readonly text: string;
  readonly title: string;
  /** The official words of that place, where they are loaded. */
  readonly passage?: string;
}

/** The basis of a card in words. */
export interface ShownBasis {
  readonly title: string;
  readonly details: string;
  readonly state: Card['state'];
  /** The officer who compared the card with its documents, and the day. */
  readonly checkedBy?: string;
  readonly checkedAt?: LocalDate;
  readonly documents: readonly ShownDocument[];
  /** The first day on which one of the documents no longer holds. */
  readonly until?: LocalDate;
  /** When the life of one of them was changed after the card was checked. */
  readonly changed?: LocalDate;
}

/** The basis of a card; undefined for an id that is no card. */
export function showBasis(
  knowledge: Knowledge,
  id: string,
  passageOf: (basis: Basis) => string | undefined = () => undefined,
): ShownBasis | undefined {
  const card = knowledge.cards.find((one) => one.id === id);
  if (!card) return undefined;
  const rule = card.bonus === undefined ? undefined : knowledge.parameters.bonuses[card.bonus];
  const { rounding, baseSalary } = knowledge.parameters;
  const salaries = baseSalary.filter((one) => one.to === undefined).map(({ document }) => ({ document }));
  const basis = [...card.basis, ...(rule ? [rule.basis, rounding.basis, ...salaries] : [])].filter((one) =>
    knowledge.documents.has(one.document),
  );
  const ends = basis.flatMap((one) => knowledge.documents.get(one.document)?.inForceTo ?? []).sort();
  const changes = basis
    .flatMap((one) => knowledge.documents.get(one.document)?.changedOn ?? [])
    .filter((day) => card.checkedAt === undefined || card.checkedAt <= day)
    .sort();
  const changed = changes.at(-1);
  const documents = basis.map((one): ShownDocument => {
    const passage = passageOf(one);
    return {
      text: basisText(one, knowledge),
      title: knowledge.documents.get(one.document)?.title ?? '',
      ...(passage === undefined ? {} : { passage }),
    };
  });
  return {
    title: card.title,
    details: card.details ?? '',
    state: card.state,
    ...(card.checkedBy === undefined ? {} : { checkedBy: card.checkedBy }),
    ...(card.checkedAt === undefined ? {} : { checkedAt: card.checkedAt }),
    documents,
    ...(ends[0] === undefined ? {} : { until: ends[0] }),
    ...(changed === undefined ? {} : { changed }),
  };
}
