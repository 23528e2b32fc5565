/** Messages on their way to the server: kept until it has them, sent again with the same id, in order. */
import { call, newId, upload } from './api.js';
import { loadUnsent, saveUnsent } from './memory.js';
import { t } from './texts.js';

const SLOWEST_MS = 15000;

/**
 * The outbox of one contact. `log` shows what becomes of each message; `onExpired` is told when the token is no
 * longer good; `onSent` after each message that arrived.
 */
export function createOutbox({ session, log, onExpired, onSent }) {
  const { contactId, token } = session;
  let items = loadUnsent(contactId);
  let running = false;
  let stopped = false;
  let failures = 0;
  let wakeUp = null;

  const keep = () => saveUnsent(contactId, items);
  const remove = (item) => {
    items = items.filter((other) => other.id !== item.id);
    keep();
  };

  async function pump() {
    if (running) return;
    running = true;
    while (items.length > 0 && !stopped) {
      const item = items[0];
      try {
        const { seq } = await call('POST', '/api/web/messages', { token, json: bodyOf(item) });
        failures = 0;
        remove(item);
        log.sent(item.id, seq);
        onSent(item);
      } catch (error) {
        if (stopped) break;
        if (error.status === 401) {
          onExpired();
          break;
        }
        if (error.passing) await waitFor(item, error);
        else refuse(item, error);
      }
    }
    running = false;
  }

  async function waitFor(item, error) {
    failures += 1;
    items.forEach((other) => log.waiting(other.id));
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, error.retryAfterMs || Math.min(700 * Math.pow(2, failures - 1), SLOWEST_MS));
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    if (!stopped) log.sending(item.id);
  }

  function refuse(item, error) {
    remove(item);
    log.failed(item.id, t('failed', { reason: error.message }));
  }

  function sendFile(file) {
    const id = newId();
    let job = null;
    const start = () => {
      log.uploading(id, 0, () => job.abort());
      job = upload({ token, id, file, onProgress: (share) => log.uploading(id, share, () => job.abort()) });
      job.done.then(
        ({ seq }) => {
          uploads.delete(id);
          log.sent(id, seq);
          onSent({ id });
        },
        (error) => {
          uploads.delete(id);
          if (stopped) return;
          if (error.status === -1) log.discard(id);
          else if (error.status === 401) onExpired();
          else log.failed(id, t('failed', { reason: error.message }), error.passing ? start : undefined);
        },
      );
      uploads.add(id);
    };
    log.addPending({ id, file: { name: file.name, size: file.size } });
    start();
  }

  const uploads = new Set();
  items.forEach((item) => log.addPending(item));
  pump();

  return {
    send(item) {
      const full = Object.assign({ id: newId() }, item);
      items.push(full);
      keep();
      log.addPending(full);
      if (items.length > 1 && failures > 0) log.waiting(full.id);
      pump();
    },
    sendFile,
    /** The line is back: no reason to wait any longer. */
    retryNow: () => wakeUp && wakeUp(),
    isUploading: () => uploads.size > 0,
    stop() {
      stopped = true;
      if (wakeUp) wakeUp();
    },
  };
}

const bodyOf = ({ id, text, action }) => (action === undefined ? { id, text } : { id, action });
