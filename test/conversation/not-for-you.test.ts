import { expect, it } from 'vitest';
import { notForYou, renderText } from '../../src/conversation/index.js';
import type { Actor, HeldSeat } from '../../src/kernel/people.js';
import { someActor } from './play.js';

const seat: HeldSeat = { seatId: 's', kind: 'deputy', unitId: 'u', unitCode: 'U', unitName: 'Phường mẫu' };
const has =
  (...roles: readonly string[]) =>
  (actor: Actor) =>
    actor.roles.some((role) => roles.includes(role)) || (roles.includes('seat') && actor.seats.length > 0);

it.each([
  [has('officer'), {}, 'Việc này dành cho chuyên viên.'],
  [has('officer', 'admin'), { roles: ['leader'] }, 'Việc này dành cho chuyên viên hoặc quản trị.'],
  [has('seat'), { roles: ['officer', 'admin'] }, 'Việc này dành cho đầu mối đơn vị.'],
  [
    has('seat', 'officer', 'leader', 'admin'),
    {},
    'Việc này dành cho đầu mối đơn vị, chuyên viên, lãnh đạo hoặc quản trị.',
  ],
  // More is asked than a duty: what the reader has is not what is missing.
  [
    (actor: Actor) => has('seat', 'admin')(actor) && actor.roles.length + actor.seats.length === 1,
    { roles: ['admin'], seats: [seat] },
    'Anh/chị hiện chưa làm được việc này.',
  ],
] as const)('names who may, and never what the reader has (%#)', (may, reader, words) => {
  expect(renderText(notForYou(may, someActor(reader)), 'vi')).toBe(words);
});
