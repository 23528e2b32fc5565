import { it } from 'vitest';
import { atLocal } from '../../src/kernel/local-date.js';
import { runStretch } from './year-run.js';

it('lives through a month of the demo province: the numbers are exact, and nobody is reminded in vain', async () => {
  await runStretch({
    name: 'a month',
    begins: atLocal('2026-12-28', '07:00'),
    ends: atLocal('2027-01-27', '20:00'),
    spans: ['all', '2027-01'],
    perDay: 1,
    shown: '2027-01',
  });
}, 120_000);
