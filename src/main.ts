/** The entry: reads the configuration, opens the database, starts the roles asked for, stops with a deadline. */
import { fileURLToPath } from 'node:url';
import { pino, type Logger } from 'pino';
import { startApp, type App } from './app.js';
import { readConfig, type Config } from './config.js';
import { ConfigError } from './kernel/errors.js';
import { translate } from './i18n/index.js';
import { EmbeddedError, isOutage, migrate, openEmbedded, type Embedded } from './store/index.js';

const STOP_DEADLINE_MS = 10_000;
const PARENT_CHECK_MS = 500;
// dist/src/main.js → the project's folder.
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What no log line may hold, wherever it stands. */
const REDACT = [
  '*.token',
  '*.authorization',
  '*.access_token',
  '*.refresh_token',
  '*.phone',
  '*.text',
  'headers',
  '*.headers',
];

/** What an error may say in the log: drivers hang whole connections on theirs, with secrets and statements. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : typeof error;
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: plainError(error.cause) }),
  };
}

async function main(): Promise<void> {
  const config = readConfig();
  const logger = pino(
    { level: config.logLevel, redact: { paths: REDACT, censor: '[hidden]' }, serializers: { err: plainError } },
    pino.destination(2),
  );
  const embedded = await openDatabase(config, logger);
  const databaseUrl = embedded?.url ?? (config.database.kind === 'server' ? config.database.url : '');
  let app: App | undefined;
  try {
    await migrate(databaseUrl);
    app = await startApp({ config, databaseUrl, logger, root: ROOT, say });
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
  stopOnSignals(app, embedded, logger, config.startedByNpm);
  say(app.url === null ? 'ready' : `ready ${app.url}`);
}

function openDatabase(config: Config, logger: Logger): Promise<Embedded | null> {
  if (config.database.kind === 'server') return Promise.resolve(null);
  return openEmbedded({ dataDir: config.database.dataDir, server: true, say, logger });
}

/** The first signal stops in order, the second one at once. */
function stopOnSignals(app: App, embedded: Embedded | null, logger: Logger, startedByNpm: boolean): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    const watchdog = setTimeout(() => process.exit(1), STOP_DEADLINE_MS + 5_000);
    watchdog.unref();
    void (async () => {
      await app.stop(STOP_DEADLINE_MS);
      await embedded?.stop();
      process.exit(0);
    })().catch((error: unknown) => {
      logger.error({ err: error }, 'stopping failed');
      process.exit(1);
    });
  };
  if (startedByNpm) stopWithNpm(stop);
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** Started by npm, the product ends with it, also when npm is killed and can pass no signal on. */
function stopWithNpm(stop: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, PARENT_CHECK_MS);
  timer.unref();
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError) for (const problem of error.problems) process.stderr.write(`${problem}\n`);
  else if (error instanceof EmbeddedError) process.stderr.write(`${error.message}\n`);
  else if (isOutage(error)) process.stderr.write(`${translate('vi', 'start.databaseAway')}\n`);
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
