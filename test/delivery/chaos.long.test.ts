/** The full run of `npm run chaos`. */
import { expect, it } from 'vitest';
import { isCounted } from '../../bench/chaos/verdict.js';
import { figures } from '../support/figures.js';
import { expectNoHarm } from './chaos-support.js';

it('loses nothing and doubles nothing through two hundred kills', async () => {
  const { kills, seconds, rounds } = await expectNoHarm({ kills: 200, recipients: 1_000, seed: 20_261_122 });
  expect(kills).toBe(200);
  const all = rounds.flatMap((round) => round.kills);
  const sum = (of: 'sent' | 'uncertain' | 'repeated') => all.reduce((total, kill) => total + kill[of], 0);
  figures('R1 kill -9', {
    kills,
    beside: all.filter((kill) => !isCounted(kill)).length,
    broadcasts: rounds.length,
    people: rounds.reduce((total, { recipients }) => total + recipients, 0),
    inFlightMost: Math.max(...all.map(({ inFlight }) => inFlight)),
    sent: sum('sent'),
    uncertain: sum('uncertain'),
    repeated: sum('repeated'),
    lost: 0,
    duplicated: 0,
    seconds,
  });
});
