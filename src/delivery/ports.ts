/** What other rooms ask of delivery. */
import type { ChannelName, PersonKey } from '../kernel/people.js';
import type { Say } from '../conversation/flow.js';
import type { Content } from '../conversation/message.js';
import type { Tx } from '../store/index.js';

/**
 * reply: an answer to what the person just wrote. announcement: at most once. deadline: at least once, the
 * repeat marked "nhắc lại". critical: deadline, and it ignores quiet hours. honour: an announcement to subscribers.
 */
export type MessageClass = 'reply' | 'announcement' | 'deadline' | 'critical' | 'honour';

/** Whom to tell. A seat stands with it when the message is for the seat's sake. */
export interface Recipient {
  readonly person: PersonKey;
  readonly seatId?: string;
}

/** One thing to tell to some people. (source, person, slot) is unique: telling twice plans nothing the second time. */
export interface Notice {
  readonly source: { readonly kind: string; readonly id: string };
  readonly slot: string;
  readonly class: MessageClass;
  readonly to: readonly Recipient[];
  readonly say: readonly Say[];
  /** Business clock: not before this instant. Quiet hours are added by the planner, not here. */
  readonly notBefore?: Date;
  /** A person ordered it now, knowing the hour: quiet hours do not hold it. */
  readonly ordered?: boolean;
  /** All its words must arrive: no Zalo template that leaves some out or shortens them. */
  readonly whole?: boolean;
}

/** Answers of one turn, already in the reader's language, to the contact that wrote. Class and lane are `reply`. */
export interface Reply {
  /** The inbound row; slots are `r1`, `r2`, … in order. */
  readonly inboundId: string;
  readonly person: PersonKey;
  readonly conversationId: string;
  readonly contactId: string;
  readonly channel: ChannelName;
  readonly contents: readonly Content[];
}

/** Plans messages inside the caller's transaction. Nothing leaves before it commits. */
export interface Outbox {
  /** Plans the answers of a turn. Costs at most two statements. */
  reply(tx: Tx, reply: Reply, now: Date): Promise<void>;
  /** Returns how many people got a new message row; those told before are not counted. */
  tell(tx: Tx, notice: Notice, now: Date): Promise<number>;
  /** Starts a broadcast: a row now, the messages by a job. Returns its id. */
  broadcast(tx: Tx, broadcast: NewBroadcast, now: Date): Promise<string>;
}

/** A message to an audience that is worked out when it starts. */
export interface NewBroadcast {
  readonly id: string;
  readonly kind: 'campaign' | 'honour' | 'notice' | 'amendment';
  readonly subjectId: string;
  readonly title: string;
  readonly class: MessageClass;
  readonly audience: Audience;
  readonly say: readonly Say[];
  readonly createdById: string | null;
  /** Business clock; absent: at once. */
  readonly startAt?: Date;
}

/** Who gets a broadcast: the seats of units chosen so, or everybody who subscribes. */
export type Audience =
  | {
      readonly kind: 'units';
      readonly unitIds: readonly string[];
      readonly seats: readonly ('primary' | 'deputy' | 'head')[];
    }
  | { readonly kind: 'subscribers' }
  | { readonly kind: 'people'; readonly people: readonly PersonKey[] };
