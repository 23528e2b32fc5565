import { describeLadder } from './properties-run.js';

describeLadder({
  runs: 400,
  seed: 20261201,
  timeoutMs: 900_000,
  meets: [
    'fired on heard',
    'fired on officer',
    'fired on answer',
    'fired on empty-seat',
    'later fired',
    'void unproven',
    'void missed',
  ],
});
