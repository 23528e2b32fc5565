/** Orders that change a published text, or take it back. They write rows; `correction-work.ts` carries them out. */
import type { Language } from '../../kernel/format.js';
import type { ChannelName } from '../../kernel/people.js';
import type { Tx } from '../../store/index.js';
import {
  isMarked,
  newSlots,
  readableText,
  wordsLimit,
  type CorrectionWords,
  type SlotContent,
} from './correction-texts.js';

export interface CorrectionOrder {
  /** Id of the correction: the same order given twice is one. */
  readonly id: string;
  readonly broadcastId: string;
  /** The new words; they stand in place of the old ones in every language. */
  readonly words: string;
  readonly by: string | null;
}

export interface RecallOrder {
  readonly id: string;
  readonly broadcastId: string;
  /** People are told why. */
  readonly reason: string;
  readonly by: string | null;
}

/** Why an order was not taken. */
export type CorrectionRefusal = 'gone' | 'recalled' | 'too-long' | 'same';
export type Ordered = 'done' | CorrectionRefusal;

/** Gives a broadcast new words: copies are changed where a platform can, elsewhere a message corrects them. */
export function correct(tx: Tx, order: CorrectionOrder, now: Date): Promise<Ordered> {
  return give(tx, { ...order, kind: 'correction', reason: '' }, now);
}

/** Takes a broadcast back: copies say so, what has not left does not leave, a message tells those whose copy stays. */
export function recall(tx: Tx, order: RecallOrder, now: Date): Promise<Ordered> {
  return give(tx, { ...order, kind: 'recall', words: '' }, now);
}

interface Order extends CorrectionOrder, RecallOrder {
  readonly kind: 'correction' | 'recall';
}

/** What a broadcast says now, in each language. */
export type Spoken = Readonly<Partial<Record<Language, readonly SlotContent[]>>>;

/** A broadcast as far as orders care. */
export interface CorrectedBroadcast {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly state: string;
  readonly isRecalled: boolean;
  readonly version: number;
  readonly spoken: Spoken;
  /** What an officer would say that it says. */
  readonly words: string;
  /** Longest new words. */
  readonly limit: number;
}

/** Column `correction.contents`: the new content of each slot by language, and the words as they were ordered. */
export interface CorrectionContents {
  readonly slots: Readonly<Record<string, readonly number[]>>;
  readonly words: string;
  readonly title: string;
  readonly isSample: boolean;
}

async function give(tx: Tx, order: Order, now: Date): Promise<Ordered> {
  // The piece of an expansion reads the text under this lock, so everybody planned later gets the new one.
  await tx.$queryRaw`select 1 from broadcast where id = ${order.broadcastId}::uuid for update`;
  const broadcast = await readCorrected(tx, order.broadcastId);
  const refusal = refusalOf(broadcast, order);
  if (broadcast === null || refusal !== null) return refusal ?? 'gone';
  const isUnseen = broadcast.state === 'planned';
  const { title, spoken } = broadcast;
  const said: CorrectionWords = { ...order, title, at: now, isUnseen, isSample: isMarked(spoken.vi ?? []) };
  const slots = await writeSlots(tx, spoken, said);
  const contents: CorrectionContents = { slots, words: order.words, title, isSample: said.isSample };
  await tx.$executeRaw`
    insert into correction (id, broadcast_id, version, kind, contents, reason, state, at, created_by_id)
    values (${order.id}::uuid, ${broadcast.id}::uuid, ${broadcast.version + 1}, ${order.kind},
      ${JSON.stringify(contents)}::jsonb, ${order.reason},
      ${isUnseen ? 'finished' : 'expanding'}, ${now}, ${order.by}::uuid)
    on conflict (id) do nothing`;
  await tx.$executeRaw`
    update broadcast set contents = ${JSON.stringify(slots)}::jsonb, version = version + 1,
      state = case when ${order.kind} = 'recall' and state <> 'finished' then 'cancelled' else state end
    where id = ${broadcast.id}::uuid`;
  return 'done';
}

function refusalOf(broadcast: CorrectedBroadcast | null, order: Order): CorrectionRefusal | null {
  if (broadcast === null) return 'gone';
  if (broadcast.isRecalled) return 'recalled';
  if (order.kind === 'recall') return null;
  if (order.words.length > broadcast.limit) return 'too-long';
  return broadcast.words.trim() === order.words.trim() ? 'same' : null;
}

/** Writes what each slot is to say; returns the ids, language by language, in the order of the slots. */
async function writeSlots(tx: Tx, spoken: Spoken, said: CorrectionWords): Promise<Record<string, number[]>> {
  const ids: Record<string, number[]> = {};
  for (const [language, slots] of Object.entries(spoken) as [Language, readonly SlotContent[]][]) {
    const list: number[] = [];
    for (const slot of newSlots(slots, said, language))
      list.push(Number('keep' in slot ? slot.keep : await write(tx, slot)));
    ids[language] = list;
  }
  return ids;
}

