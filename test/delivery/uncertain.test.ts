/** What happens, class by class, to an attempt whose answer never came. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MessageClass } from '../../src/delivery/index.js';
import { createFakeChannel, createWorld, type Person, type World } from './support.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(() => world.reset());

interface Expected {
  readonly kind: MessageClass;
  readonly lane: 'reply' | 'bulk';
  /** Told once more, with a mark. */
  readonly isRepeated: boolean;
  /** When somebody looks whether it arrived, after the last call. */
  readonly looksAfterMs: number | null;
}

const CLASSES: readonly Expected[] = [
  { kind: 'reply', lane: 'reply', isRepeated: true, looksAfterMs: null },
  { kind: 'announcement', lane: 'bulk', isRepeated: false, looksAfterMs: null },
  { kind: 'deadline', lane: 'bulk', isRepeated: true, looksAfterMs: 86_400_000 },
  { kind: 'critical', lane: 'bulk', isRepeated: true, looksAfterMs: 1_800_000 },
  { kind: 'honour', lane: 'bulk', isRepeated: false, looksAfterMs: null },
];

async function tellOne(kind: MessageClass): Promise<Person> {
  const [person] = await world.people(1);
  if (!person) throw new Error('nobody');
  await world.tell([person], { class: kind, text: 'Nước đang lên', outbox: { quietHours: null } });
  return person;
}

const tries = () =>
  world.query<{ try: number; state: string; repeat: boolean; via: string | null }>(
    'select try, state, repeat, via from attempt order by try',
  );
/** The looks that are still to come: of which try, and how long after it ended. */
const looks = () =>
  world.query<{ try: number; reason: string; ms: number }>(
    `select a.try, w.reason, round(extract(epoch from w.due - a.ended_at) * 1000)::int as ms
     from attempt_watch w join attempt a on a.id = w.attempt_id`,
  );

describe.each(CLASSES)('an answer that never came ($kind)', ({ kind, lane, isRepeated, looksAfterMs }) => {
  const first = { try: 1, state: 'uncertain', repeat: false };
  const again = (state: string) => ({ try: 2, state, repeat: true, via: 'repeat' });

  it('is left alone or told once more, and never a third time', async () => {
    await tellOne(kind);
    const channel = createFakeChannel();
    channel.answer = () => ({ kind: 'uncertain', detail: 'reset after write' });
    const engine = world.engine([channel], { quietHours: null });
    for (let n = 0; n < 3; n += 1) {
      await engine.drain(lane);
      await engine.mend();
    }
    expect(channel.calls.map(({ outgoing }) => outgoing.content.text)).toEqual(
      isRepeated ? ['Nước đang lên', 'Nhắc lại: Nước đang lên'] : ['Nước đang lên'],
    );
    expect(await tries()).toMatchObject(isRepeated ? [first, again('uncertain')] : [first]);
    expect(await looks()).toEqual(
      looksAfterMs === null ? [] : [{ try: isRepeated ? 2 : 1, reason: 'unproven', ms: looksAfterMs }],
    );
  });

  it('is treated the same when its process died over it', async () => {
    await tellOne(kind);
    await world.query(
      `with l as (insert into lease (worker, lane, until) values ('dead', $1, now() - interval '1 s') returning id)
       update attempt set waiting = false, state = 'sending', sends = 1, sending_at = now(), lease_id = l.id from l`,
      [lane],
    );
    const channel = createFakeChannel();
    const engine = world.engine([channel], { quietHours: null });
    expect(await engine.sweep()).toEqual({ leases: 1, requeued: 0, uncertain: 1 });
    await engine.drain(lane);
    expect(channel.sent.map(({ content }) => content.text)).toEqual(isRepeated ? ['Nhắc lại: Nước đang lên'] : []);
    expect(await tries()).toMatchObject(isRepeated ? [first, again('sent')] : [first]);
    expect(await looks()).toEqual([]);
  });
});
