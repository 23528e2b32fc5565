/** Tells those in charge, once a month, that the messages which Zalo charges are nearly used up. */
import type { Pool } from 'pg';
import { localDate } from '../../kernel/local-date.js';
import { readZaloLimits } from '../planning/quota.js';
import type { Alarms } from './alarms.js';

export interface QuotaWatchOptions {
  readonly pool: Pool;
  readonly alarms: Pick<Alarms, 'open' | 'close'>;
  /** The Official Account whose quota is used. */
  readonly account: string;
}

/** From here on it is told: enough is left to buy more in time. */
const SHARE = 0.8;

/** Builds the look. The alarm is over when there is enough again: a larger package, or the next month. */
export function createQuotaWatch({ pool, alarms, account }: QuotaWatchOptions): (businessNow: Date) => Promise<void> {
  return async (businessNow) => {
    const month = localDate(businessNow).slice(0, 7);
    const [found] = (await pool.query<Found>(USED, [account, month])).rows;
    if (!found) return;
    const { billedPerMonth: limit } = readZaloLimits(found.limits);
    // A larger package is a new reason to be told.
    const subject = `billed:${account}:${month}:${String(limit)}`;
    const { used, open } = found;
    const told = found.told.includes(subject);
    const isShort = limit > 0 && used >= limit * SHARE;
    // What a cancelled broadcast gives back would tell it again and again.
    if (isShort && !told) await alarms.open({ kind: 'quota', subject, detail: { used, limit, month } });
    for (const one of open) if (!isShort || one !== subject) await alarms.close('quota', one);
  };
}

interface Found {
  readonly limits: unknown;
  readonly used: number;
  readonly open: readonly string[];
  readonly told: readonly string[];
}

const USED = `select (select value from setting where key = 'zalo.limits') as limits,
  coalesce((select used from quota_use where account = $1 and kind = 'billed' and period = $2), 0)::int as used,
  array(select subject from alarm where kind = 'quota' and closed_at is null) as open,
  array(select distinct subject from alarm where kind = 'quota' and starts_with(subject, 'billed:' || $1 || ':' || $2 || ':')) as told`;
