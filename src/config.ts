/** The configuration: one schema over the environment, every problem told at once. Nobody else reads process.env. */
import { z } from 'zod';
import { isLocaleKey, translate, type LocaleKey } from './i18n/index.js';
import { ConfigError } from './kernel/errors.js';

export interface TelegramConfig {
  readonly token: string;
  readonly apiRoot: string;
  readonly mode: 'polling' | 'webhook';
  /** Present in webhook mode. */
  readonly webhookSecret: string | undefined;
  /** Bulk messages a second, above 30 for Stars; absent: off. */
  readonly paidPerSecond: number | undefined;
}

export interface ZaloConfig {
  readonly appId: string;
  readonly oaSecretKey: string;
  readonly appSecret: string | undefined;
  readonly oaId: string | undefined;
  /** Both absent: the officer in charge has yet to authorise the account, and the channel is off until then. */
  readonly accessToken: string | undefined;
  readonly refreshToken: string | undefined;
  readonly apiRoot: string;
  readonly oauthRoot: string;
  readonly businessRoot: string;
  readonly buttons: 'none' | 'text_buttons' | 'list' | 'button';
  /** Requests a minute that the account's package allows. */
  readonly perMinute: number;
}

/** A language model at an OpenAI-compatible address. */
export interface LanguageModelConfig {
  readonly url: string;
  readonly model: string;
  /** A secret: it leaves in a header only. */
  readonly key: string | undefined;
  readonly timeoutMs: number;
}

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly publicUrl: string | undefined;
  readonly database:
    { readonly kind: 'server'; readonly url: string } | { readonly kind: 'embedded'; readonly dataDir: string };
  /** Where the product keeps files of its own. */
  readonly dataDir: string;
  /** Folder of the loaded official texts; absent: knowledge/texts. */
  readonly knowledgeTexts: string | undefined;
  /** Absent: the queue lives in PostgreSQL. */
  readonly redisUrl: string | undefined;
  readonly role: 'all' | 'web' | 'worker';
  readonly demo: boolean;
  readonly logLevel: string;
  /** Absent: the channel is off. */
  readonly telegram: TelegramConfig | undefined;
  readonly zalo: ZaloConfig | undefined;
  readonly zaloVerifier: string | undefined;
  /** Absent: answers are worded by the product alone. */
  readonly languageModel: LanguageModelConfig | undefined;
  /** `npm start` is the parent: the product ends with it. */
  readonly startedByNpm: boolean;
}

// The message of each rule is the key of the sentence that explains it.
const url = (key: LocaleKey, protocols: readonly string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), key);
const webRoot = url('config.webUrl', ['http:', 'https:']).transform((value) => value.replace(/\/+$/, ''));
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: 'config.oneOf' satisfies LocaleKey });
const word = (pattern: RegExp, key: LocaleKey) => z.string().regex(pattern, key);

/** Every variable of the environment that the product reads, and its form. */
const ENVIRONMENT = z.object({
  PORT: word(/^\d{1,5}$/, 'config.port')
    .transform(Number)
    .refine((port) => port <= 65_535, 'config.port')
    .default(3000),
  HOST: word(/^[\w.:-]+$/, 'config.host').default('127.0.0.1'),
  PUBLIC_URL: webRoot.optional(),
  DATABASE_URL: url('config.databaseUrl', ['postgres:', 'postgresql:']).optional(),
  DATA_DIR: z.string().default('.data'),
  KNOWLEDGE_TEXTS: z.string().optional(),
  REDIS_URL: url('config.redisUrl', ['redis:', 'rediss:']).optional(),
  ROLE: oneOf(['all', 'web', 'worker']).default('all'),
  DEMO: oneOf(['0', '1']).optional(),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  TELEGRAM_BOT_TOKEN: word(/^\d+:[\w-]+$/, 'config.telegramToken').optional(),
  TELEGRAM_WEBHOOK_SECRET: word(/^[\w-]{1,256}$/, 'config.telegramSecret').optional(),
  TELEGRAM_API_ROOT: webRoot.default('https://api.telegram.org'),
  TELEGRAM_MODE: oneOf(['polling', 'webhook']).optional(),
  TELEGRAM_PAID_PER_SECOND: word(/^\d{1,4}$/, 'config.telegramPaid')
    .transform(Number)
    .refine((rate) => rate >= 31 && rate <= 1_000, 'config.telegramPaid')
    .optional(),
  ZALO_APP_ID: z.string().optional(),
  ZALO_APP_SECRET: z.string().optional(),
  ZALO_OA_ID: z.string().optional(),
  ZALO_OA_SECRET_KEY: z.string().optional(),
  ZALO_ACCESS_TOKEN: z.string().optional(),
  ZALO_REFRESH_TOKEN: z.string().optional(),
  ZALO_API_ROOT: webRoot.default('https://openapi.zalo.me'),
  ZALO_OAUTH_ROOT: webRoot.default('https://oauth.zaloapp.com'),
  ZALO_BUSINESS_ROOT: webRoot.default('https://business.openapi.zalo.me'),
  ZALO_BUTTONS: oneOf(['none', 'text_buttons', 'list', 'button']).default('none'),
  ZALO_PER_MINUTE: word(/^\d{1,4}$/, 'config.zaloPerMinute')
    .transform(Number)
    .refine((rate) => rate >= 1 && rate <= 4_000, 'config.zaloPerMinute')
    .default(100),
  ZALO_VERIFIER: z.string().optional(),
  LLM_URL: webRoot.optional(),
  LLM_MODEL: word(/^[\w./:@-]{1,100}$/, 'config.llmModel').optional(),
  LLM_KEY: word(/^[\x21-\x7e]{1,500}$/, 'config.llmKey').optional(),
  LLM_TIMEOUT_MS: word(/^\d{1,5}$/, 'config.llmTimeout')
    .transform(Number)
    .refine((ms) => ms >= 100 && ms <= 20_000, 'config.llmTimeout')
    .default(4_000),
});

