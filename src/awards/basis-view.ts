/** What a card rests on, for a person who wants to see it. */
import type { LocalDate } from '../kernel/local-date.js';
import { basisText } from './compose.js';
import type { Card, Knowledge } from './model.js';

/** The basis of a card in words. */
export interface ShownBasis {
  readonly title: string;
  readonly details: string;
  readonly state: Card['state'];
  readonly documents: readonly { readonly text: string; readonly title: string }[];
  /** The first day on which one of the documents no longer holds. */
  readonly until?: LocalDate;
}

/** The basis of a card; undefined for an id that is no card. */
export function showBasis(knowledge: Knowledge, id: string): ShownBasis | undefined {
  const card = knowledge.cards.find((one) => one.id === id);
  if (!card) return undefined;
  const rule = card.bonus === undefined ? undefined : knowledge.parameters.bonuses[card.bonus];
  const { rounding, baseSalary } = knowledge.parameters;
  const salaries = baseSalary.filter((one) => one.to === undefined).map(({ document }) => ({ document }));
  const basis = [...card.basis, ...(rule ? [rule.basis, rounding.basis, ...salaries] : [])].filter((one) =>
    knowledge.documents.has(one.document),
  );
  const ends = basis.flatMap((one) => knowledge.documents.get(one.document)?.inForceTo ?? []).sort();
  const documents = basis.map((one) => ({
    text: basisText(one, knowledge),
    title: knowledge.documents.get(one.document)?.title ?? '',
  }));
  return {
    title: card.title,
    details: card.details ?? '',
    state: card.state,
    documents,
    ...(ends[0] === undefined ? {} : { until: ends[0] }),
  };
}
