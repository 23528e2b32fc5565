/** The hours of the province's day: when the office works, and when nobody is disturbed. */
import { z } from 'zod';
import { DEFAULT_QUIET_HOURS, type QuietHours } from '../delivery/index.js';
import { fold } from '../kernel/text.js';
import { oncePerTransaction, type Tx } from '../store/index.js';

const timeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
export const spanSchema = z.object({ from: timeSchema, to: timeSchema });
export type Span = z.infer<typeof spanSchema>;

/** The office's hours: one span, or morning and afternoon. Null until an administrator enters them. */
export type OfficeHours = readonly Span[] | null;

export interface ProvinceHours {
  readonly office: OfficeHours;
  readonly quiet: QuietHours;
}

export const OFFICE_KEY = 'calendar.office-hours';
export const QUIET_KEY = 'calendar.quiet-hours';
const MOST_SPANS = 2;
/** Reminders need a part of the day. */
const LONGEST_QUIET = 14 * 60;

const officeSchema = z.array(spanSchema).min(1).max(MOST_SPANS);

/** The hours as they stand in this transaction; what cannot be read counts as not entered. */
export const readHours = oncePerTransaction(async (tx: Tx): Promise<ProvinceHours> => {
  const rows = await tx.setting.findMany({ where: { key: { in: [OFFICE_KEY, QUIET_KEY] } } });
  const valueOf = (key: string): unknown => rows.find((row) => row.key === key)?.value;
  const office = officeSchema.safeParse(valueOf(OFFICE_KEY));
  const quiet = spanSchema.safeParse(valueOf(QUIET_KEY));
  return { office: office.success ? office.data : null, quiet: quiet.success ? quiet.data : DEFAULT_QUIET_HOURS };
});

/** The hours in which what can wait waits. */
export const loadQuietHours = async (tx: Tx): Promise<QuietHours> => (await readHours(tx)).quiet;

/** Why hours cannot be taken. */
export type BadHours = 'unreadable' | 'turned' | 'crossed' | 'too-many' | 'too-long' | 'overlap';

const TIME = String.raw`(\d{1,2})(?: ?(?::|h|g|gio) ?(\d{2})?(?: ?(?:p|phut))?)?`;
const SPAN = new RegExp(String.raw`^(?:tu )?${TIME} ?(?:-|–|—|den|toi) ?${TIME}$`);

/** "21:00 - 6:30", "từ 21h đến 6h30"; null when it is no such span. */
export function readSpan(text: string): Span | null {
  const parts = SPAN.exec(fold(text));
  if (!parts) return null;
  const at = (hour = '', minute = '00'): string => `${hour.padStart(2, '0')}:${minute}`;
  const span = spanSchema.safeParse({ from: at(parts[1], parts[2]), to: at(parts[3], parts[4]) });
  return span.success ? span.data : null;
}

/** The office's hours as typed: spans parted by commas, the morning first. */
export function readOffice(text: string, quiet: QuietHours): readonly Span[] | BadHours {
  const spans = text
    .split(/[,;\n]| và /u)
    .filter((part) => part.trim() !== '')
    .map(readSpan);
  if (spans.length > MOST_SPANS) return 'too-many';
  if (spans.length === 0 || spans.some((span) => span === null)) return 'unreadable';
  const office = spans.filter((span) => span !== null);
  return checkHours({ office, quiet }) ?? office;
}

/** Quiet hours as typed. */
export function readQuiet(text: string, office: OfficeHours): QuietHours | BadHours {
  const quiet = readSpan(text.trim());
  return quiet === null ? 'unreadable' : (checkHours({ office, quiet }) ?? quiet);
}

/** What is wrong with hours; null when nothing is. */
export function checkHours({ office, quiet }: ProvinceHours): BadHours | null {
  const spans = office ?? [];
  if (spans.some(({ from, to }) => from >= to)) return 'turned';
  if (spans.some(({ from }, n) => n > 0 && from < (spans[n - 1]?.to ?? ''))) return 'crossed';
  // A span of no length is the whole day, or nothing: neither is meant.
  if (quiet.from === quiet.to || minutesOf(quiet) > LONGEST_QUIET) return 'too-long';
  return spans.some((span) => doOverlap(span, quiet)) ? 'overlap' : null;
}

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const minutesOf = ({ from, to }: Span): number => (minutes(to) - minutes(from) + 24 * 60) % (24 * 60);

/** Quiet hours may cross midnight; the office's do not. */
function doOverlap(span: Span, quiet: QuietHours): boolean {
  const parts =
    quiet.from < quiet.to
      ? [quiet]
      : [
          { from: quiet.from, to: '24:00' },
          { from: '00:00', to: quiet.to },
        ];
  return parts.some((part) => span.from < part.to && part.from < span.to);
}
