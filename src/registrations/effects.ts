/** What flows of this room ask for: submitting and deciding. */
import { defineEffect } from '../conversation/index.js';
import type { Entry } from './model.js';

export interface SubmitRegistration {
  readonly id: string;
  readonly code: string;
  readonly campaignId: string;
  readonly unitId: string;
  readonly seatId: string;
  readonly entry: Entry & { readonly targets: string };
  /** The version that the person saw; 0 for none. Another one means that a colleague was faster. */
  readonly seenVersion: number;
}
export const submitRegistration = defineEffect<SubmitRegistration>('registrations.submit');

export interface DecideRegistration {
  readonly registrationId: string;
  readonly seenVersion: number;
  readonly decision: 'accepted' | 'returned';
  readonly reason: string | null;
}
export const decideRegistration = defineEffect<DecideRegistration>('registrations.decide');
