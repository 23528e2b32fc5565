/** What becomes of a question: answered, for everybody who asked the same; closed with a reason; withdrawn. */
import {
  defineEffect,
  notForYou,
  raw,
  refuse,
  t,
  type Refusal,
  type Say,
  type Text,
} from '../../conversation/index.js';
import type { Recipient } from '../../delivery/ports.js';
import { handle, type EffectContext, type EffectHandler } from '../../inbox/index.js';
import { formatDate } from '../../kernel/format.js';
import { localDate } from '../../kernel/local-date.js';
import { personKey } from '../../kernel/people.js';
import { shorten } from '../../kernel/text.js';
import type { Tx } from '../../store/index.js';
import type { AwardsDeps } from '../effects.js';
import { isOfficer } from '../officers.js';

export interface OfficersAnswer {
  readonly questionId: string;
  readonly text: string;
  /** Who asked the same and gets the same. */
  readonly others?: readonly string[];
  /** The question as the officer put it for everybody; nobody reads another's words. */
  readonly general?: string;
  /** The card that the answer cites, and what is to be said of it. */
  readonly cite?: { readonly card: string; readonly lines: readonly Text[] };
}

/** An officer's answer, to be sent to everybody who asked. */
export const answerQuestion = defineEffect<OfficersAnswer>('awards.answer');
/** An officer closes a question without an answer, and says why. */
export const closeQuestion = defineEffect<{ questionId: string; reason: string }>('awards.close-question');
/** The asker takes the question back. */
export const withdrawQuestion = defineEffect<{ questionId: string }>('awards.withdraw-question');

const TITLE_LIMIT = 90;

/** Handlers of these effects. */
export const createQuestionEffects = (deps: AwardsDeps): EffectHandler[] => [
  handle(answerQuestion, (payload, at) => answer(deps, payload, at)),
  handle(closeQuestion, (payload, at) => close(deps, payload, at)),
  handle(withdrawQuestion, (payload, at) => withdraw(deps, payload.questionId, at)),
];

interface Held {
  readonly id: string;
  readonly code: string;
  readonly text: string;
  readonly state: string;
  readonly contactId: string;
  readonly conversationId: string;
}

/** Holds questions in one order, so that two officers who answer the same group wait for each other and never both ways. */
const hold = (tx: Tx, ids: readonly string[]): Promise<Held[]> => tx.$queryRaw<Held[]>`
  select id, code, text, state, contact_id as "contactId", conversation_id as "conversationId"
  from question where id = any(${[...ids]}::uuid[]) order by id for update`;

async function answer(deps: AwardsDeps, payload: OfficersAnswer, at: EffectContext): Promise<Refusal | undefined> {
  const { tx, now, actor } = at;
  if (!isOfficer(actor)) return refuse('not-yours', notForYou(isOfficer, actor));
  const { questionId, text, general, cite } = payload;
  const held = await hold(tx, [questionId, ...(payload.others ?? [])]);
  if (held.find((one) => one.id === questionId)?.state !== 'open') return refuse('answered', t('awards.answer.gone'));
  const told = new Set<string>();
  // The one whose question it was comes first: of two questions of one person that one is answered.
  for (const question of [...held].sort((a, b) => Number(b.id === questionId) - Number(a.id === questionId))) {
    if (question.state !== 'open') continue;
    await tx.question.update({
      where: { id: question.id },
      data: {
        state: 'answered',
        answer: text,
        answeredById: actor.memberId,
        answeredAt: now,
        generalText: general ?? null,
        citedCard: cite?.card ?? null,
        answeredWithId: question.id === questionId ? null : questionId,
      },
    });
    await settle(deps, question, 'question.answer', 'answered', at);
    if (told.has(question.conversationId)) continue;
    told.add(question.conversationId);
    const say = answerSay({
      code: question.code,
      question: general ?? question.text,
      text,
      name: actor.name,
      now,
      ...(cite ? { cite: cite.lines } : {}),
    });
    await tellAsker(question, say, at);
  }
  return undefined;
}

/** What the asker of a closed question reads. */
export const closedText = (of: {
  readonly code: string;
  readonly text: string;
  readonly reason: string;
  readonly name: string;
  readonly now: Date;
}): Text =>
  t('awards.answer.closed', {
    code: of.code,
    question: shorten(of.text, TITLE_LIMIT),
    reason: of.reason,
    name: of.name,
    day: formatDate(localDate(of.now)),
  });

async function close(
  deps: AwardsDeps,
  { questionId, reason }: { questionId: string; reason: string },
  at: EffectContext,
): Promise<Refusal | undefined> {
  const { tx, now, actor } = at;
  if (!isOfficer(actor)) return refuse('not-yours', notForYou(isOfficer, actor));
  const [question] = await hold(tx, [questionId]);
  if (question?.state !== 'open') return refuse('answered', t('awards.answer.gone'));
  await tx.question.update({
    where: { id: questionId },
    data: { state: 'closed', answer: reason, answeredById: actor.memberId, answeredAt: now },
  });
  await settle(deps, question, 'question.close', 'closed', at);
  const text = closedText({ ...question, reason, name: actor.name, now });
  await tellAsker(question, { text, buttons: buttonsAfter(question.code) }, at);
  return undefined;
}

async function withdraw(deps: AwardsDeps, questionId: string, at: EffectContext): Promise<Refusal | undefined> {
  const [question] = await hold(at.tx, [questionId]);
  if (question?.state !== 'open' || question.conversationId !== at.actor.conversationId)
    return refuse('gone', t('awards.mine.nothingToWithdraw'));
  await at.tx.question.update({ where: { id: questionId }, data: { state: 'closed', answeredAt: at.now } });
  await settle(deps, question, 'question.withdraw', 'withdrawn', at);
  return undefined;
}

/** The task is done, and the act stands in the audit. */
async function settle(
  deps: AwardsDeps,
  question: Held,
  action: string,
  result: string,
  { tx, now, actor }: EffectContext,
): Promise<void> {
  await deps.closeTask(tx, { kind: 'question', refId: question.id }, { byId: actor.memberId, result }, now);
  await tx.auditEntry.create({
    data: {
      at: now,
      memberId: actor.memberId,
      action,
      subject: `question:${question.id}`,
      data: { code: question.code },
    },
  });
}

async function tellAsker(question: Held, say: Say, { tx, now, outbox }: EffectContext): Promise<void> {
  const contact = await tx.contact.findUnique({ where: { id: question.contactId } });
  const to: Recipient[] = contact ? [{ person: personKey({ memberId: contact.memberId, contactId: contact.id }) }] : [];
  const source = { kind: 'question', id: question.id } as const;
  await outbox.tell(tx, { source, slot: 'answer', class: 'reply', to, say: [say] }, now);
}

const buttonsAfter = (code: string) => [
  { label: t('awards.mine.moreButton'), command: 'question-more', arg: code },
  { label: t('button.ask'), command: 'ask' },
  { label: t('button.person'), command: 'person' },
];

/** The officer's words, signed as the officer's and, unless they cite a card, not as law. */
export function answerSay(of: {
  readonly code: string;
  readonly question: string;
  readonly text: string;
  readonly name: string;
  readonly now: Date;
  readonly cite?: readonly Text[];
}): Say {
  const signature = { name: of.name, day: formatDate(localDate(of.now)) };
  return {
    text: [
      t('awards.answer.about', { code: of.code, question: shorten(of.question, TITLE_LIMIT) }),
      raw(of.text),
      ...(of.cite ?? []),
      t(of.cite ? 'awards.answer.signedCited' : 'awards.answer.signed', signature),
    ],
    buttons: buttonsAfter(of.code),
  };
}
