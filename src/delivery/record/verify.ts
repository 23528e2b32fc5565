/** Recomputes the chains of the record and compares them with the ledger as it is now. */
import type { Pool } from 'pg';
import type { RecordSource } from './record.js';
import {
  CHAIN_START,
  CONTENT_DIGEST,
  CONTENT_FILES,
  CORRECTION_FACTS,
  CORRECTION_OF_EDIT,
  hashEntry,
  ORDER_FACTS,
  OUTCOME_FACTS,
  personDigest,
  type RecordEntry,
} from './hash.js';
import { compareAttempt, compareEntries, isDue, LEDGER, type LedgerAttempt, type Standing } from './ledger.js';
import { inSnapshot, type Snapshot } from './snapshot.js';

/** Something that does not hold. `expected` and `found` are as stored, for whoever looks into it. */
export interface RecordProblem {
  readonly source: string;
  /** Number of the entry; null when the chain as a whole is meant. */
  readonly n: number | null;
  readonly what:
    | 'hash'
    | 'gap'
    | 'count'
    | 'head'
    | 'printed-head'
    | 'person'
    | 'content'
    | 'gone'
    | 'edit'
    | 'facts'
    | 'order'
    | 'step'
    | 'state'
    | 'time'
    | 'reason'
    | 'message-id'
    | 'channel'
    | 'via'
    | 'stands-for'
    | 'missing';
  readonly attemptId: string | null;
  readonly expected: string;
  readonly found: string;
}

export interface VerifyOptions {
  readonly source?: RecordSource;
  /** The head on a printed record of this source: it must stand in the chain. */
  readonly head?: string;
}

export interface VerifyResult {
  readonly ok: boolean;
  readonly chains: number;
  readonly entries: number;
  /** Attempts that ended and stand in no chain yet: the next round seals them. */
  readonly unsealed: number;
  /** Entries whose person was erased. */
  readonly erased: number;
  readonly problems: readonly RecordProblem[];
}

/** Verifies every chain, or one, in one moment of the database. */
export function verifyRecords(pool: Pool, options: VerifyOptions = {}): Promise<VerifyResult> {
  return inSnapshot(pool, (at) => new Verifier(at, options).run());
}

interface EntryRow extends RecordEntry {
  readonly hash: string;
  readonly person: string | null;
  readonly contactKey: string | null;
  readonly fullName: string;
  readonly salt: string | null;
  readonly contactSalt: string | null;
  readonly present: string | null;
  readonly presentFacts: string | null;
  readonly isElsewhere: boolean;
  readonly editState: string | null;
  readonly editAt: Date | null;
  readonly editContentId: string | null;
}

const ofSource = (alias: string) => `($1::text is null or (${alias}.source_kind = $1 and ${alias}.source_id = $2))`;

const ENTRIES = `select e.source_kind as "sourceKind", e.source_id as "sourceId", e.n, e.kind, e.attempt_id as "attemptId",
    e.edit_id as "editId", e.stands_for_id as "standsForId", e.via, e.person_digest as "personDigest",
    e.content_id as "contentId", e.content_digest as "contentDigest", e.facts_digest as "factsDigest", e.channel, e.platform_message_id as "platformMessageId", e.state, e.reason,
    e.at, e.sealed_at as "sealedAt", e.hash,
    coalesce(m.person, case when b.id is not null then coalesce('m:' || b.created_by_id, '') end) as person, 'c:' || a.contact_id as "contactKey", coalesce(p.full_name, '') as "fullName",
    own.salt, visit.salt as "contactSalt",
    e.kind <> 'order' and (m.source_kind is distinct from e.source_kind or m.source_id is distinct from e.source_id) as "isElsewhere",
    case when e.kind = 'order' then '' when k.id is not null then ${CONTENT_DIGEST} end as present,
    case e.kind when 'order' then ${ORDER_FACTS} when 'outcome' then ${OUTCOME_FACTS} else ${CORRECTION_FACTS} end as "presentFacts",
    d.state as "editState", d.ended_at as "editAt", d.content_id as "editContentId"
  from record_entry e
  left join attempt a on a.id = e.attempt_id
  left join message m on m.id = a.message_id
  left join broadcast b on e.kind = 'order' and e.source_kind = 'broadcast' and b.id::text = e.source_id
  left join message_edit d on d.id = e.edit_id
  ${CORRECTION_OF_EDIT.replaceAll('e.ref', 'd.ref')}
  left join content k on k.id = e.content_id
  ${CONTENT_FILES}
  left join record_salt own on own.person_key = coalesce(m.person, 'm:' || b.created_by_id)
  left join record_salt visit on visit.person_key = 'c:' || a.contact_id
  left join member p on p.id = coalesce(case when m.person like 'm:%' then substr(m.person, 3)::uuid end, b.created_by_id)
  where ${ofSource('e')} order by e.source_kind, e.source_id, e.n`;

