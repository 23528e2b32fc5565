/** How cards, their parts and their history are said. */
import { raw, t, type Text } from '../../conversation/index.js';
import { formatDate, formatMoment } from '../../kernel/format.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { basisText } from '../compose.js';
import type { Card, Knowledge } from '../model.js';
import type { CardVersion } from './store.js';

export const FIELDS = [
  'asks',
  'answer',
  'details',
  'basis',
  'validFrom',
  'validTo',
  'level',
  'outcome',
  'local',
] as const;
export type Field = (typeof FIELDS)[number];
/** Levels that a card may be of. */
export const LEVELS = ['cap-co-so', 'cap-tinh', 'cap-tw'] as const;

const NONE = t('awards.cards.none');

/** One part of a card, in words. */
export function fieldText(card: Card, field: Field | 'title' | 'state', knowledge: Knowledge): Text {
  switch (field) {
    case 'asks':
      return raw(card.asks.join('; '));
    case 'title':
      return raw(card.title);
    case 'state':
      return t(`awards.cards.state.${card.state}`);
    case 'answer':
      return card.answer === '' ? t('awards.cards.computed') : raw(card.answer);
    case 'local':
      return card.local === undefined ? NONE : raw(card.local);
    case 'details':
      return card.details === undefined ? NONE : raw(card.details);
    case 'basis':
      return card.basis.length === 0 ? NONE : raw(card.basis.map((one) => basisText(one, knowledge)).join('; '));
    case 'validFrom':
    case 'validTo':
      return card[field] === undefined ? NONE : raw(formatDate(card[field]));
    case 'level':
      return levelText(card.level);
    case 'outcome':
      return t(card.outcome === 'answer' ? 'awards.cards.edit.answers' : 'awards.cards.edit.handsOver');
  }
}

function levelText(level: string | undefined): Text {
  const known = LEVELS.find((one) => one === level);
  return known ? t(`awards.cards.level.${known}`) : t('awards.cards.all');
}

/** A card whole. */
export function cardTexts(card: Card, version: number, knowledge: Knowledge): Text[] {
  const part = (field: Field) => fieldText(card, field, knowledge);
  return [
    t('awards.cards.show.title', { title: card.title, id: card.id }),
    t('awards.cards.show.state', { state: fieldText(card, 'state', knowledge), n: version }),
    ...checkedText(card),
    t('awards.cards.show.asks', { text: part('asks') }),
    t('awards.cards.show.answer', { text: part('answer') }),
    ...(card.details === undefined ? [] : [t('awards.cards.show.details', { text: raw(card.details) })]),
    t('awards.cards.show.basis', { text: part('basis') }),
    ...(card.local === undefined ? [] : [t('awards.local.set', { value: card.local })]),
    ...validText(card),
    t('awards.cards.show.about', { level: levelText(card.level), subjects: subjectsText(card, knowledge) }),
    t('awards.cards.show.certainty', { text: t(`awards.cards.certainty.${card.certainty}`) }),
  ];
}

/** Documents of the card that have ended already: it answers for the time before, and only for that. */
export function endedTexts({ basis, anyDate }: Card, knowledge: Knowledge, today: LocalDate): Text[] {
  if (anyDate) return [];
  const numbers = [...new Set(basis.map(({ document }) => document))];
  return numbers.flatMap((number) => {
    const end = knowledge.documents.get(number)?.inForceTo;
    return end !== undefined && end <= today
      ? [t('awards.cards.preview.ended', { document: number, day: formatDate(end) })]
      : [];
  });
}

/** Who compared the card with its document, and when. */
export function checkedText({
  checkedBy,
  checkedAt,
}: {
  readonly checkedBy?: string;
  readonly checkedAt?: string;
}): Text[] {
  return checkedBy === undefined || checkedAt === undefined
    ? []
    : [t('awards.cards.show.checked', { name: checkedBy, day: formatDate(checkedAt) })];
}

function validText({ validFrom, validTo }: Card): Text[] {
  if (validFrom === undefined && validTo === undefined) return [];
  const params = {
    from: validFrom === undefined ? '' : formatDate(validFrom),
    to: validTo === undefined ? '' : formatDate(validTo),
  };
  const form = validFrom === undefined ? 'to' : validTo === undefined ? 'from' : 'span';
  return [t('awards.cards.show.valid', { text: t(`awards.cards.valid.${form}`, params) })];
}

function subjectsText(card: Card, { vocabulary }: Knowledge): Text {
  const names = [...new Set([...card.subjects, ...(card.applies === 'any' ? [] : card.applies)])].map(
    (id) => vocabulary.concepts.get(id)?.name ?? vocabulary.concepts.get(id)?.words[0] ?? id,
  );
  return names.length === 0 ? t('awards.cards.all') : raw(names.join(', '));
}

/** The parts in which two versions differ. */
export function changedFields(before: Card | null, after: Card, knowledge: Knowledge): (Field | 'title' | 'state')[] {
  if (!before) return [];
  const differs = (field: Field | 'title' | 'state') =>
    JSON.stringify(fieldText(before, field, knowledge)) !== JSON.stringify(fieldText(after, field, knowledge));
  return (['title', ...FIELDS, 'state'] as const).filter(differs);
}

export const historyLine = (one: CardVersion): Text =>
  t('awards.cards.history.line', {
    n: one.version,
    at: formatMoment(one.at),
    name: one.by,
    act: t(`awards.cards.did.${one.act}`),
    reason: raw(one.reason),
  });
