/** What both fake platforms share: faults, rate counting, the ledger of messages, and the server around them. */
import { Buffer } from 'node:buffer';
import http from 'node:http';
import { performance } from 'node:perf_hooks';
import busboy from 'busboy';

const BODY_LIMIT = 70_000_000;

/** Counts what comes faster than the rate by GCRA; a call over the limit does not push the others back. */
export function createMeter(perSecond, toleranceMs) {
  const step = 1000 / perSecond;
  let due = Number.NEGATIVE_INFINITY;
  return {
    /** Null within the limit, else how many milliseconds too early. */
    over(now) {
      const early = due - now;
      if (early > toleranceMs) return early - toleranceMs;
      due = Math.max(due, now) + step;
      return null;
    },
  };
}

/**
 * Faults to play: `{kind, method?, chat?, contains?, times?, every?, chance?, ...}`. Kinds: answer (with `answer`),
 * hang-before, hang-after, reset-before, reset-after, garbage-after, slow (with `delayMs`). `times` null: until cleared.
 */
export function createFaults() {
  let rules = [];
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  return {
    add(rule) {
      rules.push({ times: 1, seen: 0, played: 0, ...rule });
    },
    clear() {
      rules = [];
    },
    list: () => rules,
    pick({ method, chat, text }) {
      if (rules.length === 0) return null;
      for (const rule of rules) {
        if (rule.method !== undefined && rule.method !== method) continue;
        if (rule.chat !== undefined && String(rule.chat) !== chat) continue;
        if (rule.contains !== undefined && !text.includes(rule.contains)) continue;
        if (rule.times !== null && rule.played >= rule.times) continue;
        rule.seen += 1;
        if (rule.every !== undefined && rule.seen % rule.every !== 0) continue;
        if (rule.chance !== undefined && random() >= rule.chance) continue;
        rule.played += 1;
        return rule;
      }
      return null;
    },
  };
}

/** Every message that was taken, by chat; each chat keeps its latest `keep`, the counts keep all. */
export function createLedger(keep) {
  const chats = new Map();
  let waiters = [];
  let total = 0;
  return {
    add(chat, entry) {
      let row = chats.get(chat);
      if (!row) chats.set(chat, (row = { count: 0, entries: [] }));
      row.count += 1;
      row.entries.push(entry);
      if (row.entries.length > keep) row.entries.shift();
      total += 1;
      if (waiters.length > 0) this.wake(chat);
    },
    wake(chat) {
      waiters = waiters.filter((waiter) => waiter.chat !== chat || !waiter.look());
    },
    of: (chat) => chats.get(chat)?.entries ?? [],
    count: (chat) => chats.get(chat)?.count ?? 0,
    total: () => total,
    clear() {
      chats.clear();
      total = 0;
    },
    /** Resolves with the first entry of a chat that fits, now or later; null after the time. */
    wait(chat, fits, timeoutMs) {
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiters = waiters.filter((waiter) => waiter !== mine);
          resolve(null);
        }, timeoutMs);
        const mine = {
          chat,
          look: () => {
            const found = this.of(chat).find(fits);
            if (!found) return false;
            clearTimeout(timer);
            resolve(found);
            return true;
          },
        };
        if (!mine.look()) waiters.push(mine);
      });
    },
    /** How many chats got how many messages that contain the words, and which got the same one twice. */
    summary(contains) {
      const perChat = {};
      const histogram = {};
      const twice = [];
      let messages = 0;
      for (const [chat, row] of chats) {
        const fitting = row.entries.filter((entry) => entry.text.includes(contains));
        if (fitting.length === 0) continue;
        messages += fitting.length;
        perChat[chat] = fitting.length;
        histogram[fitting.length] = (histogram[fitting.length] ?? 0) + 1;
        const seen = new Map();
        for (const { text } of fitting) seen.set(text, (seen.get(text) ?? 0) + 1);
        for (const [text, count] of seen) if (count > 1) twice.push({ chat, text, count });
      }
      return { messages, chats: Object.keys(perChat).length, perChat, histogram, twice };
    },
  };
}

