/** A Bot API that remembers who got what, also from workers that are dead. Runs in a process of its own. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChaosTally } from './chaos.js';

const latencyMs = Number(process.argv[2] ?? 0);
const got = new Map<number, string[]>();
let lastId = 0;

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

const server = createServer((request, response) => {
  void readBody(request).then((body) => {
    const { chat_id: chat, text } = JSON.parse(body) as { chat_id: number; text: string };
    got.set(chat, [...(got.get(chat) ?? []), text]);
    lastId += 1;
    const answer = JSON.stringify({
      ok: true,
      result: { message_id: lastId, date: 0, chat: { id: chat, type: 'private' }, text },
    });
    setTimeout(
      () => response.setHeader('content-type', 'application/json').end(answer),
      latencyMs * (0.5 + Math.random()),
    );
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));

function tally(): ChaosTally {
  const all = [...got.values()];
  const sum = (value: (texts: readonly string[]) => number) => all.reduce((total, texts) => total + value(texts), 0);
  return {
    received: sum((texts) => texts.length),
    distinct: sum((texts) => new Set(texts).size),
    people: all.length,
    unmarkedRepeats: sum((texts) => Math.max(0, texts.filter((text) => !text.startsWith('Nhắc lại:')).length - 1)),
  };
}

process.on('message', () => process.send?.(tally()));
process.on('disconnect', () => process.exit(0));
