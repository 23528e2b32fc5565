/**
 * `bench -- ask`: the answers over the shipped cards, and the search over 50,000 generated passages, each in turns with a
 * plain MiniSearch (its own tokenizer, no options) over the same documents.
 */
import MiniSearch from 'minisearch';
import { createAnswerer, createTexts, loadKnowledge, type Knowledge, type Texts } from '../src/awards/index.js';
import { generateTexts, readAllQuestions } from './ask-data.js';
import { median, percentile, round } from './usage.js';

const PASSAGES = 50_000;
const DAY = '2026-11-22';
const ROUNDS = 3;
/** Of all questions, so that the plain search over the passages does not take minutes. */
const OVER_PASSAGES = 100;

interface Pair {
  readonly ours: readonly number[];
  readonly plain: readonly number[];
  readonly ratios: readonly number[];
}

/** Runs the benchmark. */
export function run(): Promise<object> {
  const questions = readAllQuestions();
  const knowledge = loadKnowledge();
  const cards = overCards(knowledge, questions);
  const passages = overPassages(knowledge, questions);
  return Promise.resolve({
    passages: PASSAGES,
    p50Ms: round(percentile(passages.pair.ours, 0.5)),
    p99Ms: round(percentile(passages.pair.ours, 0.99)),
    ratioToMiniSearch: round(median(passages.pair.ratios)),
    ratios: passages.pair.ratios.map((one) => round(one)),
    plain: { p50Ms: round(percentile(passages.pair.plain, 0.5)), p99Ms: round(percentile(passages.pair.plain, 0.99)) },
    startMs: round(cards.startMs),
    nearMs: round(cards.nearMs),
    buildMs: round(passages.buildMs),
    plainBuildMs: round(passages.plainBuildMs),
    cards: {
      cards: knowledge.cards.length,
      questions: questions.length,
      p50Ms: round(percentile(cards.pair.ours, 0.5), 3),
      p99Ms: round(percentile(cards.pair.ours, 0.99)),
      ratioToMiniSearch: round(median(cards.pair.ratios)),
      plain: {
        p50Ms: round(percentile(cards.pair.plain, 0.5), 3),
        p99Ms: round(percentile(cards.pair.plain, 0.99)),
      },
    },
  });
}

/** Both sides with the same questions, round by round; the first round of each only warms up. */
function inTurns(questions: readonly string[], ours: (q: string) => unknown, plain: (q: string) => unknown): Pair {
  const times = (ask: (q: string) => unknown) =>
    questions.map((question) => {
      const from = performance.now();
      ask(question);
      return performance.now() - from;
    });
  times(ours);
  times(plain);
  const rounds = Array.from({ length: ROUNDS }, () => ({ ours: times(ours), plain: times(plain) }));
  const sum = (list: readonly number[]) => list.reduce((all, one) => all + one, 0);
  return {
    ours: rounds.flatMap((one) => one.ours),
    plain: rounds.flatMap((one) => one.plain),
    ratios: rounds.map((one) => sum(one.ours) / sum(one.plain)),
  };
}

function timed<T>(make: () => T): { readonly made: T; readonly ms: number } {
  const from = performance.now();
  const made = make();
  return { made, ms: performance.now() - from };
}

function overCards(knowledge: Knowledge, questions: readonly string[]) {
  const { made: answerer, ms: startMs } = timed(() => createAnswerer({ knowledge }));
  const { ms: nearMs } = timed(() => {
    answerer.warm();
  });
  const plain = new MiniSearch({ fields: ['asks', 'title', 'answer', 'details'] });
  plain.addAll(knowledge.cards.map((card, id) => ({ ...card, id, asks: card.asks.join('\n') })));
  const pair = inTurns(
    questions,
    (question) => answerer.answer(question, { asOf: DAY }),
    (question) => plain.search(question),
  );
  return { pair, startMs, nearMs };
}

function overPassages(knowledge: Knowledge, questions: readonly string[]) {
  const words = [...new Set(knowledge.cards.flatMap((card) => `${card.answer} ${card.details ?? ''}`.split(/\s+/)))];
  const texts = generateTexts(PASSAGES, words);
  const deps = { texts, documents: knowledge.documents, filler: knowledge.vocabulary.filler };
  const { made: built, ms: buildMs } = timed((): Texts => {
    const library = createTexts(deps);
    library.search('x', DAY);
    return library;
  });
  const units = texts.flatMap((text) => text.passages);
  const { made: plain, ms: plainBuildMs } = timed(() => {
    const search = new MiniSearch({ fields: ['text'] });
    search.addAll(units.map(({ text }, id) => ({ id, text })));
    return search;
  });
  const step = Math.max(1, Math.floor(questions.length / OVER_PASSAGES));
  const some = questions.filter((_, n) => n % step === 0);
  const pair = inTurns(
    some,
    (question) => built.search(question, DAY),
    (question) => plain.search(question),
  );
  return { pair, buildMs, plainBuildMs };
}
