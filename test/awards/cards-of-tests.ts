/** Officers at cards over a real database: what a turn asks to be written is written before the next one. */
import { randomUUID } from 'node:crypto';
import { createAwardsFlows, createCardEffects, createCardReads, createLiveAnswerer } from '../../src/awards/index.js';
import type { Effect, Refusal } from '../../src/conversation/index.js';
import { createOutbox } from '../../src/delivery/index.js';
import { applyEffects, buildEffectTable } from '../../src/inbox/effects.js';
import { newCode, newId } from '../../src/kernel/ids.js';
import type { Actor, Role } from '../../src/kernel/people.js';
import { Play, someActor } from '../conversation/play.js';
import type { TestDatabase } from '../support/database.js';
import { knowledge } from './knowledge-of-tests.js';

export const NOW = new Date('2026-11-23T02:00:00Z');
const outbox = createOutbox({ channels: ['web'] });

/** A process of its own: an answerer that knows nothing of the others. */
export const process = () => createLiveAnswerer({ base: knowledge });

export async function officer(database: TestDatabase, name: string, roles: Role[] = ['officer']): Promise<Actor> {
  const memberId = randomUUID();
  await database.store.pool.query('insert into member (id, full_name) values ($1, $2)', [memberId, name]);
  return someActor({ memberId, name, roles });
}

/** Applies effects as a turn of this person would; a refusal writes nothing. */
export function apply(database: TestDatabase, actor: Actor, effects: readonly Effect[]): Promise<Refusal | undefined> {
  const table = buildEffectTable(createCardEffects({ knowledge: () => knowledge }));
  return database.store.transaction((tx) =>
    applyEffects(table, effects, { tx, now: NOW, heardAt: NOW, actor, inboundId: newId(), outbox, newId, newCode }),
  );
}

/** A conversation of an officer with a process. */
export class Desk {
  readonly play;
  private readonly database: TestDatabase;
  private readonly actor: Actor;

  constructor(database: TestDatabase, actor: Actor, answerer = process()) {
    this.database = database;
    this.actor = actor;
    const { db } = database.store;
    const read = {
      cards: createCardReads(db),
      awards: {
        fresh: () => answerer.refresh(db),
        waiting: () => Promise.resolve(0),
        openOf: () => Promise.resolve([]),
        open: () => Promise.resolve(null),
      },
    };
    this.play = new Play(createAwardsFlows({ answerer }), read, {
      actor,
      fallback: { text: 'ask', file: 'menu', start: 'menu' },
    });
  }

  async type(...lines: string[]): Promise<string> {
    for (const text of lines) await this.turn({ kind: 'text', text });
    return this.play.text();
  }

  async tap(label: string): Promise<string> {
    const button = this.play.last?.contents
      .flatMap((content) => content.buttons ?? [])
      .find((one) => one.label === label);
    if (!button) throw new Error(`no button ${label} in: ${this.play.labels().join(' | ')}`);
    return this.press(button.action);
  }

  async press(action: string): Promise<string> {
    await this.turn({ kind: 'action', action });
    return this.play.text();
  }

  /** One turn as the inbox runs it: refused, it is run once more from where it was. */
  private async turn(body: Parameters<Play<unknown>['turn']>[0]): Promise<void> {
    const { session, drafts, topic } = this.play;
    await this.play.turn(body);
    const effects = (this.play.last?.effects ?? []).map((one) => ({ ...one, payload: withRealId(one.payload) }));
    const refusal = await apply(this.database, this.actor, effects);
    if (!refusal) return;
    Object.assign(this.play, { session, drafts, topic });
    await this.play.turn(body, refusal);
  }
}

/** The ids of `Play` begin anew with every conversation. */
const withRealId = (payload: unknown): unknown => ({ ...(payload as object), id: randomUUID() });
