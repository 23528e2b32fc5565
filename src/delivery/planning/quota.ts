/** What Zalo allows and charges: windows, quotas, limits; and the part of them that one plan may use. */
import { addDays, atLocal, localDate, localTime } from '../../kernel/local-date.js';
import { fillTemplate, type FilledTemplate, type SaidIn, type ZaloTemplate } from './zalo-template.js';
import type { MessageClass } from '../ports.js';

/** Hours since the person's last word in which a message is free, and days in which it may be sent at all. */
export const ZALO_FREE_HOURS = 48;
export const ZALO_WINDOW_DAYS = 7;

/** What the account's package allows; the row `zalo.limits` of the settings. */
export interface ZaloLimits {
  readonly perMinute: number;
  readonly billedPerMonth: number;
  readonly templatesPerDay: number;
  readonly billedPriceVnd: number;
  /** Figures of resellers stand in because nobody has set the account's own. */
  readonly isForecast: boolean;
}

/** Resellers' figures of 2026, to be replaced by those of the account. */
export const DEFAULT_ZALO_LIMITS: ZaloLimits = {
  perMinute: 100,
  billedPerMonth: 500,
  templatesPerDay: 500,
  billedPriceVnd: 55,
  isForecast: true,
};

/** Where nobody names the Official Account. */
export const DEFAULT_ZALO_ACCOUNT = 'zalo';

const LIMIT_NAMES = ['perMinute', 'billedPerMonth', 'templatesPerDay', 'billedPriceVnd'] as const;

/** PostgreSQL's int ends here. */
const HIGHEST = 2_147_483_647;

/** The limits of a settings row, whole numbers; one that is missing or no number keeps its default. `ceiling`: of `perMinute`. */
export function readZaloLimits(value: unknown, ceiling: number = DEFAULT_ZALO_LIMITS.perMinute): ZaloLimits {
  const given = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const usable = LIMIT_NAMES.flatMap((name) => {
    const number = given[name];
    return typeof number === 'number' && Number.isFinite(number) && number >= (name === 'perMinute' ? 1 : 0)
      ? [[name, Math.min(HIGHEST, Math.floor(number))] as const]
      : [];
  });
  const limits = { ...DEFAULT_ZALO_LIMITS, perMinute: ceiling, ...Object.fromEntries(usable) };
  return {
    ...limits,
    perMinute: Math.min(ceiling, limits.perMinute),
    isForecast: usable.length < LIMIT_NAMES.length,
  };
}

/** What a plan may use of Zalo, as the parameter of the statement that plans. */
export interface ZaloRoutes {
  readonly account: string;
  readonly limits: ZaloLimits;
  /** Periods of the quotas: a month and a day of Việt Nam. */
  readonly month: string;
  readonly day: string;
  readonly billedLeft: number;
  readonly templatesLeft: number;
  /** Messages that each language makes of what is said. */
  readonly pieces: Readonly<Record<string, number>>;
  /** Cheapest first. */
  readonly templates: readonly (FilledTemplate & { readonly place: number; readonly hold: string | null })[];
  /** A template serves the class, whether it can be filled or not. */
  readonly hasTemplates: boolean;
}

/** Runs one statement: a Prisma transaction's or a pool client's. */
export type Run = <T extends object>(sql: string, values: readonly unknown[]) => Promise<readonly T[]>;

/** What is to be planned, as far as quotas care. */
export interface RoutesAsked {
  readonly account: string;
  readonly class: MessageClass;
  /** Business time at which it leaves. */
  readonly now: Date;
  /** By language; null: nobody has written it yet. */
  readonly said: readonly SaidIn[] | null;
  /** Only templates that carry all the words. */
  readonly whole?: boolean;
  /**
   * Reserve: the quotas are locked until the transaction ends, so that no two plans use the same rest.
   * `asked`: only where one of these people would need them.
   */
  readonly lock: { readonly asked?: { readonly sql: string; readonly values: readonly unknown[] } } | null;
}

interface RoutesRow {
  readonly limits: unknown;
  readonly templates: readonly ZaloTemplate[] | null;
  readonly used: Readonly<Record<string, number>> | null;
}

