import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { placeIn } from '../../src/awards/texts/card-quotes.js';
import { describe, expect, it } from 'vitest';
import { createAnswerer, openShelf, writeText } from '../../src/awards/index.js';
import type { Card } from '../../src/awards/model.js';
import { quotesOf } from '../../src/awards/texts/card-quotes.js';
import { findWording } from '../../src/awards/texts/words.js';
import { knowledge } from './knowledge-of-tests.js';
import { CIRCULAR, DAY, library, NUMBER, quote, textOf, withCard, WORDS } from './texts-of-tests.js';

describe('comparing wordings', () => {
  it.each([
    ['the same words', WORDS],
    ['another Unicode form', WORDS.normalize('NFD')],
    ['other quotation marks and spaces', WORDS.replace(/"([^"]*)"/, '«$1»').replace(/ /g, ' \u00A0\n')],
    ['a part', 'người giữ sổ phải ghi xong'],
    ['a part with an omission', 'Trong 05 ngày làm việc […] báo cáo thủ trưởng'],
  ])('finds %s the same', (_, words) => {
    expect(library().check(quote(words), DAY)).toEqual({ kind: 'same' });
  });

  it.each([
    ['a word more', WORDS.replace('phải ghi', 'phải luôn ghi')],
    ['a word less', WORDS.replace('phải ', '')],
    ['another number', WORDS.replace('05', '06')],
    ['another tone', WORDS.replace('giữ', 'giũ')],
    ['the order of the parts', 'báo cáo thủ trưởng […] Trong 05 ngày làm việc'],
    ['words of another clause', 'Thông tư này có hiệu lực thi hành'],
  ])('finds %s different', (_, words) => {
    expect(library().check(quote(words), DAY)).toMatchObject({ kind: 'different' });
  });

  it('shows the first difference with the words around it', () => {
    expect(findWording('a b c d e f g x y z', '0 a b c d e f g h i j')).toEqual({
      quoted: 'd e f g x y z',
      official: 'd e f g h i j',
    });
  });
});

describe('the version in force', () => {
  const later = { ...textOf(CIRCULAR.replace('05 ngày', '03 ngày')), from: '2027-01-01' };

  it('is that of the day asked about', () => {
    const both = library({}, [later, textOf(CIRCULAR)]);
    expect(both.check(quote(WORDS), '2026-12-31')).toEqual({ kind: 'same' });
    expect(both.check(quote(WORDS), '2027-01-01')).toMatchObject({ kind: 'different' });
    expect(both.check(quote(WORDS), '2026-08-31')).toEqual({ kind: 'unknown' });
    expect(both.passage({ document: NUMBER, article: '4', clause: '2' }, '2027-02-01')?.text).toContain('03 ngày');
  });

  it('is not loaded once the document was amended or is over', () => {
    const amendment = { by: '06/2026/QH16', from: '2026-10-01', strongArticles: [] };
    const amended = library({ amendments: [amendment] });
    expect(amended.check(quote('không có'), DAY)).toEqual({ kind: 'unknown' });
    expect(amended.passage({ document: NUMBER, article: '4' }, DAY)).toMatchObject({
      state: 'amended',
      to: '2026-10-01',
    });
    const over = library({ inForceTo: '2026-11-01' });
    expect(over.passage({ document: NUMBER, article: '4' }, DAY)).toMatchObject({ state: 'ended' });
    expect(over.search('người giữ sổ', DAY)).toEqual([]);
  });

  it('of an excerpt says nothing of what was not loaded; a whole text does', () => {
    const missing = quote('Không có điều này.', { article: '9' });
    expect(library().check(missing, DAY)).toEqual({ kind: 'missing' });
    expect(library({}, [{ ...textOf(CIRCULAR), partial: true }]).check(missing, DAY)).toEqual({ kind: 'unknown' });
    const article = { document: NUMBER, article: '4', text: 'Khoản này chưa nạp.' };
    expect(library({}, [{ ...textOf(CIRCULAR), partial: true }]).check(article, DAY)).toEqual({ kind: 'unknown' });
  });
});

describe('an answer with a quote', () => {
  const ask = (card: Partial<Card>, texts: ReturnType<typeof library> | undefined = library()) =>
    createAnswerer({ knowledge: withCard(card), ...(texts ? { texts } : {}) }).card('cstdcs-tieu-chuan', { asOf: DAY });

  it('shows words that agree as those of the document', () => {
    const reply = ask({ quote: quote(WORDS) });
    expect(reply?.outcome).toBe('answer');
    expect(reply?.text).toContain(`đã khớp từng chữ với văn bản gốc): "${WORDS}"`);
  });

  it('is not given while its words differ', () => {
    const reply = ask({ quote: quote(WORDS.replace('05', '15')) });
    expect(reply).toMatchObject({ outcome: 'hand_over', reason: 'quote', cards: ['cstdcs-tieu-chuan'], citations: [] });
    expect(reply?.text).not.toContain('Ghi trong 5 ngày');
    expect(reply?.text).not.toContain('15 ngày làm việc');
  });

  it('does not call words official that nobody could compare', () => {
    const reply = createAnswerer({ knowledge: withCard({ quote: quote(WORDS) }) }).card('cstdcs-tieu-chuan', {
      asOf: DAY,
    });
    expect(reply?.text).toContain('chưa đối chiếu với văn bản gốc');
    expect(reply?.text).not.toContain('Trong 05 ngày làm việc');
  });

  it('is checked where its own words stand in quotation marks and name the clause', () => {
    const words = (text: string) => `Theo khoản 2 Điều 4: “${text}”.`;
    expect(ask({ answer: words('người giữ sổ phải ghi xong Lao động tiên tiến') })?.outcome).toBe('answer');
    expect(ask({ answer: words('đã được công nhận và báo cáo thủ trưởng cơ quan') })?.outcome).toBe('answer');
    expect(ask({ answer: words('đã được công nhận và báo cáo thủ trưởng đơn vị') })?.outcome).toBe('hand_over');
    expect(ask({ answer: 'Danh hiệu “Chiến sĩ thi đua cơ sở”, xem Điều 4.' })?.outcome).toBe('answer');
  });

  it('finds no quote in the shipped cards that differs from nothing: they quote titles only', () => {
    for (const card of knowledge.cards) expect([card.id, quotesOf(card)]).toEqual([card.id, []]);
  });
});

