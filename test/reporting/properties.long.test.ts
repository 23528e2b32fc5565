import { describeLadder } from './properties-run.js';

describeLadder({ runs: 400, seed: 20261201, timeoutMs: 900_000 });
