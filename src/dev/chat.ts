/** npm run chat [PERSON]: talk to the bot in the terminal, as any demo person. Uses a running server, or starts one. */
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { z } from 'zod';
import { startApp } from '../app.js';
import { readConfig } from '../config.js';
import { migrate, openEmbedded } from '../store/index.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const person = z.object({ code: z.string(), name: z.string(), role: z.string(), unit: z.string() });
const session = z.object({ token: z.string() });
const events = z.object({
  events: z.array(
    z.object({
      seq: z.number(),
      text: z.string(),
      buttons: z.array(z.object({ label: z.string(), action: z.string() })),
    }),
  ),
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The address of a server: the one that runs, or one started for this talk. */
async function openServer(): Promise<{ url: string; close: () => Promise<void> }> {
  const config = readConfig();
  const running = `http://127.0.0.1:${String(config.port)}`;
  const answers = await fetch(`${running}/api/demo/people`).then(
    (response) => response.ok,
    () => false,
  );
  if (answers) return { url: running, close: () => Promise.resolve() };
  const embedded =
    config.database.kind === 'embedded'
      ? await openEmbedded({ dataDir: config.database.dataDir, server: true, say })
      : null;
  const databaseUrl = embedded?.url ?? (config.database.kind === 'server' ? config.database.url : '');
  await migrate(databaseUrl);
  const app = await startApp({
    config: { ...config, port: 0 },
    databaseUrl,
    logger: pino({ level: 'silent' }),
    root: ROOT,
    say,
  });
  return {
    url: app.url ?? '',
    close: async () => {
      await app.stop(5_000);
      await embedded?.stop();
    },
  };
}

async function main(): Promise<void> {
  const server = await openServer();
  const input = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const people = person.array().parse(await (await fetch(`${server.url}/api/demo/people`)).json());
    const wanted = process.argv[2] ?? 'seat-p-phu-ly';
    const who = people.find((one) => one.code === wanted);
    if (!who) {
      say(
        `Không có ai mã "${wanted}". Ví dụ: ${people
          .slice(0, 6)
          .map((one) => one.code)
          .join(', ')}`,
      );
      return;
    }
    say(`${who.name} – ${who.role} ${who.unit}. Gõ tin nhắn; Ctrl+D để thôi.`);
    await talk(server.url, who.code, input);
  } finally {
    input.close();
    await server.close();
  }
}

/** Sends each line and prints what comes back, numbered buttons included. */
async function talk(url: string, code: string, input: AsyncIterable<string>): Promise<void> {
  const post = (path: string, body: object, token?: string) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
  const { token } = session.parse(await (await post('/api/web/sessions', { as: code })).json());
  const listen = async (after: number, wait: number) => {
    const response = await fetch(`${url}/api/web/messages?after=${String(after)}&wait=${String(wait)}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    return events.parse(await response.json()).events;
  };
  let seen = (await listen(0, 0)).at(-1)?.seq ?? 0;
  let n = 0;
  for await (const line of input) {
    if (line.trim() === '') continue;
    await post('/api/web/messages', { id: `chat-${String(process.pid)}-${String((n += 1))}`, text: line }, token);
    for (const event of await listen(seen, 10)) {
      seen = event.seq;
      say(`\n${event.text}`);
      event.buttons.forEach((button, i) => {
        say(`  [${String(i + 1)}] ${button.label}`);
      });
    }
    say('');
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
