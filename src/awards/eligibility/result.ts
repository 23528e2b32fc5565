/** The outcome of a self-check in words: counted, with the article of each condition, and without a verdict. */
import { raw, t, type Text } from '../../conversation/index.js';
import { formatDate } from '../../kernel/format.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { basisText, documentWarnings } from '../compose.js';
import type { Knowledge } from '../model.js';
import type { Finding, Verdict } from './check.js';
import type { EligibilityTitle } from './model.js';

const SIGNS: Readonly<Record<Verdict, string>> = { met: '✓', missing: '✗', unsure: '?', judged: '◇', lapsed: '–' };
const ORDER: readonly Verdict[] = ['missing', 'unsure', 'lapsed', 'met', 'judged'];

/** The name of a title as words.yaml has it. */
export const titleName = (knowledge: Knowledge, id: string): string =>
  knowledge.vocabulary.concepts.get(id)?.name ?? id;

/** What is said at the end: the counts first, what is missing before what is there. */
export function resultTexts(
  title: EligibilityTitle,
  findings: readonly Finding[],
  { knowledge, day }: { readonly knowledge: Knowledge; readonly day: LocalDate },
): Text[] {
  const count = (verdict: Verdict) => findings.filter((one) => one.verdict === verdict).length;
  const lapsed = count('lapsed');
  const counts = t('awards.eligible.counts', {
    met: count('met'),
    missing: count('missing'),
    unsure: count('unsure'),
    judged: count('judged'),
  });
  const sorted = [...findings].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  return [
    t('awards.eligible.title', { title: titleName(knowledge, title.id) }),
    ...(title.route === undefined ? [] : [raw(title.route)]),
    counts,
    ...sorted.map((one) => raw(line(one, knowledge))),
    ...(lapsed === 0 ? [] : [t('awards.eligible.lapsed', { n: lapsed, day: formatDate(day) })]),
    ...(findings.some((one) => one.isOld) ? [t('awards.eligible.oldYears', { year: day.slice(0, 4) })] : []),
    ...(title.unknown === undefined ? [] : [raw(title.unknown)]),
    ...warnings(findings, knowledge, day),
    t('awards.eligible.noVerdict'),
  ];
}

function line({ condition, verdict, sum }: Finding, knowledge: Knowledge): string {
  const told = sum === undefined ? '' : ` (${sum})`;
  return `${SIGNS[verdict]} ${condition.name}${told}. ${basisText(condition.basis, knowledge)}`;
}

function warnings(findings: readonly Finding[], knowledge: Knowledge, day: LocalDate): Text[] {
  const standing = findings.filter((one) => one.verdict !== 'lapsed').map((one) => one.condition);
  const lines = documentWarnings(
    standing.map((one) => one.basis),
    knowledge,
    day,
  );
  return [
    ...lines.map((one) => raw(`⚠️ ${one}`)),
    ...(standing.some((one) => one.certainty === 'VERIFIED-2') ? [t('awards.eligible.secondHand')] : []),
  ];
}
