import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { raw } from '../../src/conversation/text.js';
import type { Routes } from '../../src/delivery/index.js';
import {
  audienceOf,
  BILLED,
  createPlannerWorld,
  FREE,
  HOUR,
  LATE,
  NEVER,
  zalo,
  type Contacts,
  type PlannerWorld,
  type Seats,
} from './planner-world.js';

let world: PlannerWorld;

beforeAll(async () => {
  world = await createPlannerWorld();
});
afterAll(() => world.close());
beforeEach(() => world.forget());

const NOBODY: Routes = {
  web: 0,
  telegram: 0,
  zaloFree: 0,
  zaloBilled: 0,
  zaloTemplate: 0,
  otherChannel: 0,
  otherSeat: 0,
  unreachable: 0,
};

describe('the forecast', () => {
  it('says which way everybody goes, at what cost and in what time, and the ledger shows the same afterwards', async () => {
    await world.addTemplate();
    await world.setLimits({ billedPerMonth: 2, templatesPerDay: 3, perMinute: 10 });
    const units = [
      await world.unit({ primary: [{ channel: 'web', ago: FREE }], deputy: [{ channel: 'telegram', ago: NEVER }] }),
      await world.unit({ primary: zalo(FREE), head: zalo(FREE) }),
      await world.unit({ primary: zalo(BILLED), deputy: zalo(BILLED), head: zalo(LATE) }),
      await world.unit({ primary: zalo(LATE), head: zalo(NEVER) }),
      // Zalo first, but neither quota has anything left for them: the web stands in, and the other seat.
      ...(await Promise.all(
        [1, 2, 3].map(() =>
          world.unit({ primary: [...zalo(LATE), { channel: 'web', ago: 20 * 24 * HOUR }], deputy: zalo(NEVER) }),
        ),
      )),
      await world.unit({ head: zalo(LATE), primary: [{ channel: 'web', ago: null, state: 'blocked' }] }),
    ];
    const audience = audienceOf(units);
    const told = await world.plan(audience);
    expect(told.people).toBe(17);
    expect((Object.values(told.routes) as number[]).reduce((sum, n) => sum + n, 0)).toBe(17);
    expect(told.routes).toMatchObject({ web: 1, telegram: 1, zaloFree: 2, zaloBilled: 2, zaloTemplate: 3 });
    expect(told.costVnd).toBe(2 * 55 + 3 * 200);
    expect(told.seconds).toBe(Math.ceil(7 / (8 / 60)));
    expect(told.isGuessed).toBe(false);

    const id = await world.send(audience);
    await world.drain();
    const after = await world.actual(id);
    expect(after).toMatchObject({ people: 17, waiting: 0, uncertain: 0, cancelled: 0, costVnd: told.costVnd });
    expect(after?.routes).toEqual(told.routes);
    expect(after?.forecast).toEqual(told);
  });

  it.each([1, 2, 3, 4, 5, 6])('adds up and comes true for any mixture of people (%i)', async (seed) => {
    const random = (() => {
      let at = seed * 7919;
      return (n: number) => (at = (at * 48271) % 2147483647) % n;
    })();
    const pick = <T>(of: readonly T[]): T => of[random(of.length)] as T;
    const contacts = (): Contacts =>
      Array.from({ length: random(4) }, () => ({
        channel: pick(['web', 'telegram', 'zalo', 'zalo'] as const),
        ago: pick([NEVER, FREE, BILLED, LATE, 30 * 24 * HOUR + random(1000)]),
        preferred: random(3) === 0,
        state: pick(['active', 'active', 'active', 'blocked']),
      }));
    if (random(3) > 0) await world.addTemplate();
    if (random(2) > 0)
      await world.addTemplate({ id: '222', parameters: [{ name: 'ten', from: 'unit', max: pick([3, 8, 30]) }] });
    await world.setLimits({ billedPerMonth: random(6), templatesPerDay: random(6) });
    const units = [];
    for (let n = 0; n < 8; n += 1)
      units.push(
        await world.unit({ primary: contacts(), deputy: contacts(), ...(random(2) ? { head: contacts() } : {}) }),
      );
    const audience = audienceOf(
      units,
      pick<Seats>([
        ['primary', 'deputy', 'head'],
        ['primary', 'deputy'],
      ]),
    );
    const told = await world.plan(audience);
    expect((Object.values(told.routes) as number[]).reduce((sum, n) => sum + n, 0)).toBe(told.people);
    const id = await world.send(audience);
    await world.drain();
    const after = await world.actual(id);
    expect(after?.routes).toEqual(told.routes);
    expect(after?.costVnd).toBe(told.costVnd);
    const forms = await world.query<{ form: string; n: number }>(
      `select form, count(*)::int as n from attempt where form in ('billed', 'template') group by form order by form`,
    );
    const used = await world.query<{ form: string; n: number }>(
      `select kind as form, used as n from quota_use where used > 0 order by kind`,
    );
    expect(used).toEqual(forms);
  });

  it('is nothing for an empty audience, and counts an unreachable person with a reachable other seat apart', async () => {
    expect(await world.plan(audienceOf([]))).toMatchObject({ people: 0, routes: NOBODY, costVnd: 0, seconds: 0 });
    const alone = await world.unit({ primary: zalo(LATE) });
    const both = await world.unit({ primary: zalo(LATE), deputy: [{ channel: 'telegram', ago: null }] });
    expect((await world.plan(audienceOf([alone, both], ['primary']))).routes).toEqual({
      ...NOBODY,
      otherSeat: 1,
      unreachable: 1,
    });
  });

  it('counts every part of a long text as a billed message', async () => {
    const people = [await world.unit({ primary: zalo(BILLED) }), await world.unit({ primary: zalo(BILLED) })];
    const long = [{ text: raw('một hai ba '.repeat(400)) }];
    await world.setLimits({ billedPerMonth: 6 });
    const told = await world.plan(audienceOf(people), long);
    expect(told.routes.zaloBilled).toBe(2);
    expect(told.costVnd).toBe(2 * 3 * 55);
    await world.setLimits({ billedPerMonth: 5 });
    expect((await world.plan(audienceOf(people), long)).routes).toMatchObject({ zaloBilled: 1, unreachable: 1 });
  });

  it('calls its prices guessed while nobody has set them', async () => {
    await world.query('delete from setting');
    expect(await world.plan(audienceOf([await world.unit({ primary: zalo(BILLED) })]))).toMatchObject({
      costVnd: 55,
      isGuessed: true,
    });
  });
});
