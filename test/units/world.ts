/** The real turn of this room's flows on a real database: what a person types, and what is answered. */
import { randomUUID } from 'node:crypto';
import { buildRegistry, draftFlow, menuFlow } from '../../src/conversation/index.js';
import type { Button, InboundBody } from '../../src/conversation/message.js';
import { createOutbox } from '../../src/delivery/index.js';
import { buildEffectTable, createRunTurn } from '../../src/inbox/index.js';
import type { Store } from '../../src/store/index.js';
import {
  createUnitsEffects,
  createUnitsFlows,
  createUnitsReads,
  ensureContact,
  loadActor,
  type SuccessionHook,
  type UnitsReadPort,
} from '../../src/units/index.js';

export interface Speaker {
  readonly contactId: string;
}

/** Lets people speak; `telegramBot` is the name that links carry. */
export function createWorld(store: Store, telegramBot: string | null = null, hooks: readonly SuccessionHook[] = []) {
  const runTurn = createRunTurn<UnitsReadPort>({
    store,
    people: { ensureContact, loadActor },
    registry: buildRegistry<UnitsReadPort>(
      [draftFlow, menuFlow, ...createUnitsFlows({ telegramBot: () => telegramBot })],
      { text: 'menu', file: 'menu', start: 'start' },
    ),
    effects: buildEffectTable(createUnitsEffects(hooks)),
    reads: (tx) => ({ units: createUnitsReads(tx) }),
    outbox: createOutbox({}),
  });
  let buttons: Button[] = [];

  const turn = async (who: Speaker, body: InboundBody): Promise<string> => {
    // Binding may have moved the contact to its member's conversation.
    const { conversationId } = await store.transaction((tx) => loadActor(tx, who.contactId));
    const inbound = await store.db.inbound.create({
      data: {
        channel: 'web',
        externalId: randomUUID(),
        contactId: who.contactId,
        conversationId,
        body: JSON.parse(JSON.stringify(body)) as object,
        bodyHash: '',
        receivedAt: new Date(),
      },
    });
    await runTurn(conversationId);
    const replies = await store.db.message.findMany({
      where: { sourceKind: 'inbound', sourceId: String(inbound.id) },
      include: { content: true },
      orderBy: { id: 'asc' },
    });
    buttons = replies.flatMap((reply) => reply.content.buttons as unknown as Button[]);
    return replies.map((reply) => reply.content.text).join('\n');
  };

  return {
    /** Types one line after another; returns what the last was answered. */
    async type(who: Speaker, ...lines: string[]): Promise<string> {
      let answer = '';
      for (const text of lines) answer = await turn(who, { kind: 'text', text });
      return answer;
    },
    /** Taps a button of the last answer. */
    tap(who: Speaker, label: string): Promise<string> {
      const button = buttons.find((one) => one.label === label);
      if (!button) throw new Error(`no button ${label} in: ${buttons.map((one) => one.label).join(' | ')}`);
      return turn(who, { kind: 'action', action: button.action });
    },
    press: (who: Speaker, action: string): Promise<string> => turn(who, { kind: 'action', action }),
    labels: (): string[] => buttons.map((button) => button.label),
  };
}

/** Sets the business clock, which then goes on. */
export async function setClock(store: Store, to: Date): Promise<Date> {
  await store.db.$executeRaw`
    update business_clock set offset_ms = ceil(extract(epoch from (${to}::timestamptz - clock_timestamp())) * 1000), floor_at = ${to}`;
  return to;
}

/** What a person was told beside answers, oldest first. */
export async function toldTo(store: Store, memberId: string, sourceKind: string): Promise<string[]> {
  const rows = await store.db.message.findMany({
    where: { person: `m:${memberId}`, sourceKind },
    include: { content: true },
    orderBy: { id: 'asc' },
  });
  return rows.map((row) => row.content.text);
}

/** The code in an answer that tells one. */
export function codeIn(answer: string): string {
  const code = /^[2-9A-HJKMNP-Z]{8}$/m.exec(answer)?.[0];
  if (code === undefined) throw new Error(`no code in: ${answer}`);
  return code;
}
