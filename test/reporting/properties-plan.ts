/** What may happen to a province that owes reports, as fast-check draws it. */
import fc from 'fast-check';
import { rankOf, type Audience, LADDER_AUDIENCES, type LadderStep } from '../../src/duties/ladder.js';

export const ACTIONS = [
  'submit',
  'return',
  'promise',
  'snooze',
  'extend',
  'assign',
  'hand-over',
  'vacate',
  'merge',
  'reached',
  'tick',
  'tick-twice',
  'ticks-at-once',
  'clock',
  'next',
  'outage',
  'restart',
  'deaf',
  'all-deaf',
  'speak',
  'all-deaf-then-speak',
  'all-deaf-then-reached',
  'hearing',
  'own-hours',
  'any-hour',
] as const;

export interface Action {
  readonly kind: (typeof ACTIONS)[number];
  readonly unit: number;
  readonly duty: number;
  /** Whatever number the action takes: hours, days, a seat. */
  readonly n: number;
}

export interface DutyPlan {
  /** Days from the opening to the due day. */
  readonly dueIn: number;
  readonly ladder: readonly LadderStep[];
  /** Which of the three units owe it. */
  readonly units: readonly boolean[];
}

export interface Plan {
  /** Days from the opening that are holidays, whatever the week says. */
  readonly daysOff: readonly number[];
  /** Seats of each unit: primary, deputy, head. */
  readonly seats: readonly (readonly [boolean, boolean, boolean])[];
  /** Whether the holder of each wants to be reminded in the afternoon alone. */
  readonly afternoons: readonly (readonly [boolean, boolean, boolean])[];
  readonly duties: readonly DutyPlan[];
  readonly actions: readonly Action[];
}

const signed = (offset: number): string => (offset === 0 ? 'T' : `T${offset > 0 ? '+' : ''}${String(offset)}`);

const rung = fc.record({
  offset: fc.integer({ min: -8, max: 8 }),
  audience: fc.constantFrom<Audience>(...LADDER_AUDIENCES, 'seat', 'seat'),
  class: fc.constantFrom('deadline' as const, 'deadline' as const, 'critical' as const),
});

/** Any ladder, also one that begins at the top or speaks to three audiences in one morning. */
const ladder: fc.Arbitrary<LadderStep[]> = fc
  .uniqueArray(rung, {
    minLength: 1,
    maxLength: 6,
    selector: ({ offset, audience }) => `${String(offset)} ${audience}`,
  })
  .map((rungs) =>
    [...rungs]
      .sort((a, b) => a.offset - b.offset || rankOf(a.audience) - rankOf(b.audience))
      .map((one, n, all) => {
        const same = all.slice(0, n).filter((other) => other.offset === one.offset).length;
        return { ...one, step: same === 0 ? signed(one.offset) : `${signed(one.offset)}.${String(same + 1)}` };
      }),
  );

const duty: fc.Arbitrary<DutyPlan> = fc.record({
  dueIn: fc.integer({ min: 3, max: 18 }),
  ladder,
  units: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()).map(([a, b, c]) => [a || !(b || c), b, c]),
});

const often = (kinds: readonly Action['kind'][], times: number) =>
  kinds.flatMap((kind) => Array<typeof kind>(times).fill(kind));
const kind = fc.constantFrom(
  ...ACTIONS,
  ...often(['clock', 'tick', 'next'], 4),
  ...often(['submit'], 2),
  ...often(['outage', 'ticks-at-once', 'own-hours'], 1),
  // Rare together: nobody of a unit is reached, and then somebody speaks or an officer says so.
  ...often(['all-deaf-then-speak', 'all-deaf-then-reached'], 2),
);

// Most seats are held; a unit without a head has two who hear what is the head's.
const held = fc.constantFrom(true, true, true, false);
const headed = fc.constantFrom(true, true, false);
const choosy = fc.constantFrom(false, false, true);

export const plans: fc.Arbitrary<Plan> = fc.record({
  daysOff: fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 8 }),
  seats: fc.array(fc.tuple(held, held, headed), { minLength: 3, maxLength: 3 }),
  afternoons: fc.array(fc.tuple(choosy, choosy, choosy), { minLength: 3, maxLength: 3 }),
  duties: fc.array(duty, { minLength: 1, maxLength: 2 }),
  actions: fc.array(
    fc.record({ kind, unit: fc.nat({ max: 2 }), duty: fc.nat({ max: 1 }), n: fc.integer({ min: 1, max: 72 }) }),
    { minLength: 5, maxLength: 16 },
  ),
});
