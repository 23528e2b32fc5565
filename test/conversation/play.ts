/** Plays a conversation against flows without any database: one line typed, one turn run. */
import {
  advance,
  readDrafts,
  readSession,
  type AdvanceResult,
  type Drafts,
  type Session,
} from '../../src/conversation/index.js';
import { draftFlow } from '../../src/conversation/builtins.js';
import { menuFlow } from '../../src/conversation/flow-menu.js';
import type { Refusal } from '../../src/conversation/effect.js';
import type { Button, InboundBody } from '../../src/conversation/message.js';
import { buildRegistry, type RoomFlow } from '../../src/conversation/registry.js';
import { localDate } from '../../src/kernel/local-date.js';
import type { Actor } from '../../src/kernel/people.js';

export const someActor = (over: Partial<Actor> = {}): Actor => ({
  contactId: 'c1',
  channel: 'web',
  conversationId: 'v1',
  memberId: 'm1',
  name: 'Nguyễn Văn Mẫu',
  language: 'vi',
  roles: [],
  seats: [],
  subscribed: true,
  ...over,
});

/** A conversation that can be spoken to. */
export class Play<R> {
  now = new Date('2026-11-23T02:00:00Z'); // Monday 09:00 in Việt Nam
  session: Session | null = null;
  drafts: Drafts = {};
  topic: unknown = null;
  last: AdvanceResult | null = null;
  recent: Button[][] = [];
  actor: Actor;
  private n = 0;
  private readonly registry;
  private readonly read: R;

  constructor(
    flows: readonly RoomFlow[],
    read: R,
    options: { actor?: Actor; fallback?: { text: string; file: string; start: string } } = {},
  ) {
    this.registry = buildRegistry<R>(
      [draftFlow, menuFlow, ...flows],
      options.fallback ?? { text: 'menu', file: 'menu', start: 'menu' },
    );
    this.read = read;
    this.actor = options.actor ?? someActor();
  }

  /** Runs one turn and keeps its outcome, through JSON as the store would. */
  async turn(body: InboundBody, refusal?: Refusal): Promise<AdvanceResult> {
    const result = await advance<R>({
      registry: this.registry,
      read: this.read,
      session: this.session,
      drafts: this.drafts,
      topic: this.topic,
      body,
      ctx: {
        actor: this.actor,
        now: this.now,
        heardAt: this.now,
        today: localDate(this.now),
        newId: () => `00000000-0000-7000-8000-${String((this.n += 1)).padStart(12, '0')}`,
        newCode: (prefix) => `${prefix}-${String((this.n += 1)).padStart(5, '2')}`,
      },
      recentButtons: () => Promise.resolve(this.recent),
      ...(refusal ? { refusal } : {}),
    });
    this.session = readSession(JSON.parse(JSON.stringify(result.session)));
    this.drafts = readDrafts(JSON.parse(JSON.stringify(result.drafts)));
    this.topic = result.topic;
    const buttons = result.contents.flatMap((content) => content.buttons ?? []);
    if (buttons.length > 0) this.recent.unshift([...buttons]);
    this.last = result;
    return result;
  }

  /** Types one line after another; returns what the last one was answered. */
  async type(...lines: string[]): Promise<string> {
    for (const text of lines) await this.turn({ kind: 'text', text });
    return this.text();
  }

  /** Taps the button of this label in the last answer. */
  async tap(label: string): Promise<string> {
    const button = this.last?.contents.flatMap((content) => content.buttons ?? []).find((one) => one.label === label);
    if (!button) throw new Error(`no button ${label} in: ${this.labels().join(' | ')}`);
    return this.press(button.action);
  }

  async press(action: string): Promise<string> {
    await this.turn({ kind: 'action', action });
    return this.text();
  }

  text(): string {
    return (this.last?.contents ?? []).map((content) => content.text).join('\n');
  }

  labels(): string[] {
    return (this.last?.contents ?? []).flatMap((content) => content.buttons ?? []).map((button) => button.label);
  }

  effects(): readonly { type: string; payload: unknown }[] {
    return this.last?.effects ?? [];
  }
}
