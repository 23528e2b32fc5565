/** Templates that Zalo approved: the only messages that reach a person who has been silent for a week. */
import { formatDate } from '../../kernel/format.js';
import { localDate } from '../../kernel/local-date.js';
import { shorten } from '../../kernel/text.js';
import type { MessageClass } from '../ports.js';

/** Zalo's three kinds; what promotes rests at night. */
export const TEMPLATE_KINDS = ['transaction', 'care', 'promotion'] as const;
export type TemplateKind = (typeof TEMPLATE_KINDS)[number];

/** What a parameter can be filled with. */
export const PARAMETER_SOURCES = ['text', 'title', 'person', 'unit', 'date'] as const;
export type ParameterSource = (typeof PARAMETER_SOURCES)[number];

export interface TemplateParameter {
  /** Zalo's name of it. */
  readonly name: string;
  readonly from: ParameterSource;
  /** Longest value that Zalo takes. */
  readonly max: number;
}

/** A configured template. */
export interface ZaloTemplate {
  /** Zalo's number. */
  readonly id: string;
  readonly name: string;
  readonly kind: TemplateKind;
  readonly classes: readonly MessageClass[];
  readonly parameters: readonly TemplateParameter[];
  readonly priceVnd: number;
}

/** What a message says in one language, as far as templates care. */
export interface SaidIn {
  readonly language: string;
  /** The first words of it. */
  readonly title: string;
  readonly texts: readonly string[];
}

/** A template whose common parameters are filled; those of each person are left to the statement that plans. */
export interface FilledTemplate {
  readonly id: string;
  readonly language: string;
  readonly priceVnd: number;
  readonly data: Readonly<Record<string, string>>;
  readonly dynamic: readonly TemplateParameter[];
  readonly promotes: boolean;
}

const OF_A_PERSON: readonly ParameterSource[] = ['person', 'unit'];

/**
 * The template for what is said; null when a parameter cannot be filled. `said` null: any words, for a first estimate.
 * `whole`: also null when it would not carry all the words, as they are.
 */
export function fillTemplate(
  { id, kind, parameters, priceVnd }: ZaloTemplate,
  said: SaidIn | null,
  language: string,
  now: Date,
  whole = false,
): FilledTemplate | null {
  if (whole && !parameters.some(({ from }) => from === 'text')) return null;
  const values = parameters
    .filter(({ from }) => !OF_A_PERSON.includes(from))
    .map(({ name, from, max }) => [name, commonValue(from, { max, whole }, said, now)] as const);
  if (values.some(([, value]) => value === null)) return null;
  return {
    id,
    language,
    priceVnd,
    data: Object.fromEntries(values.map(([name, value]) => [name, value ?? ''])),
    dynamic: parameters.filter(({ from }) => OF_A_PERSON.includes(from)),
    promotes: kind === 'promotion',
  };
}

interface Fits {
  readonly max: number;
  /** Not even a headline is cut. */
  readonly whole: boolean;
}

/** A headline may be cut; words that must stand as they are may not, and no template carries a message of several parts. */
function commonValue(from: ParameterSource, fits: Fits, said: SaidIn | null, now: Date): string | null {
  const { max } = fits;
  const value = valueOf(from, fits, said, now).normalize('NFC').trim();
  return value === '' || value.length > max ? null : value;
}

function valueOf(from: ParameterSource, { max, whole }: Fits, said: SaidIn | null, now: Date): string {
  if (from === 'date') return formatDate(localDate(now));
  if (said === null) return '…';
  if (from === 'title') return whole ? said.title : shorten(said.title, max);
  return said.texts.length === 1 ? (said.texts[0] ?? '') : '';
}
