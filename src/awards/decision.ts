/** What the gate may decide about a question. */
import type { LocalDate } from '../kernel/local-date.js';
import type { Card } from './model.js';
import type { Query } from './query.js';

export type OutOfScope = 'topic' | 'unpublished' | 'verdict' | 'instruction';
export type HandOver = 'no_basis' | 'asked_for_person' | 'complaint' | 'status' | 'not_in_force';

export type Decision =
  /** `asOf` where it is another day than the one asked about. */
  | { readonly kind: 'card'; readonly card: Card; readonly asOf?: LocalDate }
  | {
      readonly kind: 'choose';
      readonly why: 'subject' | 'kind' | 'unclear';
      readonly cards: readonly Card[];
      readonly subject?: string;
    }
  /** `near`: cards that were not good enough to answer, but may be what was meant. */
  | { readonly kind: 'out_of_scope'; readonly why: OutOfScope; readonly near?: readonly Card[] }
  | { readonly kind: 'hand_over'; readonly why: HandOver; readonly card?: Card; readonly near?: readonly Card[] };

/** From this score on a card answers. */
export const ENOUGH = 0.62;

export interface GateInput {
  readonly query: Query;
  readonly asOf: LocalDate;
  readonly today: LocalDate;
}

/** The decision rests on what kind of talk it is, not on what is asked. */
export const isSpeechAct = (decision: Decision): boolean =>
  (decision.kind === 'out_of_scope' && decision.why !== 'topic') ||
  (decision.kind === 'hand_over' && ['asked_for_person', 'complaint', 'status'].includes(decision.why));
