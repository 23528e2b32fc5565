/** What this room asks to be written, and how it is written. */
import { defineEffect, t, type Say } from '../conversation/index.js';
import type { Recipient } from '../delivery/ports.js';
import { translate } from '../i18n/index.js';
import { handle, type EffectContext, type EffectHandler } from '../inbox/index.js';
import { localDate, type LocalDate } from '../kernel/local-date.js';
import { shorten } from '../kernel/text.js';
import type { Tx } from '../store/index.js';
import type { NewTask, TaskKind } from '../tasks/index.js';
import type { HandOverReason } from './model.js';
import { maskPersonal } from './personal.js';
import { createQuestionEffects } from './questions/effects.js';

/** Passes a question to the officers; personal numbers are taken out before it is stored. */
export const handOver = defineEffect<HandedOver>('awards.hand-over');

interface HandedOver {
  readonly id: string;
  readonly code: string;
  readonly text: string;
  readonly reason: HandOverReason;
  /** The card whose quote is not the official wording. */
  readonly wrongQuote?: { readonly card: string; readonly title: string };
}
/** What this room needs of others. */
export interface AwardsDeps {
  openTask(tx: Tx, task: NewTask, now: Date): Promise<void>;
  closeTask(
    tx: Tx,
    about: { kind: TaskKind; refId: string },
    done: { byId: string | null; result: string },
    now: Date,
  ): Promise<boolean>;
  /** Passages of the official texts near to a question, in words, for the officer who answers it. */
  near?(question: string, day: LocalDate): readonly string[];
  /** Who is told of a new question. */
  officers(tx: Tx): Promise<readonly Recipient[]>;
}

const TITLE_LIMIT = 90;
const QUESTION_LIMIT = 1500;

/** A question as it is kept: without personal numbers, and no longer than an officer reads. */
export const storedText = (question: string): string => shorten(maskPersonal(question), QUESTION_LIMIT);

/** Handlers of this room's effects. */
export function createAwardsEffects(deps: AwardsDeps): EffectHandler[] {
  return [handle(handOver, (payload, at) => store(deps, payload, at)), ...createQuestionEffects(deps)];
}

async function store(deps: AwardsDeps, payload: HandedOver, at: EffectContext): Promise<void> {
  const { tx, now, actor } = at;
  const text = storedText(payload.text);
  if (payload.wrongQuote) {
    const { card, title } = payload.wrongQuote;
    const task = { kind: 'quote' as const, refId: card, title: translate('vi', 'awards.quote.task', { title }) };
    await deps.openTask(tx, task, now);
  }
  // Asked twice is one question: the officer answers it once.
  const same = await tx.question.findFirst({ where: { conversationId: actor.conversationId, state: 'open', text } });
  if (same) return;
  const { id, code } = payload;
  // For whoever answers it, a quote that may not be given is a missing basis; the card has a task of its own.
  const reason = payload.reason === 'quote' ? 'no_basis' : payload.reason;
  await tx.question.create({
    data: { id, code, text, reason, contactId: actor.contactId, conversationId: actor.conversationId, askedAt: now },
  });
  const title = translate('vi', 'awards.task.title', { code, text: shorten(text, TITLE_LIMIT) });
  const near = deps.near?.(text, localDate(now)) ?? [];
  const shown =
    near.length === 0 ? text : `${text}\n${translate('vi', 'awards.quote.near', { list: near.join('\n') })}`;
  await deps.openTask(tx, { kind: 'question', refId: id, title, data: { text: shown } }, now);
  const officers = await deps.officers(tx);
  const say: Say = {
    text: t('awards.task.new', { code, text }),
    buttons: [{ label: t('awards.button.answer'), command: 'answer-question', arg: id }],
  };
  await at.outbox.tell(
    tx,
    { source: { kind: 'question', id }, slot: 'new', class: 'announcement', to: officers, say: [say] },
    now,
  );
}
