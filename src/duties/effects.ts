/** What the flows of this room ask to have done. */
import { defineEffect } from '../conversation/index.js';
import type { DutyContent } from './model.js';

/** Makes a duty; a copy ends the duty that it follows. */
export const makeDuty = defineEffect<{
  readonly id: string;
  readonly code: string;
  readonly content: DutyContent;
  readonly copiedFromId: string | null;
}>('duties.make');

/** Writes a new version of a duty, if it is still the one that was read. */
export const amendDuty = defineEffect<{
  readonly id: string;
  readonly seen: number;
  readonly content: DutyContent;
  readonly reason: string;
}>('duties.amend');

/** Ends a duty: no more periods are made; `waive`: what is coming is not owed any more. */
export const stopDuty = defineEffect<{
  readonly id: string;
  readonly seen: number;
  readonly waive: boolean;
  readonly reason: string;
}>('duties.stop');

/** The work that makes the obligations of a duty soon after it was saved. */
export const PLAN_WORK = 'duties.plan';
