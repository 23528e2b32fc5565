/** Prepares the checkout and ends, for images and for whoever runs dist/src/main.js by another hand. */
import { prepare } from './lib/prepare.mjs';
import { say } from './lib/say.mjs';

try {
  await prepare();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
