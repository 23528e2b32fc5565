/** What a conversation remembers of the last question; read back with care, for any release may have stored it. */
import { z } from 'zod';
import type { Topic } from './model.js';
import { maskPersonal } from './personal.js';

const topicSchema = z.object({
  awards: z.object({
    subjects: z.array(z.string()),
    kinds: z.array(z.string()),
    card: z.string().optional(),
    question: z.string().optional(),
  }),
});

export interface Remembered extends Topic {
  /** The question itself, without personal numbers. */
  readonly question?: string;
}

/** The topic of this room in what the conversation stored; undefined when the talk was about something else. */
export function readTopic(stored: unknown): Remembered | undefined {
  const parsed = topicSchema.safeParse(stored);
  if (!parsed.success) return undefined;
  const { subjects, kinds, card, question } = parsed.data.awards;
  return { subjects, kinds, ...(card === undefined ? {} : { card }), ...(question === undefined ? {} : { question }) };
}

/** What to store. */
export function writeTopic(topic: Topic, question: string): { awards: Remembered } {
  return { awards: { ...topic, question: maskPersonal(question).slice(0, 500) } };
}
