/** What a question names only to leave it out: "cá nhân chứ không phải tập thể", "ngoài chủ tịch xã còn ai". */
import type { Match } from './phrases.js';
import type { Token } from './vietnamese.js';

const NOT = /\bkhong phai(?: la| cua| cho| do)?$/;
const EXCEPT = /(?:^|(?<!nuoc) )(?:ngoai|ngoai tru|tru|khong tinh|khong ke)(?: ra)?$/;
const MARKERS: ReadonlySet<string> = new Set(['phai', 'ngoai', 'tru', 'tinh', 'ke']);
const WORDS_BEFORE = 4;
/** Of these one is meant where another one is denied. */
const ALTERNATIVES: ReadonlySet<string> = new Set(['who', 'subject', 'level']);

/** The matches without those that are denied; a title is only denied where another one is named in its place. */
export function withoutDenied(tokens: readonly Token[], matches: readonly Match[]): Match[] {
  if (!tokens.some(({ folded }) => MARKERS.has(folded))) return [...matches];
  const denied = matches.filter((match) => isDenied(tokens, match));
  if (denied.length === 0) return [...matches];
  const left = matches.filter((match) => !denied.includes(match));
  const hasOther = ({ concept }: Match) => left.some((one) => one.concept.type === concept.type);
  return matches.filter(
    (match) => !denied.includes(match) || (ALTERNATIVES.has(match.concept.type) && !hasOther(match)),
  );
}

function isDenied(tokens: readonly Token[], { used, concept }: Match): boolean {
  const first = Math.min(...used);
  const before = tokens
    .slice(Math.max(0, first - WORDS_BEFORE), first)
    .map(({ folded }) => folded)
    .join(' ');
  if (NOT.test(before)) return concept.type === 'topic' || ALTERNATIVES.has(concept.type);
  // Whoever may give: left out, the others are asked for.
  return EXCEPT.test(before) && (concept.aside === true || concept.type === 'who');
}
