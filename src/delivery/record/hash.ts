/** The arithmetic of the record: what one entry is, how it is hashed, and which digests stand in it. */
import { createHash } from 'node:crypto';
import { TRANSITIONS, type AttemptState } from '../states.js';

/** What a chain begins with. */
export const CHAIN_START = '0'.repeat(64);
/** Stands where a person's digest would: the name had been erased before. */
export const ERASED = 'erased';

/** One entry of a chain without its hash. */
export interface RecordEntry {
  readonly sourceKind: string;
  readonly sourceId: string;
  /** 1, 2, 3 … within the chain. */
  readonly n: number;
  readonly kind: 'order' | 'outcome' | 'correction' | 'recall';
  /** Null for the order. */
  readonly attemptId: string | null;
  readonly editId: string | null;
  readonly standsForId: string | null;
  readonly via: string | null;
  readonly personDigest: string;
  readonly contentId: string | null;
  readonly contentDigest: string;
  /** Of whatever else a record prints, see `OUTCOME_FACTS`, `CORRECTION_FACTS` and `ORDER_FACTS`. */
  readonly factsDigest: string;
  readonly channel: string;
  readonly platformMessageId: string | null;
  readonly state: string;
  readonly reason: string | null;
  /** When the state was entered. */
  readonly at: Date;
  readonly sealedAt: Date;
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** SHA-256 over the hash before and the entry in its one written form: a JSON array of fixed order, times in ISO 8601 UTC. */
export function hashEntry(previous: string, entry: RecordEntry): string {
  const form = [
    entry.sourceKind,
    entry.sourceId,
    entry.n,
    entry.kind,
    entry.attemptId,
    entry.editId,
    entry.standsForId,
    entry.via,
    entry.personDigest,
    entry.contentId,
    entry.contentDigest,
    entry.factsDigest,
    entry.channel,
    entry.platformMessageId,
    entry.state,
    entry.reason,
    entry.at.toISOString(),
    entry.sealedAt.toISOString(),
  ];
  return sha256(`${previous}\n${JSON.stringify(form)}`);
}

/** Says who without saying the name: nobody can check it without the salt. A visitor has no name of ours. */
export function personDigest(salt: string, person: string, fullName: string): string {
  return salt === '' ? ERASED : sha256(`${salt}\n${person}\n${fullName}`);
}

/**
 * The digest of what was said, as SQL over content `k`, its files `image` and `file` and attempt `a`: SHA-256 of the
 * text alone where nothing hangs on it, so that anybody can check it by hand. What names somebody stands apart and in no
 * digest: the fields of a template, the line that says for whom a message stands.
 */
export const CONTENT_DIGEST = `encode(sha256(convert_to(
    k.text || coalesce(E'\\x1fimage:' || image.sha256, '') || coalesce(E'\\x1ffile:' || file.sha256, '')
      || coalesce(E'\\x1ftemplate:' || a.template_id, ''), 'UTF8')), 'hex')`;
/** The content that an attempt `a` of message `m` took along; of one that was never leased, what it would have said. */
export const SAID_CONTENT = 'coalesce(a.content_id, m.content_id)';
export const CONTENT_FILES = `left join file image on image.id = k.image_id left join file file on file.id = k.file_id`;

const factsSql = (...facts: readonly string[]): string =>
  `encode(sha256(convert_to(jsonb_build_array(${facts.join(', ')})::text, 'UTF8')), 'hex')`;
const ms = (time: string): string => `round(extract(epoch from ${time}) * 1000)::bigint`;

/** Of attempt `a` of message `m`: for which seat, to which contact, which try, in which form, when it was called. */
export const OUTCOME_FACTS = factsSql(
  ...['m.slot', 'm.seat_id', 'a.contact_id', 'a.try', 'a.repeat', 'a.form', ms('a.sending_at')],
);
/** Of correction `c`: which, when, by whose order, why, with which words. */
export const CORRECTION_FACTS = factsSql(
  ...['c.kind', 'c.version', ms('c.at'), 'c.created_by_id', 'c.reason', `c.contents ->> 'words'`],
);
/** Of broadcast `b`: what was ordered, when, by whom, for when. */
export const ORDER_FACTS = factsSql(
  ...['b.kind', 'b.subject_id', 'b.title', 'b.class', ms('b.created_at'), 'b.created_by_id', ms('b.start_at')],
);
/** The correction `c` that an edit `e` belongs to. */
export const CORRECTION_OF_EDIT = `left join correction c on c.id = case when e.ref ~ '^[0-9a-f-]{36}$' then e.ref::uuid end`;

/** What the ledger holds of an attempt that ended. */
export interface Outcome {
  readonly state: string;
  readonly reason: string | null;
  readonly sentAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly seenAt: Date | null;
  readonly endedAt: Date | null;
}

/** A state and when it was entered. */
export interface Stage {
  readonly state: string;
  readonly at: Date;
  readonly reason: string | null;
}

/** The states of an ended attempt in their order, each to be one entry; the last one is where it stands. */
export function stagesOf({ state, reason, sentAt, deliveredAt, seenAt, endedAt }: Outcome): Stage[] {
  if (endedAt === null) return [];
  const last = (at: Date | null): Stage => ({ state, at: at ?? endedAt, reason });
  const sent = sentAt === null ? [] : [{ state: 'sent', at: sentAt, reason: null }];
  if (state === 'sent') return [last(sentAt)];
  if (state === 'delivered') return [...sent, last(deliveredAt)];
  if (state !== 'seen') return [last(endedAt)];
  // Seen alone implies delivered; that is no knowledge of its own.
  const isOwn = deliveredAt !== null && deliveredAt.getTime() !== seenAt?.getTime();
  const delivered = isOwn ? [{ state: 'delivered', at: deliveredAt, reason: null }] : [];
  return [...sent, ...delivered, last(seenAt)];
}

/** Whether an attempt may go from `from` to `to`: certainty only grows, and a refusal is the end. */
export function mayFollow(from: string, to: string): boolean {
  return (TRANSITIONS[from as AttemptState] as readonly string[] | undefined)?.includes(to) === true;
}
