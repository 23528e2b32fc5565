/** The law watch: alarms in good time and once; changes that officers record, and the cards they touch. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  findChangeProblem,
  findDocument,
  readArticles,
  readNumber,
  withAmendment,
} from '../../src/awards/law-watch/change.js';
import { closeLawTask, createLawEffects, keepCard, recordChange } from '../../src/awards/law-watch/effects.js';
import { dueAlarms, endingsOf } from '../../src/awards/law-watch/endings.js';
import { createLawWatch, raiseLawAlarms } from '../../src/awards/law-watch/raise.js';
import { createAnswerer, createLiveAnswerer } from '../../src/awards/index.js';
import { createLawReads } from '../../src/awards/law-watch/store.js';
import { cardsTouchedBy } from '../../src/awards/law-watch/touched.js';
import type { Knowledge, LegalDocument } from '../../src/awards/model.js';
import type { Effect, Refusal } from '../../src/conversation/index.js';
import { createOutbox } from '../../src/delivery/index.js';
import { applyEffects, buildEffectTable } from '../../src/inbox/effects.js';
import { newCode, newId } from '../../src/kernel/ids.js';
import type { Actor } from '../../src/kernel/people.js';
import { closeTask, openTask, openTasks } from '../../src/tasks/index.js';
import { someActor } from '../conversation/play.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { knowledge } from './knowledge-of-tests.js';

const DECREE = '152/2025/NĐ-CP';
const CIRCULAR = '15/2025/TT-BNV';
const morning = (day: string) => new Date(`${day}T02:00:00Z`);

/** The shipped knowledge with some documents changed. */
function withDocuments(...changes: (Partial<LegalDocument> & { number: string })[]): Knowledge {
  const documents = new Map(knowledge.documents);
  for (const change of changes) {
    const before = documents.get(change.number);
    if (before) documents.set(change.number, { ...before, ...change });
  }
  return { ...knowledge, documents };
}

describe('which cards a document touches', () => {
  it('finds those that cite it, by article where one is given, and never the card of its own life', () => {
    const all = cardsTouchedBy(knowledge, '06/2022/QH15');
    const one = cardsTouchedBy(knowledge, '06/2022/QH15', '23');
    expect(all.length).toBeGreaterThan(20);
    expect(one.map((card) => card.id)).toContain('cstdcs-tieu-chuan');
    expect(one.length).toBeLessThan(all.length);
    expect(all.every((card) => card.lifeOf === undefined)).toBe(true);
  });

  it('counts the money that a card computes, and nothing for a number that is no document', () => {
    const paid = cardsTouchedBy(knowledge, DECREE).filter((card) => card.bonus !== undefined);
    expect(paid.length).toBeGreaterThan(5);
    expect(cardsTouchedBy(knowledge, '161/2026/NĐ-CP').length).toBeGreaterThanOrEqual(paid.length);
    expect(cardsTouchedBy(knowledge, '1/1999/XX')).toEqual([]);
  });
});

describe('an amendment', () => {
  const decree = knowledge.documents.get(DECREE);
  const problem = (by: string, from: string, strongArticles: string[] = []) =>
    decree &&
    findChangeProblem(knowledge, decree, { amendments: withAmendment(decree, { by, from, strongArticles }) ?? [] });

  it('needs another document and a day in the life of this one', () => {
    expect(problem('129/2025/NĐ-CP', '2027-01-01')).toBeNull();
    expect(problem(DECREE, '2027-01-01')).toBe('amendsItself');
    expect(problem('129/2025/NĐ-CP', '2020-01-01')).toBe('beforeBeginning');
    expect(problem('129/2025/NĐ-CP', '2027-03-01')).toBe('afterEnd');
  });

  it('is the same only with the same articles; otherwise it takes the place of the one before', () => {
    const law = knowledge.documents.get('06/2022/QH15');
    const before = law?.amendments[0];
    if (!law || !before) throw new Error('the law has an amendment');
    const again = (strongArticles: readonly string[]) => withAmendment(law, { ...before, strongArticles }) ?? [];
    expect(findChangeProblem(knowledge, law, { amendments: again(before.strongArticles) })).toBe('same');
    expect(again(['5'])).toHaveLength(law.amendments.length);
    expect(findChangeProblem(knowledge, law, { amendments: again(['5']) })).toBeNull();
  });

  it('names its articles in any way people write them', () => {
    expect(readArticles('Điều 5, 8a và 12')).toEqual(['5', '8a', '12']);
    expect(readArticles('23,29,29')).toEqual(['23', '29']);
    expect(readArticles('toàn văn')).toBeNull();
    expect(readArticles('theo 152/2025/NĐ-CP')).toBeNull();
  });
});

