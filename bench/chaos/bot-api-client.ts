/** The fake Bot API as the run sees it. */
import type { ApiQuestion, ApiWord, Got, Moment } from './bot-api.js';
import { firstWord, startProcess } from './workers.js';

export interface BotApi {
  readonly root: string;
  /** Resolves when the worker was killed at that moment of its calls; false when `until` came first. */
  killAt(
    worker: { readonly name: string; readonly pid: number },
    moment: Moment,
    until: Promise<unknown>,
  ): Promise<boolean>;
  /** What came in since the last tally. */
  tally(): Promise<readonly Got[]>;
  close(): void;
}

/** Starts it in a process of its own. `mark` begins the texts of repeats. */
export async function startBotApi(folder: string, latencyMs: number, mark: string): Promise<BotApi> {
  const child = startProcess(folder, 'bot-api', [String(latencyMs), mark]);
  const { port } = (await firstWord(child)) as { port: number };
  const ask = (question: ApiQuestion) => void child.send(question);

  function hear<T>(fits: (word: ApiWord) => T | undefined): { heard: Promise<T>; leave: () => void } {
    let leave: () => void = () => undefined;
    const heard = new Promise<T>((resolve) => {
      const onMessage = (word: ApiWord) => {
        const found = fits(word);
        if (found === undefined) return;
        leave();
        resolve(found);
      };
      leave = () => void child.off('message', onMessage);
      child.on('message', onMessage);
    });
    return { heard, leave };
  }

  return {
    root: `http://127.0.0.1:${String(port)}`,
    async killAt({ name, pid }, moment, until) {
      const killed = hear((word) => ('killed' in word && word.killed === name ? true : undefined));
      ask({ ask: 'kill', worker: name, pid, moment });
      const done = await Promise.race([killed.heard, until.then(() => false)]);
      killed.leave();
      if (!done) ask({ ask: 'spare', worker: name });
      return done;
    },
    async tally() {
      const answer = hear((word) => ('tally' in word ? word.tally : undefined));
      ask({ ask: 'tally' });
      return answer.heard;
    },
    close: () => void child.kill('SIGKILL'),
  };
}
