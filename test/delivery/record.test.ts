import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { erasePerson, seal, verifyRecords, type RecordSource, type SealOptions } from '../../src/delivery/index.js';
import { SETTINGS } from '../../src/delivery/record/record.js';
import { ATTEMPTS } from '../../src/delivery/record/pick.js';
import { machineClock } from '../../src/kernel/clock.js';
import { createFakeChannel, createWorld, type Person, type World } from './support.js';

let world: World;
let people: Person[];
let source: RecordSource;

beforeAll(async () => {
  world = await createWorld();
  people = await world.people(12);
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  await world.query('truncate record_entry, record_chain, record_salt, message_edit restart identity');
  await world.query(`update member set full_name = 'Người mẫu'`);
  source = { kind: 'test', id: randomUUID() };
});

const sealNow = (options: SealOptions = {}) =>
  seal(world.database.store.pool, machineClock, { quietMs: 0, ...options });
const verify = (head?: string) => verifyRecords(world.database.store.pool, head === undefined ? {} : { source, head });
const chain = async () =>
  (
    await world.query<{ entries: number; head: string }>(
      'select entries, head from record_chain where source_id = $1',
      [source.id],
    )
  )[0];
const faults = async (head?: string) => (await verify(head)).problems.map(({ n, what }) => `${String(n)} ${what}`);

/** Tells everybody; one is refused, one stays unclear. */
async function sendAll(text = 'Mời họp lúc 8 giờ'): Promise<void> {
  await world.tell(people, { source, text });
  const channel = createFakeChannel();
  const answer = channel.answer.bind(channel);
  channel.answer = (outgoing, signal) => {
    if (outgoing.address === people[1]?.address) return { kind: 'failed', failure: 'rejected', detail: '400' };
    if (outgoing.address === people[2]?.address) return { kind: 'uncertain', detail: 'reset' };
    return answer(outgoing, signal);
  };
  await world.engine([channel]).drain('bulk');
}

