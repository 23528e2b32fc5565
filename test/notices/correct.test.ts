import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Refusal } from '../../src/conversation/effect.js';
import { raw } from '../../src/conversation/text.js';
import { createPlanner, createBroadcasts, createOutbox, type NewBroadcast } from '../../src/delivery/index.js';
import type { EffectContext } from '../../src/inbox/index.js';
import { createCorrectionReads, createNoticesEffects, createNoticesFlows } from '../../src/notices/index.js';
import { Play, someActor } from '../conversation/play.js';
import { createFakeChannel, createWorld, MORNING, type Person, type World } from '../delivery/support.js';

let world: World;
let officer: Person;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  const [person] = await world.people(1, { channel: 'web' });
  if (!person) throw new Error('nobody');
  officer = person;
});

const query = async <T extends object>(sql: string, values: unknown[] = []) =>
  (await world.database.store.pool.query<T>(sql, values)).rows;

/** A broadcast that was sent to people on all channels. */
async function send(options: Partial<NewBroadcast> = {}): Promise<string> {
  const people = [
    ...(await world.people(3)),
    ...(await world.people(2, { channel: 'web' })),
    ...(await world.people(4, { channel: 'zalo' })),
  ];
  const { store } = world.database;
  const id = randomUUID();
  const broadcast: NewBroadcast = {
    id,
    kind: 'notice',
    subjectId: id,
    title: 'Lịch họp',
    class: 'announcement',
    audience: { kind: 'people', people: people.map(({ key }) => key) },
    say: [{ text: raw('Họp lúc 8 giờ') }],
    createdById: officer.memberId,
    ...options,
  };
  await store.transaction((tx) => createOutbox().broadcast(tx, broadcast, MORNING));
  const broadcasts = createBroadcasts({ pool: store.pool, businessNow: () => Promise.resolve(MORNING) });
  await broadcasts.expand(id);
  const channels = (['telegram', 'web', 'zalo'] as const).map((name) => createFakeChannel(name));
  await world.engine(channels).drain('bulk');
  await broadcasts.settle(MORNING);
  return id;
}

const talk = (roles: ('officer' | 'leader' | 'admin')[] = ['officer']) =>
  new Play(
    createNoticesFlows(),
    { corrections: createCorrectionReads(world.database.store.db, createPlanner({})) } as never,
    {
      actor: someActor({ roles, memberId: officer.memberId }),
    },
  );

/** Carries out what the last turn ordered; returns what was refused. */
async function apply(play: Play<never>): Promise<Refusal | undefined> {
  const handlers = createNoticesEffects({ unitsOf: () => Promise.resolve([]) } as never);
  let refusal: Refusal | undefined;
  for (const effect of play.effects()) {
    const handler = handlers.find(({ type }) => type === effect.type);
    if (!handler) throw new Error(`nobody handles ${effect.type}`);
    refusal ??= await world.database.store.transaction((tx) =>
      handler.apply(effect.payload, { tx, now: MORNING, actor: play.actor } as EffectContext),
    );
  }
  return refusal;
}

describe('đính chính', () => {
  it('shows the old text, asks for the new one, says what happens to whom, and orders it', async () => {
    const id = await send();
    const p = talk();
    await p.type('dinh chinh');
    expect(p.text()).toContain('1. Lịch họp');
    await p.type('1');
    expect(p.text()).toContain('Nội dung hiện nay của tin “Lịch họp”:\nHọp lúc 8 giờ');
    await p.type('Họp lúc 9 giờ');
    expect(p.text()).toContain('Họp lúc 9 giờ');
    expect(p.text()).toContain('Tin trên Telegram, web của 5 người được sửa tại chỗ.');
    expect(p.text()).toContain('4 người dùng Zalo nhận thêm một tin');
    expect(p.text()).not.toContain('phong trào');
    expect(await p.tap('Đính chính')).toContain('✅ Đang đính chính tin “Lịch họp”');
    expect(p.labels()).toEqual(['Tiến độ gửi']);
    expect(await apply(p)).toBeUndefined();
    expect(await query('select kind, version, created_by_id from correction')).toEqual([
      { kind: 'correction', version: 1, created_by_id: officer.memberId },
    ]);
    expect(await query('select action, subject from audit_entry')).toEqual([
      { action: 'notice.correct', subject: `broadcast:${id}` },
    ]);
    await p.press(`go:correct:${id}`);
    expect(p.text()).toContain('Nội dung hiện nay của tin “Lịch họp”:\nHọp lúc 9 giờ');
  });

  it('refuses the same words, too many, and what another officer was faster with', async () => {
    const id = await send();
    const p = talk();
    await p.press(`go:correct:${id}`);
    expect(await p.type('Họp lúc 8 giờ')).toContain('giống nội dung đang có');
    expect(await p.type('x'.repeat(3_900))).toContain('3900');
    await p.type('Họp lúc 9 giờ');
    const other = talk();
    await other.press(`go:recall:${id}`);
    await other.type('Gửi nhầm');
    await other.tap('Thu hồi');
    expect(await apply(other)).toBeUndefined();
    await p.tap('Đính chính');
    expect((await apply(p))?.refused).toBe('recalled');
    await p.press(`go:correct:${id}`);
    expect(p.text()).toContain('đã được thu hồi');
    expect(p.session).toBeNull();
  });

  it.each([
    ['campaign', 'Dữ liệu của phong trào'],
    ['honour', 'Trang gương điển hình'],
  ] as const)('says that what stands elsewhere about a %s stays', async (kind, words) => {
    const id = await send({ kind });
    const p = talk();
    await p.press(`go:correct:${id}`);
    expect(await p.type('Lời mới')).toContain(words);
  });

  it('is for officers, and finds nothing where there is nothing', async () => {
    await send();
    expect(await talk([]).type('đính chính')).not.toContain('Lịch họp');
    const p = talk();
    expect(await p.press('go:correct:khong-co')).toContain('Không tìm thấy');
    expect(await p.press(`go:recall:${randomUUID()}`)).toContain('Không tìm thấy');
    await world.reset();
    expect(await talk().type('thu hồi')).toContain('Chưa có tin nào');
  });
});

describe('thu hồi', () => {
  it('asks why, says who gets nothing any more, and orders it', async () => {
    const id = await send();
    await query(`update attempt set state = 'queued', waiting = true, ended_at = null where channel = 'telegram'`);
    const p = talk();
    await p.type('thu hồi', '1');
    expect(p.text()).toContain('Vì sao thu hồi tin này?');
    await p.type('Gửi nhầm danh sách');
    expect(p.text()).toContain('Thu hồi tin “Lịch họp”, lý do: Gửi nhầm danh sách');
    expect(p.text()).toContain('3 người chưa nhận sẽ không nhận nữa.');
    await p.tap('Thu hồi');
    expect(await apply(p)).toBeUndefined();
    expect(await query('select kind, reason from correction')).toEqual([
      { kind: 'recall', reason: 'Gửi nhầm danh sách' },
    ]);
    expect(
      await query(`select data ->> 'reason' as reason from audit_entry where subject = $1`, [`broadcast:${id}`]),
    ).toEqual([{ reason: 'Gửi nhầm danh sách' }]);
    expect(await talk().type('thu hồi')).toContain('Chưa có tin nào');
  });
});
