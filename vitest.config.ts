import { defineConfig } from 'vitest/config';

const long = process.env['TEST_LONG'] === '1';

export default defineConfig({
  test: {
    include: [long ? 'test/**/*.long.test.ts' : 'test/**/*.test.ts'],
    exclude: long ? [] : ['test/**/*.long.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: long ? 900_000 : 30_000,
    hookTimeout: 60_000,
    // Tests own their databases and ports; what they share is two cores.
    maxWorkers: 2,
    pool: 'forks',
    // No module keeps a state of its own (house rule), so that files may share them: loading them anew costs each a second.
    isolate: false,
    passWithNoTests: false,
  },
});
