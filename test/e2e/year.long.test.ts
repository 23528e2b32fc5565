import { it } from 'vitest';
import { atLocal } from '../../src/kernel/local-date.js';
import { runStretch } from './year-run.js';

const MONTHS = Array.from({ length: 12 }, (_, n) => `2027-${String(n + 1).padStart(2, '0')}`);

it('lives through a year of the demo province: the numbers are exact, and nobody is reminded in vain', async () => {
  await runStretch({
    name: 'a year',
    begins: atLocal('2026-12-28', '07:00'),
    ends: atLocal('2027-12-31', '20:00'),
    spans: ['all', '2027', '2027-Q1', '2027-Q2', '2027-Q3', '2027-Q4', ...MONTHS],
    perDay: 2,
    shown: '2027',
  });
}, 600_000);
