/**
 * npm run doctor: checks configuration, database, queue, delivery and platforms, and says in plain words what to do.
 * With `-- --safe-mode` it begins safe mode: what waits is held until an administrator decides in the chat.
 */
import { checkBot, checkWebhook, createTelegramClient } from '../channels/telegram/index.js';
import { createTokenKeeper, createTokenStore, createZaloClient, zaloAccount } from '../channels/zalo/index.js';
import { readConfig, type Config } from '../config.js';
import { alarmText, bans, beginSafeMode, lastReconciled, readSafeMode } from '../delivery/index.js';
import { translate, type LocaleKey } from '../i18n/index.js';
import { machineClock } from '../kernel/clock.js';
import { ConfigError } from '../kernel/errors.js';
import { formatMoment } from '../kernel/format.js';
import { checkRedis } from '../queue/index.js';
import { createStore, openEmbedded, readBusinessClock, type Store } from '../store/index.js';

interface Finding {
  readonly ok: boolean;
  readonly what: LocaleKey;
  readonly detail: string;
  /** What to do about it. */
  readonly advice?: LocaleKey;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const reason = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);

async function main(): Promise<number> {
  const config = readChecked();
  if (!config) return 1;
  const findings: Finding[] = [{ ok: true, what: 'doctor.config', detail: '' }];
  const opened = await openStore(config).catch((error: unknown) => reason(error));
  if (typeof opened === 'string')
    findings.push({ ok: false, what: 'doctor.database', detail: opened, advice: 'doctor.databaseAdvice' });
  else {
    const found = await checkStore(opened.store);
    findings.push(found);
    if (found.ok && process.argv.includes('--safe-mode')) await enterSafeMode(opened.store);
    if (found.ok) findings.push(...(await checkDelivery(opened.store).catch(notMigrated)));
    findings.push(...(await checkZaloTokens(config, opened.store)));
    await opened.close();
  }
  findings.push(await checkQueue(config), ...(await checkTelegram(config)), modelFinding(config));
  for (const finding of findings) report(finding);
  return findings.every((finding) => finding.ok) ? 0 : 1;
}

/** The configuration; every problem is told at once. */
function readChecked(): Config | null {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) say(`✗ ${problem}`);
    return null;
  }
}

async function openStore(config: Config): Promise<{ store: Store; close: () => Promise<void> }> {
  const embedded =
    config.database.kind === 'embedded'
      ? await openEmbedded({ dataDir: config.database.dataDir, server: false, say })
      : null;
  const url = embedded?.url ?? (config.database.kind === 'server' ? config.database.url : '');
  const store = await createStore({ url });
  return {
    store,
    close: async () => {
      await store.close();
      await embedded?.stop();
    },
  };
}

/** A database without our tables has not been used by `npm start` yet. */
async function checkStore(store: Store): Promise<Finding> {
  try {
    const now = await readBusinessClock(store.db);
    return { ok: true, what: 'doctor.database', detail: await byBusinessClock(store, now) };
  } catch (error) {
    return { ok: false, what: 'doctor.database', detail: reason(error), advice: 'doctor.migrateAdvice' };
  }
}

/** Tables of this release are missing. */
const notMigrated = (error: unknown): Finding[] => [
  { ok: false, what: 'doctor.database', detail: reason(error), advice: 'doctor.migrateAdvice' },
];

/** For an operator who restored a backup that the product cannot tell from an ordinary start. */
async function enterSafeMode({ db, pool }: Store): Promise<void> {
  // What follows is for the product, running or at its next start: it may also be a decision that stands already.
  await beginSafeMode(pool, 'operator', await readBusinessClock(db), machineClock.now());
}

