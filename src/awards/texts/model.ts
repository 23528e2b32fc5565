/** Types of the official texts: laws, decrees, circulars and decisions as they were published. */
import type { LocalDate } from '../../kernel/local-date.js';

/**
 * What a passage is. opening: what stands before the first article; closing: signatures and receivers;
 * appendix: forms and tables behind the articles.
 */
export type PassageKind = 'opening' | 'chapter' | 'section' | 'article' | 'clause' | 'point' | 'closing' | 'appendix';

/** One piece of an official text with its own words; label, title and text of all pieces in order are the whole text. */
export interface Passage {
  readonly kind: PassageKind;
  /** 0: the document itself; 1 and more: regulations issued with it, whose articles begin at 1 again. */
  readonly part: number;
  readonly chapter?: string;
  readonly section?: string;
  readonly article?: string;
  readonly clause?: string;
  readonly point?: string;
  /** As printed: "Điều 23.", "1.", "a)". */
  readonly label: string;
  readonly title?: string;
  readonly text: string;
  /** Its words are not whole or not those of the document: never a ground to find fault with a quote. */
  readonly cut?: true;
}

/** Where a text was read from. */
export interface TextSource {
  readonly file: string;
  readonly sha256: string;
  readonly importedAt: string;
  /** What the file says of itself: where it was found, how complete it is. */
  readonly origin?: string;
  readonly completeness?: string;
}

/** A document in the version that came into force on `from`. */
export interface OfficialText {
  readonly number: string;
  readonly from: LocalDate;
  /** The first day on which it no longer holds, where the file says so. */
  readonly to?: LocalDate;
  /** Only some articles were loaded: what is missing may well be in the document. */
  readonly partial: boolean;
  readonly sources: readonly TextSource[];
  readonly passages: readonly Passage[];
}

/** Why a file, or one line of it, cannot be taken as an official text. */
export type TextFault =
  | 'no-file'
  | 'empty'
  | 'too-large'
  | 'binary'
  | 'pdf'
  | 'zip'
  | 'draft'
  | 'retold'
  | 'no-number'
  | 'other-number'
  | 'no-from'
  | 'ended'
  | 'wrong-span'
  | 'no-article'
  | 'article-twice'
  | 'two-documents'
  | 'conflict';

export interface TextProblem {
  readonly fault: TextFault;
  /** Counted from 1; 0 speaks of the whole file. */
  readonly line: number;
  readonly detail?: string;
}

/** "Điều 24, khoản 1": where in a document. */
export interface Place {
  readonly article?: string;
  readonly clause?: string;
  readonly point?: string;
}