/** Files by id; the oldest go when there are too many, or they weigh too much together. */
export function createShelf(most = 200, mostBytes = 150_000_000) {
  const files = new Map();
  let bytes = 0;
  const drop = (id) => {
    bytes -= files.get(id).bytes.length;
    files.delete(id);
  };
  return {
    put(id, file) {
      files.set(id, file);
      bytes += file.bytes.length;
      while (files.size > 1 && (files.size > most || bytes > mostBytes)) drop(files.keys().next().value);
    },
    get: (id) => files.get(id),
    find: (fits) => [...files.values()].find(fits),
    clear() {
      files.clear();
      bytes = 0;
    },
  };
}

export function readBody(req) {
  return new Promise((resolve, reject) => {
    const pieces = [];
    let size = 0;
    req.on('data', (piece) => {
      size += piece.length;
      if (size > BODY_LIMIT) req.destroy();
      pieces.push(piece);
    });
    req.on('end', () => resolve(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)));
    req.on('error', reject);
    req.on('close', () => req.complete || reject(new Error('the client left')));
  });
}

/** Fields and files of a multipart body. */
export function readMultipart(headers, body) {
  return new Promise((resolve, reject) => {
    const fields = {};
    const files = {};
    const parser = busboy({ headers, defParamCharset: 'utf8' });
    parser.on('field', (name, value) => (fields[name] = value));
    parser.on('file', (name, stream, info) => {
      const pieces = [];
      stream.on('data', (piece) => pieces.push(piece));
      stream.on(
        'end',
        () => (files[name] = { name: info.filename, type: info.mimeType, bytes: Buffer.concat(pieces) }),
      );
    });
    parser.on('close', () => resolve({ fields, files }));
    parser.on('error', reject);
    parser.end(body);
  });
}

export function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function sendJson(res, status, value, headers = {}) {
  const body = JSON.stringify(value);
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers });
  res.end(body);
}

/** Answers one API call under a fault. `accept()` does the work and returns `{status, body}`. */
export function playFault(fault, req, res, accept, asAnswer) {
  const reset = () => req.socket.resetAndDestroy();
  switch (fault.kind) {
    case 'answer': {
      const { status, body } = asAnswer(fault);
      return sendJson(res, status, body);
    }
    case 'hang-before':
      return undefined;
    case 'reset-before':
      return reset();
    case 'hang-after':
      return void accept();
    case 'reset-after':
      accept();
      return reset();
    case 'garbage-after':
      accept();
      return res.writeHead(200, { 'content-type': 'text/html' }).end('<html>proxy</html>');
    case 'slow':
      setTimeout(async () => {
        const { status, body } = await accept();
        sendJson(res, status, body);
      }, fault.delayMs ?? 1000);
      return undefined;
    default:
      return sendJson(res, 500, { error: `unknown fault ${fault.kind}` });
  }
}

/** Runs a fake as its own process: listens on loopback, tells its parent the port, ends with it. */
export function runFake({ api, control, stop = () => undefined }) {
  const server = http.createServer({ keepAliveTimeout: 65_000 }, (req, res) => {
    const done = req.url.startsWith('/_control/') ? serveControl(req, res, control) : api(req, res);
    done.catch((error) => {
      if (!res.headersSent && !res.destroyed) sendJson(res, 500, { error: String(error?.stack ?? error) });
    });
  });
  let port = 0;
  const listen = () =>
    server.listen(port, '127.0.0.1', () => process.send?.({ ready: (port = server.address().port) }));
  process.on('message', (message) => {
    if (message === 'refuse') server.close(() => process.send?.({ refusing: true }));
    if (message === 'refuse') server.closeAllConnections();
    if (message === 'listen') listen();
    if (message === 'stop') process.exit(0);
  });
  process.on('disconnect', () => process.exit(0));
  process.on('exit', stop);
  listen();
}

/** `POST /_control/<name>` with a JSON body calls the control of that name and answers its result. */
async function serveControl(req, res, control) {
  const name = req.url.slice('/_control/'.length);
  const args = parseJson((await readBody(req)).toString('utf8') || '{}');
  const run = Object.hasOwn(control, name) ? control[name] : undefined;
  if (!run) return sendJson(res, 404, { error: `no control ${name}` });
  try {
    sendJson(res, 200, { result: (await run(args)) ?? null });
  } catch (error) {
    sendJson(res, 400, { error: error instanceof Error ? error.message : String(error) });
  }
  return undefined;
}

export const monotonicMs = () => performance.now();
