/** Several files may each hold some articles of one document: put together, nothing is lost and nothing is guessed. */
import { letter } from './inline-points.js';
import type { OfficialText, Passage, TextProblem } from './model.js';
import { sameForm } from './words.js';

export type Merged =
  | { readonly ok: true; readonly text: OfficialText; readonly changed: boolean }
  | { readonly ok: false; readonly problems: readonly TextProblem[] };

/** The text that is already loaded, with what a further file of the same version adds. */
export function mergeTexts(before: OfficialText, added: OfficialText): Merged {
  const known = added.sources.every((one) => before.sources.some((other) => other.sha256 === one.sha256));
  if (known) return { ok: true, text: before, changed: false };
  const places = new Map(ordered(before.passages));
  const problems: TextProblem[] = [];
  for (const [key, { passage, order }] of ordered(added.passages)) {
    const other = places.get(key);
    const chosen = other === undefined ? passage : choose(other.passage, passage);
    if (chosen) places.set(key, { passage: chosen, order: other?.order ?? order });
    else
      problems.push({
        fault: 'conflict',
        line: 0,
        detail: [passage.article, passage.clause, passage.point].filter(Boolean).join('.'),
      });
  }
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    changed: true,
    text: {
      ...before,
      partial: before.partial && added.partial,
      sources: [...before.sources, ...added.sources],
      passages: [...places.values()].sort(byOrder).map((one) => one.passage),
    },
  };
}

const NAMELESS = new Set<Passage['kind']>(['opening', 'closing', 'appendix']);

/** Where a passage stands. What has no number is known by its words: two files may each have an opening. */
function placeKey(one: Passage): string {
  const heading =
    one.kind === 'chapter' ? one.chapter : one.kind === 'section' ? `${one.chapter ?? ''}.${one.section ?? ''}` : '';
  const words = NAMELESS.has(one.kind) ? sameForm(one.text) : '';
  return [one.part, headingOf(one), heading, one.article, one.clause, one.point, words].join('|');
}

const headingOf = (one: Passage): string =>
  one.kind === 'clause' || one.kind === 'point' || one.kind === 'article' ? 'words' : one.kind;

/** The same words, or those of which the other file has only a part; null when they say different things. */
function choose(before: Passage, added: Passage): Passage | null {
  const [left, right] = [wordsOf(before), wordsOf(added)];
  const place = {
    ...(before.chapter === undefined ? {} : { chapter: before.chapter }),
    ...(before.section === undefined ? {} : { section: before.section }),
  };
  if (left === right) return { ...added, ...place, ...before };
  if (before.cut && !added.cut) return { ...added, ...place };
  if (added.cut) return before;
  // A heading without its words, or an article without its title.
  if (right === '' || left.endsWith(right)) return before;
  return left === '' || right.endsWith(left) ? { ...added, ...place } : null;
}

const wordsOf = (one: Passage): string => sameForm(`${one.title ?? ''} ${one.text}`);

/** Where a passage stands among all: numbers as numbers, headings just before the first article they head. */
type Order = readonly number[];

function ordered(passages: readonly Passage[]): [string, Placed][] {
  return passages.map((passage, n) => {
    const heading = passage.kind === 'chapter' || passage.kind === 'section';
    const article = heading ? passages.slice(n).find((one) => one.article !== undefined)?.article : passage.article;
    const order = [
      passage.part,
      END_OF_PART[passage.kind] ?? 1,
      numberOf(article) - (heading ? 0.5 : 0),
      suffix(article),
      heading && passage.kind === 'chapter' ? 0 : 1,
      numberOf(passage.clause),
      suffix(passage.clause),
      letter(passage.point ?? ''),
    ];
    return [placeKey(passage), { passage, order }];
  });
}

interface Placed {
  readonly passage: Passage;
  readonly order: Order;
}

const END_OF_PART: Partial<Record<Passage['kind'], number>> = { opening: 0, closing: 2, appendix: 3 };
const numberOf = (text: string | undefined): number => Number.parseInt(text ?? '0', 10) || 0;
/** Điều 5a stands behind Điều 5. */
const suffix = (text: string | undefined): number => letter((text ?? '').replace(/\d+/, ''));

function byOrder(left: Placed, right: Placed): number {
  const at = left.order.findIndex((one, n) => one !== right.order[n]);
  return at < 0 ? 0 : (left.order[at] ?? 0) - (right.order[at] ?? 0);
}
