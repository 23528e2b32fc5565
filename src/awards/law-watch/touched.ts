/** Which cards stand on a document. */
import { lifeCardId } from '../document-life.js';
import type { Basis, Card, Knowledge } from '../model.js';

/**
 * The cards that cite a document, with `article` those that cite that article or the document as a whole. Cards that
 * tell a document's own life are left out: they are made anew from its dates.
 */
export function cardsTouchedBy(knowledge: Knowledge, number: string, article?: string): Card[] {
  const cites = (basis: Basis) =>
    basis.document === number && (article === undefined || basis.article === undefined || basis.article === article);
  return knowledge.cards.filter(
    (card) =>
      card.lifeOf === undefined &&
      card.id !== lifeCardId(number) &&
      [...card.basis, ...moneyBasis(card, knowledge)].some(cites),
  );
}

/** What the computation of a bonus stands on, beside the card's own basis. */
function moneyBasis(card: Card, { parameters }: Knowledge): Basis[] {
  const salaries = parameters.baseSalary.map(({ document }) => ({ document }));
  const rule = card.bonus === undefined ? undefined : parameters.bonuses[card.bonus];
  if (rule) {
    const shares = [rule.collective, rule.household].flatMap((one) => (one ? [one.basis] : []));
    return [rule.basis, ...shares, parameters.rounding.basis, ...salaries];
  }
  return card.basis.some((basis) => basis.document.startsWith('{baseSalary')) ? salaries : [];
}
