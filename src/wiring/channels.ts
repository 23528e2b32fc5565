/** Builds the channels whose tokens are set, with what belongs to each. */
import type { Logger as PinoLogger } from 'pino';
import type { Channel, FileAccess } from '../channels/channel.js';
import {
  checkBot,
  createGroupBudget,
  createTelegramChannel,
  createTelegramClient,
  createTelegramPoller,
  decodeTelegramUpdate,
  setCommands,
  setWebhook,
  telegramAccount,
} from '../channels/telegram/index.js';
import {
  createFileLinks,
  createWebChannel,
  createWebStore,
  createWebWaker,
  type FileLinks,
  type WebWaker,
} from '../channels/web/index.js';
import {
  checkZalo,
  createTokenKeeper,
  createTokenStore,
  createZaloChannel,
  createZaloClient,
  createZaloLogin,
  zaloAccount,
  type TokenKeeper,
  type ZaloLogin,
} from '../channels/zalo/index.js';
import type { Config, TelegramConfig, ZaloConfig } from '../config.js';
import type { InboundEvent } from '../conversation/message.js';
import { machineClock } from '../kernel/clock.js';
import { translate } from '../i18n/index.js';
import type { ChannelName } from '../kernel/people.js';
import { connectionConfig, isOutage, type Store } from '../store/index.js';

/** State of a channel for `/readyz` and the doctor. */
export interface ChannelState {
  readonly state: 'ok' | 'off' | 'down';
  readonly detail?: string;
}

const SETUP_RETRY_MS = 30_000;