/** Safe mode, open alarms, and when the product was last heard. */
async function checkDelivery(store: Store): Promise<Finding[]> {
  const { db, pool } = store;
  const safe = await readSafeMode(pool);
  const last = await lastReconciled(pool);
  const alarms = await db.alarm.findMany({ where: { closedAt: null }, orderBy: { openedAt: 'asc' } });
  const waiting = await bans(pool, machineClock.now());
  return [
    safe === null
      ? { ok: true, what: 'doctor.noSafeMode', detail: '' }
      : {
          ok: false,
          what: 'doctor.safeMode',
          detail: await byBusinessClock(store, safe.since),
          advice: 'doctor.safeModeAdvice',
        },
    {
      ok: true,
      what: last === null ? 'doctor.notRunning' : 'doctor.lastRound',
      detail: last === null ? '' : formatMoment(last),
    },
    ...waiting.map(({ account, until }): Finding => ({
      ok: true,
      what: 'doctor.banned',
      detail: `${account}, ${formatMoment(until)}`,
    })),
    ...alarms.map((alarm): Finding => ({
      ok: false,
      what: 'doctor.alarm',
      detail: alarmText(alarm),
      advice: 'doctor.alarmAdvice',
    })),
  ];
}

const SAME_CLOCK_MS = 60_000;

/** A moment of the business clock; a demo's may be days ahead of the machine's, in which the rest is told. */
async function byBusinessClock({ db }: Store, at: Date): Promise<string> {
  const ahead = (await readBusinessClock(db)).getTime() - machineClock.now().getTime();
  const moment = formatMoment(at);
  return Math.abs(ahead) < SAME_CLOCK_MS ? moment : translate('vi', 'doctor.byDemoClock', { at: moment });
}

async function checkQueue({ redisUrl }: Config): Promise<Finding> {
  if (redisUrl === undefined) return { ok: true, what: 'doctor.queuePostgres', detail: '' };
  const found = await checkRedis(redisUrl);
  if (!found.ok) return { ok: false, what: 'doctor.queueRedis', detail: found.detail, advice: 'doctor.redisAdvice' };
  return {
    ok: !found.evicts,
    what: 'doctor.queueRedis',
    detail: '',
    ...(found.evicts ? { advice: 'doctor.redisPolicyAdvice' as const } : {}),
  };
}

async function checkTelegram(config: Config): Promise<Finding[]> {
  if (!config.telegram) return [{ ok: true, what: 'doctor.telegramOff', detail: '' }];
  const client = createTelegramClient({ token: config.telegram.token, apiRoot: config.telegram.apiRoot });
  try {
    const bot = await checkBot(client);
    if (!bot.ok) return [{ ok: false, what: 'doctor.telegram', detail: bot.detail, advice: 'doctor.telegramAdvice' }];
    if (config.telegram.mode === 'polling') return [{ ok: true, what: 'doctor.telegram', detail: bot.detail }];
    const hook = await checkWebhook(client, `${config.publicUrl ?? ''}/webhooks/telegram`);
    return [
      {
        ok: hook.ok,
        what: 'doctor.telegram',
        detail: `${bot.detail}; ${hook.detail}`,
        ...(hook.ok ? {} : { advice: 'doctor.webhookAdvice' as const }),
      },
    ];
  } finally {
    client.close();
  }
}

/** Whether answers may be worded by a language model; nothing is asked of it here. */
const modelFinding = ({ languageModel }: Config): Finding =>
  languageModel
    ? { ok: true, what: 'doctor.modelOn', detail: languageModel.model }
    : { ok: true, what: 'doctor.modelOff', detail: '' };

async function checkZaloTokens(config: Config, store: Store): Promise<Finding[]> {
  const zalo = config.zalo;
  if (!zalo) return [{ ok: true, what: 'doctor.zaloOff', detail: '' }];
  const client = createZaloClient({ apiRoot: zalo.apiRoot, oauthRoot: zalo.oauthRoot });
  const keeper = createTokenKeeper({
    store: createTokenStore(store.db, zaloAccount(zalo.oaId ?? zalo.appId)),
    client,
    appId: zalo.appId,
    appSecret: zalo.appSecret ?? '',
    now: () => new Date(),
    alarm: () => undefined,
  });
  try {
    const status = await keeper.status();
    return [
      {
        ok: status === 'ok',
        what: 'doctor.zalo',
        detail: status,
        ...(status === 'ok' ? {} : { advice: 'doctor.zaloAdvice' as const }),
      },
    ];
  } finally {
    await client.close();
  }
}

function report({ ok, what, detail, advice }: Finding): void {
  say(`${ok ? '✓' : '✗'} ${translate('vi', what)}${detail === '' ? '' : `: ${detail}`}`);
  if (advice) say(`  ${translate('vi', advice)}`);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${reason(error)}\n`);
    process.exitCode = 1;
  },
);
