/** Brings events as they come: a stream where the way allows it, else long polls; both go on where they stopped. */
import { call, refusal } from './api.js';

const FIRST_BYTE_MS = 6000;
// The server gives a sign of life every 15 s.
const SILENCE_MS = 40000;
const SLOWEST_MS = 15000;
const AFTER_END_MS = 300;

/**
 * Follows the events after `after`.
 * `onEvents(list)`, `onState('live' | 'connecting' | 'offline')`, `onExpired()` when the token is no longer good.
 */
export function follow({ token, after, onEvents, onState, onExpired }) {
  let place = after;
  let stopped = false;
  let streamWorks = typeof window.ReadableStream === 'function' && 'body' in window.Response.prototype;
  let failures = 0;
  let current = null;
  let wakeUp = null;

  const take = (events) => {
    const fresh = events.filter((event) => event.seq > place);
    if (fresh.length === 0) return;
    place = fresh[fresh.length - 1].seq;
    onEvents(fresh);
  };

  const alive = () => {
    failures = 0;
    onState('live');
  };

  async function run() {
    onState('connecting');
    while (!stopped) {
      current = new AbortController();
      try {
        if (!streamWorks) await readPoll(current);
        else if (await readStream(current)) await rest(AFTER_END_MS);
        else streamWorks = false;
      } catch (error) {
        if (stopped) return;
        if (error.status === 401) {
          onExpired();
          return;
        }
        failures += 1;
        onState(failures > 1 || navigator.onLine === false ? 'offline' : 'connecting');
        await rest(error.retryAfterMs || Math.min(500 * Math.pow(2, failures - 1), SLOWEST_MS));
      }
    }
  }

  /** True when streams get through, false when something on the way holds them back. */
  async function readStream(abort) {
    const headers = { Authorization: `Bearer ${token}`, 'Last-Event-ID': String(place), Accept: 'text/event-stream' };
    let heard = false;
    let silence = setTimeout(() => abort.abort(), FIRST_BYTE_MS);
    try {
      const response = await fetch('/api/web/events?own=1', { headers, signal: abort.signal, credentials: 'omit' });
      if (!response.ok) throw await refusal(response);
      const reader = response.body.getReader();
      const frames = frameReader(take);
      for (;;) {
        const piece = await reader.read();
        if (piece.done) return true;
        heard = true;
        alive();
        clearTimeout(silence);
        silence = setTimeout(() => abort.abort(), SILENCE_MS);
        frames(piece.value);
      }
    } catch (error) {
      if (!heard && error.name === 'AbortError' && !stopped && navigator.onLine !== false) return false;
      throw error;
    } finally {
      clearTimeout(silence);
    }
  }

  async function readPoll(abort) {
    const path = `/api/web/messages?own=1&after=${place}&wait=${failures > 0 ? 0 : 25}`;
    const { events } = await call('GET', path, { token, signal: abort.signal });
    alive();
    take(events);
  }

  function rest(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const retryNow = () => wakeUp && wakeUp();
  const onOffline = () => onState('offline');
  // A phone that was asleep may hold a line that is long dead.
  const onVisible = () => document.visibilityState === 'visible' && retryNow();
  window.addEventListener('online', retryNow);
  window.addEventListener('offline', onOffline);
  document.addEventListener('visibilitychange', onVisible);
  run();

  return {
    retryNow,
    stop() {
      stopped = true;
      window.removeEventListener('online', retryNow);
      window.removeEventListener('offline', onOffline);
      document.removeEventListener('visibilitychange', onVisible);
      if (current) current.abort();
      retryNow();
    },
  };
}

/** Takes bytes of an event stream and hands on the events in them. */
function frameReader(take) {
  const decoder = new window.TextDecoder();
  let held = '';
  return (bytes) => {
    held += decoder.decode(bytes, { stream: true });
    const frames = held.split('\n\n');
    held = frames.pop();
    const events = [];
    for (const frame of frames) {
      for (const line of frame.split('\n')) if (line.startsWith('data: ')) events.push(JSON.parse(line.slice(6)));
    }
    if (events.length > 0) take(events);
  };
}