export interface Channels {
  readonly byName: ReadonlyMap<ChannelName, Channel>;
  readonly waker: WebWaker;
  readonly links: FileLinks;
  /** The bot's name, once Telegram has told it. */
  readonly telegramBot: () => string | null;
  readonly zaloTokens: TokenKeeper | null;
  readonly zaloLogin: ZaloLogin | null;
  /** How each channel stands now, without asking the platforms. */
  states(): Promise<Readonly<Record<ChannelName, ChannelState>>>;
  /** Starts listening: the waker, the poller or the webhook. `events` stores what polling brings. */
  start(events: (channel: ChannelName, events: readonly InboundEvent[]) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export interface ChannelsDeps {
  readonly config: Config;
  readonly store: Store;
  readonly databaseUrl: string;
  readonly files: FileAccess;
  readonly logger: PinoLogger;
  readonly linkSecret: string;
  readonly publicUrl: string;
  /** Requests a minute at Zalo, as somebody has set them. */
  readonly zaloPerMinute: number;
}

interface Part {
  readonly channel: Channel;
  state(): Promise<ChannelState> | ChannelState;
  start?(events: (channel: ChannelName, events: readonly InboundEvent[]) => Promise<void>): Promise<void>;
  stop?(): Promise<void>;
}

/** Builds all channels; nothing is opened before `start`. */
export function buildChannels(deps: ChannelsDeps): Channels {
  const { config, store, logger } = deps;
  const waker = createWebWaker({ connection: connectionConfig(deps.databaseUrl), pool: store.pool, logger });
  const links = createFileLinks({ secret: deps.linkSecret, publicUrl: deps.publicUrl });
  const web: Part = {
    channel: createWebChannel({ store: createWebStore(store), waker, isOutage }),
    state: () => ({ state: 'ok' }),
    start: () => waker.start(),
    stop: () => waker.stop(),
  };
  const telegram = config.telegram ? buildTelegram(deps, config.telegram) : null;
  const zalo = config.zalo ? buildZalo(deps, config.zalo, links) : null;
  const parts = new Map<ChannelName, Part>([
    ['web', web],
    ...entry('telegram', telegram),
    ...entry('zalo', zalo?.part ?? null),
  ]);

  return {
    byName: new Map([...parts].map(([name, part]) => [name, part.channel])),
    waker,
    links,
    telegramBot: () => telegram?.botName() ?? null,
    zaloTokens: zalo?.tokens ?? null,
    zaloLogin: zalo?.login ?? null,
    states: async () => ({
      web: await web.state(),
      telegram: telegram ? await telegram.state() : { state: 'off' },
      zalo: zalo ? await zalo.part.state() : { state: 'off' },
    }),
    start: async (events) => {
      for (const part of parts.values()) await part.start?.(events);
    },
    stop: async () => {
      for (const part of [...parts.values()].reverse()) await part.stop?.();
    },
  };
}

const entry = (name: ChannelName, part: Part | null): [ChannelName, Part][] => (part ? [[name, part]] : []);

function buildTelegram(deps: ChannelsDeps, config: TelegramConfig): Part & { botName(): string | null } {
  const { store, files, logger } = deps;
  const client = createTelegramClient({ token: config.token, apiRoot: config.apiRoot });
  const account = telegramAccount(client);
  const channel = createTelegramChannel({
    client,
    files,
    groupBudget: createGroupBudget(store.pool, account, () => machineClock.now()),
    ...(config.webhookSecret === undefined ? {} : { webhookSecret: config.webhookSecret }),
    ...(config.paidPerSecond === undefined ? {} : { paidPerSecond: config.paidPerSecond }),
  });
  const isWorker = deps.config.role !== 'web';
  let setup: ChannelState = { state: 'ok' };
  let poller: ReturnType<typeof createTelegramPoller> | null = null;

  let retry: NodeJS.Timeout | undefined;
  let botName: string | null = null;

  /** True once Telegram knows what it must. */
  const begin = async (): Promise<boolean> => {
    const bot = await checkBot(client);
    if (!bot.ok) {
      setup = { state: 'down', detail: bot.detail };
      logger.warn({ detail: bot.detail }, 'telegram does not answer yet');
      return false;
    }
    botName = bot.username ?? null;
    await setCommands(client, [
      { command: 'menu', description: translate('vi', 'telegram.menuCommand') },
      { command: 'help', description: translate('vi', 'telegram.helpCommand') },
    ]);
    if (config.mode === 'webhook' && config.webhookSecret !== undefined) {
      const result = await setWebhook(client, {
        url: `${deps.publicUrl}/webhooks/telegram`,
        secret: config.webhookSecret,
      });
      setup = result.ok ? { state: 'ok' } : { state: 'down', detail: result.detail };
      return result.ok;
    }
    setup = { state: 'ok' };
    return true;
  };

  return {
    channel,
    botName: () => botName,
    state: () => {
      const polled = poller?.status();
      return polled && polled.state !== 'running' && polled.state !== 'starting'
        ? { state: 'down', detail: polled.detail }
        : setup;
    },
    start: async (events) => {
      if (config.mode === 'polling' && isWorker) {
        poller = createTelegramPoller({
          client,
          account,
          offsets: pollOffsets(store),
          onUpdate: (raw) => events('telegram', decodeTelegramUpdate(raw)),
          onStatus: (status) => logger.info({ ...status }, 'telegram polling'),
        });
        poller.start();
      }
      // A platform that is away must not keep the product from starting.
      const tryBegin = (): void => {
        begin()
          .then((ready) => {
            if (!ready) retry = setTimeout(tryBegin, SETUP_RETRY_MS);
          })
          .catch((error: unknown) => logger.warn({ err: error }, 'telegram could not be set up'));
      };
      tryBegin();
      return Promise.resolve();
    },
    stop: async () => {
      clearTimeout(retry);
      await poller?.stop();
      client.close();
    },
  };
}

function pollOffsets(store: Store) {
  return {
    load: async (account: string) => (await store.db.pollOffset.findUnique({ where: { account } }))?.offset ?? null,
    save: async (account: string, offset: bigint) => {
      await store.db.pollOffset.upsert({ where: { account }, create: { account, offset }, update: { offset } });
    },
  };
}

function buildZalo(deps: ChannelsDeps, config: ZaloConfig, links: FileLinks) {
  const { store, files, logger } = deps;
  const client = createZaloClient({ apiRoot: config.apiRoot, oauthRoot: config.oauthRoot });
  const oaId = config.oaId ?? '';
  const alarm = (what: string, detail: string) => logger.error({ what, detail }, 'zalo needs attention');
  const now = () => machineClock.now();
  const tokens = createTokenKeeper({
    store: createTokenStore(store.db, zaloAccount(config.oaId ?? config.appId)),
    client,
    appId: config.appId,
    appSecret: config.appSecret ?? '',
    now,
    alarm,
    ...(config.accessToken === undefined
      ? {}
      : { firstPair: { accessToken: config.accessToken, refreshToken: config.refreshToken ?? '' } }),
  });
  const channel = createZaloChannel({
    client,
    tokens,
    files,
    appId: config.appId,
    oaId,
    oaSecretKey: config.oaSecretKey,
    buttons: config.buttons,
    perMinute: deps.zaloPerMinute,
    now,
    alarm,
    // Without an address that others can reach a link would lead nowhere.
    ...(deps.config.publicUrl === undefined && deps.config.port === 0
      ? {}
      : { signedLink: (fileId: string) => Promise.resolve(links.sign(fileId)) }),
    onUnknownEvent: (name) => logger.info({ event: name }, 'unknown zalo event'),
    mediaOrigins: isLoopback(config.apiRoot) ? [new URL(config.apiRoot).origin] : [],
  });
  const login =
    config.appSecret === undefined
      ? null
      : createZaloLogin({
          client,
          tokens,
          oauthRoot: config.oauthRoot,
          appId: config.appId,
          appSecret: config.appSecret,
          oaId,
          now,
          redirectUri: `${deps.publicUrl}/oauth/zalo/callback`,
        });
  const part: Part = {
    channel,
    state: async () => {
      const state = await tokens.status();
      return state === 'ok' ? { state: 'ok' } : { state: 'down', detail: `tokens ${state}` };
    },
    start: async () => {
      await tokens.prepare();
      void checkZalo(client, tokens, now()).then(
        (check) => {
          if (!check.ok) logger.warn({ detail: check.detail }, 'zalo does not answer yet');
        },
        (error: unknown) => logger.warn({ err: error }, 'zalo could not be checked'),
      );
    },
    stop: () => client.close(),
  };
  return { part, tokens, login };
}

const isLoopback = (root: string) => /^https?:\/\/(127\.|localhost|\[::1\])/.test(root);
