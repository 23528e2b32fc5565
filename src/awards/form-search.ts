/**
 * The cards whose ways to ask are nearest to a question in its words: what may have been meant where no card is sure.
 * Cosine over words, pairs of neighbouring words and concepts, each weighed by how few cards use it.
 */
import type { Reading } from './lexicon.js';
import type { Card } from './model.js';

export interface NearCard {
  readonly card: Card;
  /** 0 to 1. */
  readonly score: number;
}

/** Finds the nearest cards, best first. */
export type FormSearch = (question: Reading, allowed: (card: Card) => boolean) => NearCard[];

export interface FormOf {
  readonly card: Card;
  readonly reading: Reading;
}

const WORD = 1;
const PAIR = 0.6;
const CONCEPT = 1;
/** Words that mean nothing by themselves still tell "có được không" from "cần gì". */
const FILLER = 0.15;
const PAIR_WITH_FILLER = 0.25;
/** Words that no card uses weigh as if this many did: a question about other things is near to nothing. */
const NO_CARD = 0.7;
/** Features that weigh less than this in a question are many and tell nothing. */
const NEGLIGIBLE = 0.04;
/** What is less alike than this is not alike at all. */
const LEAST = 0.2;

/** A search over ways to ask; building it is the slow part. */
export function createFormSearch(forms: readonly FormOf[], isFiller: (folded: string) => boolean): FormSearch {
  const told = forms.map(({ card, reading }) => ({ card, features: featuresOf(reading, isFiller) }));
  const users = new Map<string, Set<Card>>();
  for (const { card, features } of told)
    for (const feature of features.keys()) {
      const known = users.get(feature);
      if (known) known.add(card);
      else users.set(feature, new Set([card]));
    }
  const cards = new Set(forms.map(({ card }) => card)).size;
  const rarities = new Map([...users].map(([feature, { size }]) => [feature, Math.log(1 + cards / size)]));
  const strange = Math.log(1 + cards / NO_CARD);
  /** Each feature with its weight; together they are of length 1. */
  const weigh = (features: ReadonlyMap<string, number>, each: (feature: string, weight: number) => void): void => {
    let square = 0;
    for (const [feature, weight] of features) square += (weight * (rarities.get(feature) ?? strange)) ** 2;
    const length = Math.sqrt(square) || 1;
    for (const [feature, weight] of features) each(feature, (weight * (rarities.get(feature) ?? strange)) / length);
  };
  const postings = new Map<string, Postings>();
  told.forEach(({ features }, form) => {
    weigh(features, (feature, weight) => {
      const list = postings.get(feature);
      if (list) {
        list.forms.push(form);
        list.weights.push(weight);
      } else postings.set(feature, { forms: [form], weights: [weight] });
    });
  });
  const scores = new Float64Array(told.length);
  return (question, allowed) => {
    const touched: number[] = [];
    weigh(featuresOf(question, isFiller), (feature, weight) => {
      if (weight < NEGLIGIBLE) return;
      const { forms: found, weights } = postings.get(feature) ?? NONE;
      for (let n = 0; n < found.length; n += 1) {
        const form = found[n] ?? 0;
        const before = scores[form] ?? 0;
        if (before === 0) touched.push(form);
        scores[form] = before + weight * (weights[n] ?? 0);
      }
    });
    const best = new Map<Card, number>();
    for (const form of touched) {
      const score = scores[form] ?? 0;
      scores[form] = 0;
      const card = told[form]?.card;
      if (card && score >= LEAST && score > (best.get(card) ?? 0)) best.set(card, score);
    }
    return [...best]
      .map(([card, score]) => ({ card, score }))
      .sort((a, b) => b.score - a.score)
      .filter(({ card }) => allowed(card));
  };
}

interface Postings {
  readonly forms: number[];
  readonly weights: number[];
}
const NONE: Postings = { forms: [], weights: [] };

function featuresOf({ tokens, concepts }: Reading, isFiller: (folded: string) => boolean): Map<string, number> {
  const words = tokens.map((token) => token.folded);
  const features = new Map<string, number>();
  words.forEach((word, at) => {
    if (word.length > 1 || /\d/.test(word)) features.set(word, isFiller(word) ? FILLER : WORD);
    const next = words[at + 1];
    if (next !== undefined) features.set(`${word} ${next}`, isFiller(word) || isFiller(next) ? PAIR_WITH_FILLER : PAIR);
  });
  for (const id of concepts.keys()) features.set(`c:${id}`, CONCEPT);
  return features;
}
