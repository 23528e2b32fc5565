/** Orders a broadcast to everybody. */
import { raw } from '../src/conversation/text.js';
import { createOutbox, type MessageClass, type OutboxOptions } from '../src/delivery/index.js';
import type { Store } from '../src/store/index.js';

export interface Announced {
  readonly title: string;
  readonly text: string;
  readonly class?: MessageClass;
}

/** Writes the row of a broadcast; whoever looks for what is due begins it. */
export async function announce(
  store: Store,
  id: string,
  { title, text, class: kind = 'announcement' }: Announced,
  options: OutboxOptions = {},
): Promise<void> {
  const order = {
    ...({ id, kind: 'notice', subjectId: id, title, class: kind, createdById: null } as const),
    ...({ audience: { kind: 'subscribers' }, say: [{ text: raw(text) }] } as const),
  };
  await store.transaction((tx) => createOutbox(options).broadcast(tx, order, new Date()));
}
