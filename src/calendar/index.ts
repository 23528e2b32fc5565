/** The province's calendar: days off, make-up days, the hours of the day, and how a term in working days is counted. */
import type { RoomFlow } from '../conversation/index.js';
import type { EffectHandler } from '../inbox/index.js';
import type { AfterDeps } from './after.js';
import { calendarFlow } from './flow-calendar.js';
import { enterFlow } from './flow-enter.js';
import { hoursFlow, termFlow } from './flow-hours.js';
import { proposeFlow, removeFlow } from './flow-propose.js';
import { createCalendarHandlers } from './handlers.js';

/** All flows of this room. */
export const createCalendarFlows = (): RoomFlow[] => [
  calendarFlow,
  enterFlow,
  removeFlow,
  proposeFlow,
  hoursFlow,
  termFlow,
];

/** Handlers of this room's effects. */
export const createCalendarEffects = (deps: AfterDeps): EffectHandler[] => createCalendarHandlers(deps);

export { REDATE_WORK } from './effects.js';
export { createCalendarReads, type CalendarReadPort, type CalendarReads } from './reads.js';
export { explainTerm, termText, type ExplainedTerm } from './explain.js';
export { loadQuietHours, readSpan } from './hours.js';
export type { CalendarListener, OwedOn } from './ports.js';
export { loadCalendar, shareCalendar } from './store.js';
export { dayText } from './texts.js';
