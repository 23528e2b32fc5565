/** The answers room: knowledge, answers with citations, and questions handed to a person. */
import type { RoomFlow } from '../conversation/index.js';
import type { Answerer } from './answerer.js';
import { answerFlow } from './flow-answer.js';
import { createAskFlow } from './flow-ask.js';
import { personFlow } from './flow-person.js';

export { createAnswerer, type Answerer, type AskOptions } from './answerer.js';
export { createAwardsEffects, type AwardsDeps } from './effects.js';
export { findKnowledgeFolder, KnowledgeError, loadKnowledge, readKnowledge, type KnowledgeProblem } from './load.js';
export type { Citation, Knowledge, Outcome, Reply, Topic } from './model.js';
export { maskPersonal } from './personal.js';
export { createAwardsReads, type AwardsReads } from './store.js';

/** Flows of this room; the answerer is built once for the process. */
export const createAwardsFlows = (deps: { readonly answerer: Answerer }): RoomFlow[] => [
  createAskFlow(deps.answerer),
  personFlow,
  answerFlow,
];
