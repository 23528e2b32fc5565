/** What an officer typed for one part of a card, taken into the card. */
import { t, type Text } from '../../conversation/index.js';
import { cleanInput } from '../../kernel/text.js';
import { parseDate } from '../../kernel/parse-date.js';
import type { Card, Knowledge } from '../model.js';
import { readBasis, type BasisProblem } from './basis-text.js';
import { LEVELS, type Field } from './texts.js';

export type ReadField = { readonly ok: true; readonly card: Card } | { readonly ok: false; readonly why: Text };

/** The value by which a part is left empty. */
export const CLEAR = '-';
const SHORTEST = 3;
const LONGEST = { asks: 200, answer: 1500, details: 4000, local: 500 } as const;
const MOST_ASKS = 30;

/** The card with one part as it was typed; `today` completes a date. */
export function readField(card: Card, field: Field, typed: string, knowledge: Knowledge, today: string): ReadField {
  const text = cleanInput(typed).trim();
  switch (field) {
    case 'asks':
      return readAsks(card, text);
    case 'answer':
    case 'details':
    case 'local': {
      if (field !== 'answer' && text === CLEAR) return without(card, field);
      const most = LONGEST[field];
      return text.length >= SHORTEST && text.length <= most
        ? { ok: true, card: { ...card, [field]: text } }
        : { ok: false, why: lengthText(SHORTEST, most) };
    }
    case 'basis': {
      const read = readBasis(text, knowledge);
      return read.ok
        ? { ok: true, card: { ...card, basis: read.basis } }
        : { ok: false, why: basisProblem(read, knowledge) };
    }
    case 'validFrom':
    case 'validTo':
      return text === CLEAR ? without(card, field) : readDay(card, field, text, today);
    case 'level': {
      if (text === CLEAR) return without(card, 'level');
      const level = LEVELS.find((one) => one === text);
      return level ? { ok: true, card: { ...card, level } } : { ok: false, why: t('conversation.chooseOne') };
    }
    case 'outcome':
      // An officer's word is second-hand until the card was compared with its document.
      return {
        ok: true,
        card: { ...card, outcome: 'answer', certainty: card.certainty === 'GAP' ? 'VERIFIED-2' : card.certainty },
      };
  }
}

function readAsks(card: Card, text: string): ReadField {
  const asks = [...new Set(text.split(/[;\n]/).map((one) => one.replace(/\s+/g, ' ').trim()))].filter(
    (one) => one !== '',
  );
  if (asks.length === 0) return { ok: false, why: t('awards.cards.bad.asks') };
  const fits = asks.length <= MOST_ASKS && asks.every((one) => one.length >= SHORTEST && one.length <= LONGEST.asks);
  return fits ? { ok: true, card: { ...card, asks } } : { ok: false, why: lengthText(SHORTEST, LONGEST.asks) };
}

function readDay(card: Card, field: 'validFrom' | 'validTo', text: string, today: string): ReadField {
  const day = parseDate(text, today, 'past');
  if (day === null) return { ok: false, why: t('awards.cards.bad.date') };
  const next = { ...card, [field]: day };
  return next.validFrom !== undefined && next.validTo !== undefined && next.validTo <= next.validFrom
    ? { ok: false, why: t('awards.cards.bad.validTo') }
    : { ok: true, card: next };
}

function without(card: Card, field: 'details' | 'local' | 'validFrom' | 'validTo' | 'level'): ReadField {
  const { [field]: _gone, ...rest } = card;
  return { ok: true, card: rest };
}

export const lengthText = (least: number, most: number): Text => t('awards.cards.bad.length', { least, most });

/** Why a basis could not be read; an unknown document is told with those that are known. */
export function basisProblem(problem: BasisProblem, knowledge: Knowledge): Text {
  const { text } = problem;
  switch (problem.problem) {
    case 'document':
      return t('awards.cards.bad.document', { text, list: [...knowledge.documents.keys()].join(', ') });
    case 'ambiguous':
      return t('awards.cards.bad.ambiguous', { text, list: problem.numbers.join(', ') });
    case 'place':
    case 'part':
      return t(`awards.cards.bad.${problem.problem}`, { text });
  }
}
