/** How units answer: one draw for each thing owed, the same in every run. */

/** Numbers in [0, 1) from a seed (mulberry32). */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A stream of numbers that belongs to some words (FNV-1a gives the seed). */
export const streamOf = (words: string): (() => number) =>
  mulberry32(
    [...words].reduce((hash, char) => Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16_777_619), 2_166_136_261),
  );

/** The first number of such a stream. */
export const chance = (words: string): number => streamOf(words)();

export const ANSWERS = ['on-time', 'last-second', 'late', 'promise', 'extension', 'returned', 'nil', 'never'] as const;
export type Answer = (typeof ANSWERS)[number];

const SHARES: Readonly<Record<Answer, number>> = {
  'on-time': 0.4,
  'last-second': 0.04,
  late: 0.16,
  promise: 0.08,
  extension: 0.07,
  returned: 0.1,
  nil: 0.05,
  never: 0.1,
};

/** What a unit does about one thing that it owes. */
export function drawAnswer(draw: () => number): Answer {
  let rest = draw();
  for (const answer of ANSWERS) {
    rest -= SHARES[answer];
    if (rest < 0) return answer;
  }
  return 'never';
}
