/** A person at the chat page, played over HTTP. */
import { randomUUID } from 'node:crypto';
import vi from '../../locales/vi.json' with { type: 'json' };
import type { World } from './world.js';

export interface WebEvent {
  readonly seq: number;
  readonly text: string;
  readonly kind: 'message' | 'edit';
  readonly buttons: readonly { readonly label: string; readonly action: string }[];
  readonly image?: { readonly url: string };
  readonly file?: { readonly url: string };
}

/** Recognises what the product says by itself under these keys, with anything in the blanks. */
function saysOneOf(keys: RegExp): (event: WebEvent) => boolean {
  const texts = Object.entries(vi).flatMap(([key, text]) => (keys.test(key) ? [text] : []));
  const patterns = texts.map(
    (text) =>
      new RegExp(
        `^${text
          .split(/\{\w+\}/)
          .map(escape)
          .join('.+')}`,
        's',
      ),
  );
  return ({ text }) => patterns.some((pattern) => pattern.test(text));
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const isCard = saysOneOf(/^delivery\.card\.(running|paused|cancelled|finished)$/);
const isNotice = saysOneOf(
  /^(delivery\.(safe\.began|alarm\.(late|stuck|silent|quota|unproven|over|closed))|awards\.law\.alarm\.title)$/,
);

/** A person at the web chat. */
export class WebPerson {
  private readonly world: World;
  private readonly token: string;
  private seen = 0;
  private n = 0;
  /** The same person may sit at two windows. */
  private readonly window = randomUUID().slice(0, 8);
  readonly events: WebEvent[] = [];
  /** What shows an officer how his broadcasts go; it comes by itself and answers nothing. */
  readonly cards: WebEvent[] = [];
  /** Alarms and the notice of safe mode, which may come between any question and its answer. */
  readonly notices: WebEvent[] = [];

  constructor(world: World, token: string) {
    this.world = world;
    this.token = token;
  }

  private headers(): Record<string, string> {
    return { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' };
  }

  /** Everything that is there already counts as read. */
  async catchUp(): Promise<void> {
    await this.listen(0);
    this.events.length = 0;
  }

  async listen(wait: number): Promise<WebEvent[]> {
    const { events } = await this.world.json<{ events: WebEvent[] }>(
      `/api/web/messages?after=${String(this.seen)}&wait=${String(wait)}`,
      { headers: this.headers() },
    );
    for (const event of events) this.seen = Math.max(this.seen, event.seq);
    for (const event of events) this.shelfOf(event).push(event);
    return events;
  }

  private shelfOf(event: WebEvent): WebEvent[] {
    if (isCard(event)) return this.cards;
    return isNotice(event) ? this.notices : this.events;
  }

  /** Types a line and returns the first answer to it. */
  async say(text: string): Promise<WebEvent> {
    return this.send({ text });
  }

  /** Types several lines, each after the answer to the one before. */
  async type(...lines: string[]): Promise<WebEvent> {
    let last: WebEvent | null = null;
    for (const line of lines) last = await this.say(line);
    if (!last) throw new Error('nothing was typed');
    return last;
  }

  async tap(label: string): Promise<WebEvent> {
    const button = [...this.events]
      .reverse()
      .flatMap((event) => event.buttons)
      .find((one) => one.label.includes(label));
    if (!button) throw new Error(`no button ${label} in ${JSON.stringify(this.events.slice(-2))}`);
    return this.send({ action: button.action });
  }

  async post(body: object): Promise<number> {
    this.n += 1;
    const { seq } = await this.world.json<{ seq: number }>('/api/web/messages', {
      method: 'POST',
      headers: this.headers(),
      body: JSON.stringify({ id: `${this.window}-${String(this.n)}`, ...body }),
    });
    return seq;
  }

  async send(body: object): Promise<WebEvent> {
    // What came by itself meanwhile is no answer to this.
    while ((await this.listen(0)).length > 0);
    const before = this.events.length;
    await this.post(body);
    return this.next(before);
  }

  /** A file of an event, as this person gets it. */
  async download(url: string): Promise<Buffer> {
    const answer = await fetch(`${this.world.url}${url}`, { headers: { Authorization: `Bearer ${this.token}` } });
    if (!answer.ok) throw new Error(`${url}: ${String(answer.status)}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  async upload(name: string, bytes: Buffer): Promise<WebEvent> {
    const before = this.events.length;
    this.n += 1;
    const form = new FormData();
    form.set('id', `${this.window}-${String(this.n)}`);
    form.set('file', new Blob([bytes]), name);
    await this.world.json('/api/web/files', {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.token}` },
      body: form,
    });
    return this.next(before);
  }

  private async next(from: number): Promise<WebEvent> {
    const until = Date.now() + 60_000;
    for (;;) {
      const event = this.events[from];
      if (event) return event;
      if (Date.now() > until) throw new Error(`no answer came; log:\n${this.world.lines.slice(-3000)}`);
      await this.listen(5);
    }
  }

  /** The first message since the last `catchUp` with these words. */
  async waitFor(words: string, timeoutMs = 60_000): Promise<WebEvent> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const event = this.events.find((one) => one.text.includes(words));
      if (event) return event;
      if (Date.now() > until)
        throw new Error(
          `"${words}" never came; last: ${JSON.stringify(this.events.slice(-3))}\n${this.world.lines.slice(-2000)}`,
        );
      await this.listen(2);
    }
  }

  all(words: string): WebEvent[] {
    return this.events.filter((event) => event.text.includes(words));
  }
}
