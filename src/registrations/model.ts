/** Registrations: what a unit enters in a campaign. */
import { z } from 'zod';
import type { LocalDate } from '../kernel/local-date.js';

export const titleSchema = z.object({
  kind: z.enum(['collective', 'individual']),
  name: z.string(),
  post: z.string().optional(),
  title: z.string(),
});
export type Title = z.infer<typeof titleSchema>;

/** What the unit enters. */
export const entrySchema = z.object({
  targets: z.string().optional(),
  titles: z.array(titleSchema),
  exemplar: z.string().optional(),
});
export type Entry = z.infer<typeof entrySchema>;

export type RegistrationState = 'submitted' | 'accepted' | 'returned';

/** A registration as flows see it. */
export interface Registration {
  readonly id: string;
  readonly code: string;
  readonly campaignId: string;
  readonly campaignName: string;
  readonly dueOn: LocalDate;
  readonly unitId: string;
  readonly unitName: string;
  readonly version: number;
  readonly state: RegistrationState;
  readonly entry: Entry;
  readonly onTime: boolean;
  readonly submittedAt: Date;
  readonly reason: string | null;
}

export const LIMITS = { targets: 2000, exemplar: 300, name: 120, titles: 100 } as const;

/** One line of names that could not be read, with its number. */
export interface LineProblem {
  readonly line: number;
  readonly text: string;
}

/**
 * Reads people (or collectives) typed one a line: "Nguyễn Văn A; Trưởng trạm; CSTĐCS". The last part is the title, the
 * first the name, what stands between is the post. Names and titles stay exactly as typed.
 */
export function parseTitles(text: string, kind: Title['kind']): { titles: Title[]; problems: LineProblem[] } {
  const titles: Title[] = [];
  const problems: LineProblem[] = [];
  text.split('\n').forEach((line, n) => {
    if (line.trim() === '') return;
    const parts = line
      .replace(/^\s*(?:\d+[.)]|[-•*])\s*/, '')
      .split(/\s*[;|,]\s*|\s+[–—-]\s+/)
      .map((part) => part.trim())
      .filter((part) => part !== '');
    const [name, ...rest] = parts;
    const title = rest.at(-1);
    if (name === undefined || title === undefined || name.length > LIMITS.name)
      problems.push({ line: n + 1, text: line.trim() });
    else {
      const post = rest.slice(0, -1).join(', ');
      titles.push({ kind, name, title, ...(post === '' ? {} : { post }) });
    }
  });
  return { titles, problems };
}

/** Edits are open until the due day has passed, and again after a return. */
export function mayEdit(registration: Pick<Registration, 'state' | 'dueOn'>, today: LocalDate): boolean {
  return registration.state === 'returned' || (registration.state === 'submitted' && today <= registration.dueOn);
}
