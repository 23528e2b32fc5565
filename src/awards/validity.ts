/** Whether documents and cards hold on a day. */
import type { LocalDate } from '../kernel/local-date.js';
import { baseSalaryOn } from './money.js';
import type { Card, Knowledge, LegalDocument } from './model.js';

const BASE_SALARY = '{baseSalary}';

/** An officer has said that it is not to answer any more. */
export const isEnded = (card: Card): boolean => card.state === 'het-hieu-luc';

/** A card holds on a day when all its documents do, within its own dates. */
export function inForce(card: Card, day: LocalDate, knowledge: Knowledge): boolean {
  if (isEnded(card)) return false;
  if (card.anyDate) return true;
  // What tells the base salary is nothing where none is known.
  if (card.answer.includes(BASE_SALARY) && !baseSalaryOn(knowledge.parameters, day)) return false;
  if ((card.validFrom !== undefined && day < card.validFrom) || (card.validTo !== undefined && day >= card.validTo))
    return false;
  const rule = card.bonus === undefined ? undefined : knowledge.parameters.bonuses[card.bonus];
  if (rule && (day < rule.from || (rule.to !== undefined && day >= rule.to))) return false;
  const numbers = [...card.basis.map((basis) => basis.document), ...(rule ? [rule.basis.document] : [])];
  return numbers.every((number) => documentHolds(knowledge.documents.get(number), day));
}

export function documentHolds(one: LegalDocument | undefined, day: LocalDate): boolean {
  if (!one) return true;
  const from = one.inForceFrom ?? one.issuedOn;
  return (from === undefined || from <= day) && (one.inForceTo === undefined || day < one.inForceTo);
}
