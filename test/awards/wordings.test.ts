/** Every card is looked for in three wordings that nobody wrote into it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withoutMarks } from '../../src/dev/awards-eval.js';
import { fold } from '../../src/kernel/text.js';
import { answerer, knowledge, TODAY } from './knowledge-of-tests.js';

interface Wordings {
  readonly card: string;
  readonly wordings: readonly string[];
}
const lines = readFileSync(path.join(import.meta.dirname, 'wordings.jsonl'), 'utf8')
  .trim()
  .split('\n');
const all = lines.map((line) => JSON.parse(line) as Wordings);

function missed(change: (text: string) => string = (text) => text): string[] {
  return all.flatMap(({ card, wordings }) =>
    wordings
      .filter((text) => {
        const { cards, options } = answerer.answer(change(text), { asOf: TODAY });
        return !cards.includes(card) && !options.some((option) => option.card === card);
      })
      .map((text) => `${card}: ${text}`),
  );
}

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