/** The folder of the loaded official texts, for commands that need nothing else of the configuration. */
export const readTextsFolder = (env: Readonly<Record<string, string | undefined>> = process.env): string | undefined =>
  env['KNOWLEDGE_TEXTS']?.trim() || undefined;

type Environment = z.output<typeof ENVIRONMENT>;

/** What was read, and what is wrong with it so far. `broken`: names whose value has been complained about already. */
interface Reading {
  readonly values: Environment;
  readonly problems: string[];
  readonly broken: ReadonlySet<string>;
}

/** The configuration of this process. Throws a ConfigError with every problem when it cannot be used. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const reading = readValues(env);
  const { values, problems, broken } = reading;
  const telegram = readTelegram(reading);
  const zalo = readZalo(reading);
  if (values.ROLE !== 'all' && !values.DATABASE_URL && !broken.has('DATABASE_URL')) {
    problems.push(tell('config.roleNeedsDatabase'));
  }
  const languageModel = readLanguageModel(reading);
  const demo = decideDemo(reading, telegram !== undefined, zalo !== undefined);
  if (problems.length > 0) throw new ConfigError(problems);

  return {
    port: values.PORT,
    host: values.HOST,
    publicUrl: values.PUBLIC_URL,
    database: values.DATABASE_URL
      ? { kind: 'server', url: values.DATABASE_URL }
      : { kind: 'embedded', dataDir: values.DATA_DIR },
    dataDir: values.DATA_DIR,
    knowledgeTexts: values.KNOWLEDGE_TEXTS,
    redisUrl: values.REDIS_URL,
    role: values.ROLE,
    demo,
    logLevel: values.LOG_LEVEL,
    telegram,
    zalo,
    zaloVerifier: values.ZALO_VERIFIER,
    languageModel,
    startedByNpm: env['npm_lifecycle_event'] === 'start',
  };
}

/** Each value by itself; where one is wrong its default stands in, so that the other rules can still be looked at. */
function readValues(env: Readonly<Record<string, string | undefined>>): Reading {
  const given = Object.fromEntries(
    Object.keys(ENVIRONMENT.shape).map((name) => [name, env[name]?.trim() || undefined]),
  );
  const result = ENVIRONMENT.safeParse(given);
  if (result.success) return { values: result.data, problems: [], broken: new Set() };

  // Values are not repeated in the message: some of them are secrets.
  const problems = result.error.issues.map((issue) =>
    tell(issue.message, {
      name: String(issue.path[0]),
      values: issue.code === 'invalid_value' ? issue.values.join(', ') : '',
    }),
  );
  const broken = new Set(result.error.issues.map((issue) => String(issue.path[0])));
  const rest = Object.fromEntries(Object.entries(given).filter(([name]) => !broken.has(name)));
  return { values: ENVIRONMENT.parse(rest), problems: [...new Set(problems)], broken };
}

function readTelegram({ values, problems, broken }: Reading): TelegramConfig | undefined {
  const token = values.TELEGRAM_BOT_TOKEN;
  if (!token) return undefined;
  const mode = values.TELEGRAM_MODE ?? (values.PUBLIC_URL ? 'webhook' : 'polling');
  const webhookSecret = values.TELEGRAM_WEBHOOK_SECRET;
  if (mode === 'webhook' && !webhookSecret && !broken.has('TELEGRAM_WEBHOOK_SECRET')) {
    problems.push(tell('config.telegramNeedsSecret'));
  }
  return {
    token,
    mode,
    webhookSecret,
    apiRoot: values.TELEGRAM_API_ROOT,
    paidPerSecond: values.TELEGRAM_PAID_PER_SECOND,
  };
}

