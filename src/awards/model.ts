/** Types of the knowledge and of an answer. */
import type { LocalDate } from '../kernel/local-date.js';

/** What an answer turned out to be. */
export type Outcome = 'answer' | 'answer_with_warning' | 'local_setting' | 'clarify' | 'hand_over' | 'out_of_scope';

export const CERTAINTIES = ['VERIFIED', 'VERIFIED-2', 'VERIFIED-OLD', 'GAP'] as const;
export type Certainty = (typeof CERTAINTIES)[number];

/** Where a statement stands. */
export interface Citation {
  readonly document: string;
  readonly article?: string;
  readonly clause?: string;
  readonly point?: string;
}

/** A citation as the cards hold it; `section` serves documents without articles. */
export interface Basis extends Citation {
  readonly section?: string;
}

/** Words that a card takes from a document. */
export interface CardQuote {
  readonly document: string;
  readonly article: string;
  readonly clause?: string;
  readonly point?: string;
  readonly text: string;
}

/** A law, decree, circular or plan, and its life. `inForceTo` is the first day on which it no longer holds. */
export interface LegalDocument {
  readonly number: string;
  readonly title: string;
  readonly kind: string;
  readonly issuedOn?: LocalDate;
  readonly inForceFrom?: LocalDate;
  readonly inForceTo?: LocalDate;
  readonly replacedBy?: string;
  readonly certainty: Certainty;
  readonly endCertainty?: Certainty;
  readonly lifeBasis?: Basis;
  readonly words: readonly string[];
  /** A warning that goes with every answer resting on this document. */
  readonly caution?: string;
  readonly note?: string;
  /** When an officer last recorded a change of its life. */
  readonly changedOn?: LocalDate;
  readonly amendments: readonly Amendment[];
}

export interface Amendment {
  readonly by: string;
  readonly from: LocalDate;
  /** Articles for which a change was announced: their warning is strong. */
  readonly strongArticles: readonly string[];
}

/** Whom to ask where the knowledge ends. */
export type Adviser = 'office' | 'unit' | 'sector' | 'finance';

/** How an officer has judged a card. */
export type CardState = 'chua-doi-chieu' | 'da-doi-chieu' | 'het-hieu-luc';

/** How the id of a card begins that an officer added. */
export const OFFICERS_CARD = 'cb-';

/** One answerable thing. A need is a concept, or several of which one must be in the question. */
export interface Card {
  readonly id: string;
  readonly title: string;
  readonly asks: readonly string[];
  readonly answer: string;
  readonly details?: string;
  readonly basis: readonly Basis[];
  /** Official words; shown only where they agree, word for word, with the loaded text in force. */
  readonly quote?: CardQuote;
  readonly certainty: Certainty;
  readonly state: CardState;
  readonly outcome: 'answer' | 'local_setting' | 'hand_over' | 'clarify';
  /** What the province has set, as an officer told it; with it a `local_setting` is an answer. */
  readonly local?: string;
  readonly ask?: Adviser;
  /** Titles and forms that the card speaks about, where the question forms do not say so already. */
  readonly subjects: readonly string[];
  readonly applies: readonly string[] | 'any';
  readonly needs: readonly (readonly string[])[];
  /** Concepts that make it another question. */
  readonly unless: readonly string[];
  readonly also: readonly string[];
  readonly validFrom?: LocalDate;
  readonly validTo?: LocalDate;
  readonly anyDate: boolean;
  readonly bonus?: string;
  readonly options: readonly string[];
  /** The level it holds for, a code of words.yaml; absent where it holds for all. */
  readonly level?: string;
  /** The officer who compared it with the document, and the day; only where the state says so. */
  readonly checkedBy?: string;
  readonly checkedAt?: LocalDate;
  /** The document whose life this card tells; such cards are made from documents.yaml. */
  readonly lifeOf?: string;
}

