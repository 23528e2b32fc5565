/** How the fake Official Account calls the webhook: signed over the exact bytes, with its ladder of repeats. */
import { createHash } from 'node:crypto';
import { Agent, request } from 'undici';

const LADDER_MS = [30_000, 300_000, 900_000, 1_800_000, 3_600_000];
const ANSWER_WITHIN_MS = 2_000;

export function createEvents({ appId, secretKey, now }) {
  const agent = new Agent({ connections: 100 });
  let url = null;
  let retryScale = 1;
  let serial = 0;
  let disabled = false;
  let pending = 0;
  const fates = new Map();
  const stats = { sent: 0, failed: 0, slow: 0 };
  /** Events of one person go one after the other, as they happened. */
  const lines = new Map();

  const sign = (raw, timestamp) =>
    `mac=${createHash('sha256').update(appId).update(raw).update(timestamp).update(secretKey).digest('hex')}`;

  function send(key, fields, headers = {}) {
    serial += 1;
    const id = serial;
    const timestamp = String(now());
    const raw = JSON.stringify({ app_id: appId, ...fields, timestamp });
    fates.set(id, { state: 'pending', tries: 0, lastStatus: null });
    if (fates.size > 20_000) fates.delete(fates.keys().next().value);
    if (url === null || disabled) return id;
    pending += 1;
    const before = lines.get(key) ?? Promise.resolve();
    const mine = before.then(() =>
      deliver(id, raw, { 'content-type': 'application/json', 'X-ZEvent-Signature': sign(raw, timestamp), ...headers }),
    );
    lines.set(key, mine);
    void mine.finally(() => {
      pending -= 1;
      if (lines.get(key) === mine) lines.delete(key);
    });
    return id;
  }

  async function deliver(id, raw, headers) {
    const fate = fates.get(id) ?? {};
    for (let n = 0; n <= LADDER_MS.length; n++) {
      fate.tries = n + 1;
      fate.lastStatus = await post(raw, n === 0 ? headers : { ...headers, num_retry: String(n) });
      stats.sent += 1;
      if (fate.lastStatus === 200) return void (fate.state = 'delivered');
      stats.failed += 1;
      if (n < LADDER_MS.length) await new Promise((resolve) => setTimeout(resolve, LADDER_MS[n] * retryScale));
    }
    fate.state = 'dropped';
    disabled = true;
    return undefined;
  }

  async function post(raw, headers) {
    const started = Date.now();
    try {
      const answer = await request(url, {
        method: 'POST',
        headers,
        body: raw,
        dispatcher: agent,
        headersTimeout: ANSWER_WITHIN_MS,
      });
      await answer.body.dump();
      if (Date.now() - started > ANSWER_WITHIN_MS) stats.slow += 1;
      return answer.statusCode;
    } catch {
      return 0;
    }
  }

  return {
    send,
    sign,
    setWebhook: (wanted) => {
      url = wanted;
      disabled = false;
    },
    setRetryScale: (scale) => void (retryScale = scale),
    fate: (id) => fates.get(id) ?? { state: 'unknown', tries: 0, lastStatus: null },
    stats: () => ({ ...stats, pending, disabled }),
  };
}
