/** When reminders leave: the start of the office day. */
import { atLocal, type LocalDate } from './local-date.js';

const REMIND_AT = '08:00';

/** The instant at which people are reminded on a day. */
export const remindAt = (day: LocalDate): Date => atLocal(day, REMIND_AT);
