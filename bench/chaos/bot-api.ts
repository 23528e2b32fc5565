/**
 * A Bot API that remembers who got what, also from workers that are dead, and kills a worker at a moment that only the
 * platform can see. Runs in a process of its own; each worker calls it under a path of its own: `/NAME/bot…/sendMessage`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** When a worker dies: so long after its first call; as its n-th message arrives; as the n-th has been answered. */
export type Moment =
  { readonly kind: 'random'; readonly afterMs: number } | { readonly kind: 'arrival' | 'answer'; readonly nth: number };

export type ApiQuestion =
  | { readonly ask: 'kill'; readonly worker: string; readonly pid: number; readonly moment: Moment }
  | { readonly ask: 'spare'; readonly worker: string }
  /** What came in since the last tally. */
  | { readonly ask: 'tally' };

export type ApiWord = { readonly port: number } | { readonly killed: string } | { readonly tally: readonly Got[] };

/** What one person got: first messages, and repeats that say so. */
export interface Got {
  readonly address: string;
  readonly plain: number;
  readonly marked: number;
  /** Of these, answers that were written. */
  readonly acknowledged: number;
}

interface Victim {
  readonly pid: number;
  readonly moment: Moment;
  isTimed: boolean;
}

interface Seen {
  arrived: number;
  answered: number;
  inFlight: number;
  victim: Victim | null;
}

const latencyMs = Number(process.argv[2] ?? 0);
const mark = process.argv[3] ?? '';
const workers = new Map<string, Seen>();
let got = new Map<string, { plain: number; marked: number; acknowledged: number }>();
let lastId = 0;

const say = (word: ApiWord) => process.send?.(word);

function seenOf(worker: string): Seen {
  let seen = workers.get(worker);
  if (!seen) workers.set(worker, (seen = { arrived: 0, answered: 0, inFlight: 0, victim: null }));
  return seen;
}

/** Kills when the moment has come. */
function look(worker: string, seen: Seen): void {
  const { victim } = seen;
  if (victim === null) return;
  const { moment } = victim;
  if (moment.kind === 'random') {
    if (victim.isTimed || seen.arrived === 0) return;
    victim.isTimed = true;
    setTimeout(() => strike(worker, seen, victim), moment.afterMs);
  } else if (seen[moment.kind === 'arrival' ? 'arrived' : 'answered'] >= moment.nth) strike(worker, seen, victim);
}

function strike(worker: string, seen: Seen, victim: Victim): void {
  // Spared meanwhile.
  if (seen.victim !== victim) return;
  if (seen.inFlight === 0 && victim.moment.kind === 'random') {
    // A kill between two calls would prove nothing: it waits for the next one.
    seen.victim = { ...victim, moment: { kind: 'arrival', nth: seen.arrived + 1 } };
    return;
  }
  seen.victim = null;
  process.kill(victim.pid, 'SIGKILL');
  say({ killed: worker });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const worker = (request.url ?? '').split('/')[1] ?? '';
  const body = await readBody(request);
  const { chat_id: chat, text } = JSON.parse(body) as { chat_id: number; text: string };
  const address = String(chat);
  const one = got.get(address) ?? { plain: 0, marked: 0, acknowledged: 0 };
  got.set(address, one);
  if (text.startsWith(mark)) one.marked += 1;
  else one.plain += 1;

  const seen = seenOf(worker);
  seen.arrived += 1;
  seen.inFlight += 1;
  lastId += 1;
  const result = { message_id: lastId, date: 0, chat: { id: chat, type: 'private' }, text };
  setTimeout(
    () => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ ok: true, result }), () => {
        one.acknowledged += 1;
        seen.answered += 1;
        look(worker, seen);
      });
      seen.inFlight -= 1;
    },
    latencyMs * (0.5 + Math.random()),
  );
  look(worker, seen);
}

const server = createServer((request, response) => {
  take(request, response).catch(() => response.destroy());
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => say({ port: (server.address() as AddressInfo).port }));

process.on('message', (question: ApiQuestion) => {
  switch (question.ask) {
    case 'kill': {
      const seen = seenOf(question.worker);
      seen.victim = { pid: question.pid, moment: later(question.moment, seen), isTimed: false };
      look(question.worker, seen);
      return;
    }
    case 'spare':
      seenOf(question.worker).victim = null;
      return;
    case 'tally':
      say({ tally: [...got].map(([address, one]) => ({ address, ...one })) });
      got = new Map();
  }
});
process.on('disconnect', () => process.exit(0));

/** Counted from now, not from the worker's first call. */
function later(moment: Moment, { arrived, answered }: Seen): Moment {
  if (moment.kind === 'random') return moment;
  return { kind: moment.kind, nth: moment.nth + (moment.kind === 'arrival' ? arrived : answered) };
}
