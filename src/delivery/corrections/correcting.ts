/** Messages that correct what a broadcast said: they go on when it rests or is cancelled. */

/** Slot of the messages of a correction: `main~c2`; further parts are `main~c2/2`. */
export const correctingSlot = (version: number): string => `main~c${String(version)}`;

/** True for messages that correct others. */
export const isCorrectingSql = (message: string): string => `${message}.slot like 'main~c%'`;

/** True for the messages of one correction `c`. */
export const isOfCorrectionSql = (message: string): string =>
  `(${message}.slot = 'main~c' || c.version or ${message}.slot like 'main~c' || c.version || '/%')`;
