import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadKnowledge, readKnowledge, type KnowledgeProblem } from '../../src/awards/index.js';
import { KNOWLEDGE_FOLDER, knowledge } from './knowledge-of-tests.js';

const copies: string[] = [];
afterEach(() => {
  for (const folder of copies.splice(0)) rmSync(folder, { recursive: true });
});

/** What is found wrong when one file is changed. */
function problemsAfter(file: string, change: (text: string) => string): readonly KnowledgeProblem[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'knowledge-'));
  copies.push(folder);
  cpSync(KNOWLEDGE_FOLDER, folder, { recursive: true });
  const target = path.join(folder, file);
  const before = readFileSync(target, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(target, after);
  const result = readKnowledge(folder);
  return result.ok ? [] : result.problems;
}

describe('further ways to ask', () => {
  it('belong to a card that is there, and to one only', () => {
    expect(problemsAfter('forms.yaml', (text) => `${text}khong-co-the:\n  - hỏi gì đó\n`)).toEqual([
      { file: 'forms.yaml', field: 'khong-co-the', reason: 'no card of this id' },
    ]);
    const [first = ''] = [...knowledge.forms.values()][0] ?? [];
    const other = knowledge.cards.find((card) => card.lifeOf === undefined && !knowledge.forms.has(card.id))?.id;
    const twice = problemsAfter(
      'forms.yaml',
      (text) => `${text}${other ?? 'huy-hieu'}:\n  - "${first.toUpperCase()}"\n`,
    );
    expect(twice[0]?.reason).toContain('already');
  });
});

describe('the shipped knowledge', () => {
  const own = knowledge.cards.filter((card) => card.lifeOf === undefined);

  it('holds at least 60 cards and every card is still to be checked by an officer', () => {
    expect(own.length).toBeGreaterThanOrEqual(60);
    expect(new Set(own.map((card) => card.state))).toEqual(new Set(['chua-doi-chieu']));
  });

  it('never answers from a gap: such a card hands over and says whom to ask', () => {
    const gaps = own.filter((card) => card.certainty === 'GAP');
    expect(gaps.length).toBeGreaterThan(15);
    for (const card of gaps)
      expect([card.id, card.outcome, card.ask === undefined]).toEqual([card.id, 'hand_over', false]);
  });

  it('cites a document it knows in every card that answers', () => {
    for (const card of own.filter((one) => one.outcome === 'answer' && one.bonus === undefined)) {
      expect(card.basis.length, card.id).toBeGreaterThan(0);
    }
  });

  it('names no article that could not be confirmed', () => {
    // Articles listed as unconfirmed: stating one of them is worse than stating none.
    const forbidden = ['72', '79', '82', '88'];
    const cited = own
      .flatMap((card) => card.basis)
      .filter((basis) => basis.document === '06/2022/QH15')
      .map((basis) => basis.article);
    expect(cited.filter((article) => article !== undefined && forbidden.includes(article))).toEqual([]);
    expect(
      own
        .flatMap((card) => card.basis)
        .filter((basis) => basis.document === '15/2025/TT-BNV' && basis.article !== undefined),
    ).toEqual([]);
  });

  it('keeps every answer short enough for a phone', () => {
    for (const card of own) expect(card.answer.length, card.id).toBeLessThanOrEqual(480);
  });
});

