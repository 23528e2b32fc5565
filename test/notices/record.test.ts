import { createHash, randomUUID } from 'node:crypto';
import { readSheet } from 'read-excel-file/node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createBroadcasts,
  createOutbox,
  erasePerson,
  recordOf,
  verifyRecords,
  type NewBroadcast,
  type RecordRow,
} from '../../src/delivery/index.js';
import { raw } from '../../src/conversation/text.js';
import { createPrinter } from '../../src/documents/index.js';
import { machineClock } from '../../src/kernel/clock.js';
import { createRecordWork } from '../../src/notices/index.js';
import { createFileStore } from '../../src/store/index.js';
import { createFakeChannel, createWorld, MORNING, type Person, type World } from '../delivery/support.js';
import { readPdf } from '../documents/papers.js';

let world: World;
let people: Person[];
let officer: Person;
let id: string;
const rung: string[] = [];

beforeAll(async () => {
  world = await createWorld();
  people = await world.people(6);
  [officer] = (await world.people(1, { channel: 'web' })) as [Person];
  for (const [n, { memberId }] of people.entries())
    await query('update member set full_name = $2 where id = $1', [memberId, `Đặng Thị Mẫu ${String(n)}`]);
  await query(`update member set full_name = 'Nguyễn Chuyên Viên' where id = $1`, [officer.memberId]);
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  await query('truncate record_entry, record_chain, record_salt, message_edit, correction');
  rung.length = 0;
  id = await sendNotice();
});

const pool = () => world.database.store.pool;
const query = async <T extends object>(sql: string, values: unknown[] = []) =>
  (await pool().query<T>(sql, values)).rows;

/** A notice to six people: one has blocked us, one answer never came. */
async function sendNotice(): Promise<string> {
  const broadcast: NewBroadcast = {
    id: randomUUID(),
    kind: 'notice',
    subjectId: 's',
    title: 'Nộp báo cáo sơ kết',
    class: 'announcement',
    audience: { kind: 'people', people: people.map(({ key }) => key) },
    say: [{ text: raw('Đề nghị nộp trước 28/11/2026.') }],
    createdById: officer.memberId,
  };
  await world.database.store.transaction((tx) => createOutbox().broadcast(tx, broadcast, MORNING));
  const businessNow = () => Promise.resolve(MORNING);
  await createBroadcasts({ pool: pool(), businessNow }).expand(broadcast.id);
  const channel = createFakeChannel();
  const answer = channel.answer.bind(channel);
  channel.answer = (outgoing, signal) => {
    if (outgoing.address === people[1]?.address) return { kind: 'failed', failure: 'recipient-gone', detail: '403' };
    if (outgoing.address === people[2]?.address) return { kind: 'uncertain', detail: 'reset' };
    return answer(outgoing, signal);
  };
  await world.engine([channel]).drain('bulk');
  await query(`update contact set state = 'active'`);
  return broadcast.id;
}

function work() {
  const { store } = world.database;
  const files = createFileStore(store);
  const handler = createRecordWork({
    store,
    files,
    printer: createPrinter(),
    outbox: createOutbox(),
    bells: { deliver: (lane) => void rung.push(lane) },
    clock: machineClock,
    businessNow: () => Promise.resolve(MORNING),
    demo: true,
  });
  const item = (format: 'pdf' | 'xlsx', source = id) => ({
    id: randomUUID(),
    contactId: officer.contactId,
    payload: {
      subject: {
        kind: 'broadcast',
        id: source,
        title: 'Nộp báo cáo sơ kết',
        at: MORNING.toISOString(),
        document: '12/KH-UBND',
      },
      format,
      person: officer.key,
    },
  });
  return { handler, item, files };
}

const answers = () =>
  query<{ text: string; file_id: string | null; lane: string }>(
    `select k.text, k.file_id, m.lane from message m join content k on k.id = m.content_id where m.source_kind = 'record' order by m.id`,
  );
const rowsOf = async (): Promise<RecordRow[]> => {
  const rows: RecordRow[] = [];
  await recordOf(pool(), { kind: 'broadcast', id }, async (record) => {
    for await (const page of record.rows()) rows.push(...page);
  });
  return rows;
};
const headOf = () => recordOf(pool(), { kind: 'broadcast', id }, ({ head }) => Promise.resolve(head));

