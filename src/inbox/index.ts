/** The inbox: stores what comes in, runs turns, carries out slow work. */
export { createAccept, type Accepted } from './accept.js';
export { createRunTurn, type TurnOutcome } from './turn.js';
export { createProcessor, type Processor } from './process.js';
export { createRunWork, createWorkEffect, type WorkHandler, type WorkItem } from './work.js';
export { createFetchFile } from './fetch-file.js';
export { findOverdue } from './overdue.js';
export { createPrepare } from './prepare.js';
export { createReconcileInbox } from './reconcile.js';
export { buildEffectTable, handle, type EffectContext, type EffectHandler, type EffectTable } from './effects.js';
export type { Bells, Logger, People } from './ports.js';