describe('when an alarm is due', () => {
  it('two laws that amend one document from the same day are two', () => {
    const law = knowledge.documents.get('06/2022/QH15');
    if (!law) throw new Error('the law is there');
    const by = (number: string) => ({ by: number, from: '2027-01-01', strongArticles: [] });
    const documents = new Map([[law.number, { ...law, amendments: [by('06/2026/QH16'), by('99/2026/QH16')] }]]);
    const endings = endingsOf({ ...knowledge, documents }).filter(({ kind }) => kind === 'amendment');
    const [first, ...rest] = dueAlarms(endings, '2026-12-31', new Set());
    expect(rest).toHaveLength(1);
    expect(dueAlarms(endings, '2026-12-31', new Set([first?.key ?? '']))).toHaveLength(1);
  });

  const endings = endingsOf(knowledge).filter((one) => one.number === DECREE);
  const due = (day: string, raised: string[] = []) =>
    dueAlarms(endings, day, new Set(raised)).map(({ key }) => key.split(':').at(-1));

  it('180, 90, 30 and 7 days before and on the day, not a day sooner', () => {
    const days = ['2026-09-01', '2026-09-02', '2026-12-01', '2027-01-30', '2027-02-22', '2027-03-01'];
    expect(days.map((day) => due(day).join())).toEqual(['', '180', '90', '30', '7', '0']);
  });

  it('only the nearest step after days without a look, and what was raised is not raised again', () => {
    expect(due('2027-02-25')).toEqual(['7']);
    expect(due('2027-02-25', [`document:${DECREE}:2027-03-01:7`])).toEqual([]);
  });

  it('a missed day is told late if it had been announced; history is not', () => {
    expect(due('2027-03-04')).toEqual([]);
    expect(due('2027-03-04', [`document:${DECREE}:2027-03-01:7`])).toEqual(['0']);
    const past = dueAlarms(endingsOf(knowledge), '2026-11-22', new Set());
    expect(past.map(({ ending }) => ending.number).sort()).toEqual([CIRCULAR, DECREE]);
  });

  it('speaks of amendments and of salaries that are still to come', () => {
    const coming = withDocuments({
      number: DECREE,
      amendments: [{ by: '06/2026/QH16', from: '2027-01-01', strongArticles: [] }],
    });
    const parameters = {
      ...coming.parameters,
      baseSalary: [{ amount: 1, from: '2026-07-01', to: '2027-01-01', document: '161/2026/NĐ-CP' }],
    };
    const found = dueAlarms(endingsOf({ ...coming, parameters }), '2026-12-30', new Set());
    expect(found.map(({ ending }) => ending.kind)).toEqual(['amendment', 'salary', 'document', 'document']);
  });
});

describe('what cannot be recorded', () => {
  const decree = knowledge.documents.get(DECREE);
  const problem = (change: Parameters<typeof findChangeProblem>[2]) =>
    decree && findChangeProblem(knowledge, decree, change);

  it('is told by its reason', () => {
    expect(problem({ inForceTo: '2025-06-30' })).toBe('beforeBeginning');
    expect(problem({ inForceFrom: '2027-03-01' })).toBe('afterEnd');
    expect(problem({ inForceFrom: '2025-06-01' })).toBe('beforeBeginning');
    expect(problem({ replacedBy: '999/2027/NĐ-CP' })).toBe('unknownReplacement');
    expect(problem({ replacedBy: DECREE })).toBe('replacesItself');
    // This one was replaced by the decree itself.
    expect(problem({ replacedBy: '98/2023/NĐ-CP' })).toBe('circle');
    expect(problem({ inForceTo: '2027-03-01' })).toBe('same');
    expect(problem({ inForceTo: '2027-02-01' })).toBeNull();
  });

  it('reads numbers as people write them', () => {
    expect(readNumber('số 200/2027/nđ-cp')).toBe('200/2027/NĐ-CP');
    expect(readNumber('1813 / KH-UBND')).toBe('1813/KH-UBND');
    for (const bad of [
      '',
      'nghị định mới',
      '200',
      '200/2027',
      'x/2027/NĐ-CP',
      '200/2027/NĐ-CP; drop table',
      `1/2027/${'A'.repeat(40)}`,
    ])
      expect(readNumber(bad)).toBeNull();
    expect(findDocument(knowledge, '152/2025/nd-cp')?.number).toBe(DECREE);
    expect(findDocument(knowledge, 'nghị định 152')?.number).toBe(DECREE);
    expect(findDocument(knowledge, '')).toBeUndefined();
  });
});