const CHAINS = `select source_kind as kind, source_id as id, entries, head from record_chain c where ${ofSource('c')}`;

const SOURCES = `select distinct m.source_kind as kind, m.source_id as id from message m where m.lane = 'bulk' and ${ofSource('m')}`;

interface LostEdit extends RecordSource {
  readonly attemptId: string;
  readonly state: string;
}

const UNRECORDED_EDITS = `select m.source_kind as kind, m.source_id as id, d.attempt_id as "attemptId", d.state
  from message_edit d join attempt a on a.id = d.attempt_id join message m on m.id = a.message_id
  where d.kind <> 'progress' and d.sealed and ${ofSource('m')}
    and not exists (select 1 from record_entry e where e.attempt_id = d.attempt_id and e.edit_id = d.id)`;

/** What one pass over a chain has seen so far. */
interface Walk {
  readonly kind: string;
  readonly id: string;
  readonly standing: Map<string, Standing>;
  n: number;
  hash: string;
  hasPrinted: boolean;
}

interface ChainRow extends RecordSource {
  readonly entries: number;
  readonly head: string;
}

const nameOf = ({ kind, id }: RecordSource): string => `${kind}:${id}`;

class Verifier {
  readonly #at: Snapshot;
  readonly #options: VerifyOptions;
  readonly #problems: RecordProblem[] = [];
  #chains = new Map<string, ChainRow>();
  #entries = 0;
  #unsealed = 0;
  #erased = 0;

  constructor(at: Snapshot, options: VerifyOptions) {
    this.#at = at;
    this.#options = options;
  }

