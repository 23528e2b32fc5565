/** Questions about law that no longer holds: a document that ended, a day that is past. */
import { addDays } from '../kernel/local-date.js';
import type { CardIndex } from './card-index.js';
import type { Ranked } from './card-score.js';
import { ENOUGH, type Decision, type GateInput } from './decision.js';
import { lifeCardId } from './document-life.js';
import type { Knowledge } from './model.js';

/**
 * A question that names a document no longer in force is told so first; unless an old rule of that very
 * document is known and was asked for: then it is answered as of its last day.
 */
export function deadDocument(knowledge: Knowledge, index: CardIndex, input: GateInput): Decision | null {
  const named = [...input.query.concepts.keys()].filter((id) => id.startsWith('doc:')).map((id) => id.slice(4));
  const dead = named
    .map((number) => knowledge.documents.get(number))
    .find((one) => one?.inForceTo !== undefined && one.inForceTo <= input.asOf);
  if (dead?.inForceTo === undefined) return null;
  const old = index.rank(
    input.query,
    (card) =>
      card.certainty === 'VERIFIED-OLD' &&
      card.lifeOf === undefined &&
      card.basis.some((basis) => basis.document === dead.number),
  )[0];
  if (old && old.score >= ENOUGH && old.uncovered.length === 0)
    return { kind: 'card', card: old.card, asOf: addDays(dead.inForceTo, -1) };
  const card = knowledge.cards.find((one) => one.id === lifeCardId(dead.number));
  return card ? { kind: 'card', card } : null;
}

/** Asked about a past day, a rule of that day is the answer where today's card only says that nothing is known. */
export function oldRule(ranked: readonly Ranked[], { asOf, today }: GateInput): Decision | null {
  if (asOf >= today || ranked[0]?.card.outcome !== 'hand_over') return null;
  const old = ranked.find(
    (one) => one.card.certainty === 'VERIFIED-OLD' && one.score >= ENOUGH && one.uncovered.length === 0,
  );
  return old ? { kind: 'card', card: old.card } : null;
}