async function write(tx: Tx, slot: Omit<SlotContent, 'id'>): Promise<bigint> {
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    insert into content (text, buttons, image_id, image_alt, file_id)
    values (${slot.text}, ${JSON.stringify(slot.buttons)}::jsonb, ${slot.imageId}::uuid, ${slot.imageAlt}, ${slot.fileId}::uuid)
    returning id`;
  return rows[0]?.id ?? 0n;
}

interface FoundBroadcast extends Omit<CorrectedBroadcast, 'spoken' | 'words' | 'limit'> {
  /** Words of the latest correction. */
  readonly corrected: string | null;
}

interface SlotRow extends SlotContent {
  readonly language: Language;
}

/** What a broadcast says now, and whether it may still be changed; null when there is none. */
export async function readCorrected(tx: Tx, broadcastId: string): Promise<CorrectedBroadcast | null> {
  const found = await tx.$queryRaw<FoundBroadcast[]>`
    select b.id, b.kind, b.title, b.state, coalesce(last.version, 0) as version, coalesce(last.kind = 'recall', false) as "isRecalled",
      last.contents ->> 'words' as corrected
    from broadcast b
    left join lateral (select version, kind, contents from correction c where c.broadcast_id = b.id order by version desc limit 1) last on true
    where b.id = ${broadcastId}::uuid`;
  const broadcast = found[0];
  if (!broadcast) return null;
  const rows = await tx.$queryRaw<SlotRow[]>`
    select spoken.key as language, k.id::text as id, k.text, k.buttons, k.image_id as "imageId", k.image_alt as "imageAlt", k.file_id as "fileId"
    from broadcast b, jsonb_each(b.contents) spoken, jsonb_array_elements_text(spoken.value) with ordinality as one(id, n)
    join content k on k.id = one.id::bigint
    where b.id = ${broadcastId}::uuid order by spoken.key, one.n`;
  const languages = [...new Set(rows.map(({ language }) => language))];
  const spoken = Object.fromEntries(languages.map((l) => [l, rows.filter(({ language }) => language === l)]));
  const slots = rows.filter(({ language }) => language === 'vi');
  const { corrected, ...rest } = broadcast;
  return { ...rest, spoken, words: corrected ?? readableText(slots), limit: wordsLimit(slots) };
}

/** People who have a copy of a broadcast, by what a correction does for them. */
export interface Copies {
  /** Their copy can be changed in place. */
  readonly changed: number;
  /** They are told by a message of its own. */
  readonly told: number;
  /** Nothing has left for them yet. */
  readonly waiting: number;
}

/** Channels whose platforms let a bot change what it sent. */
const CHANGING_CHANNELS: readonly ChannelName[] = ['web', 'telegram'];

/** Whether an attempt `a` of a message left a copy that nobody can change. */
export const TOLD_SQL = `a.state in ('sending', 'uncertain', 'sent', 'delivered', 'seen') and not a.channel in (${CHANGING_CHANNELS.map((name) => `'${name}'`).join(', ')})`;

/** Counts the copies of a broadcast. `planCorrection` says what telling them costs. */
export async function countCopies(tx: Tx, broadcastId: string): Promise<Copies> {
  const rows = await tx.$queryRaw<Copies[]>`
    with people as (
      select m.person, bool_or(a.state in ('sending', 'uncertain', 'sent', 'delivered', 'seen') and not a.channel = any(${CHANGING_CHANNELS})) as told,
        bool_or(a.state in ('sending', 'uncertain', 'sent', 'delivered', 'seen') and a.channel = any(${CHANGING_CHANNELS})) as changed,
        bool_or(a.ended_at is null) as waits
      from message m join attempt a on a.message_id = m.id
      where m.source_kind = 'broadcast' and m.source_id = ${broadcastId} group by m.person
    )
    select count(*) filter (where told)::int as told, count(*) filter (where changed and not told)::int as changed,
      count(*) filter (where waits and not told and not changed)::int as waiting from people`;
  return rows[0] ?? { changed: 0, told: 0, waiting: 0 };
}

/** A broadcast in a list. */
export interface Correctable {
  readonly id: string;
  readonly title: string;
  readonly at: Date;
}

/** The latest broadcasts that were not taken back, newest first. */
export async function latestCorrectable(tx: Tx, count: number): Promise<readonly Correctable[]> {
  return tx.$queryRaw<Correctable[]>`
    select b.id, b.title, coalesce(b.start_at, b.created_at) as at from broadcast b
    where not exists (select 1 from correction c where c.broadcast_id = b.id and c.kind = 'recall')
    order by b.created_at desc, b.id desc limit ${count}`;
}
