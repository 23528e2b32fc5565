import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutbox, seal, verifyRecords } from '../../src/delivery/index.js';
import { applyEffects, buildEffectTable } from '../../src/inbox/effects.js';
import { machineClock } from '../../src/kernel/clock.js';
import { createEraseEffect } from '../../src/notices/flow-erase.js';
import { createNoticesFlows } from '../../src/notices/index.js';
import { Play, someActor } from '../conversation/play.js';
import { createFakeChannel, createWorld, MORNING, type Person, type World } from '../delivery/support.js';

let world: World;
let person: Person;
beforeAll(async () => {
  world = await createWorld();
  [person] = (await world.people(1)) as [Person];
  await query(`update member set full_name = 'Trần Văn Mẫu'`);
  await world.tell([person], { source: { kind: 'test', id: 'a' } });
  await world.engine([createFakeChannel()]).drain('bulk');
  await seal(world.database.store.pool, machineClock, { quietMs: 0 });
});
afterAll(() => world.close());

const query = async (sql: string, values: unknown[] = []) =>
  (await world.database.store.pool.query<Record<string, unknown>>(sql, values)).rows;

async function say(...lines: string[]) {
  const people = [
    { memberId: person.memberId, name: 'Trần Văn Mẫu', unitName: 'Sở Y tế' },
    { memberId: randomUUID(), name: 'Trần Văn Mẫu', unitName: null },
  ];
  const read = { units: { alike: (name: string) => Promise.resolve(name === 'Trần Văn Mẫu' ? people : []) } };
  const play = new Play(createNoticesFlows(), read as never, { actor: someActor({ roles: ['admin'] }) });
  await play.type(...lines);
  return play;
}

const carryOut = (play: Awaited<ReturnType<typeof say>>) =>
  world.database.store.transaction(async (tx) => {
    const at = {
      tx,
      now: MORNING,
      heardAt: MORNING,
      actor: someActor({ memberId: null }),
      inboundId: '1',
      outbox: createOutbox(),
    };
    const rest = { newId: () => randomUUID(), newCode: (prefix: string) => prefix };
    return applyEffects(buildEffectTable([createEraseEffect()]), play.effects(), { ...at, ...rest });
  });

describe('xóa tên', () => {
  it('asks who is meant and for a confirmation, and is for administrators', async () => {
    expect((await say('xóa tên Ai Đó')).text()).toContain('Không có ai tên “Ai Đó”');
    const p = await say('xóa tên Trần Văn Mẫu');
    expect(p.text()).toContain('Người nào tên “Trần Văn Mẫu”?');
    expect(await p.type('1')).toContain('Không khôi phục được');
    expect(p.effects()).toEqual([]);
    await p.tap('Xóa tên');
    expect(p.effects()).toEqual([{ type: 'notices.erase-name', payload: { memberId: person.memberId } }]);
    const officer = new Play(createNoticesFlows(), {} as never, { actor: someActor({ roles: ['officer'] }) });
    await officer.type('xóa tên Trần Văn Mẫu');
    expect(officer.text()).not.toContain('Người nào tên');
  });

  it('is refused while the person answers for something', async () => {
    await query(`insert into member_role (member_id, role) values ($1, 'leader')`, [person.memberId]);
    expect(await carryOut(await say('xóa tên Trần Văn Mẫu', '1', 'xóa'))).toMatchObject({ refused: 'in-office' });
    await query('delete from member_role');
  });

  it('takes the name away and leaves the record whole', async () => {
    expect(await carryOut(await say('xóa tên Trần Văn Mẫu', '1', 'xóa'))).toBeUndefined();
    expect(await query('select full_name from member where id = $1', [person.memberId])).toEqual([
      { full_name: '(đã xóa tên)' },
    ]);
    expect(await query(`select action, subject, data from audit_entry`)).toEqual([
      { action: 'record.erase-name', subject: `member:${person.memberId}`, data: {} },
    ]);
    expect(await verifyRecords(world.database.store.pool)).toMatchObject({ ok: true, entries: 1, erased: 1 });
  });
});