describe('in the database', () => {
  let database: TestDatabase;
  let officer: Actor;
  const outbox = createOutbox({ channels: ['web'] });
  const NOW = morning('2026-11-23');

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    const { pool } = database.store;
    await pool.query(
      'truncate law_alarm, document_change, card_change, task, message, content, audit_entry, member, contact, conversation cascade',
    );
    officer = someActor({
      roles: ['officer'],
      memberId: randomUUID(),
      contactId: randomUUID(),
      conversationId: randomUUID(),
    });
    await pool.query('insert into member (id, full_name) values ($1, $2)', [officer.memberId, officer.name]);
    await pool.query(
      "insert into contact (id, channel, external_id, member_id) values ($1::uuid, 'web', $1::text, $2)",
      [officer.contactId, officer.memberId],
    );
    await pool.query('insert into conversation (id, member_id) values ($1, $2)', [
      officer.conversationId,
      officer.memberId,
    ]);
  });

  const deps = (known: Knowledge = knowledge) => ({
    outbox,
    openTasks,
    closeTask,
    knowledge: () => known,
    inCharge: () => Promise.resolve([{ person: `m:${officer.memberId ?? ''}` as const }]),
  });
  const raise = (at: Date, known?: Knowledge) =>
    database.store.transaction((tx) => raiseLawAlarms(deps(known), tx, at));
  const told = async () =>
    (
      await database.store.pool.query<{ text: string }>(
        "select c.text from message m join content c on c.id = m.content_id where m.source_kind = 'law' order by m.id",
      )
    ).rows.map((row) => row.text);
  const tasks = () =>
    database.store.db.task.findMany({ where: { kind: 'law', doneAt: null }, orderBy: { refId: 'asc' } });

  /** Applies effects as a turn of this person would. */
  function apply(actor: Actor, at: Date, ...effects: Effect[]): Promise<Refusal | undefined> {
    const table = buildEffectTable(createLawEffects({ openTask, closeTask }));
    return database.store.transaction((tx) =>
      applyEffects(table, effects, { tx, now: at, heardAt: at, actor, inboundId: newId(), outbox, newId, newCode }),
    );
  }

  it('tells several at once in one message, once, with a task for each', async () => {
    expect(await raise(NOW)).toBe(2);
    expect(await raise(NOW)).toBe(0);
    expect(await raise(morning('2026-11-24'))).toBe(0);
    const [text, ...more] = await told();
    expect(more).toEqual([]);
    expect(text).toContain(DECREE);
    expect(text).toContain(CIRCULAR);
    expect(text).toContain('01/03/2027 (còn 98 ngày)');
    expect((await tasks()).map((task) => task.refId)).toEqual(
      [`document:${DECREE}:2027-03-01`, `document:${CIRCULAR}:2027-03-01`].sort(),
    );
  });

  it('goes on with the next step in the same task, and begins anew when the day is moved', async () => {
    await raise(NOW);
    expect(await raise(morning('2027-02-25'))).toBe(2);
    expect((await told()).length).toBe(2);
    expect((await tasks()).length).toBe(2);
    await raise(morning('2027-02-25'), withDocuments({ number: DECREE, inForceTo: '2027-04-01' }));
    // The day that is no more is nobody's work any more.
    const moved = [`document:${DECREE}:2027-04-01`, `document:${CIRCULAR}:2027-03-01`].sort();
    expect((await tasks()).map((task) => task.refId)).toEqual(moved);
    expect((await told()).at(-1)).toContain('01/04/2027');
    // It comes back when the correction is taken back, and is told again.
    expect(await raise(morning('2027-02-25'))).toBe(1);
    expect((await tasks()).map((task) => task.refId)).toContain(`document:${DECREE}:2027-03-01`);
    expect((await told()).at(-1)).toContain('01/03/2027');
  });

  it('raises once when two processes look at the same moment', async () => {
    const raised = await Promise.all([raise(NOW), raise(NOW), raise(NOW)]);
    expect(raised.reduce((sum, one) => sum + one, 0)).toBe(2);
    expect((await told()).length).toBe(1);
  });

  it('asks the database only when the day or the knowledge has changed', async () => {
    let transactions = 0;
    let known = knowledge;
    const { store } = database;
    const counted = {
      ...store,
      transaction: ((run, options) => (
        (transactions += 1),
        store.transaction(run, options)
      )) as typeof store.transaction,
    };
    const look = createLawWatch({
      ...deps(),
      store: counted,
      knowledge: () => known,
      refresh: () => Promise.resolve(),
    });
    expect([await look(NOW), await look(NOW), transactions]).toEqual([2, 0, 1]);
    known = withDocuments({ number: DECREE, inForceTo: '2027-01-31' });
    expect([await look(NOW), transactions]).toEqual([1, 2]);
    await look(morning('2026-11-24'));
    expect(transactions).toBe(3);
  });

  const cards = ['cstdcs-tieu-chuan', 'tien-tong-hop'];
  const order = (over: object = {}) => ({
    id: newId(),
    number: DECREE,
    seen: 0,
    change: { inForceTo: '2027-02-01' },
    reason: 'Công báo, gọi 0912 345 678',
    cards,
    ...over,
  });
  const reads = <T>(run: (read: ReturnType<typeof createLawReads>) => Promise<T>) =>
    database.store.transaction((tx) => run(createLawReads(tx)));

  it('records a change once, with its audit and a task for the cards, and without personal numbers', async () => {
    const effect = recordChange(order());
    expect(await apply(officer, NOW, effect)).toBeUndefined();
    expect(await apply(officer, NOW, effect)).toBeUndefined();
    const rows = await database.store.db.documentChange.findMany();
    expect(rows).toMatchObject([
      {
        number: DECREE,
        version: 1,
        change: { inForceTo: '2027-02-01', changedOn: '2026-11-23' },
        byId: officer.memberId,
      },
    ]);
    expect(rows[0]?.reason).toBe('Công báo, gọi ***');
    expect((await database.store.db.auditEntry.findMany()).map((one) => one.action)).toEqual(['law.change']);
    expect(await reads((read) => read.task(`change:${DECREE}:1`))).toMatchObject({ cards });
  });

  it('keeps all that changed in the newest version', async () => {
    await apply(officer, NOW, recordChange(order()));
    await apply(officer, NOW, recordChange(order({ seen: 1, change: { replacedBy: '129/2025/NĐ-CP' } })));
    expect(await reads((read) => read.change(DECREE))).toMatchObject({
      version: 2,
      change: { inForceTo: '2027-02-01', replacedBy: '129/2025/NĐ-CP', changedOn: '2026-11-23' },
      recorded: { at: NOW, reason: 'Công báo, gọi ***' },
    });
  });

  it('writes over nothing that a later release has written', async () => {
    await database.store.pool.query(
      `insert into document_change (id, number, version, change, reason, by_id, at)
       values (gen_random_uuid(), $1, 1, '{"fromTheFuture": 1}', 'bản sau', $2, now())`,
      [DECREE, officer.memberId],
    );
    expect(await apply(officer, NOW, recordChange(order({ seen: 1 })))).toMatchObject({ refused: 'later' });
    expect(await database.store.db.documentChange.count()).toBe(1);
  });

  it('takes the last record back, and that one again', async () => {
    const change = () => reads((read) => read.change(DECREE));
    await apply(officer, NOW, recordChange(order()));
    await apply(officer, NOW, recordChange(order({ seen: 1, change: { replacedBy: '129/2025/NĐ-CP' } })));
    await apply(officer, NOW, recordChange(order({ seen: 2, change: {}, undo: true })));
    expect(await change()).toMatchObject({
      version: 3,
      change: { inForceTo: '2027-02-01', changedOn: '2026-11-23' },
    });
    expect((await change()).change.replacedBy).toBeUndefined();
    await apply(officer, NOW, recordChange(order({ seen: 3, change: {}, undo: true })));
    expect((await change()).change.replacedBy).toBe('129/2025/NĐ-CP');
  });

  it('takes the only record back: the document stands as its file has it', async () => {
    const live = createLiveAnswerer({ base: knowledge });
    await apply(officer, NOW, recordChange(order()));
    await apply(officer, NOW, recordChange(order({ seen: 1, change: {}, undo: true })));
    await database.store.transaction((tx) => live.refresh(tx));
    expect(live.knowledge.documents.get(DECREE)?.inForceTo).toBe(knowledge.documents.get(DECREE)?.inForceTo);
  });

  it('warns under the answers of the articles that were amended, from their day on', async () => {
    const live = createLiveAnswerer({ base: knowledge });
    const by = '129/2025/NĐ-CP';
    const amendments = [{ by, from: '2027-01-01', strongArticles: ['4'] }];
    await apply(officer, NOW, recordChange(order({ change: { amendments }, cards: ['ldtt-thai-san'] })));
    await database.store.transaction((tx) => live.refresh(tx));
    const ask = (asOf: string) => live.answer('nghỉ thai sản có được xét thi đua không', { asOf }).text;
    expect(ask('2026-12-31')).not.toContain('sửa đổi');
    expect(ask('2027-01-01')).toContain('01/01/2027');
  });

  it('is live at once in every process: answers, life of the document, and the basis of its cards', async () => {
    const live = createLiveAnswerer({ base: knowledge });
    const ask = () => live.answer('tiền thưởng chiến sĩ thi đua cơ sở bao nhiêu', { asOf: '2027-02-15' });
    const refresh = () => database.store.transaction((tx) => live.refresh(tx));
    await refresh();
    expect(ask().outcome).toMatch(/^answer/);
    await apply(officer, NOW, recordChange(order()));
    const added = { kind: 'Nghị định', title: 'Nghị định mẫu', inForceFrom: '2027-02-01', certainty: 'VERIFIED-2' };
    await apply(officer, NOW, recordChange(order({ number: '200/2027/NĐ-CP', change: added, cards: [] })));
    await refresh();
    expect(ask().outcome).toBe('hand_over');
    expect(live.answer('nghị định 152 còn hiệu lực không', { asOf: '2026-11-23' }).text).toContain('01/02/2027');
    const fresh = live.answer('200/2027/NĐ-CP có hiệu lực từ khi nào', { asOf: '2027-02-15' });
    expect([fresh.outcome, fresh.text.includes('Nghị định mẫu')]).toEqual(['answer_with_warning', true]);
    const paid = cardsTouchedBy(knowledge, DECREE)[0];
    expect(live.basis(paid?.id ?? '')?.changed).toBe('2026-11-23');
    expect(createAnswerer({ knowledge }).basis(paid?.id ?? '')?.changed).toBeUndefined();
  });

  it('refuses the second of two officers, and everybody who is none', async () => {
    await apply(officer, NOW, recordChange(order()));
    expect(await apply(officer, NOW, recordChange(order()))).toMatchObject({ refused: 'changed' });
    const both = await Promise.all(
      [1, 2].map(() => apply(officer, NOW, recordChange(order({ seen: 1, change: { inForceTo: '2027-01-01' } })))),
    );
    expect(both.filter((one) => one === undefined).length).toBe(1);
    const visitor = someActor({ roles: ['leader'] });
    expect(await apply(visitor, NOW, recordChange(order({ seen: 2 })))).toMatchObject({ refused: 'not-yours' });
    expect(await database.store.db.documentChange.count()).toBe(2);
  });

  it('throws for a change that no flow can have made', async () => {
    await expect(apply(officer, NOW, recordChange(order({ change: { inForceTo: '31/02/2027' } })))).rejects.toThrow();
    await expect(apply(officer, NOW, recordChange(order({ change: { number: 'x' } })))).rejects.toThrow();
  });

  it('goes through the cards one by one; a card corrected since is done, the last one closes the task', async () => {
    const ref = `change:${DECREE}:1`;
    await apply(officer, NOW, recordChange(order({ cards: [...cards, 'ho-so-danh-hieu'] })));
    const keep = keepCard({ refId: ref, cardId: 'tien-tong-hop' });
    await apply(officer, NOW, keep);
    await apply(officer, NOW, keep);
    expect(await reads((read) => read.task(ref))).toMatchObject({ cards: ['cstdcs-tieu-chuan', 'ho-so-danh-hieu'] });
    await database.store.db.cardChange.create({
      data: {
        id: newId(),
        cardId: 'cstdcs-tieu-chuan',
        version: 1,
        act: 'verify',
        card: {},
        reason: 'x',
        byId: officer.memberId ?? '',
        at: morning('2026-11-24'),
      },
    });
    expect(await reads((read) => read.task(ref))).toMatchObject({ cards: ['ho-so-danh-hieu'] });
    await apply(officer, NOW, keepCard({ refId: ref, cardId: 'ho-so-danh-hieu' }));
    expect(await reads((read) => read.task(ref))).toBeNull();
    expect(await apply(officer, NOW, keepCard({ refId: ref, cardId: 'x' }))).toMatchObject({ refused: 'gone' });
    expect(await database.store.db.auditEntry.count({ where: { action: 'law.card-kept' } })).toBe(2);
  });

  it('takes note of an alarm once', async () => {
    await raise(NOW);
    const noted = closeLawTask({ refId: `document:${DECREE}:2027-03-01` });
    await apply(officer, NOW, noted);
    await apply(officer, NOW, noted);
    expect((await tasks()).map((task) => task.refId)).toEqual([`document:${CIRCULAR}:2027-03-01`]);
    expect(await database.store.db.auditEntry.count({ where: { action: 'law.noted' } })).toBe(1);
  });
});
