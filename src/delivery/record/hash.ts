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
  readonly kind: 'outcome' | 'correction' | 'recall';
  readonly attemptId: string;
  readonly editId: string | null;
  readonly standsForId: string | null;
  readonly via: string | null;
  readonly personDigest: string;
  readonly contentId: string;
  readonly contentDigest: string;
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
 * text alone where nothing hangs on it, so that anybody can check it by hand.
 */
export const CONTENT_DIGEST = `encode(sha256(convert_to(
    k.text || coalesce(E'\\x1fimage:' || image.sha256, '') || coalesce(E'\\x1ffile:' || file.sha256, '')
      || coalesce(E'\\x1ftemplate:' || a.template_id || ' ' || coalesce(a.template_data::text, ''), ''), 'UTF8')), 'hex')`;
/** The content that an attempt `a` of message `m` said: a correction gives the message other words afterwards. */
export const SAID_CONTENT = `coalesce((
    select (array_agg(old_content_id order by id))[1] from message_edit where attempt_id = a.id and kind <> 'progress'
  ), m.content_id)`;
export const CONTENT_FILES = `left join file image on image.id = k.image_id left join file file on file.id = k.file_id`;

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

/** Whether an attempt may stand in `to` after it stood in `from`: certainty only grows, and a refusal is the end. */
export function mayFollow(from: string, to: string): boolean {
  return from === to || (TRANSITIONS[from as AttemptState] as readonly string[] | undefined)?.includes(to) === true;
}
