/** How documents, their ends and their cards are said. */
import { raw, t, type Text } from '../../conversation/index.js';
import { formatDate } from '../../kernel/format.js';
import { daysBetween, type LocalDate } from '../../kernel/local-date.js';
import type { Amendment, Card, Knowledge, LegalDocument } from '../model.js';
import type { ChangeKind, DocumentChange } from './change.js';
import type { Alarm } from './endings.js';
import { cardsTouchedBy, type RulesTouched } from './touched.js';

/** "Nghị định 152/2025/NĐ-CP hết hiệu lực từ 01/3/2027 (còn 98 ngày); 41 thẻ dẫn văn bản này." */
export function alarmText({ ending, daysLeft }: Alarm, knowledge: Knowledge): Text {
  const cards = cardsTouchedBy(knowledge, ending.number).length;
  return t(`awards.law.alarm.${ending.kind}`, {
    document: documentName(knowledge, ending.number),
    day: formatDate(ending.on),
    left: leftText(daysLeft),
    cards,
    by:
      ending.replacedBy === undefined
        ? t('awards.law.noReplacement')
        : t('awards.law.replacement', { by: documentName(knowledge, ending.replacedBy) }),
  });
}

const leftText = (days: number): Text =>
  days === 0
    ? t('awards.law.today')
    : days < 0
      ? t('awards.law.passed', { n: -days })
      : t('awards.law.left', { n: days });

export function documentName(knowledge: Knowledge, number: string): string {
  const one = knowledge.documents.get(number);
  return one ? `${one.kind} ${one.number}` : number;
}

/** One line on how a document stands today. */
export function standingText(one: LegalDocument, today: LocalDate): Text {
  const { inForceFrom: from, inForceTo: to } = one;
  if (to !== undefined && to <= today) return t('awards.law.stands.ended', { day: formatDate(to) });
  if (from !== undefined && from > today) return t('awards.law.stands.coming', { day: formatDate(from) });
  if (to !== undefined)
    return t('awards.law.stands.ending', { day: formatDate(to), left: leftText(daysBetween(today, to)) });
  return from === undefined ? t('awards.law.stands.known') : t('awards.law.stands.since', { day: formatDate(from) });
}

/** The first titles of the cards, and how many more there are. */
export function cardLines(cards: readonly Card[], limit: number): Text[] {
  const lines = cards.slice(0, limit).map((card) => raw(`• ${card.title}`));
  return cards.length > limit ? [...lines, t('awards.law.moreCards', { n: cards.length - limit })] : lines;
}

/** The self-checks and lists of papers that stand on a document; nothing where there are none. */
export const rulesLines = ({ checks, dossiers }: RulesTouched): Text[] => [
  ...(checks.length === 0 ? [] : [t('awards.law.touchedChecks', { list: checks.join('; ') })]),
  ...(dossiers.length === 0 ? [] : [t('awards.law.touchedDossiers', { list: dossiers.join('; ') })]),
];

/** What a change does, before it is done. */
export function changeText(kind: ChangeKind | 'new', document: string, change: DocumentChange): Text {
  const amendment = change.amendments?.at(-1);
  if (amendment !== undefined) return amendmentText(document, amendment);
  const form = kind === 'replace' && change.inForceTo === undefined ? 'replaceOnly' : kind;
  return t(`awards.law.change.${form}`, {
    document,
    title: change.title ?? '',
    by: change.replacedBy ?? '',
    from: change.inForceFrom === undefined ? '' : formatDate(change.inForceFrom),
    to: change.inForceTo === undefined ? '' : formatDate(change.inForceTo),
  });
}

const amendmentText = (document: string, { by, from, strongArticles }: Amendment): Text =>
  t('awards.law.change.amend', {
    document,
    by,
    from: formatDate(from),
    articles: strongArticles.length === 0 ? t('awards.law.articles.unknown') : strongArticles.join(', '),
  });