/** Reads limits, templates and what is left of the quotas. */
export async function openZaloRoutes(run: Run, asked: RoutesAsked): Promise<ZaloRoutes> {
  const day = localDate(asked.now);
  const month = day.slice(0, 7);
  const fixed = [
    asked.account,
    month,
    day,
    asked.class,
    new Date(asked.now.getTime() - ZALO_FREE_HOURS * 3_600_000).toISOString(),
  ];
  const [row] = await run<RoutesRow>(routesSql(asked.lock), [...fixed, ...(asked.lock?.asked?.values ?? [])]);
  const limits = readZaloLimits(row?.limits);
  const used = row?.used ?? {};
  const templates = row?.templates ?? [];
  return {
    account: asked.account,
    limits,
    month,
    day,
    billedLeft: Math.max(0, limits.billedPerMonth - (used['billed'] ?? 0)),
    templatesLeft: Math.max(0, limits.templatesPerDay - (used['template'] ?? 0)),
    pieces: Object.fromEntries((asked.said ?? []).map(({ language, texts }) => [language, texts.length])),
    templates: filled(templates, asked),
    hasTemplates: templates.length > 0,
  };
}

function filled(
  templates: readonly ZaloTemplate[],
  { said, now, whole = false }: RoutesAsked,
): ZaloRoutes['templates'] {
  const hold = afterNight(now)?.toISOString() ?? null;
  const languages = said === null ? ['vi', 'en'] : said.map(({ language }) => language);
  return templates.flatMap((template, place) =>
    languages.flatMap((language) => {
      const one = fillTemplate(template, said?.find((in_) => in_.language === language) ?? null, language, now, whole);
      return one === null ? [] : [{ ...one, place, hold: one.promotes ? hold : null }];
    }),
  );
}

/** When Zalo takes promotion again; null by day. */
function afterNight(now: Date): Date | null {
  const day = localDate(now);
  const time = localTime(now);
  if (time >= '22:00') return atLocal(addDays(day, 1), '06:00');
  return time < '06:00' ? atLocal(day, '06:00') : null;
}

// The insert makes the rows of a new period, locks them and reads them in their newest state.
function routesSql(lock: RoutesAsked['lock']): string {
  const kinds = `(values ('billed', $2::text), ('template', $3::text)) as k(kind, period)`;
  const late = `c.channel = 'zalo' and c.state = 'active' and (c.last_inbound_at is null or c.last_inbound_at < $5::timestamptz)`;
  const isNeeded =
    lock?.asked === undefined
      ? '$5::timestamptz is not null'
      : `(exists (select 1 from asked a join contact c on c.member_id = a.member_id where ${late})
          or exists (select 1 from asked a join contact c on c.id = a.contact_key where ${late}))`;
  const quotas =
    lock === null
      ? `select q.kind, q.used from quota_use q join ${kinds} on k.kind = q.kind and k.period = q.period where q.account = $1::text and $5::timestamptz is not null`
      : `insert into quota_use (account, kind, period, used) select $1::text, k.kind, k.period, 0 from ${kinds} where ${isNeeded} order by k.kind
         on conflict (account, kind, period) do update set used = quota_use.used returning kind, used`;
  return `with ${lock?.asked === undefined ? '' : `${lock.asked.sql}, `}quotas as (${quotas})
    select (select value from setting where key = 'zalo.limits') as limits,
      (select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'kind', t.kind, 'classes', t.classes,
          'parameters', t.parameters, 'priceVnd', t.price_vnd) order by t.price_vnd, t.id)
        from zalo_template t where t.active and t.classes @> to_jsonb($4::text)) as templates,
      (select jsonb_object_agg(kind, used) from quotas) as used`;
}

/** What is left of a quota, as a scalar; `used` is a scalar too. The same reading of the setting as above. */
export const quotaLeftSql = (limit: 'billedPerMonth' | 'templatesPerDay', used: string): string => `coalesce((
    select least(${String(HIGHEST)}, floor((value ->> '${limit}')::numeric))::int from setting
    where key = 'zalo.limits' and jsonb_typeof(value -> '${limit}') = 'number' and (value ->> '${limit}')::numeric >= 0
  ), ${String(DEFAULT_ZALO_LIMITS[limit])}) - coalesce((${used}), 0)`;

/**
 * Gives back what was reserved for messages that will not leave, from rows `(message_id, form, quota_period)` of a CTE.
 * What was taken from no quota has no period. The parameter is the account.
 */
export const returnQuotaSql = (from: string, account: string) => `
  update quota_use q set used = greatest(0, q.used - d.n)
  from (
    select f.form, f.quota_period as period, count(*)::int as n from ${from} f
    where f.form in ('billed', 'template') and f.quota_period is not null group by 1, 2
  ) d
  where q.account = ${account}::text and q.kind = d.form and q.period = d.period`;