export const CONCEPT_TYPES = [
  'subject',
  'topic',
  'kind',
  'level',
  'who',
  'domain',
  'act',
  'outside',
  'plain',
  'document',
] as const;
export type ConceptType = (typeof CONCEPT_TYPES)[number];

/** A thing that questions speak about, with all the ways to say it. */
export interface Concept {
  readonly id: string;
  readonly type: ConceptType;
  readonly name?: string;
  readonly parent?: string;
  /** Together with the parent, this level means the concept ("Bằng khen" and "tỉnh"). */
  readonly level?: string;
  readonly anchor?: 'strong' | 'weak';
  /** A soft topic may be left unanswered by the card that is chosen. */
  readonly soft: boolean;
  /** Often only mentioned ("hồ sơ", "giám đốc"): a card whose own needs are met may leave it aside. */
  readonly aside?: boolean | undefined;
  readonly implies: readonly string[];
  /** Counts only in a question that also has one of these. */
  readonly needs: readonly string[];
  readonly words: readonly string[];
}

export interface BonusRule {
  readonly multiple: number;
  /** Whose the title is; absent: a person's, or of several. */
  readonly payee?: 'collective';
  readonly atMost: boolean;
  readonly from: LocalDate;
  readonly to?: LocalDate;
  readonly certainty: Certainty;
  readonly basis: Basis;
  readonly collective?: BonusFactor;
  readonly household?: BonusFactor;
}

export interface BonusFactor {
  readonly times: number;
  readonly certainty: Certainty;
  readonly basis: Basis;
}

export interface Parameters {
  readonly baseSalary: readonly {
    readonly amount: number;
    readonly from: LocalDate;
    readonly to?: LocalDate;
    readonly document: string;
  }[];
  readonly rounding: { readonly step: number; readonly basis: Basis };
  /** Least share of Lao động tiên tiến in a collective, percent, by title. */
  readonly shares: Readonly<Record<string, { readonly min: number; readonly basis: Basis }>>;
  /** How many times without a gap a lower title must have been won, by title. */
  readonly runs: Readonly<
    Record<
      string,
      {
        readonly of: string;
        readonly times: number;
        /** The lower title is won year after year, so that its times may be counted in years. */
        readonly yearly: boolean;
        readonly basis: Basis;
      }
    >
  >;
  readonly bonuses: Readonly<Record<string, BonusRule>>;
}

export interface Vocabulary {
  readonly shorthand: Readonly<Record<string, string>>;
  readonly filler: readonly string[];
  /** Filler only where it is typed with its marks. */
  readonly common: readonly string[];
  readonly concepts: ReadonlyMap<string, Concept>;
}

/** Everything the answers are made of. */
export interface Knowledge {
  readonly documents: ReadonlyMap<string, LegalDocument>;
  readonly parameters: Parameters;
  readonly vocabulary: Vocabulary;
  readonly cards: readonly Card[];
  /** Further ways to ask for a card, by its id: they only help to offer it, never to answer with it. */
  readonly forms: ReadonlyMap<string, readonly string[]>;
}

/** What a conversation is about, so that a follow-up question need not say it again. */
export interface Topic {
  readonly subjects: readonly string[];
  readonly kinds: readonly string[];
  /** For whom it was asked, and the further things it was about. */
  readonly also?: readonly string[] | undefined;
  readonly card?: string;
}

/** Why a question goes to a person. */
export type HandOverReason = 'no_basis' | 'asked_for_person' | 'complaint' | 'quote';

/** One choice of a clarifying question: it leads to a card. */
export interface ReplyOption {
  readonly label: string;
  readonly card: string;
}

export interface Reply {
  readonly outcome: Outcome;
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly cards: readonly string[];
  readonly options: readonly ReplyOption[];
  readonly topic: Topic;
  readonly reason?: HandOverReason;
  /** What to say of a hand-over where the question was really passed on: without the offer to do so. */
  readonly passedOnText?: string;
}
