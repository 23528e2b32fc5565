/** What a conversation remembers of the last question; read back with care, for any release may have stored it. */
import { z } from 'zod';
import type { Reply, Topic } from './model.js';
import { maskPersonal } from './personal.js';

const topicSchema = z.object({
  awards: z.object({
    subjects: z.array(z.string()),
    kinds: z.array(z.string()),
    also: z.array(z.string()).optional(),
    card: z.string().optional(),
    question: z.string().optional(),
    cards: z.array(z.string()).optional(),
    answerId: z.string().optional(),
    at: z.string().optional(),
  }),
});

export interface Remembered extends Topic {
  /** The question itself, without personal numbers. */
  readonly question?: string;
  /** Every card of the answer. */
  readonly cards?: readonly string[];
  /** What a mark on the answer is kept under. */
  readonly answerId?: string;
  /** When it was answered, ISO. */
  readonly at?: string;
}

/** How long "thế còn …" means the subject of before. */
const FOLLOWED_MS = 4 * 3_600_000;

/** The topic of this room in what the conversation stored; undefined when the talk was about something else. */
export function readTopic(stored: unknown): Remembered | undefined {
  const parsed = topicSchema.safeParse(stored);
  return parsed.success ? (JSON.parse(JSON.stringify(parsed.data.awards)) as Remembered) : undefined;
}

/** The topic that a new question may lean on: none after hours of silence. */
export function followedTopic(stored: unknown, now: Date): Remembered | undefined {
  const topic = readTopic(stored);
  const at = topic?.at === undefined ? now.getTime() : Date.parse(topic.at);
  return now.getTime() - at > FOLLOWED_MS ? undefined : topic;
}

/** What to store of an answer. */
export function writeTopic(
  { topic, cards }: Pick<Reply, 'topic' | 'cards'>,
  question: string,
  { answerId, now }: { readonly answerId: string; readonly now: Date },
): { awards: Remembered } {
  return {
    awards: { ...topic, question: maskPersonal(question).slice(0, 500), cards, answerId, at: now.toISOString() },
  };
}
