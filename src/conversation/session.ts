/** Where a conversation stands. Stored as JSON every turn, read back on any channel and after any restart. */
import { z } from 'zod';

// JSON drops an undefined value, and zod wants a missing key to be declared: a flow without data stores none.
const flowData = z.unknown().optional();

const frame = z.object({ step: z.string(), data: flowData });

const question = z.object({
  /** Short random id; buttons carry it, so that a button of an older question can never answer this one. */
  id: z.string(),
  /** The options as they were shown: value, and what a person may type for it (folded). */
  options: z.array(z.object({ value: z.string(), words: z.array(z.string()) })),
  /** Any text is an answer. */
  free: z.boolean(),
  /** A typed number chooses an option. */
  numbers: z.boolean(),
  files: z.boolean(),
});

export const sessionSchema = z.object({
  flow: z.string(),
  version: z.number(),
  step: z.string(),
  data: flowData,
  question,
  /** Earlier steps, newest last, for `lùi`. */
  back: z.array(frame),
  /** Business clock, ISO: after a day of silence the session becomes a draft. */
  touchedAt: z.string(),
  /** The work whose result this step waits for. */
  waitsFor: z.string().optional(),
});

export type Session = z.infer<typeof sessionSchema>;
export type Question = z.infer<typeof question>;

export const draftsSchema = z.record(z.string(), sessionSchema);
export type Drafts = z.infer<typeof draftsSchema>;

/** A session read from the store; null for none and for one written by a release that thought differently. */
export function readSession(stored: unknown): Session | null {
  const parsed = sessionSchema.safeParse(stored);
  return parsed.success ? parsed.data : null;
}

/** The drafts read from the store; those that no longer fit are left out. */
export function readDrafts(stored: unknown): Drafts {
  const parsed = z.record(z.string(), z.unknown()).safeParse(stored);
  if (!parsed.success) return {};
  const kept: Drafts = {};
  for (const [flow, draft] of Object.entries(parsed.data)) {
    const session = readSession(draft);
    if (session) kept[flow] = session;
  }
  return kept;
}

/** How long a session waits before it becomes a draft, and how far `lùi` reaches. */
export const SESSION_TIMEOUT_MS = 24 * 3_600_000;
export const BACK_LIMIT = 30;
