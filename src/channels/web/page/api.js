/** Calls to the web API. */
import { t } from './texts.js';

/** An answer that was not what was asked for. `status` 0: no answer at all. */
export class CallError extends Error {
  constructor(status, message, retryAfterMs) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** True when the same call may succeed later. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** One call; resolves with the JSON of the answer. */
export async function call(method, path, { token, json, signal } = {}) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (json !== undefined) headers['Content-Type'] = 'application/json';
  const body = json === undefined ? undefined : JSON.stringify(json);
  let response;
  try {
    response = await fetch(path, { method, headers, body, signal, credentials: 'omit' });
  } catch (error) {
    throw error.name === 'AbortError' ? error : new CallError(0, t('offline'));
  }
  if (!response.ok) throw await refusal(response);
  return response.json();
}

/** The problem that an answer tells of. */
export async function refusal(response) {
  const body = await response.json().catch(() => null);
  const retryAfter = Number(response.headers.get('Retry-After'));
  return new CallError(response.status, messageOf(body), retryAfter > 0 ? retryAfter * 1000 : undefined);
}

const messageOf = (body) => (body && body.error && body.error.message) || t('offline');

/** A file of the store as a Blob. */
export async function fetchBlob(path, token) {
  const response = await fetch(path, { headers: { Authorization: `Bearer ${token}` }, credentials: 'omit' });
  if (!response.ok) throw await refusal(response);
  return response.blob();
}

/** Sends a file, telling how far it is. `fetch` cannot tell, so this is the older way. */
export function upload({ token, id, file, onProgress }) {
  const request = new window.XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.open('POST', '/api/web/files');
    request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => reject(new CallError(0, t('offline')));
    request.onabort = () => reject(new CallError(-1, t('cancel')));
    request.onload = () => {
      let body = null;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        // An answer that is no JSON comes from something between us and the server.
      }
      if (request.status === 202) resolve(body);
      else
        reject(new CallError(request.status, messageOf(body), Number(request.getResponseHeader('Retry-After')) * 1000));
    };
    const form = new FormData();
    form.append('id', id);
    form.append('file', file, file.name);
    request.send(form);
  });
  return { done, abort: () => request.abort() };
}

/** An id that nobody else has. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => (byte < 16 ? '0' : '') + byte.toString(16)).join('');
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
