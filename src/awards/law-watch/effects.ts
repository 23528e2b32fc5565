/** What officers record of a document, and how it is written. */
import { defineEffect, notForYou, refuse, t, type Refusal } from '../../conversation/index.js';
import { translate } from '../../i18n/index.js';
import { handle, type EffectContext, type EffectHandler } from '../../inbox/index.js';
import { localDate } from '../../kernel/local-date.js';
import type { Prisma } from '../../store/index.js';
import type { AwardsDeps } from '../effects.js';
import { maskPersonal } from '../personal.js';
import { changeSchema, type DocumentChange } from './change.js';
import { CHECK_REF, findLawTask, newestChange, type CheckData } from './store.js';
import { isOfficer } from '../officers.js';

export interface RecordChange {
  readonly id: string;
  readonly number: string;
  /** The version that the officer saw. */
  readonly seen: number;
  readonly change: DocumentChange;
  /** Takes the last record back: the document stands again as it stood before it. */
  readonly undo?: true;
  readonly reason: string;
  /** Cards to be checked again. */
  readonly cards: readonly string[];
}

/** Records that a document was amended, ended, was replaced, begins, or is new; or takes the last record back. */
export const recordChange = defineEffect<RecordChange>('awards.record-document-change');
/** A card was looked at after a change of its document and stays as it is. */
export const keepCard = defineEffect<{ readonly refId: string; readonly cardId: string }>('awards.keep-card');
/** An alarm has been taken note of. */
export const closeLawTask = defineEffect<{ readonly refId: string }>('awards.close-law-task');

type Deps = Pick<AwardsDeps, 'openTask' | 'closeTask'>;

/** Handlers of the law watch. */
export function createLawEffects(deps: Deps): EffectHandler[] {
  const forOfficers =
    <P>(run: (payload: P, at: EffectContext) => Promise<Refusal | undefined>) =>
    (payload: P, at: EffectContext) =>
      isOfficer(at.actor) ? run(payload, at) : Promise.resolve(refuse('not-yours', notForYou(isOfficer, at.actor)));
  return [
    handle(
      recordChange,
      forOfficers((payload, at) => record(deps, payload, at)),
    ),
    handle(
      keepCard,
      forOfficers((payload, at) => keep(deps, payload, at)),
    ),
    handle(
      closeLawTask,
      forOfficers(async ({ refId }, at) => {
        if (await close(deps, refId, 'noted', at)) await audit(at, 'law.noted', refId, {});
        return undefined;
      }),
    ),
  ];
}

const refOfChange = (number: string, version: number): string => `${CHECK_REF}${number}:${String(version)}`;

async function record(deps: Deps, payload: RecordChange, at: EffectContext): Promise<Refusal | undefined> {
  const { tx, now, actor } = at;
  const { id, number, seen } = payload;
  const change = changeSchema.parse(payload.change);
  const reason = maskPersonal(payload.reason);
  // Two officers at the same document: one after the other.
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`document:${number}`}, 0))`;
  if (await tx.documentChange.findUnique({ where: { id } })) return undefined;
  const latest = await newestChange(tx, number);
  if (latest.version !== seen) return refuse('changed', t('awards.law.changedMeanwhile', { document: number }));
  const version = seen + 1;
  const before = payload.undo ? await newestChange(tx, number, seen - 1) : latest;
  // What a later release has written, this one must not write over.
  if (!before.isReadable) return refuse('later', t('awards.law.later', { document: number }));
  await tx.documentChange.create({
    data: {
      id,
      number,
      version,
      change: { ...before.change, ...change, changedOn: localDate(now) },
      reason,
      byId: actor.memberId ?? '',
      at: now,
    },
  });
  await audit(at, 'law.change', number, { version, change, reason, ...(payload.undo ? { undo: true } : {}) });
  await openCheck(deps, payload, version, at);
  return undefined;
}

/** A task of its own for each change: the cards are gone through one by one. */
async function openCheck(
  deps: Deps,
  { number, cards }: RecordChange,
  version: number,
  { tx, now }: EffectContext,
): Promise<void> {
  if (cards.length === 0) return;
  const refId = refOfChange(number, version);
  const title = translate('vi', 'awards.law.task.title', { document: number, n: cards.length });
  await deps.openTask(tx, { kind: 'law', refId, title }, now);
  const data: CheckData = { text: title, cards, checked: [], since: now.toISOString() };
  await tx.task.updateMany({
    where: { kind: 'law', refId, doneAt: null },
    data: { data: data as unknown as Prisma.InputJsonObject },
  });
}

async function keep(
  deps: Deps,
  { refId, cardId }: { readonly refId: string; readonly cardId: string },
  at: EffectContext,
): Promise<Refusal | undefined> {
  const { tx } = at;
  await tx.$executeRaw`select id from task where kind = 'law' and ref_id = ${refId} and done_at is null for update`;
  const task = await findLawTask(tx, refId);
  if (!task) return refuse('gone', t('awards.law.task.gone'));
  if (!task.cards.includes(cardId)) return undefined;
  await tx.$executeRaw`
    update task set data = jsonb_set(data, '{checked}', coalesce(data->'checked', '[]'::jsonb) || to_jsonb(${cardId}::text))
    where kind = 'law' and ref_id = ${refId} and done_at is null`;
  await audit(at, 'law.card-kept', refId, { card: cardId });
  if (task.cards.length === 1) await close(deps, refId, 'checked', at);
  return undefined;
}

const close = (deps: Deps, refId: string, result: string, { tx, actor, now }: EffectContext): Promise<boolean> =>
  deps.closeTask(tx, { kind: 'law', refId }, { byId: actor.memberId, result }, now);

async function audit(at: EffectContext, action: string, subject: string, data: Prisma.InputJsonObject): Promise<void> {
  await at.tx.auditEntry.create({
    data: { at: at.now, memberId: at.actor.memberId, action, subject: `law:${subject}`, data },
  });
}
