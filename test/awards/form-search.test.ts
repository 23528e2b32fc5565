import { describe, expect, it } from 'vitest';
import { createFormSearch } from '../../src/awards/form-search.js';
import { createLexicon } from '../../src/awards/lexicon.js';
import type { Card } from '../../src/awards/model.js';
import { knowledge } from './knowledge-of-tests.js';

const lexicon = createLexicon(knowledge.vocabulary);
const [first, second] = knowledge.cards;
if (!first || !second) throw new Error('there are cards');
const cards: Readonly<Record<'papers' | 'money', Card>> = {
  papers: { ...first, id: 'papers' },
  money: { ...second, id: 'money' },
};
const form = (card: Card, text: string) => ({ card, reading: lexicon.read(text) });
const search = createFormSearch(
  [
    form(cards.papers, 'giấy khen cần những giấy tờ gì'),
    form(cards.papers, 'nộp gì để được giấy khen'),
    form(cards.money, 'giấy khen được thưởng bao nhiêu tiền'),
  ],
  (word) => ['gi', 'duoc', 'can', 'nhung'].includes(word),
);
const find = (text: string, allowed: (card: Card) => boolean = () => true) =>
  search(lexicon.read(text), allowed).map(({ card, score }) => [card.id, Math.round(score * 100) / 100] as const);

describe('ways to ask that are near to a question', () => {
  it('are found by their words, the same words fully', () => {
    expect(find('giấy khen được thưởng bao nhiêu tiền')[0]).toEqual(['money', 1]);
    expect(find('nop gi de duoc giay khen')[0]).toEqual(['papers', 1]);
    expect(find('giấy khen có mấy giấy tờ')[0]?.[0]).toBe('papers');
  });

  it('count a card once, best first, and only where it is allowed', () => {
    const found = find('giấy khen');
    expect(found.map(([id]) => id).sort()).toEqual(['money', 'papers']);
    expect(find('giấy khen', (card) => card.id === 'money').map(([id]) => id)).toEqual(['money']);
  });

  it('are none for a question of other words', () => {
    expect(find('thời tiết ngày mai thế nào')).toEqual([]);
    expect(find('')).toEqual([]);
  });

  it('are found anew by each search: none leaves a trace in the next', () => {
    const before = find('giấy khen được thưởng bao nhiêu tiền');
    find('nộp gì để được giấy khen');
    expect(find('giấy khen được thưởng bao nhiêu tiền')).toEqual(before);
  });
});
