/** How the fake Bot API hands updates over: webhook with its repeats, or one long poll at a time. */
import { request, Agent } from 'undici';
import { Refusal } from './fake-telegram-rules.mjs';

const CONFLICT_POLL =
  'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';
const CONFLICT_HOOK =
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const DAY_MS = 86_400_000;

export function createUpdates() {
  const agent = new Agent({ connections: 100 });
  let nextId = 900_000_001;
  /** Updates not yet taken, in order; each `{update, chat, at, tries, lastStatus}`. */
  const pending = new Set();
  /** How the latest updates ended: id to {state, tries}. */
  const ended = new Map();
  let hook = null;
  let poll = null;
  let retryScale = 1;
  let lastError = null;
  const busyChats = new Set();
  let running = 0;

  const finish = (item, state) => {
    pending.delete(item);
    ended.set(item.update.update_id, { state, tries: item.tries, lastStatus: item.lastStatus ?? null });
    if (ended.size > 20_000) ended.delete(ended.keys().next().value);
  };

  function add(chat, fields) {
    const update = { update_id: nextId++, ...fields };
    pending.add({ update, chat: String(chat), at: Date.now(), tries: 0 });
    if (hook) pump();
    else if (poll) answerPoll();
    return update.update_id;
  }

  /** One update of a chat at a time, many chats at once, as the real server does. */
  function pump() {
    if (!hook) return;
    for (const item of pending) {
      if (running >= hook.maxConnections) return;
      if (busyChats.has(item.chat) || !allowed(item)) continue;
      busyChats.add(item.chat);
      running += 1;
      void deliver(item, hook);
    }
  }

  const allowed = (item) => {
    const kinds = Object.keys(item.update).filter((key) => key !== 'update_id');
    if (!hook?.allowed || kinds.every((kind) => hook.allowed.includes(kind))) return true;
    finish(item, 'not-allowed');
    return false;
  };

  async function deliver(item, to) {
    while (hook === to && Date.now() - item.at < DAY_MS) {
      item.tries += 1;
      item.lastStatus = await post(item.update, to);
      if (item.lastStatus >= 200 && item.lastStatus < 300) {
        finish(item, 'delivered');
        break;
      }
      lastError = `Wrong response from the webhook: ${item.lastStatus}`;
      // The first repeat comes at once, then the wait doubles from one second up to a minute or two.
      const waitMs = item.tries === 1 ? 0 : Math.min(2 ** (item.tries - 2) * 1000, 90_000) * retryScale;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    busyChats.delete(item.chat);
    running -= 1;
    pump();
  }

  async function post(update, to) {
    try {
      const headers = {
        'content-type': 'application/json',
        ...(to.secret ? { 'x-telegram-bot-api-secret-token': to.secret } : {}),
      };
      const answer = await request(to.url, {
        method: 'POST',
        headers,
        body: JSON.stringify(update),
        dispatcher: agent,
        headersTimeout: 60_000,
      });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      return 0;
    }
  }

  function answerPoll() {
    if (!poll) return;
    const { params, resolve, timer } = poll;
    const batch = take(params);
    if (batch.length === 0) return;
    clearTimeout(timer);
    poll = null;
    resolve(batch);
  }

  function take({ allowed_updates: kinds, limit = 100 }) {
    if (kinds)
      for (const item of [...pending]) if (!kinds.some((kind) => kind in item.update)) finish(item, 'not-allowed');
    const batch = [];
    for (const { update } of pending) if (batch.push(update) >= limit) break;
    return batch;
  }

  function getUpdates(params) {
    if (hook) throw new Refusal(409, CONFLICT_HOOK);
    if (poll) {
      clearTimeout(poll.timer);
      poll.reject(new Refusal(409, CONFLICT_POLL));
      poll = null;
    }
    if (params.offset > 0)
      for (const item of [...pending]) if (item.update.update_id < params.offset) finish(item, 'delivered');
    const batch = take(params);
    if (batch.length > 0 || !params.timeout) return batch;
    return new Promise((resolve, reject) => {
      const mine = { params, resolve, reject };
      mine.timer = setTimeout(() => {
        if (poll === mine) poll = null;
        resolve([]);
      }, params.timeout * 1000);
      poll = mine;
    });
  }

  return {
    add,
    getUpdates,
    /** The poller left. */
    dropPoll(params) {
      if (poll?.params !== params) return;
      clearTimeout(poll.timer);
      poll = null;
    },
    setWebhook({
      url,
      secret_token: secret,
      max_connections: maxConnections = 40,
      allowed_updates: kinds,
      drop_pending_updates: drop,
    }) {
      if (drop) pending.clear();
      hook = url ? { url, secret, maxConnections, allowed: kinds && kinds.length > 0 ? kinds : null } : null;
      if (poll && hook) poll.reject(new Refusal(409, 'Conflict: terminated by setWebhook request'));
      if (hook) poll = null;
      pump();
      return true;
    },
    deleteWebhook({ drop_pending_updates: drop }) {
      if (drop) pending.clear();
      hook = null;
      return true;
    },
    info: () => ({
      url: hook?.url ?? '',
      has_custom_certificate: false,
      pending_update_count: pending.size,
      ...(hook
        ? { max_connections: hook.maxConnections, ...(hook.allowed ? { allowed_updates: hook.allowed } : {}) }
        : {}),
      ...(lastError ? { last_error_message: lastError, last_error_date: Math.floor(Date.now() / 1000) } : {}),
    }),
    fate(id) {
      const item = [...pending].find(({ update }) => update.update_id === id);
      return item
        ? { state: 'pending', tries: item.tries, lastStatus: item.lastStatus ?? null }
        : (ended.get(id) ?? { state: 'unknown', tries: 0, lastStatus: null });
    },
    pendingCount: () => pending.size,
    setRetryScale: (scale) => (retryScale = scale),
  };
}
