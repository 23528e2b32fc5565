/** What a conversation about an invitation has gathered so far. */
import { z } from 'zod';
import { raw, t, type Text } from '../conversation/index.js';
import type { Role, SeatKind } from '../kernel/people.js';
import { roleText } from './invite-texts.js';
import { seatKindText } from './model.js';
import type { Post } from './service-inviting.js';

export const inviteData = z.object({
  /** The person hands the own seat on. */
  own: z.boolean().optional(),
  query: z.string().optional(),
  unitId: z.string().optional(),
  kind: z.enum(['primary', 'deputy', 'head']).optional(),
  role: z.enum(['officer', 'leader', 'admin']).optional(),
  fullName: z.string().optional(),
  memberId: z.string().optional(),
  /** Who held the seat when it was looked at; empty for nobody. */
  seen: z.string().optional(),
  offset: z.number().optional(),
});

export type InviteData = z.infer<typeof inviteData>;

/** The post that was chosen; null while it is not. */
export function chosenPost(data: InviteData): Post | null {
  if (data.role !== undefined) return { role: data.role };
  return data.unitId !== undefined && data.kind !== undefined ? { unitId: data.unitId, kind: data.kind } : null;
}

/** A post in words. */
export function postOf(post: {
  readonly role: Role | null;
  readonly seat: { readonly kind: SeatKind; readonly unitName: string } | null;
}): Text {
  if (post.role !== null) return roleText(post.role);
  if (post.seat === null) return raw('');
  return t('units.seat.of', { unit: post.seat.unitName, kind: seatKindText(post.seat.kind) });
}