describe('a pasted clause', () => {
  const texts = library();
  const ask = (question: string, on = texts) =>
    createAnswerer({ knowledge: withCard({}), texts: on }).answer(question, { asOf: DAY });

  it.each([
    `Khoản 2 Điều 4 Thông tư 77/2026/TT-BNV: "${WORDS.replace(/"/g, '')}" có đúng nguyên văn không?`,
    `${WORDS}\nĐiều này còn đúng không ạ?`,
    `Cho hỏi đoạn này đúng nguyên văn chưa: ${WORDS}`.normalize('NFD'),
  ])('is compared with the loaded text: %#', (question) => {
    const reply = ask(question);
    expect(reply.text).toMatch(/Khớp từng chữ với Thông tư số 77\/2026\/TT-BNV, Điều 4, khoản 2|Chưa khớp/);
    expect(reply.citations).toEqual([{ document: NUMBER, article: '4', clause: '2' }]);
    expect(reply.cards).toEqual([]);
  });

  it('is told the first difference', () => {
    const reply = ask(`${WORDS.replace('bằng văn bản', 'bằng lời nói')}\nđúng nguyên văn không?`);
    expect(reply.outcome).toBe('answer_with_warning');
    expect(reply.text).toContain('Chưa khớp');
    expect(reply.text).toContain('bằng lời nói');
    expect(reply.text).toContain('bằng văn bản');
  });

  it('is told that the document was amended or is over since', () => {
    const amendment = { by: '06/2026/QH16', from: '2026-10-01', strongArticles: [] };
    const amended = ask(`${WORDS}\nĐiều này còn đúng không?`, library({ amendments: [amendment] }));
    expect(amended).toMatchObject({ outcome: 'answer_with_warning' });
    expect(amended.text).toContain('đã được sửa đổi từ 01/10/2026');
    const over = ask(
      `Khoản 2 Điều 4: “${WORDS.replace(/"/g, '')}” còn hiệu lực không?`,
      library({ inForceTo: '2026-11-01' }),
    );
    expect(over.text).toContain('không còn hiệu lực từ 01/11/2026');
  });

  it('leaves every other question to the cards', () => {
    for (const question of [
      'Điều 4 còn đúng không?',
      `${'người giữ sổ '.repeat(60)}\ncó đúng không?`,
      'CSTĐCS cần tiêu chuẩn gì: có sáng kiến hay hoàn thành xuất sắc nhiệm vụ, xin cho hỏi rõ có đúng không ạ?',
      WORDS,
    ])
      expect(ask(question)).toEqual(createAnswerer({ knowledge: withCard({}) }).answer(question, { asOf: DAY }));
  });
});

describe('"căn cứ"', () => {
  const shown = (texts: ReturnType<typeof library>) =>
    createAnswerer({ knowledge: withCard({}), texts }).basis('cstdcs-tieu-chuan', DAY)?.documents[0]?.passage;

  it('shows the official words, and says so when they are those of before', () => {
    expect(shown(library())).toMatch(/^2\. Trong 05 ngày/);
    const amendment = { by: '06/2026/QH16', from: '2026-10-01', strongArticles: [] };
    expect(shown(library({ amendments: [amendment] }))).toMatch(
      /^\(lời văn áp dụng đến trước 01\/10\/2026\) 2\. Trong/,
    );
    expect(shown(library({}, []))).toBeUndefined();
  });
});

describe('the nearest passages', () => {
  it('are found with and without marks, in any Unicode form', () => {
    const found = (query: string) => library().search(query, DAY)[0];
    for (const query of ['ai được giao giữ sổ', 'ai duoc giao giu so', 'ai được giao giữ sổ'.normalize('NFD')])
      expect(found(query)).toMatchObject({ document: NUMBER, article: '2' });
    expect(library().search('', DAY)).toEqual([]);
    expect(library().search('xyz qwe', DAY)).toEqual([]);
  });
});

describe('the folder of texts', () => {
  it('counts from the next question on when a text is loaded while the product runs', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'shelf-'));
    const shelf = openShelf(folder, () => withCard({}));
    expect(shelf.check(quote(WORDS), DAY)).toEqual({ kind: 'unknown' });
    writeText(folder, textOf(CIRCULAR));
    expect(shelf.check(quote(WORDS), DAY)).toEqual({ kind: 'same' });
    writeFileSync(path.join(folder, 'hong.json'), '{');
    expect(shelf.loaded).toHaveLength(1);
    rmSync(folder, { recursive: true });
    expect(shelf.loaded).toHaveLength(0);
  });
});

describe('the place of a quote', () => {
  it.each([
    ['Điều 24 khoản 1', { article: '24', clause: '1' }],
    ['Điều 24, khoản 1, điểm b', { article: '24', clause: '1', point: 'b' }],
    ['điểm a khoản 1 Điều 24', { article: '24', clause: '1', point: 'a' }],
    ['khoản 2, Điều 5', { article: '5', clause: '2' }],
    ['Điều 24', { article: '24' }],
    ['không nói điều nào', undefined],
  ])('is read either way: %s', (text, place) => expect(placeIn(text, false)).toEqual(place));
});
