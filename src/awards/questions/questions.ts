/** What the flows of questions share. */
import type { Answerer } from '../answerer.js';
import { createLikeness, type Likeness } from '../likeness.js';
import type { Knowledge } from '../model.js';

/** So many open questions are looked at together; beyond, the officers have another trouble. */
export const MOST_WAITING = 500;

/** The likeness over the knowledge as it is now. */
export type LikenessNow = () => Likeness;

/** Built when it is first needed, and again when officers changed the knowledge. */
export function likenessOf(answerer: Pick<Answerer, 'knowledge'>): LikenessNow {
  let built: { readonly of: Knowledge; readonly likeness: Likeness } | undefined;
  return () => {
    if (built?.of !== answerer.knowledge)
      built = { of: answerer.knowledge, likeness: createLikeness(answerer.knowledge) };
    return built.likeness;
  };
}
