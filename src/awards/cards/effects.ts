/** What officers do to cards, and how it is written. Nothing but the act `verify` makes a card a checked one. */
import { defineEffect, notForYou, raw, refuse, t, type Refusal } from '../../conversation/index.js';
import { handle, type EffectContext, type EffectHandler } from '../../inbox/index.js';
import { formatMoment } from '../../kernel/format.js';
import { localDate } from '../../kernel/local-date.js';
import type { Prisma } from '../../store/index.js';
import { loadKnowledge } from '../load.js';
import type { Card, Knowledge } from '../model.js';
import { maskPersonal } from '../personal.js';
import { toFile } from './card-file.js';
import { findProblem, problemText } from './check.js';
import { readCard } from './overlay.js';
import { createCardReads, type CardAct } from './store.js';
import { isOfficer } from '../officers.js';

export interface SaveCard {
  readonly id: string;
  readonly cardId: string;
  /** The version that the officer saw; 0 where nobody had changed the card. */
  readonly seen: number;
  readonly act: CardAct;
  /** The whole card, in the form of a card file; its state is set by the act. */
  readonly card: Record<string, unknown>;
  readonly reason: string;
}

/** Writes a new version of a card. */
export const saveCard = defineEffect<SaveCard>('awards.save-card');

/** Handlers of this part. */
export const createCardEffects = (deps: { readonly knowledge?: () => Knowledge }): EffectHandler[] => [
  handle(saveCard, (payload, at) =>
    isOfficer(at.actor)
      ? save(deps.knowledge?.() ?? loadKnowledge(), payload, at)
      : Promise.resolve(refuse('not-yours', notForYou(isOfficer, at.actor))),
  ),
];

async function save(knowledge: Knowledge, payload: SaveCard, at: EffectContext): Promise<Refusal | undefined> {
  const { tx, now, actor } = at;
  const { id, cardId, seen, act } = payload;
  // Two officers at the same card: one after the other.
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`card:${cardId}`}, 0))`;
  if (await tx.cardChange.findUnique({ where: { id } })) return undefined;
  const latest = await createCardReads(tx).newest(cardId);
  if ((latest?.version ?? 0) !== seen)
    return refuse(
      'changed',
      t('awards.cards.changedMeanwhile', {
        name: latest?.by ?? '',
        at: latest ? formatMoment(latest.at) : '',
        reason: latest && latest.reason !== '' ? raw(latest.reason) : t(`awards.cards.did.${latest?.act ?? 'correct'}`),
      }),
    );
  const read = readCard({ ...payload.card, id: cardId });
  if (typeof read === 'string') return refuse('invalid', t('awards.cards.bad.other', { field: cardId, reason: read }));
  const previous = latest?.card ?? knowledge.cards.find((one) => one.id === cardId) ?? null;
  const card = after(act, masked(read), previous, at);
  const problem = findProblem(card, knowledge);
  if (problem) return refuse('invalid', problemText(problem));
  const version = seen + 1;
  const reason = maskPersonal(payload.reason);
  const stored = toFile(card) as Prisma.InputJsonObject;
  await tx.cardChange.create({
    data: { id, cardId, version, act, card: stored, reason, byId: actor.memberId ?? '', at: now },
  });
  await tx.auditEntry.create({
    data: {
      at: now,
      memberId: actor.memberId,
      action: `card.${act}`,
      subject: `card:${cardId}`,
      data: { version, reason },
    },
  });
  return undefined;
}

/** The state that an act leads to, whatever was sent. */
function after(act: CardAct, card: Card, previous: Card | null, { now, actor }: EffectContext): Card {
  const { checkedBy: _by, checkedAt: _at, ...bare } = card;
  switch (act) {
    case 'verify':
      return { ...bare, state: 'da-doi-chieu', checkedBy: actor.name, checkedAt: localDate(now) };
    case 'end':
      return { ...bare, state: 'het-hieu-luc' };
    case 'correct':
      return stays(previous, bare) ? { ...bare, ...marksOf(previous) } : { ...bare, state: 'chua-doi-chieu' };
    case 'create':
    case 'unverify':
    case 'restore':
      return { ...bare, state: 'chua-doi-chieu' };
  }
}

/** Other ways to ask change nothing that was compared; a card that ended does not come back by a correction. */
function stays(previous: Card | null, card: Card): previous is Card {
  if (!previous) return false;
  const legal = (one: Card) =>
    JSON.stringify(
      Object.entries(toFile(one))
        .filter(([field]) => !NOT_LEGAL.includes(field))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  return previous.state === 'het-hieu-luc' || legal(previous) === legal(card);
}

const NOT_LEGAL = ['title', 'asks', 'state', 'checkedBy', 'checkedAt'];

const marksOf = ({ state, checkedBy, checkedAt }: Card): Pick<Card, 'state' | 'checkedBy' | 'checkedAt'> => ({
  state,
  ...(checkedBy === undefined ? {} : { checkedBy }),
  ...(checkedAt === undefined ? {} : { checkedAt }),
});

/** Telephone and identity numbers have no place in knowledge. */
const masked = (card: Card): Card => ({
  ...card,
  title: maskPersonal(card.title),
  asks: card.asks.map(maskPersonal),
  answer: maskPersonal(card.answer),
  ...(card.details === undefined ? {} : { details: maskPersonal(card.details) }),
});
