import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadQuietHours } from '../../src/calendar/index.js';
import { raw } from '../../src/conversation/index.js';
import { createDeliveryEngine, createOutbox } from '../../src/delivery/index.js';
import { createNoticesFlows } from '../../src/notices/index.js';
import type { Tx } from '../../src/store/index.js';
import { createOrdersWorld, type OrdersWorld } from '../notices/orders-world.js';

/** 21:30 and 22:30 in Việt Nam. */
const HALF_PAST_NINE = new Date('2026-11-23T14:30:00Z');
const HALF_PAST_TEN = new Date('2026-11-23T15:30:00Z');

let world: OrdersWorld;
beforeAll(async () => {
  world = await createOrdersWorld(createNoticesFlows());
});
afterAll(() => world.drop());

const source = (tx: Tx = world.store.db) => loadQuietHours(tx);

async function setQuiet(value: object | string): Promise<void> {
  const key = 'calendar.quiet-hours';
  await world.store.db.setting.upsert({ where: { key }, create: { key, value }, update: { value } });
}

/** Tells somebody something in its own transaction; until when it waits. */
async function heldUntil(slot: string, now: Date): Promise<string | null> {
  const { memberId } = await world.person(`Người ${slot}`);
  const outbox = createOutbox({ channels: ['web'], quietHours: source });
  await world.store.transaction((tx) =>
    outbox.tell(
      tx,
      {
        source: { kind: 'test', id: '1' },
        slot,
        class: 'deadline',
        to: [{ person: `m:${memberId}` }],
        say: [{ text: raw('x') }],
      },
      now,
    ),
  );
  const row = await world.store.db.message.findFirstOrThrow({ where: { sourceKind: 'test', slot } });
  return row.notBefore?.toISOString() ?? null;
}

describe('the quiet hours of the province', () => {
  it('are the usual ones until somebody sets others, also where what is stored cannot be read', async () => {
    expect(await heldUntil('usual', HALF_PAST_NINE)).toBe('2026-11-23T23:30:00.000Z');
    await setQuiet('ban đêm');
    expect(await heldUntil('broken', HALF_PAST_NINE)).toBe('2026-11-23T23:30:00.000Z');
  });

  it('hold what is planned from the moment they are set, without a restart', async () => {
    await setQuiet({ from: '22:00', to: '05:30' });
    expect(await heldUntil('early', HALF_PAST_NINE)).toBeNull();
    expect(await heldUntil('late', HALF_PAST_TEN)).toBe('2026-11-23T22:30:00.000Z');
  });

  it('are asked again when what was held is let go', async () => {
    await setQuiet({ from: '22:00', to: '05:30' });
    await heldUntil('again', HALF_PAST_TEN);
    await setQuiet({ from: '22:00', to: '06:00' });
    const engine = createDeliveryEngine({
      pool: world.store.pool,
      channels: new Map(),
      worker: 'test',
      businessNow: () => Promise.resolve(HALF_PAST_TEN),
      quietHours: source,
    });
    await engine.release(new Date('2026-11-23T22:31:00Z'));
    const held = await world.store.db.message.findFirstOrThrow({ where: { slot: 'again' } });
    expect(held.notBefore?.toISOString()).toBe('2026-11-23T23:00:00.000Z');
    await engine.stop(1000);
  });

  it('are the ones that an officer is told at night', async () => {
    const officer = await world.person('Chuyên viên Lan', ['officer']);
    await world.ward('Phường Phủ Lý');
    await world.at(HALF_PAST_NINE.toISOString());
    await setQuiet({ from: '22:00', to: '05:30' });
    const ask = ['gửi thông báo', 'Mời họp sáng thứ Sáu', 'tất cả', 'xong'];
    expect((await world.type(officer, ...ask)).text).not.toContain('22:00');
    await world.at(HALF_PAST_TEN.toISOString());
    const late = await world.type(officer, 'hủy', ...ask);
    expect(late.text).toContain('22:00');
    expect(late.buttons.map(({ label }) => label).join(' ')).toContain('05:30');
  });
});
