/** A language model that says what a test tells it to, and remembers what it was asked. */
import { readBody, runFake, sendJson } from './fake-kit.mjs';

let behaviour = { kind: 'say', content: '{}' };
let requests = [];

const completion = (content) => ({ choices: [{ message: { role: 'assistant', content } }] });

async function api(req, res) {
  const body = (await readBody(req)).toString('utf8');
  requests.push({ method: req.method, url: req.url, headers: req.headers, body });
  const { kind, content = '', status = 500, to = '', bytes = 0, everyMs = 20 } = behaviour;
  switch (kind) {
    case 'say':
      return sendJson(res, 200, completion(content));
    case 'status':
      return sendJson(res, status, { error: content });
    case 'redirect':
      return res.writeHead(307, { location: to }).end();
    case 'garbage':
      return res.writeHead(200, { 'content-type': 'text/html' }).end(content);
    case 'huge':
      return sendJson(res, 200, completion('x'.repeat(bytes)));
    case 'reset':
      return req.socket.resetAndDestroy();
    case 'trickle': {
      res.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => res.write(' '), everyMs);
      res.on('close', () => clearInterval(timer));
      return undefined;
    }
    default:
      // Hangs until the client leaves.
      return undefined;
  }
}

runFake({
  api,
  control: {
    behave: (next) => {
      behaviour = next;
    },
    requests: () => requests,
    clear: () => {
      requests = [];
    },
  },
});
