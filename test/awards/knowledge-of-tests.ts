/** The shipped knowledge and an answerer over it, for the tests of this folder. */
import path from 'node:path';
import { createAnswerer, loadKnowledge } from '../../src/awards/index.js';

export const KNOWLEDGE_FOLDER = path.resolve(import.meta.dirname, '../../knowledge');
export const TODAY = '2026-11-22';
export const knowledge = loadKnowledge(KNOWLEDGE_FOLDER);
export const answerer = createAnswerer({ knowledge });

/** The answer on the pinned day. */
export const ask = (question: string, asOf = TODAY) => answerer.answer(question, { asOf });
