/** What an alarm is. */

/** unproven: too few have it. stuck: something does not move. silent: a process looks after nothing. late: due and not begun. quota: nearly used up. */
const ALARM_KINDS = ['unproven', 'stuck', 'silent', 'late', 'quota'] as const;
export type AlarmKind = (typeof ALARM_KINDS)[number];

/** Numbers and names for those who look; no personal data. */
type AlarmDetail = Readonly<Record<string, string | number>>;

export interface NewAlarm {
  readonly kind: AlarmKind;
  /** What it is about; at most one open alarm a kind and subject. */
  readonly subject: string;
  readonly detail: AlarmDetail;
}

export interface OpenAlarm extends NewAlarm {
  readonly id: string;
  /** Machine clock. */
  readonly openedAt: Date;
}

/** An alarm as it is stored. */
export interface AlarmRow {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly detail: unknown;
  readonly openedAt: Date;
}

/** The alarm of a row. */
export function toOpen({ id, kind, subject, detail, openedAt }: AlarmRow): OpenAlarm {
  const known = ALARM_KINDS.find((one) => one === kind);
  if (!known) throw new Error(`unknown kind of alarm ${kind}`);
  return { id, kind: known, subject, detail: detail as AlarmDetail, openedAt };
}
