/** Puts prepared words in the place of ours. */
import { z } from 'zod';
import type { Reply } from '../model.js';

const preparedSchema = z.object({ from: z.string(), text: z.string(), options: z.array(z.string()) });

/** The reply in the words that were prepared for exactly this reply; in our own when there are none. */
export function inPreparedWords(reply: Reply, prepared: unknown): Reply {
  if (prepared === undefined) return reply;
  const parsed = preparedSchema.safeParse(prepared);
  if (!parsed.success || parsed.data.from !== reply.text) return reply;
  const { text, options } = parsed.data;
  const ordered = options.flatMap((card) => reply.options.find((one) => one.card === card) ?? []);
  return { ...reply, text, options: ordered.length === reply.options.length ? ordered : reply.options };
}
