/** Every card is looked for in three wordings that nobody wrote into it. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { missedWordings, readWordings, withoutMarks } from '../../src/dev/awards-eval.js';
import { fold } from '../../src/kernel/text.js';
import { answerer, knowledge, TODAY } from './knowledge-of-tests.js';

const all = readWordings(path.join(import.meta.dirname, 'wordings.jsonl'));
const missed = (change?: (text: string) => string): string[] =>
  missedWordings(answerer, all, { asOf: TODAY, ...(change ? { change } : {}) });

describe('the cards', () => {
  const total = all.reduce((sum, one) => sum + one.wordings.length, 0);

  it('have three wordings each, none of which stands in the card', () => {
    const own = knowledge.cards.filter((card) => card.lifeOf === undefined);
    expect(all.map((one) => one.card).sort()).toEqual(own.map((card) => card.id).sort());
    for (const { card, wordings } of all) {
      const asks = new Set(own.find((one) => one.id === card)?.asks.map(fold));
      expect([card, wordings.length, wordings.filter((text) => asks.has(fold(text)))]).toEqual([card, 3, []]);
    }
  });

  it('are found by at least 97 % of them, marked or not', () => {
    for (const list of [missed(), missed(withoutMarks)])
      expect(1 - list.length / total, list.join('\n')).toBeGreaterThanOrEqual(0.97);
  });
});