  async run(): Promise<VerifyResult> {
    const { source } = this.#options;
    const only = [source?.kind ?? null, source?.id ?? null];
    const chains = await this.#at.all<ChainRow>(CHAINS, only);
    this.#chains = new Map(chains.map((chain) => [nameOf(chain), chain]));
    const left = new Map(this.#chains as ReadonlyMap<string, RecordSource>);
    for (const told of await this.#at.all<RecordSource>(SOURCES, only)) left.set(nameOf(told), told);
    if (source) left.set(nameOf(source), source);

    let walk: Walk | null = null;
    for await (const page of this.#at.pages<EntryRow>(ENTRIES, only)) {
      for (const row of page) {
        if (walk?.kind !== row.sourceKind || walk.id !== row.sourceId) {
          if (walk) await this.#finish(walk);
          walk = this.#begin({ kind: row.sourceKind, id: row.sourceId });
          left.delete(nameOf(walk));
        }
        this.#walk(row, walk);
      }
    }
    if (walk) await this.#finish(walk);
    for (const empty of left.values()) await this.#finish(this.#begin(empty));
    for (const edit of await this.#at.all<LostEdit>(UNRECORDED_EDITS, only))
      this.#add(nameOf(edit), null, 'missing', edit.attemptId, '', edit.state);
    return {
      ok: this.#problems.length === 0,
      chains: chains.length,
      entries: this.#entries,
      unsealed: this.#unsealed,
      erased: this.#erased,
      problems: this.#problems,
    };
  }

  #begin({ kind, id }: RecordSource): Walk {
    const { head } = this.#options;
    const hasPrinted = head === undefined || head === CHAIN_START;
    return { kind, id, standing: new Map(), n: 0, hash: CHAIN_START, hasPrinted };
  }

  /** The end of a chain against what is kept of it, and every attempt of its source against its entries. */
  async #finish(walk: Walk): Promise<void> {
    const source = nameOf(walk);
    const chain = this.#chains.get(source);
    if (walk.n !== (chain?.entries ?? 0))
      this.#add(source, null, 'count', null, String(chain?.entries ?? 0), String(walk.n));
    if (walk.hash !== (chain?.head ?? CHAIN_START)) this.#add(source, null, 'head', null, chain?.head ?? '', walk.hash);
    if (!walk.hasPrinted) this.#add(source, null, 'printed-head', null, this.#options.head ?? '', '');
    for await (const page of this.#at.pages<LedgerAttempt>(LEDGER, [walk.kind, walk.id])) {
      for (const attempt of page) {
        if (isDue(attempt)) this.#unsealed += 1;
        const standing = walk.standing.get(attempt.id);
        for (const { what, expected, found } of compareAttempt(attempt, standing))
          this.#add(source, standing?.last.n ?? null, what, attempt.id, expected, found);
      }
    }
  }

  #walk(row: EntryRow, walk: Walk): void {
    const source = nameOf(walk);
    this.#entries += 1;
    if (row.n !== walk.n + 1) this.#add(source, walk.n + 1, 'gap', null, String(walk.n + 1), String(row.n));
    const hash = hashEntry(walk.hash, row);
    if (hash !== row.hash) this.#add(source, row.n, 'hash', row.attemptId, row.hash, hash);
    walk.n = row.n;
    // From here on as it is written: one wrong entry must not hide which others are right.
    walk.hash = row.hash;
    walk.hasPrinted ||= row.hash === this.#options.head;
    this.#checkPerson(row, source);
    if (row.person === null || row.isElsewhere)
      this.#add(source, row.n, 'gone', row.attemptId, row.attemptId ?? '', '');
    else this.#checkWords(row, source);
    if (row.kind === 'order') return;
    if (row.kind === 'outcome') this.#follow(row, source, walk.standing);
    else if (!isSameEdit(row)) this.#add(source, row.n, 'edit', row.attemptId, row.state, row.editState ?? '');
  }

  #checkWords(row: EntryRow, source: string): void {
    if (row.present !== row.contentDigest)
      this.#add(source, row.n, 'content', row.attemptId, row.contentDigest, row.present ?? '');
    if (row.presentFacts !== row.factsDigest)
      this.#add(source, row.n, row.kind === 'outcome' ? 'facts' : 'order', row.attemptId, '', '');
  }

  #follow(row: EntryRow, source: string, standing: Map<string, Standing>): void {
    if (row.attemptId === null) {
      this.#add(source, row.n, 'gone', null, '', '');
      return;
    }
    const before = standing.get(row.attemptId);
    for (const { what, expected, found } of before ? compareEntries(before.last, row) : [])
      this.#add(source, row.n, what, row.attemptId, expected, found);
    const stages = before?.stages ?? new Set();
    stages.add(`${row.state}@${String(row.at.getTime())}`);
    standing.set(row.attemptId, { stages, last: row });
  }

  /** A visitor who became a member since was told under the other key. Only a salt that was erased excuses; one that is gone does not. */
  #checkPerson(row: EntryRow, source: string): void {
    const keys = [
      { key: row.person, salt: row.salt, name: row.fullName },
      { key: row.contactKey, salt: row.contactSalt, name: '' },
    ];
    const isErased = row.salt === '' || row.contactSalt === '';
    const digests = keys.flatMap(({ key, salt, name }) => (key && salt ? [personDigest(salt, key, name)] : []));
    if (row.person === null || digests.includes(row.personDigest)) return;
    if (row.person === '' && row.personDigest === '') return;
    if (isErased) this.#erased += 1;
    else this.#add(source, row.n, 'person', row.attemptId, row.personDigest, digests[0] ?? '');
  }

  #add(
    source: string,
    n: number | null,
    what: RecordProblem['what'],
    attemptId: string | null,
    expected: string,
    found: string,
  ): void {
    this.#problems.push({ source, n, what, attemptId, expected, found });
  }
}

const isSameEdit = ({ state, editState, at, editAt, contentId, editContentId }: EntryRow): boolean =>
  state === editState && at.getTime() === editAt?.getTime() && contentId === editContentId;
