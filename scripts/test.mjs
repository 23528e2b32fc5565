/** npm test: installs, generates, and runs the tests on servers of their own. */
import path from 'node:path';
import { prepare, root } from './lib/prepare.mjs';
import { become } from './lib/run.mjs';
import { say } from './lib/say.mjs';

const args = process.argv.slice(2);
const long = args.includes('--long');

try {
  // Some tests start the product as a person would, so dist/ has to be there.
  await prepare({ dev: true });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

const env = { ...process.env, CI: '1', NODE_ENV: 'test', TEST_LONG: long ? '1' : '', TEST_WITH_REDIS: '1' };
// Tests use only servers that they started, or those of TEST_DATABASE_URL and TEST_REDIS_URL.
delete env.DATABASE_URL;
delete env.REDIS_URL;
const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
const rest = args.filter((arg) => arg !== '--long');
await become(process.execPath, [vitest, 'run', ...rest], { cwd: root, env });
