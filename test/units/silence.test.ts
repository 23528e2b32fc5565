import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeTask, openTasks } from '../../src/tasks/index.js';
import { ensureContact, openSilentSeatTasks, setContactState } from '../../src/units/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { holder, later, minutes, NOW, unit } from './people.js';
import { setClock } from './world.js';

const DAYS = 30;
const days = (n: number) => minutes(60 * 24 * n);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.store.db.task.deleteMany();
  await database.store.db.seatHolding.deleteMany();
});

const run = (now = NOW) =>
  database.store.transaction((tx) => openSilentSeatTasks(tx, DAYS, now, { openTasks, closeTask }));
const open = () => database.store.db.task.findMany({ where: { doneAt: null }, orderBy: { title: 'asc' } });

/** A seat held for a year by somebody last heard so many days ago. */
const seat = (unitName: string, heardDaysAgo: number | null, more: { validTo?: string } = {}) =>
  database.store.transaction(async (tx) => {
    const person = await holder(tx, `Người ${unitName}`, await unit(tx, unitName, more));
    await tx.seatHolding.updateMany({ where: { memberId: person.memberId }, data: { heldFrom: later(-days(365)) } });
    await tx.contact.updateMany({
      where: { memberId: person.memberId },
      data: { lastInboundAt: heardDaysAgo === null ? null : later(-days(heardDaysAgo)) },
    });
    return person;
  });

describe('silent seats', () => {
  it('become one task each, however often it is looked, and say when the person was last heard', async () => {
    await seat('Phường Im', 40);
    await seat('Phường Chưa Từng', null);
    await seat('Phường Nói', 2);
    await seat('Huyện Xưa', null, { validTo: '2025-06-30' });
    expect(await run()).toEqual({ opened: 2, closed: 0 });
    expect(await run()).toEqual({ opened: 0, closed: 0 });
    await Promise.all([run(), run()]);
    const tasks = await open();
    expect(tasks.map((task) => [task.kind, task.title])).toEqual([
      ['silent-seat', 'Đầu mối im lặng: Phường Chưa Từng'],
      ['silent-seat', 'Đầu mối im lặng: Phường Im'],
    ]);
    expect(JSON.stringify(tasks[1]?.data)).toContain('09:00, 14/10/2026');
  });

  it('are no task any more once the person has written', async () => {
    const person = await seat('Phường Im', 40);
    await run();
    await database.store.db.contact.update({ where: { id: person.contactId }, data: { lastInboundAt: NOW } });
    expect(await run(later(days(1)))).toEqual({ opened: 0, closed: 1 });
    expect(await open()).toEqual([]);
  });

  it('rest for as many days after an officer has dealt with them, then are named again', async () => {
    await seat('Phường Im', 40);
    await run();
    await database.store.db.task.updateMany({ data: { doneAt: NOW, result: 'done' } });
    expect((await run(later(days(29)))).opened).toBe(0);
    expect((await run(later(days(31)))).opened).toBe(1);
  });

  it('are those too whose holder closed every channel: who, where and since when, until they write again', async () => {
    const person = await seat('Phường Chặn', 2);
    await seat('Phường Còn', 2);
    await database.store.db.contact.create({
      data: { id: randomUUID(), channel: 'zalo', externalId: randomUUID(), memberId: person.memberId },
    });
    expect(await run()).toEqual({ opened: 0, closed: 0 });
    await setClock(database.store, NOW);
    const contacts = await database.store.db.contact.findMany({ where: { memberId: person.memberId } });
    for (const { id, channel } of contacts)
      await database.store.transaction((tx) => setContactState(tx, id, channel === 'zalo' ? 'blocked' : 'gone'));
    expect(await run()).toEqual({ opened: 1, closed: 0 });
    expect(await run()).toEqual({ opened: 0, closed: 0 });
    const [task] = await open();
    expect(task?.title).toBe('Mất liên lạc với đầu mối: Phường Chặn');
    const { text } = task?.data as { text: string };
    expect(text).toContain('Zalo đã chặn từ 09:00, 23/11/2026');
    expect(text).toContain('web đã rời từ 09:00, 23/11/2026');
    const zalo = contacts.find(({ channel }) => channel === 'zalo');
    await database.store.transaction((tx) =>
      ensureContact(tx, { channel: 'zalo', externalId: zalo?.externalId ?? '' }, later(days(1))),
    );
    expect(await run(later(days(1)))).toEqual({ opened: 0, closed: 1 });
    expect(await database.store.db.contact.findUnique({ where: { id: zalo?.id ?? '' } })).toMatchObject({
      stateAt: null,
    });
    // Nobody dealt with it, so nothing rests.
    await database.store.transaction((tx) => setContactState(tx, zalo?.id ?? '', 'blocked'));
    expect(await run(later(days(2)))).toEqual({ opened: 1, closed: 0 });
  });

  it('are no task while somebody covers for the holder', async () => {
    const person = await seat('Phường Nghỉ', 40);
    const deputy = await seat('Phường Thay', 1);
    await setClock(database.store, NOW);
    await database.store.db.seatCover.create({
      data: {
        id: randomUUID(),
        seatId: person.seatId,
        memberId: deputy.memberId,
        fromOn: new Date('2026-11-20'),
        toOn: new Date('2026-11-23'),
        madeAt: NOW,
      },
    });
    expect((await run()).opened).toBe(0);
    await setClock(database.store, later(days(1)));
    expect((await run(later(days(1)))).opened).toBe(1);
  });

  it('leave alone the task about a unit that has nobody', async () => {
    await database.store.transaction(async (tx) => {
      const unitId = await unit(tx, 'Phường Không Ai');
      await openTasks(tx, [{ kind: 'silent-seat', refId: unitId, unitId, title: 'Chưa có đầu mối' }], NOW);
    });
    expect((await run()).closed).toBe(0);
    expect(await open()).toHaveLength(1);
  });
});
