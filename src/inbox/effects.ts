/** How rooms carry out the effects of flows. */
import type { Actor } from '../kernel/people.js';
import type { EffectType, Effect, Refusal } from '../conversation/effect.js';
import type { Outbox } from '../delivery/ports.js';
import type { Tx } from '../store/index.js';

/** What a handler may use: the turn's transaction, the business times of the turn and of the message, and who asked. */
export interface EffectContext {
  readonly tx: Tx;
  readonly now: Date;
  /** When the message came in, however long it waited for its turn; at most `now`. */
  readonly heardAt: Date;
  readonly actor: Actor;
  /** The incoming message that caused this. */
  readonly inboundId: string;
  readonly outbox: Outbox;
  readonly newId: () => string;
  readonly newCode: (prefix: string) => string;
}

/** One handler, tied to its type of effect. */
export interface EffectHandler {
  readonly type: string;
  apply(payload: unknown, at: EffectContext): Promise<Refusal | undefined>;
}

/**
 * Says how effects of one type are carried out. Returning a refusal undoes the whole turn, which then runs
 * once more with the refusal as input; throwing means a fault, and the message is tried again.
 */
export function handle<P>(
  effect: EffectType<P>,
  apply: (payload: P, at: EffectContext) => Promise<Refusal | undefined | void>,
): EffectHandler {
  return {
    type: effect.type,
    // The payload was built by `effect` in this same turn; effects are never stored, so its type still holds.
    apply: async (payload, at) => (await apply(payload as P, at)) ?? undefined,
  };
}

/** Finds the handler of an effect. */
export type EffectTable = ReadonlyMap<string, EffectHandler>;

/** Joins the handlers of all rooms; two for one type is a mistake in the composition. */
export function buildEffectTable(handlers: readonly EffectHandler[]): EffectTable {
  const table = new Map<string, EffectHandler>();
  for (const handler of handlers) {
    if (table.has(handler.type)) throw new Error(`two handlers for effect ${handler.type}`);
    table.set(handler.type, handler);
  }
  return table;
}

/** Applies effects in order; stops at the first refusal. */
export async function applyEffects(
  table: EffectTable,
  effects: readonly Effect[],
  at: EffectContext,
): Promise<Refusal | undefined> {
  for (const effect of effects) {
    const handler = table.get(effect.type);
    if (!handler) throw new Error(`no handler for effect ${effect.type}`);
    const refusal = await handler.apply(effect.payload, at);
    if (refusal) return refusal;
  }
  return undefined;
}
