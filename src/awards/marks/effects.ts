/** What people think of the answers: one mark an answer, and one open task a card that was called wrong. */
import { defineEffect, notForYou, refuse, t, type Refusal } from '../../conversation/index.js';
import { translate } from '../../i18n/index.js';
import { handle, type EffectContext, type EffectHandler } from '../../inbox/index.js';
import { shorten } from '../../kernel/text.js';
import type { AwardsDeps } from '../effects.js';
import { maskPersonal } from '../personal.js';
import { isOfficer } from '../officers.js';

export interface Mark {
  /** Id of the answer that is marked: marking again changes the mark. */
  readonly id: string;
  readonly mark: 'good' | 'wrong';
  readonly question: string;
  readonly cards: readonly string[];
  /** The title of the first card, for the officers. */
  readonly title: string;
  readonly note?: string;
}

export const markAnswer = defineEffect<Mark>('awards.mark');
/** An officer has looked at what was said of a card. */
export const settleMarks = defineEffect<{ card: string }>('awards.settle-marks');

const QUESTION_LIMIT = 500;
const NOTE_LIMIT = 1000;

/** Handlers of these effects. */
export const createMarkEffects = (deps: AwardsDeps): EffectHandler[] => [
  handle(markAnswer, (payload, at) => mark(deps, payload, at)),
  handle(settleMarks, (payload, at) => settle(deps, payload.card, at)),
];

async function mark(deps: AwardsDeps, payload: Mark, { tx, now, actor }: EffectContext): Promise<void> {
  const question = shorten(maskPersonal(payload.question), QUESTION_LIMIT);
  const note = payload.note === undefined ? undefined : shorten(maskPersonal(payload.note), NOTE_LIMIT);
  const told = { mark: payload.mark, at: now, ...(note === undefined ? {} : { note }) };
  await tx.answerMark.upsert({
    where: { id: payload.id },
    create: {
      id: payload.id,
      conversationId: actor.conversationId,
      contactId: actor.contactId,
      question,
      cards: [...payload.cards],
      ...told,
    },
    update: told,
  });
  const [card] = payload.cards;
  if (payload.mark !== 'wrong' || card === undefined) return;
  const title = translate('vi', 'awards.marks.task', { title: payload.title });
  await deps.openTask(tx, { kind: 'wrong-answer', refId: card, title, data: { text: note ?? question } }, now);
}

async function settle(deps: AwardsDeps, card: string, { tx, now, actor }: EffectContext): Promise<Refusal | undefined> {
  if (!isOfficer(actor)) return refuse('not-yours', notForYou(isOfficer, actor));
  const about = { kind: 'wrong-answer' as const, refId: card };
  const isClosed = await deps.closeTask(tx, about, { byId: actor.memberId, result: 'looked at' }, now);
  if (!isClosed) return refuse('gone', t('awards.marks.gone'));
  await tx.auditEntry.create({
    data: { at: now, memberId: actor.memberId, action: 'answer.marks-settled', subject: `card:${card}`, data: {} },
  });
  return undefined;
}
