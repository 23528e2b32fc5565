/** npm start: prepares the checkout, then becomes the product. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './lib/prepare.mjs';
import { say } from './lib/say.mjs';

try {
  await prepare();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

// In this very process: a signal, or a kill, that is meant for the product reaches it and nothing is left over.
const main = path.join(root, 'dist/src/main.js');
process.chdir(root);
process.argv[1] = main;
process.setSourceMapsEnabled(true);
await import(pathToFileURL(main).href);
