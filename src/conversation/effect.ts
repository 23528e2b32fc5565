/** Effects: what a flow wants done, as data. A flow never writes and never sends. */
import type { Text } from './text.js';

export interface Effect<P = unknown> {
  readonly type: string;
  readonly payload: P;
}

/** Builds effects of one type; the room that owns the type handles it. */
export interface EffectType<P> {
  (payload: P): Effect<P>;
  readonly type: string;
}

/** Declares a type of effect, named `<room>.<verb>`. */
export function defineEffect<P>(type: string): EffectType<P> {
  return Object.assign((payload: P): Effect<P> => ({ type, payload }), { type });
}

/** Why a service would not apply an effect: the turn is undone and runs once more with this as input. */
export interface Refusal {
  readonly refused: string;
  /** What the person is told unless the step says it better. */
  readonly text: Text;
}

export const refuse = (code: string, text: Text): Refusal => ({ refused: code, text });

/** Asks for slow work; its result comes back to the asking step as an answer of kind `result`. */
export const askForWork = defineEffect<{ workId: string; kind: string; payload: unknown }>('inbox.work');
