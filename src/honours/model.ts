/** Exemplars: gương điển hình tiên tiến, người tốt việc tốt. */
import { z } from 'zod';
import type { LocalDate } from '../kernel/local-date.js';

/** The four stages of plan 1813/KH-UBND, II.3: discover, nurture, sum up, multiply. */
export const STAGES = ['phat-hien', 'boi-duong', 'tong-ket', 'nhan-rong'] as const;
export type Stage = (typeof STAGES)[number];

/** How the person agreed to be made known. Without consent nothing is published. */
export const CONSENTS = ['van-ban', 'loi-noi'] as const;

export const honourDraft = z.object({
  personName: z.string().optional(),
  unitName: z.string().optional(),
  deed: z.string().optional(),
  story: z.string().optional(),
  award: z.string().optional(),
  decisionNumber: z.string().optional(),
  decisionOn: z.string().optional(),
  consent: z.enum(CONSENTS).optional(),
  photoId: z.string().optional(),
  cardId: z.string().optional(),
});
export type HonourDraft = z.infer<typeof honourDraft>;

/** The written parts in the order of the questions, with their limits in characters. */
export const TEXT_FIELDS = ['personName', 'unitName', 'deed', 'story', 'award', 'decisionNumber'] as const;
export type TextField = (typeof TEXT_FIELDS)[number];
export const FIELD_LIMITS: Readonly<Record<TextField, number>> = {
  personName: 80,
  unitName: 120,
  deed: 160,
  story: 3000,
  award: 160,
  decisionNumber: 60,
};

/** A published exemplar. */
export interface Honour {
  readonly id: string;
  readonly code: string;
  readonly personName: string;
  readonly unitName: string;
  readonly deed: string;
  readonly story: string;
  readonly award: string;
  readonly decisionNumber: string;
  readonly decisionOn: LocalDate;
  readonly cardId: string | null;
  readonly publishedAt: Date;
  readonly followers: number;
}

/** Everything that a publication needs. */
export interface NewHonour {
  readonly id: string;
  readonly code: string;
  readonly personName: string;
  readonly unitName: string;
  readonly deed: string;
  readonly story: string;
  readonly award: string;
  readonly decisionNumber: string;
  readonly decisionOn: LocalDate;
  readonly consent: (typeof CONSENTS)[number];
  readonly photoId: string | null;
  readonly cardId: string;
}

/** The publication out of a draft; null while something is missing. */
export function completeHonour(draft: HonourDraft, id: string, code: string): NewHonour | null {
  const { personName, unitName, deed, story, award, decisionNumber, decisionOn, consent, cardId } = draft;
  if (!personName || !unitName || !deed || !story || !award || !decisionNumber || !decisionOn || !consent || !cardId)
    return null;
  return {
    id,
    code,
    personName,
    unitName,
    deed,
    story,
    award,
    decisionNumber,
    decisionOn,
    consent,
    cardId,
    photoId: draft.photoId ?? null,
  };
}

/** Work of this room: renders the picture card. */
export const CARD_WORK = 'honours.card';
export const cardRequest = honourDraft.omit({ cardId: true, story: true, consent: true });
export const cardResult = z.object({ fileId: z.string() });
