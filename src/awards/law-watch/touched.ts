/** Which cards and rules stand on a document. */
import type { Dossier } from '../dossier/index.js';
import type { EligibilityRules } from '../eligibility/index.js';
import type { Basis, Card, Knowledge } from '../model.js';

/**
 * The cards that cite a document, with `article` those that cite that article or the document as a whole. Cards that
 * tell a document's own life are left out: they are made anew from its dates.
 */
export function cardsTouchedBy(knowledge: Knowledge, number: string, article?: string): Card[] {
  const cites = (basis: Basis) =>
    basis.document === number && (article === undefined || basis.article === undefined || basis.article === article);
  return knowledge.cards.filter(
    (card) => card.lifeOf === undefined && [...card.basis, ...moneyBasis(card, knowledge)].some(cites),
  );
}

/** What else than cards stands on a document, by name: self-checks of titles, lists of papers. */
export interface RulesTouched {
  readonly checks: readonly string[];
  readonly dossiers: readonly string[];
}

/** The self-checks and lists of papers that cite a document, of all that there are. */
export function rulesTouchedBy(
  knowledge: Knowledge,
  { eligibility, dossiers }: { readonly eligibility: EligibilityRules; readonly dossiers: readonly Dossier[] },
  number: string,
): RulesTouched {
  const cites = (basis: Basis | undefined) => basis?.document === number;
  return {
    checks: eligibility.titles
      .filter((title) => [...title.conditions, ...eligibility.common].some(({ basis }) => cites(basis)))
      .map(({ id }) => knowledge.vocabulary.concepts.get(id)?.name ?? id),
    dossiers: dossiers
      .filter(({ papers, localBasis, copiesBasis }) =>
        [...papers.map(({ basis }) => basis), localBasis, copiesBasis].some(cites),
      )
      .map(({ name }) => name),
  };
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