function readZalo({ values, problems }: Reading): ZaloConfig | undefined {
  const { ZALO_APP_ID: appId, ZALO_OA_SECRET_KEY: oaSecretKey, ZALO_APP_SECRET: appSecret } = values;
  const { ZALO_ACCESS_TOKEN: accessToken, ZALO_REFRESH_TOKEN: refreshToken } = values;
  if (!appId && !accessToken && !refreshToken) return undefined;
  for (const [name, value] of [
    ['ZALO_APP_ID', appId],
    ['ZALO_OA_SECRET_KEY', oaSecretKey],
    // Only renewing needs it; an access token alone works for its day.
    ['ZALO_APP_SECRET', refreshToken ? appSecret : 'not needed'],
  ] as const) {
    if (!value) problems.push(tell('config.zaloNeeds', { name }));
  }
  return {
    appId: appId ?? '',
    oaSecretKey: oaSecretKey ?? '',
    appSecret,
    oaId: values.ZALO_OA_ID,
    accessToken,
    refreshToken,
    apiRoot: values.ZALO_API_ROOT,
    oauthRoot: values.ZALO_OAUTH_ROOT,
    businessRoot: values.ZALO_BUSINESS_ROOT,
    buttons: values.ZALO_BUTTONS,
    perMinute: values.ZALO_PER_MINUTE,
  };
}

function readLanguageModel({ values, problems, broken }: Reading): LanguageModelConfig | undefined {
  const { LLM_URL: url, LLM_MODEL: model, LLM_KEY: key, LLM_TIMEOUT_MS: timeoutMs } = values;
  if (!url) {
    if ((model !== undefined || key !== undefined) && !broken.has('LLM_URL'))
      problems.push(tell('config.llmNeeds', { name: 'LLM_URL' }));
    return undefined;
  }
  if (!model && !broken.has('LLM_MODEL')) problems.push(tell('config.llmNeeds', { name: 'LLM_MODEL' }));
  // Whoever listens on the way could use the key.
  if (key !== undefined && url.startsWith('http:') && !isLoopbackUrl(url)) problems.push(tell('config.llmPlain'));
  return { url, model: model ?? '', key, timeoutMs };
}

/** Demo mode lets anyone be anyone, so it stays on this machine: by itself only with nothing that reaches outside. */
function decideDemo({ values, problems, broken }: Reading, telegram: boolean, zalo: boolean): boolean {
  if (values.DEMO === '0') return false;
  const outside = [
    ['HOST', !isLoopbackHost(values.HOST)],
    ['PUBLIC_URL', values.PUBLIC_URL !== undefined],
    ['DATABASE_URL', values.DATABASE_URL !== undefined && !isLoopbackUrl(values.DATABASE_URL)],
    ['REDIS_URL', values.REDIS_URL !== undefined && !isLoopbackUrl(values.REDIS_URL)],
    ['TELEGRAM_API_ROOT', telegram && !isLoopbackUrl(values.TELEGRAM_API_ROOT)],
    ['ZALO_API_ROOT', zalo && !isLoopbackUrl(values.ZALO_API_ROOT)],
    ['ZALO_OAUTH_ROOT', zalo && !isLoopbackUrl(values.ZALO_OAUTH_ROOT)],
    ['ZALO_BUSINESS_ROOT', zalo && !isLoopbackUrl(values.ZALO_BUSINESS_ROOT)],
  ] as const;
  const reasons = outside.filter(([name, reaches]) => reaches && !broken.has(name)).map(([name]) => name);
  if (values.DEMO === '1') {
    problems.push(...reasons.map((name) => tell(FENCE[name], { name })));
    return true;
  }
  return reasons.length === 0 && values.DATABASE_URL === undefined;
}

const FENCE = {
  HOST: 'config.demoHost',
  PUBLIC_URL: 'config.demoPublicUrl',
  DATABASE_URL: 'config.demoServer',
  REDIS_URL: 'config.demoServer',
  TELEGRAM_API_ROOT: 'config.demoPlatform',
  ZALO_API_ROOT: 'config.demoPlatform',
  ZALO_OAUTH_ROOT: 'config.demoPlatform',
  ZALO_BUSINESS_ROOT: 'config.demoPlatform',
} as const satisfies Readonly<Record<string, LocaleKey>>;

function isLoopbackUrl(value: string): boolean {
  const target = new URL(value);
  // PostgreSQL takes its host from here too: a folder is a socket of this machine.
  const hosts = [target.hostname, ...target.searchParams.getAll('host'), ...target.searchParams.getAll('hostaddr')];
  return hosts.filter((host) => host !== '').every((host) => host.startsWith('/') || isLoopbackHost(host));
}

function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || /^127(\.\d{1,3}){3}$/.test(bare);
}

const tell = (key: string, params: Readonly<Record<string, string>> = {}): string =>
  translate('vi', isLocaleKey(key) ? key : 'config.wrong', params);