describe('the record of a notice', () => {
  it('comes into the chat as PDF, sealed, with its hash and the head of its chain', async () => {
    const { handler, item, files } = work();
    const asked = item('pdf');
    await handler.run(asked);
    await handler.run(asked);
    const [answer, ...more] = await answers();
    expect(more).toEqual([]);
    expect(rung).toContain('reply');
    const file = await files.read(answer?.file_id ?? '');
    const hash = createHash('sha256')
      .update(file?.bytes ?? '')
      .digest('hex');
    const [chain] = await query<{ head: string; entries: number }>('select head, entries from record_chain');
    // The order and six outcomes.
    expect(chain?.entries).toBe(7);
    // What is checked in full stands in the file; the chat names its beginning.
    expect(answer?.text).toContain(`Mã kiểm tra: ${chain?.head?.slice(0, 12) ?? 'none'}…`);
    expect(answer?.text).not.toContain(hash);
    expect(file).toMatchObject({
      type: 'application/pdf',
      name: expect.stringMatching(/^bien-ban-thong-bao-20261123-1000\.pdf$/) as string,
    });
    const text = (await readPdf(file?.bytes ?? Buffer.alloc(0))).pages.join('\n');
    for (const part of [
      'BIÊN BẢN THÔNG BÁO',
      'DỮ LIỆU MẪU',
      'Nguyễn Chuyên Viên',
      '12/KH-UBND',
      'Đề nghị nộp trước 28/11/2026.',
      'đã gửi 4; chưa rõ 1; không gửi được 1',
      'Đặng Thị Mẫu 5',
      'người nhận đã chặn',
      chain?.head ?? 'none',
      'chưa phải văn bản hành chính',
    ])
      expect(text).toContain(part);
    expect(await verifyRecords(pool(), { source: { kind: 'broadcast', id }, head: chain?.head ?? '' })).toMatchObject({
      ok: true,
      entries: 7,
    });
  });

  it('comes as a workbook with the same rows', async () => {
    const { handler, item, files } = work();
    await handler.run(item('xlsx'));
    const file = await files.read((await answers())[0]?.file_id ?? '');
    const rows = await readSheet(file?.bytes ?? Buffer.alloc(0), 'Danh sách');
    expect(rows).toHaveLength(7);
    expect(rows.map((row) => row[1]).sort()).toEqual(
      ['Người nhận', ...people.map((_, n) => `Đặng Thị Mẫu ${String(n)}`)].sort(),
    );
    expect(rows[1]?.[5]).toBeInstanceOf(Date);
  });

  it('counts people by state so that the numbers add up, stand-ins apart', async () => {
    const head = await headOf();
    expect(head).toMatchObject({ people: 6, standIns: 0, attempts: 6, byState: { sent: 4, failed: 1, uncertain: 1 } });
    await world.tell([officer], { source: { kind: 'broadcast', id }, slot: 'main' });
    await query(
      `update message set stands_for_id = (select m.id from message m where m.person = $1) where person = $2`,
      [people[1]?.key, officer.key],
    );
    expect(await headOf()).toMatchObject({
      people: 6,
      standIns: 1,
      attempts: 7,
      byState: { sent: 4, failed: 1, uncertain: 1 },
    });
    expect((await rowsOf()).find(({ standsFor }) => standsFor !== null)).toMatchObject({
      name: 'Nguyễn Chuyên Viên',
      standsFor: 'Đặng Thị Mẫu 1',
      sealed: false,
    });
  });

  it('shows the first words and the corrected ones', async () => {
    const [old] = await query<{ id: string }>('select id from content');
    const [content] = await query<{ id: string }>(
      `insert into content (text) values ('Đề nghị nộp trước 30/11/2026.') returning id`,
    );
    const [correction] = await query<{ id: string }>(
      `insert into correction (id, broadcast_id, version, kind, contents, reason, state, at)
       values (gen_random_uuid(), $1, 2, 'correction', '{"words": "Đề nghị nộp trước 30/11/2026."}', 'nhầm ngày', 'finished', $2) returning id`,
      [id, MORNING],
    );
    await query(
      `insert into message_edit (attempt_id, kind, ref, content_id, old_content_id, state, due, ended_at)
       select id, 'correction', $1, $2, $3, 'done', now(), now() from attempt where state = 'sent'`,
      [correction?.id, content?.id, old?.id],
    );
    await query(`update message set content_id = $1 where source_kind = 'broadcast'`, [content?.id]);
    const { handler, item, files } = work();
    await handler.run(item('pdf'));
    const file = await files.read((await answers())[0]?.file_id ?? '');
    const text = (await readPdf(file?.bytes ?? Buffer.alloc(0))).pages.join('\n');
    expect(text).toContain('28/11/2026');
    expect(text).toContain('30/11/2026');
    expect(text).toContain('Đã sửa tin của 4/4 người');
    expect(await verifyRecords(pool())).toMatchObject({ ok: true, entries: 11 });
  });

  it('shows no name that was erased', async () => {
    const [person] = people;
    await world.database.store.transaction((tx) => erasePerson(tx, person?.key ?? ''));
    const names = (await rowsOf()).map(({ name }) => name);
    expect(names.filter((name) => name === null)).toHaveLength(1);
    expect(names).not.toContain('Đặng Thị Mẫu 0');
  });

  it('says so when nobody was told yet, and when the file could not be made', async () => {
    const { handler, item } = work();
    await handler.run(item('pdf', randomUUID()));
    expect((await answers())[0]).toMatchObject({
      text: expect.stringContaining('chưa có người nhận nào') as string,
      file_id: null,
    });
    await handler.giveUp?.(item('pdf'));
    expect((await answers())[1]?.text).toContain('Chưa lập được biên bản');
  });
});
