/** An outbox that remembers what it was asked to tell, and what counts as proof that it arrived. */
import { renderSay } from '../../src/conversation/index.js';
import type { Button } from '../../src/conversation/message.js';
import type { Notice, Outbox, Reply } from '../../src/delivery/index.js';
import type { Proofs, ReportingDeps } from '../../src/reporting/index.js';
import type { Tx } from '../../src/store/index.js';
import type { NewTask } from '../../src/tasks/index.js';

export interface ToldMessage {
  readonly source: string;
  readonly slot: string;
  readonly class: string;
  readonly person: string;
  readonly text: string;
  readonly buttons: readonly Button[];
  readonly at: Date;
  /** It waits until then; null: it leaves at once. */
  readonly notBefore: Date | null;
}

/** Remembers what was told. Planned twice, told once, as the real one. What a rolled back transaction told stays out. */
export class Told implements Outbox {
  readonly messages: ToldMessage[] = [];
  readonly replies = new Map<string, Reply>();
  private readonly seen = new Set<string>();

  reply(_tx: Tx, reply: Reply): Promise<void> {
    this.replies.set(reply.inboundId, reply);
    return Promise.resolve();
  }

  async tell(tx: Tx, notice: Notice, now: Date): Promise<number> {
    // A row in the same transaction: it vanishes when that is rolled back, as a planned message would.
    let count = 0;
    for (const { person } of notice.to) {
      const key = `${notice.source.kind}:${notice.source.id}|${person}|${notice.slot}`;
      const [content] = notice.say.flatMap((say) => renderSay(say, 'vi'));
      const made =
        await tx.$executeRaw`insert into told (key, body) values (${key}, ${JSON.stringify({ ...content, source: `${notice.source.kind}:${notice.source.id}`, slot: notice.slot, class: notice.class, person, at: now, notBefore: notice.notBefore ?? null })}::jsonb) on conflict do nothing`;
      count += made;
    }
    return count;
  }

  broadcast(): Promise<string> {
    throw new Error('no broadcast is expected here');
  }
}

/** What that outbox told has arrived, except with those who are `deaf`. */
export const toldProofs = (deaf: ReadonlySet<string>): Proofs => ({
  arrivals: async (tx, refs) => {
    const rows = await tx.$queryRaw<{ n: bigint; source: string; person: string; slot: string }[]>`
      select n, body->>'source' as source, body->>'person' as person, body->>'slot' as slot from told`;
    return refs.flatMap(({ source, person, slot }, n) =>
      rows
        .filter((row) => row.source === `${source.kind}:${source.id}` && row.person === person && row.slot === slot)
        .map((row) => ({
          n,
          messageId: String(row.n),
          attemptId: String(row.n),
          channel: 'web',
          state: deaf.has(person) ? 'sent' : 'delivered',
          reason: null,
          proven: !deaf.has(person),
        })),
    );
  },
  told: async (tx, source, people) => tx.$queryRaw`
    select body->>'person' as person, body->>'slot' as slot from told
    where body->>'source' = ${`${source.kind}:${source.id}`} and body->>'person' = any(${[...people]}::text[])`,
});

export type RememberedTask = NewTask & { done?: string };

/** Keeps tasks in a list: one open task of a kind about one thing. */
export function rememberTasks(tasks: RememberedTask[]): ReportingDeps['tasks'] {
  const find = (about: Pick<NewTask, 'kind' | 'refId'>) =>
    tasks.find((one) => one.kind === about.kind && one.refId === about.refId && one.done === undefined);
  return {
    openTasks: (_tx, opened) => {
      for (const task of opened) if (!find(task)) tasks.push({ ...task });
      return Promise.resolve();
    },
    closeTask: (_tx, about, done) => {
      const task = find(about);
      if (task) task.done = done.result;
      return Promise.resolve(task !== undefined);
    },
  };
}
