/** Orders a broadcast to everybody. */
import { raw } from '../../src/conversation/text.js';
import { createOutbox } from '../../src/delivery/index.js';
import type { Store } from '../../src/store/index.js';
import type { ChaosClass } from './verdict.js';

/** Writes the row of a broadcast; whoever looks for what is due begins it. */
export async function announce(store: Store, id: string, kind: ChaosClass): Promise<void> {
  const order = {
    id,
    kind: 'notice',
    subjectId: id,
    title: 'Chaos',
    class: kind,
    audience: { kind: 'subscribers' },
    say: [{ text: raw(`Thông báo ${id.slice(0, 8)}`) }],
    createdById: null,
  } as const;
  await store.transaction((tx) => createOutbox({ quietHours: null }).broadcast(tx, order, new Date()));
}
