/** Handing a question over to the officers: its words, its place in the queue, and the effect. */
import { raw, t, type At, type Effect, type GoButton, type Say } from '../conversation/index.js';
import { handOver, storedText } from './effects.js';
import type { HandOverReason } from './model.js';
import type { AwardsReads, OpenQuestion } from './store.js';
import { MENU } from './go-buttons.js';

/** How many questions wait, and which of them this conversation has asked. */
export interface Waiting {
  readonly count: number;
  readonly open: readonly OpenQuestion[];
}

/** A turn at which a question may be handed over. */
export type Asking = At<unknown, Waiting>;

/** The newest knowledge, and what waits. */
export async function loadWaiting(
  read: { readonly awards: AwardsReads },
  { actor }: { readonly actor: { readonly conversationId: string } },
): Promise<Waiting> {
  await read.awards.fresh();
  return { count: await read.awards.waiting(), open: await read.awards.openOf(actor.conversationId) };
}

interface PassedOn {
  /** The card whose quote is not the official wording. */
  readonly wrong?: { readonly id: string; readonly title: string } | undefined;
  /** Cards that may be what was meant. */
  readonly near?: readonly GoButton[];
}

/** The words and the effect of handing a question over, with its place in the queue. */
export function passOn(
  at: Asking,
  question: string,
  reason: HandOverReason,
  before: string,
  { wrong, near = [] }: PassedOn = {},
): { say: Say[]; effects: Effect[] } {
  const stored = storedText(question);
  const same = at.loaded.open.find((one) => one.text === stored);
  const code = same?.code ?? at.newCode('CH');
  const passed = same
    ? t('awards.passedOn.before', { code, n: same.place ?? 1 })
    : t('awards.passedOn', { code, n: at.loaded.count + 1 });
  const text = [...(before === '' ? [] : [raw(before)]), passed, ...(near.length > 0 ? [t('awards.near')] : [])];
  return {
    say: [{ text, buttons: [...near, MENU] }],
    effects: [
      handOver({
        id: at.newId(),
        code,
        text: question,
        reason,
        ...(wrong ? { wrongQuote: { card: wrong.id, title: wrong.title } } : {}),
      }),
    ],
  };
}
