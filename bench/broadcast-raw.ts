/** What is compared with: telegraf's `sendMessage` in a bare loop. Runs in a process of its own. */
import http from 'node:http';
import { Telegram } from 'telegraf';
import type { Usage } from './usage.js';
import { startUsage } from './usage.js';

export interface RawQuestion {
  readonly count: number;
  readonly text: string;
}

const [apiRoot = '', concurrency = '50'] = process.argv.slice(2);
const telegram = new Telegram('1:raw', { apiRoot, webhookReply: false });
telegram.options.agent = new http.Agent({ keepAlive: true });

async function run({ count, text }: RawQuestion): Promise<Usage> {
  const usage = startUsage();
  let next = 0;
  const loop = async () => {
    while (next < count) {
      next += 1;
      await telegram.sendMessage(1_000_000 + next, text);
    }
  };
  await Promise.all(Array.from({ length: Number(concurrency) }, loop));
  return usage();
}

process.on('message', (question: RawQuestion) => {
  void run(question).then((usage) => process.send?.(usage));
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
