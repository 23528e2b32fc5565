/** npm run NAME for the product's other commands: prepares the checkout, then becomes the command. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './lib/prepare.mjs';
import { say } from './lib/say.mjs';

const ENTRIES = {
  chat: 'src/dev/chat.ts',
  ask: 'src/dev/ask.ts',
  bench: 'bench/index.ts',
  doctor: 'src/dev/doctor.ts',
  eval: 'src/dev/eval.ts',
  chaos: 'bench/chaos/index.ts',
  'verify-record': 'src/dev/verify-record.ts',
  'knowledge:check': 'src/dev/knowledge-check.ts',
  'knowledge:import': 'src/dev/knowledge-import.ts',
};

const name = process.argv[2] ?? '';
const entry = ENTRIES[name];
if (!entry || !existsSync(path.join(root, entry))) {
  say(`${name}: chưa có ở bản này`);
  process.exit(2);
}
try {
  await prepare();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

// In this very process, as in start.mjs; the command sees its own arguments only.
const main = path.join(root, 'dist', entry.replace(/\.ts$/, '.js'));
process.chdir(root);
process.argv.splice(1, 2, main);
process.setSourceMapsEnabled(true);
await import(pathToFileURL(main).href);
