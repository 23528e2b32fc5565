/** npm run --silent ask -- [--json] [--as-of YYYY-MM-DD]: answers one question a line of standard input. Needs no server. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import {
  createAnswerer,
  findKnowledgeFolder,
  KnowledgeError,
  loadKnowledge,
  openShelf,
  TEXTS_FOLDER,
  type Reply,
} from '../awards/index.js';
import { readConfig, readTextsFolder, type Config } from '../config.js';
import { ConfigError } from '../kernel/errors.js';
import { isLocalDate, localDate, type LocalDate } from '../kernel/local-date.js';
import { createStore, openEmbedded, readBusinessClock } from '../store/index.js';

interface Options {
  readonly json: boolean;
  readonly asOf: LocalDate | undefined;
}

const write = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

function readOptions(args: readonly string[]): Options | string {
  let json = false;
  let asOf: LocalDate | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const [name, inline] = (args[at] ?? '').split('=', 2);
    if (name === '--json') json = true;
    else if (name === '--as-of') {
      asOf = inline ?? args[(at += 1)];
      if (asOf === undefined || !isLocalDate(asOf)) return '--as-of cần một ngày dạng 2026-11-22';
    } else return `không hiểu tham số ${args[at] ?? ''}`;
  }
  return { json, asOf };
}

/** Today by the business clock where there is a database, else by this machine. */
async function today(): Promise<LocalDate> {
  const config = configOrNull();
  try {
    const at = config && (await businessTime(config));
    return localDate(at ?? new Date());
  } catch (error) {
    complain(
      `không đọc được đồng hồ nghiệp vụ (${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}), dùng ngày của máy`,
    );
    return localDate(new Date());
  }
}

/** Answers need no tokens: a configuration that could not start a server does not stop them. */
function configOrNull(): Config | null {
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}

async function businessTime({ database }: Config): Promise<Date | null> {
  // Without a data folder there is no business clock yet, and a question is no reason to make a database.
  if (database.kind === 'embedded' && !existsSync(database.dataDir)) return null;
  const embedded =
    database.kind === 'embedded' ? await openEmbedded({ dataDir: database.dataDir, server: false }) : null;
  const url = embedded?.url ?? (database.kind === 'server' ? database.url : '');
  try {
    const store = await createStore({ url, poolSize: 1 });
    try {
      return await readBusinessClock(store.db);
    } finally {
      await store.close();
    }
  } finally {
    await embedded?.stop();
  }
}

function print(question: string, reply: Reply, ms: number, json: boolean): void {
  const { outcome, text, citations, cards } = reply;
  if (json) write(JSON.stringify({ question, outcome, text, citations, cards, ms: Math.round(ms * 100) / 100 }));
  else write(`❓ ${question}\n${text}\n[${outcome}]\n`);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    complain(options);
    return 1;
  }
  const knowledge = loadKnowledge();
  const texts = openShelf(readTextsFolder() ?? path.join(findKnowledgeFolder(), TEXTS_FOLDER), () => knowledge);
  const answerer = createAnswerer({ knowledge, texts });
  const asOf = options.asOf ?? (await today());
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const from = performance.now();
    const reply = answerer.answer(line, { asOf });
    print(line, reply, performance.now() - from, options.json);
  }
  return 0;
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof KnowledgeError)) throw error;
  complain(`kho tri thức có chỗ sai:\n${error.message}`);
  return 1;
});
