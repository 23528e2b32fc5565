/** Small official texts made for tests: the grammar of real ones, the words our own. */
import path from 'node:path';
import { createTexts, importText, type Knowledge, type OfficialText } from '../../src/awards/index.js';
import type { Card, CardQuote, LegalDocument } from '../../src/awards/model.js';
import { knowledge } from './knowledge-of-tests.js';

/** Where the real texts lie on the machines of those who work on the product; never part of it. */
export const LAW_TEXTS = path.resolve(import.meta.dirname, '../../../shared/knowledge/law-text');

export const NOW = new Date('2026-11-22T02:00:00Z');

/** A whole circular in two chapters, as a word processor saves it: lines broken, headings in two halves. */
export const CIRCULAR = `CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
---------------
Số:
77/2026/TT-BNV

THÔNG TƯ
VỀ SỔ VÀNG CỦA CƠ QUAN

Căn cứ Luật Thi đua, khen thưởng số 06/2022/QH15;

Chương
I

QUY ĐỊNH CHUNG

Điều
1. Phạm vi điều chỉnh

Thông tư này quy định việc ghi sổ vàng theo quy định tại
Điều 5 của Luật nói trên.

Điều 2. Người ghi sổ

1. Thủ trưởng cơ quan giao một người giữ sổ, người đó
chịu trách nhiệm về nội dung đã ghi.

2. Người giữ sổ gồm: a) Văn thư của cơ quan; b) Người làm
công tác thi đua;

c) Người khác do thủ trưởng chỉ định.

Chương II
THI HÀNH

Điều 3. Sửa đổi quy định khác

Điều 9 của Quy chế cũ được sửa như sau:

“Điều 9. Việc ghi sổ

1. Ghi trong ngày làm việc.

2. Không tẩy xóa.”.

Điều 4. Hiệu lực thi hành

1. Thông tư này có hiệu lực thi hành từ ngày 01 tháng 9 năm 2026.

2. Trong 05 ngày làm việc, người giữ sổ phải ghi xong “Lao động tiên tiến” đã được công nhận và báo cáo thủ trưởng
cơ quan bằng văn bản.

Nơi nhận:
- Như Điều 1;
- Lưu: VT.
TM. CƠ QUAN
1. Người ký
`;

/** An import of bytes or text under a name. */
export function importOf(text: string | Buffer, over: Partial<Parameters<typeof importText>[0]> = {}) {
  return importText({
    name: 'van-ban.txt',
    bytes: Buffer.isBuffer(text) ? text : Buffer.from(text),
    life: (number) => {
      const one = knowledge.documents.get(number);
      return (
        one && {
          ...(one.inForceFrom === undefined ? {} : { from: one.inForceFrom }),
          ...(one.inForceTo === undefined ? {} : { to: one.inForceTo }),
        }
      );
    },
    now: NOW,
    ...over,
  });
}

/** The text of an import that must succeed. */
export function textOf(text: string | Buffer, over: Partial<Parameters<typeof importText>[0]> = {}): OfficialText {
  const read = importOf(text, over);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.text;
}

export const NUMBER = '77/2026/TT-BNV';
/** Clause 2 of its Article 4. */
export const WORDS =
  'Trong 05 ngày làm việc, người giữ sổ phải ghi xong "Lao động tiên tiến" đã được công nhận và báo cáo thủ trưởng cơ quan bằng văn bản.';
export const DAY = '2026-11-22';

const circular: LegalDocument = {
  number: NUMBER,
  title: 'Thông tư về sổ vàng',
  kind: 'Thông tư',
  certainty: 'VERIFIED',
  inForceFrom: '2026-09-01',
  words: [],
  amendments: [],
};

/** A library over the circular, whose life may be told otherwise. */
export function library(over: Partial<LegalDocument> = {}, texts = [textOf(CIRCULAR)]) {
  const documents = new Map([...knowledge.documents, [NUMBER, { ...circular, ...over }]]);
  return createTexts({ texts, documents, filler: knowledge.vocabulary.filler });
}

/** The shipped knowledge with one more document, and one card that rests on it. */
export function withCard(over: Partial<Card>): Knowledge {
  const model = knowledge.cards.find((one) => one.id === 'cstdcs-tieu-chuan');
  if (!model) throw new Error('no such card');
  const card: Card = {
    ...model,
    basis: [{ document: NUMBER, article: '4', clause: '2' }],
    answer: 'Ghi trong 5 ngày.',
    ...over,
  };
  return {
    ...knowledge,
    documents: new Map([...knowledge.documents, [NUMBER, circular]]),
    cards: knowledge.cards.map((one) => (one.id === card.id ? card : one)),
  };
}

/** Words that a card takes from that clause. */
export const quote = (text: string, over: Partial<CardQuote> = {}): CardQuote => ({
  document: NUMBER,
  article: '4',
  clause: '2',
  text,
  ...over,
});
