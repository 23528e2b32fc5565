/** A client of the web API, as the page and other programs are. */

/** One client of the web API. */
export interface WebClient {
  readonly token: string;
  readonly contactId: string;
  get(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, json: unknown): Promise<Response>;
  say(id: string, text: string): Promise<number>;
  /** Events after a place, waiting up to ten seconds for the first. */
  events(after: number, more?: string): Promise<WebEvent[]>;
  upload(id: string, name: string, bytes: Uint8Array, text?: string): Promise<Response>;
}

export interface WebEvent {
  readonly seq: number;
  readonly id: string;
  readonly kind: string;
  readonly text: string;
  readonly buttons: readonly { label: string; action: string }[];
  readonly action?: string;
  readonly image?: { url: string; name: string; type: string; size: number; alt: string };
  readonly file?: { url: string; name: string; type: string; size: number };
  readonly at: string;
}

/** Opens a session: as a demo person, or as a visitor. */
export async function openClient(url: string, as?: string): Promise<WebClient> {
  const opened = await fetch(`${url}/api/web/sessions`, jsonPost(as === undefined ? {} : { as }));
  if (opened.status !== 201) throw new Error(`no session: ${String(opened.status)} ${await opened.text()}`);
  const { token, contactId } = (await opened.json()) as { token: string; contactId: string };
  return clientOf(url, token, contactId);
}

export function clientOf(url: string, token: string, contactId: string): WebClient {
  const authorization = { Authorization: `Bearer ${token}` };
  const get = (path: string, init: RequestInit = {}) =>
    fetch(url + path, { ...init, headers: { ...authorization, ...(init.headers as Record<string, string>) } });
  const post = (path: string, json: unknown) => fetch(url + path, jsonPost(json, authorization));

  return {
    token,
    contactId,
    get,
    post,
    say: async (id, text) => {
      const response = await post('/api/web/messages', { id, text });
      if (response.status !== 202) throw new Error(`not taken: ${String(response.status)} ${await response.text()}`);
      return ((await response.json()) as { seq: number }).seq;
    },
    events: async (after, more = '') => {
      const response = await get(`/api/web/messages?after=${String(after)}&wait=10${more}`);
      return ((await response.json()) as { events: WebEvent[] }).events;
    },
    upload: (id, name, bytes, text) => {
      const form = new FormData();
      form.append('file', new Blob([new Uint8Array(bytes)]), name);
      form.append('id', id);
      if (text !== undefined) form.append('text', text);
      return fetch(`${url}/api/web/files`, { method: 'POST', headers: authorization, body: form });
    },
  };
}

export function jsonPost(json: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof json === 'string' ? json : JSON.stringify(json),
  };
}
