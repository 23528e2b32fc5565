/** A line: the messages of one lane on one channel, from the lease to the call. */
import type { Channel, Outgoing } from '../../channels/channel.js';
import type { Content } from '../../conversation/message.js';
import type { Language } from '../../kernel/format.js';
import type { ChannelName } from '../../kernel/people.js';
import { translate } from '../../i18n/index.js';
import { createPacer, type Pacer } from './pacer.js';
import type { DeliveryLane } from '../policy.js';
import type { MessageClass } from '../ports.js';
import type { LeasedRow } from './statements.js';

/** One attempt held in memory. */
export interface Held {
  readonly id: string;
  readonly leaseId: string;
  readonly line: Line;
  readonly contactId: string | null;
  readonly address: string | null;
  readonly isReachable: boolean;
  readonly content: Content;
  /** In whose form it goes, where the platform wants one. */
  readonly template: Outgoing['template'] | null;
  readonly messageClass: MessageClass;
  readonly isRepeat: boolean;
  readonly at: Date;
  /** Calls begun before this one. */
  readonly sends: number;
  /** A later message of the same conversation waits for this one. */
  readonly hasNext: boolean;
  /** Counts against the concurrency: it is, or may soon be, `sending` in the database. */
  hasSlot: boolean;
  isPrepared: boolean;
}

export interface Line {
  readonly lane: DeliveryLane;
  readonly channel: Channel;
  /** Null where nothing limits the rate. */
  readonly pacer: Pacer | null;
  /** At most so many messages to one conversation within so many milliseconds. */
  readonly burst: { readonly count: number; readonly windowMs: number } | null;
  readonly contents: ContentCache;
  /** Leased, not yet asked to begin. */
  readonly ready: Held[];
  /** Committed as `sending`, waiting for its moment (paced lines). */
  readonly granted: Held[];
  /** Rows in memory whose outcome is not committed. */
  open: number;
  slots: number;
  /** Offered to a flush and not called yet. */
  prepared: number;
  isLeasing: boolean;
  isReserving: boolean;
  /** There may be more to lease. */
  hasMore: boolean;
  /** Earlier due times were looked at already; looked at again every second. */
  floor: { dueMs: number; sinceMs: number };
  /** How often to look again for messages that a burst limit holds back. */
  chases: number;
  chase: NodeJS.Timeout | null;
  timer: NodeJS.Timeout | null;
  error: unknown;
}

/** What one person gets is limited where the platform limits it; a burst is a greeting, a picture and a question. */
const BURSTS: Readonly<Partial<Record<ChannelName, { count: number; windowMs: number }>>> = {
  telegram: { count: 3, windowMs: 3_000 },
};

/** An empty line. */
export function createLine(lane: DeliveryLane, channel: Channel): Line {
  const isPaced = lane === 'bulk' && channel.bulkPerSecond !== null;
  return {
    lane,
    channel,
    pacer: isPaced ? createPacer(channel.bulkPerSecond ?? 1) : null,
    burst: BURSTS[channel.name] ?? null,
    contents: new ContentCache(),
    ready: [],
    granted: [],
    open: 0,
    slots: 0,
    prepared: 0,
    isLeasing: false,
    isReserving: false,
    hasMore: false,
    floor: { dueMs: 0, sinceMs: 0 },
    chases: 0,
    chase: null,
    timer: null,
    error: null,
  };
}

/** Nothing of the line is in memory, and nothing more is expected. */
export const isIdle = (line: Line): boolean =>
  !line.isLeasing && !line.hasMore && line.open === 0 && line.chase === null;

/** How many rows one lease takes: on a paced line two seconds' worth, so that other processes get some. */
export function leaseSize(line: Line): number {
  const perSecond = line.pacer === null ? null : line.channel.bulkPerSecond;
  return perSecond === null ? 200 : Math.max(2, Math.ceil(perSecond * 2));
}

/** Contents that many messages share, so that a broadcast reads its text once. One for each line: a lease at a time. */
export class ContentCache {
  static readonly #SIZE = 64;
  readonly #contents = new Map<string, Content>();

  /** Ids that need not be read again. */
  known(): string[] {
    return [...this.#contents.keys()];
  }

  /** The content of a leased row. Null when it is neither known nor in the row, which a deleted content would cause. */
  of(row: LeasedRow): Content | null {
    if (row.text === null) return this.#contents.get(row.content_id) ?? null;
    const content = contentOf(row);
    this.#contents.set(row.content_id, content);
    const oldest = this.#contents.size > ContentCache.#SIZE ? this.#contents.keys().next().value : undefined;
    if (oldest !== undefined) this.#contents.delete(oldest);
    return content;
  }
}

/** A leased row as the engine holds it. */
export function holdRow(line: Line, row: LeasedRow, content: Content): Held {
  return {
    id: row.id,
    leaseId: row.lease_id,
    line,
    contactId: row.contact_id,
    address: row.external_id,
    isReachable: row.contact_state === 'active',
    content: spoken(row, content),
    template: row.template_id === null ? null : { id: row.template_id, data: row.template_data ?? {} },
    messageClass: row.class,
    isRepeat: row.repeat,
    at: row.planned_at,
    sends: row.sends,
    hasNext: row.has_next,
    hasSlot: false,
    isPrepared: false,
  };
}

/** The shared words with what only this row says before them. */
function spoken({ repeat, opening, language }: LeasedRow, content: Content): Content {
  if (!repeat && opening === null) return content;
  const text = opening === null ? content.text : `${opening}\n${content.text}`;
  const mark: Language = language === 'en' ? 'en' : 'vi';
  return { ...content, text: repeat ? `${translate(mark, 'delivery.repeat')} ${text}`.trim() : text };
}

function contentOf(row: LeasedRow): Content {
  const buttons = row.buttons as NonNullable<Content['buttons']> | null;
  return {
    text: row.text ?? '',
    ...(buttons === null || buttons.length === 0 ? {} : { buttons }),
    ...(row.image_id === null ? {} : { imageId: row.image_id }),
    ...(row.image_alt === null ? {} : { imageAlt: row.image_alt }),
    ...(row.file_id === null ? {} : { fileId: row.file_id }),
  };
}
