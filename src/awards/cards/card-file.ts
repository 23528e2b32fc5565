/** A card as the files and the database hold it, and as the answers use it. */
import { fold } from '../../kernel/text.js';
import type { Card } from '../model.js';
import type { CardFile } from '../schema.js';

/** How a state is written where a person reads it. */
const WRITTEN: Readonly<Record<Card['state'], string>> = {
  'chua-doi-chieu': 'chưa đối chiếu',
  'da-doi-chieu': 'đã đối chiếu',
  'het-hieu-luc': 'hết hiệu lực',
};
// A bonus answers nothing but a question about money.
const MONEY_NEED = ['money', 'luong-co-so'];

/** The states of cards without marks, as the schema knows them. */
export function foldStates(raw: unknown): unknown {
  if (!Array.isArray(raw)) return raw;
  return raw.map((card: unknown) => {
    if (typeof card !== 'object' || card === null || !('state' in card) || typeof card.state !== 'string') return card;
    return { ...card, state: fold(card.state) };
  });
}

export function toCard(file: CardFile): Card {
  const { answer, state, ...rest } = file;
  const needs = rest.bonus === undefined ? rest.needs : [...rest.needs, MONEY_NEED];
  return dropUndefined<Card>({
    ...rest,
    needs,
    answer: answer ?? '',
    state: state.replaceAll(' ', '-') as Card['state'],
  });
}

/** The card in the form of a card file; `toCard` of it is the card again. */
export function toFile(card: Card): Record<string, unknown> {
  const { answer, state, needs, lifeOf: _made, ...rest } = card;
  const own = card.bonus === undefined ? needs : needs.filter((one) => one.join() !== MONEY_NEED.join());
  const file = { ...rest, ...(answer === '' ? {} : { answer }), needs: own, state: WRITTEN[state] };
  return Object.fromEntries(Object.entries(file).filter(([, value]) => !isEmpty(value)));
}

const isEmpty = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);

/** zod writes absent keys as `undefined`; exact optional types want them absent. */
export function dropUndefined<T>(value: object): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
