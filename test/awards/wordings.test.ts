/** Every card is looked for in three wordings that nobody wrote into it. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { missedWordings, readWordings, withoutMarks } from '../../src/dev/awards-eval.js';
import { fold } from '../../src/kernel/text.js';
import { answerer, knowledge, TODAY } from './knowledge-of-tests.js';

const read = (name: string) => readWordings(path.join(import.meta.dirname, name));
const all = read('wordings.jsonl');
/** Two more each, by somebody who knew the titles and answers of the cards and nothing else. */
const apart = read('wordings-new.jsonl');
const share = (wordings: typeof all, change?: (text: string) => string) => {
  const missed = missedWordings(answerer, wordings, { asOf: TODAY, ...(change ? { change } : {}) });
  return { found: 1 - missed.length / wordings.reduce((sum, one) => sum + one.wordings.length, 0), missed };
};

describe('the cards', () => {
  it('have three wordings each, none of which stands in the card', () => {
    const own = knowledge.cards.filter((card) => card.lifeOf === undefined);
    expect(all.map((one) => one.card).sort()).toEqual(own.map((card) => card.id).sort());
    for (const { card, wordings } of all) {
      const asks = new Set(own.find((one) => one.id === card)?.asks.map(fold));
      expect([card, wordings.length, wordings.filter((text) => asks.has(fold(text)))]).toEqual([card, 3, []]);
    }
  });

  it('are found by at least 97 % of them, marked or not', () => {
    for (const { found, missed } of [share(all), share(all, withoutMarks)])
      expect(found, missed.join('\n')).toBeGreaterThanOrEqual(0.97);
  });

  it('are found by at least 86 % of the wordings that were written apart, marked or not', () => {
    expect(apart.reduce((sum, one) => sum + one.wordings.length, 0)).toBeGreaterThanOrEqual(370);
    for (const { found, missed } of [share(apart), share(apart, withoutMarks)])
      expect(found, missed.join('\n')).toBeGreaterThanOrEqual(0.86);
  });
});
