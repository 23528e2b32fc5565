import { describeLadder } from './properties-run.js';

describeLadder({ runs: 20, seed: 20261123, timeoutMs: 120_000 });
