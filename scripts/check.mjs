/** npm run check: types, lint, form, dead code, import rules. Runs all of them and says which failed. */
import path from 'node:path';
import { prepare, root } from './lib/prepare.mjs';
import { runQuietly } from './lib/run.mjs';
import { say } from './lib/say.mjs';

const CHECKS = [
  ['types', 'typescript/bin/tsc', []],
  ['lint', 'eslint/bin/eslint.js', ['.', '--max-warnings=0']],
  ['form', 'prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.']],
  ['dead code', 'knip/bin/knip.js', ['--no-progress']],
  ['import rules', 'vitest/vitest.mjs', ['run', 'test/architecture', 'test/locales']],
];

await prepare({ dev: true, build: false });
let failed = 0;
for (const [name, program, args] of CHECKS) {
  const startedAt = Date.now();
  const file = path.join(root, 'node_modules', program);
  const { code, output } = await runQuietly(process.execPath, [file, ...args], {
    cwd: root,
    env: { ...process.env, CI: '1', NO_COLOR: '1' },
  });
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  say(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (code !== 0) {
    failed += 1;
    say(output.trimEnd());
  }
}
say(failed === 0 ? 'check: all passed' : `check: ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