describe('a mistake in the knowledge files is named by file, field and reason', () => {
  const cases: readonly [string, string, (text: string) => string, KnowledgeProblem][] = [
    [
      'a card that says of itself that it was checked',
      'cards/nguyen-tac.yaml',
      (t) => t.replace('certainty: VERIFIED', 'state: đã đối chiếu\n  certainty: VERIFIED'),
      {
        file: 'cards/nguyen-tac.yaml',
        field: 'khong-can-muc-thap.state',
        reason: "only an officer's act in the product sets it",
      },
    ],
    [
      'a name of who checked it',
      'cards/nguyen-tac.yaml',
      (t) => t.replace('certainty: VERIFIED', 'checkedBy: Ai đó\n  certainty: VERIFIED'),
      {
        file: 'cards/nguyen-tac.yaml',
        field: 'khong-can-muc-thap.checkedBy',
        reason: "only an officer's act in the product sets it",
      },
    ],
    [
      'a level that is none',
      'cards/nguyen-tac.yaml',
      (t) => t.replace('certainty: VERIFIED', 'level: ldtt\n  certainty: VERIFIED'),
      { file: 'cards/nguyen-tac.yaml', field: 'khong-can-muc-thap.level', reason: 'unknown level ldtt' },
    ],
    [
      'a certainty that does not exist',
      'cards/nguyen-tac.yaml',
      (t) => t.replace('certainty: VERIFIED', 'certainty: SURE'),
      {
        file: 'cards/nguyen-tac.yaml',
        field: 'khong-can-muc-thap.certainty',
        reason: expect.stringContaining('VERIFIED') as string,
      },
    ],
    [
      'a field that is misspelt',
      'cards/nguyen-tac.yaml',
      (t) => t.replace('  answer:', '  anser:'),
      {
        file: 'cards/nguyen-tac.yaml',
        field: 'khong-can-muc-thap',
        reason: expect.stringContaining('anser') as string,
      },
    ],
    [
      'a document nobody knows',
      'cards/nguyen-tac.yaml',
      (t) => t.replace('document: 152/2025/NĐ-CP', 'document: 999/2025/NĐ-CP'),
      { file: 'cards/nguyen-tac.yaml', field: 'khong-can-muc-thap.basis', reason: 'unknown document 999/2025/NĐ-CP' },
    ],
    [
      'a concept nobody knows',
      'cards/nguyen-tac.yaml',
      (t) => t.replace('needs: [muc-thap]', 'needs: [muc-tap]'),
      {
        file: 'cards/nguyen-tac.yaml',
        field: 'khong-can-muc-thap.needs/unless/also/applies/subjects',
        reason: 'unknown concept muc-tap',
      },
    ],
    [
      'a gap that would answer',
      'cards/danh-hieu-ca-nhan.yaml',
      (t) => t.replace('outcome: hand_over', 'outcome: answer'),
      {
        file: 'cards/danh-hieu-ca-nhan.yaml',
        field: 'htxsnv-danh-gia.certainty',
        reason: 'a gap cannot answer: set outcome to hand_over',
      },
    ],
    [
      'a day that is none',
      'documents.yaml',
      (t) => t.replace('issuedOn: 2022-06-15', 'issuedOn: 2022-06-31'),
      {
        file: 'documents.yaml',
        field: '06/2022/QH15.issuedOn',
        reason: expect.stringContaining('not a day') as string,
      },
    ],
    [
      'a successor nobody knows',
      'documents.yaml',
      (t) => t.replace('replacedBy: 152/2025/NĐ-CP', 'replacedBy: 153/2025/NĐ-CP'),
      { file: 'documents.yaml', field: '98/2023/NĐ-CP.replacedBy', reason: 'unknown document 153/2025/NĐ-CP' },
    ],
    [
      'base salaries that overlap',
      'parameters.yaml',
      (t) => t.replace('to: 2026-07-01', 'to: 2026-08-01'),
      { file: 'parameters.yaml', field: 'baseSalary.2025-07-01', reason: 'overlaps 2026-07-01' },
    ],
    [
      'broken YAML',
      'words.yaml',
      (t) => t.replace('concepts:', 'concepts: ]'),
      { file: 'words.yaml', field: '-', reason: expect.any(String) as string },
    ],
  ];

  it.each(cases)('%s', (_name, file, change, problem) => {
    expect(problemsAfter(file, change)).toContainEqual(problem);
  });

  it('throws with every problem when it must be loaded', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'knowledge-'));
    copies.push(folder);
    cpSync(KNOWLEDGE_FOLDER, folder, { recursive: true });
    const file = path.join(folder, 'cards/van-ban.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('certainty: VERIFIED', 'certainty: SURE'));
    expect(() => loadKnowledge(folder)).toThrow(/cards\/van-ban\.yaml: van-ban-hien-hanh\.certainty/);
  });

  it('knows the states as an officer writes them', () => {
    expect(
      problemsAfter('cards/van-ban.yaml', (t) =>
        t.replace('certainty: VERIFIED-2', 'certainty: VERIFIED-2\n  state: Hết hiệu lực'),
      ),
    ).toEqual([]);
    expect(
      problemsAfter('cards/van-ban.yaml', (t) =>
        t.replace('certainty: VERIFIED-2', 'certainty: VERIFIED-2\n  state: xong'),
      ),
    ).toHaveLength(1);
  });
});
