/** Questions handed to the officers: the queue, the answer for everybody who asked, and what the asker sees. */
import type { RoomFlow } from '../../conversation/index.js';
import type { Answerer } from '../answerer.js';
import { createAnswerFlow } from './flow-answer.js';
import { createCloseFlow } from './flow-close.js';
import { mineFlow } from './flow-mine.js';
import { createQueueFlow } from './flow-queue.js';
import { likenessOf } from './questions.js';

export { createQuestionReads, type QuestionReads } from './store.js';

export function createQuestionFlows(answerer: Answerer): RoomFlow[] {
  const likeness = likenessOf(answerer);
  return [createAnswerFlow(answerer, likeness), createCloseFlow(), createQueueFlow(likeness), mineFlow];
}