describe('sealing', () => {
  it('copies every outcome into the chain of its notice once, however many seal', async () => {
    await sendAll();
    expect((await verify()).unsealed).toBe(12);
    const rounds = await Promise.all([sealNow({ batch: 3 }), sealNow({ batch: 3 }), sealNow({ batch: 3 })]);
    await sealNow();
    expect(rounds.reduce((sum, { entries }) => sum + entries, 0)).toBeLessThanOrEqual(12);
    expect((await chain())?.entries).toBe(12);
    expect(await sealNow()).toEqual({ attempts: 0, edits: 0, entries: 0 });
    const states = await world.query('select state, count(*)::int as n from record_entry group by 1 order by 1');
    expect(states).toEqual([
      { state: 'failed', n: 1 },
      { state: 'sent', n: 10 },
      { state: 'uncertain', n: 1 },
    ]);
    expect(await verify()).toMatchObject({ ok: true, chains: 1, entries: 12, unsealed: 0, problems: [] });
  });

  it('keeps no name and no text, only what proves them', async () => {
    await sendAll('Bí mật');
    await sealNow();
    const written = JSON.stringify(await world.query('select * from record_entry'));
    expect(written).not.toContain('Người mẫu');
    expect(written).not.toContain('Bí mật');
    for (const { memberId } of people) expect(written).not.toContain(memberId);
  });

  it('leaves alone what is not final, and what has just ended', async () => {
    await world.tell(people, { source });
    expect((await sealNow()).attempts).toBe(0);
    await sendAll();
    expect((await sealNow({ quietMs: 60_000 })).attempts).toBe(0);
  });

  it('leaves rows that somebody holds for the next round', async () => {
    await sendAll();
    const holder = await world.database.store.pool.connect();
    await holder.query('begin');
    await holder.query('select 1 from attempt order by id limit 5 for update');
    expect((await sealNow()).attempts).toBe(7);
    await holder.query('rollback');
    holder.release();
    expect((await sealNow()).attempts).toBe(5);
    expect((await verify()).ok).toBe(true);
  });

  it('writes a further entry when an outcome becomes more certain', async () => {
    await sendAll();
    await sealNow();
    await world.query(
      `update attempt set state = 'seen', delivered_at = now() - interval '1 s', seen_at = now(), sealed = false where id = (select min(id) from attempt where state = 'sent')`,
    );
    expect(await verify()).toMatchObject({ ok: true, unsealed: 1 });
    expect(await sealNow()).toMatchObject({ attempts: 1, entries: 2 });
    expect(
      await world.query(
        `select state from record_entry where attempt_id = (select id from attempt where state = 'seen') order by n`,
      ),
    ).toEqual([{ state: 'sent' }, { state: 'delivered' }, { state: 'seen' }]);
    expect((await verify()).ok).toBe(true);
  });

  it('shows both texts of what was corrected', async () => {
    await sendAll();
    const [content] = await world.query<{ id: string }>(
      `insert into content (text) values ('Mời họp lúc 9 giờ') returning id`,
    );
    await world.query(
      `insert into message_edit (attempt_id, kind, ref, content_id, state, due, ended_at)
       select id, k, 'c1', $1, 'done', now(), now() from attempt, unnest(array['correction', 'progress']) k where state = 'sent'`,
      [content?.id],
    );
    expect(await sealNow()).toEqual({ attempts: 12, edits: 10, entries: 22 });
    expect(await world.query('select count(distinct content_digest)::int as n from record_entry')).toEqual([{ n: 2 }]);
    expect((await verify()).ok).toBe(true);
    await world.query(
      `update message_edit set state = 'failed' where id = (select min(id) from message_edit where kind = 'correction')`,
    );
    expect(await faults()).toEqual(['13 edit']);
  });

  it('finds its rows through the small index of what is not sealed, in its order', async () => {
    await world.tell(people, { source });
    const client = await world.database.store.pool.connect();
    await client.query(`begin; ${SETTINGS}`);
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${ATTEMPTS.pick}`, [
      '0',
      new Date(),
      null,
      null,
      500,
    ]);
    await client.query('rollback');
    client.release();
    const plan = rows.map((line) => line['QUERY PLAN']).join('\n');
    expect(plan).toContain('Index Scan using attempt_unsealed_idx');
    expect(plan).not.toContain('Sort');
  });
});

describe('erasing a person', () => {
  const erase = (person: Person) =>
    world.database.store.transaction(async (tx) => {
      await tx.member.update({ where: { id: person.memberId }, data: { fullName: '' } });
      return erasePerson(tx, person.key);
    });

  it('leaves the chain whole and the name unprovable', async () => {
    await sendAll();
    await sealNow();
    const [person] = people;
    if (!person) throw new Error('nobody');
    expect(await erase(person)).toBe(true);
    expect(await erase(person)).toBe(false);
    expect(await verify()).toMatchObject({ ok: true, erased: 1 });
    expect(await world.query('select salt from record_salt where person_key = $1', [person.key])).toEqual([
      { salt: '' },
    ]);
  });

  it('holds for what is sealed later too', async () => {
    await sendAll();
    const [person] = people;
    if (!person) throw new Error('nobody');
    await erase(person);
    await sealNow();
    expect(
      await world.query('select count(*)::int as n from record_entry where person_digest = $1', ['erased']),
    ).toEqual([{ n: 1 }]);
    expect(await verify()).toMatchObject({ ok: true, erased: 1 });
  });

  it('is not needed when a visitor becomes a member: the entries stay checkable', async () => {
    const [person] = people;
    if (!person) throw new Error('nobody');
    await sendAll();
    await world.query('update message set person = $1 where person = $2', [`c:${person.contactId}`, person.key]);
    await sealNow();
    await world.query('update message set person = $2 where person = $1', [`c:${person.contactId}`, person.key]);
    expect(await verify()).toMatchObject({ ok: true, erased: 0 });
  });
});

describe('verifying finds', () => {
  beforeEach(async () => {
    await sendAll();
    await sealNow();
    expect((await verify()).ok).toBe(true);
  });
  const first = (state: string) => `(select min(id) from attempt where state = '${state}')`;
  const numberOf = async (sql: string) =>
    (await world.query<{ n: number }>(`select n from record_entry where attempt_id = ${sql}`))[0]?.n;

  it.each([
    [
      'a state of the ledger',
      `update attempt set state = 'delivered' where id = ${first('failed')}`,
      'failed',
      'state',
    ],
    [
      'a time of the ledger',
      `update attempt set sent_at = sent_at - interval '1 h' where id = ${first('sent')}`,
      'sent',
      'time',
    ],
    [
      'a reason of the ledger',
      `update attempt set reason = 'recipient-gone' where id = ${first('failed')}`,
      'failed',
      'reason',
    ],
    [
      'a message id of the ledger',
      `update attempt set platform_message_id = '99999' where id = ${first('sent')}`,
      'sent',
      'message-id',
    ],
    [
      'an outcome taken back by unsealing it',
      `update attempt set sealed = false, state = 'sent' where id = ${first('failed')}`,
      'failed',
      'step',
    ],
  ])('%s', async (_what, change, state, what) => {
    const n = await numberOf(first(state));
    await world.query(change);
    expect(await faults()).toEqual([`${String(n)} ${what}`]);
  });

  it.each([
    ['a state in the chain', `update record_entry set state = 'delivered' where n = 4`, '4 hash'],
    ['a time in the chain', `update record_entry set at = at + interval '1 ms' where n = 5`, '5 hash'],
    ['a hash in the chain', `update record_entry set hash = repeat('a', 64) where n = 6`, '6 hash'],
    ['an entry taken out of the middle', 'delete from record_entry where n = 7', '7 gap'],
    ['an entry taken off the end', 'delete from record_entry where n = 12', 'null count'],
    [
      'two entries that changed places',
      'update record_entry set n = case n when 3 then -4 else -3 end where n in (3, 4); update record_entry set n = -n where n < 0',
      '3 hash',
    ],
    ['a chain without its head', 'delete from record_chain', 'null count'],
    ['a message that is gone', `delete from attempt where id = (select max(id) from attempt)`, '12 gone'],
  ])('%s', async (_what, change, fault) => {
    await world.query(change);
    expect(await faults()).toContain(fault);
  });

  it('a name', async () => {
    await world.query(`update member set full_name = 'Người khác' where id = $1`, [people[3]?.memberId]);
    expect((await verify()).problems).toEqual([expect.objectContaining({ what: 'person' })]);
  });

  it('another text, in every entry that said the first one', async () => {
    await world.query(`update content set text = 'Mời họp lúc 10 giờ'`);
    expect((await verify()).problems.filter(({ what }) => what === 'content')).toHaveLength(12);
  });

  it('a tail cut off together with its count, by the head on a printed record', async () => {
    const printed = (await chain())?.head ?? '';
    await world.query(
      'update attempt set sealed = false where id = (select attempt_id from record_entry where n = 12)',
    );
    await world.query('delete from record_entry where n = 12');
    await world.query('update record_chain set entries = 11, head = (select hash from record_entry where n = 11)');
    // Within the database nothing contradicts it.
    expect(await verify()).toMatchObject({ ok: true, unsealed: 1 });
    expect(await faults(printed)).toEqual(['null printed-head']);
  });

  it('nothing when the chain has grown since a record was printed', async () => {
    const printed = (await chain())?.head ?? '';
    await world.tell(people, { source, slot: 'second' });
    await world.engine([createFakeChannel()]).drain('bulk');
    await sealNow();
    expect((await chain())?.entries).toBe(24);
    expect(await faults(printed)).toEqual([]);
  });

  it('an outcome that was sealed and stands in no chain', async () => {
    await world.query('truncate record_entry, record_chain');
    expect((await verify()).problems.map(({ what }) => what)).toEqual(Array.from({ length: 12 }, () => 'missing'));
  });
});
