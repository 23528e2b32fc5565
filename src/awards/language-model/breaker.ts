/** Leaves a model alone that keeps failing. */
import type { ModelAnswer, ModelClient } from './client.js';

const FAILURES = 3;
const REST_MS = 60_000;
const AT_ONCE = 4;

/** `resting`, `busy`: it was not asked at all. */
export type Asked = ModelAnswer | { readonly ok: false; readonly why: 'resting' | 'busy' };

export interface GuardedModel {
  ask(instruction: string, input: object): Promise<Asked>;
}

/** After three failures in a row it is not asked for a minute; then one question tries it out. */
export function guardModel(client: ModelClient, nowMs: () => number): GuardedModel {
  let failures = 0;
  let restsUntil = Number.NEGATIVE_INFINITY;
  let underWay = 0;
  return {
    async ask(instruction, input) {
      if (nowMs() < restsUntil) return { ok: false, why: 'resting' };
      const trying = failures >= FAILURES;
      if (underWay >= (trying ? 1 : AT_ONCE)) return { ok: false, why: 'busy' };
      underWay += 1;
      try {
        const answer = await client.ask(instruction, input);
        failures = answer.ok ? 0 : failures + 1;
        if (failures >= FAILURES) restsUntil = nowMs() + REST_MS;
        return answer;
      } finally {
        underWay -= 1;
      }
    },
  };
}
