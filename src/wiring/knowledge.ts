/** The knowledge of a process: the shipped files, what officers changed, and the official texts that are loaded. */
import { join } from 'node:path';
import {
  createLiveAnswerer,
  loadKnowledge,
  nearPassages,
  openShelf,
  TEXTS_FOLDER,
  type AwardsDeps,
  type LiveAnswerer,
} from '../awards/index.js';
import type { Config } from '../config.js';
import type { Logger } from '../inbox/index.js';

export interface ProcessKnowledge {
  readonly answerer: LiveAnswerer;
  /** Passages near to a question, for the officer who answers it. */
  readonly near: NonNullable<AwardsDeps['near']>;
}

/** Reads the files of the project at `root`; throws a KnowledgeError that lists what is wrong with them. */
export function openKnowledge(root: string, config: Pick<Config, 'knowledgeTexts'>, logger: Logger): ProcessKnowledge {
  const folder = join(root, 'knowledge');
  const texts = openShelf(config.knowledgeTexts ?? join(folder, TEXTS_FOLDER), () => answerer.knowledge);
  const answerer: LiveAnswerer = createLiveAnswerer({
    base: loadKnowledge(folder),
    texts,
    onLeftOut: (leftOut) => {
      logger.error({ leftOut }, 'changes of the knowledge that cannot be used');
    },
  });
  return { answerer, near: (question, day) => nearPassages(texts, answerer.knowledge, question, day) };
}
