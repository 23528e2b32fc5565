/** "Thẻ tri thức" played over a real database: find, read, correct, check, end, restore, add. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/kernel/people.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { Desk, NOW, officer, process } from './cards-of-tests.js';
import { TODAY } from './knowledge-of-tests.js';

const ID = 'cstdcs-tieu-chuan';
const QUESTION = 'tiêu chuẩn chiến sĩ thi đua cơ sở';
const NEW_ANSWER = 'Câu trả lời do cán bộ viết lại theo công báo.';
let database: TestDatabase;
let lan: Actor;
let minh: Actor;

beforeAll(async () => {
  database = await createTestDatabase();
  lan = await officer(database, 'Trần Thị Lan (mẫu)');
  minh = await officer(database, 'Lê Văn Minh (mẫu)', ['admin']);
});
beforeEach(async () => {
  await database.store.pool.query('truncate card_change, document_change, audit_entry');
});
afterAll(() => database.drop());

const desk = (actor = lan) => new Desk(database, actor);
/** What somebody who asks is answered, in a process that took no part. */
async function answered(question = QUESTION) {
  const live = process();
  await live.refresh(database.store.db);
  return live.answer(question, { asOf: TODAY });
}
async function correct(at: Desk, answer = NEW_ANSWER): Promise<string> {
  await at.press(`go:card:${ID}`);
  await at.tap('Sửa thẻ');
  await at.tap('Câu trả lời');
  return at.type(answer, 'Công báo số 12');
}

describe('finding a card', () => {
  it('lists on pages, finds by words without marks and by id, and opens it whole', async () => {
    const d = desk();
    expect(await d.type('the tri thuc')).toMatch(/Kho có \d+ thẻ/);
    const second = await d.tap('Xem tiếp');
    expect(second).toContain('1. ');
    expect(await d.type('chien si thi dua co so')).toContain('Tìm «chien si thi dua co so»');
    expect(await d.type('không có gì như vậy zzz')).toContain('Chưa có thẻ nào');
    await d.type(ID);
    const card = await d.type('1');
    for (const part of [`[${ID}]`, 'Tình trạng: chưa đối chiếu, bản thứ 0', 'Cách hỏi: ', 'Trả lời: ', 'Điều 23'])
      expect(card).toContain(part);
    expect(await d.type('thẻ tri thức lao động tiên tiến')).toContain('Tìm «lao động tiên tiến»');
  });

  it('is for officers and admins only', async () => {
    const other = { ...lan, roles: ['leader'] as const };
    const d = desk(other);
    expect(await d.type('thẻ tri thức')).not.toContain('Kho có');
    for (const go of ['card', 'card-edit', 'card-verify', 'card-end'])
      expect(await d.press(`go:${go}:${ID}`)).not.toContain('Chiến sĩ thi đua cơ sở');
    expect(await desk(minh).type('thẻ tri thức')).toContain('Kho có');
  });

  it('says where a card of a document is changed, and that an unknown one is none', async () => {
    expect(await desk().press('go:card:van-ban-06-2022-qh15')).toContain('theo dõi văn bản');
    expect(await desk().press('go:card:khong-co')).toContain('Không có thẻ «khong-co»');
    expect(await desk().press('go:card-edit:khong-co')).toContain('Không có thẻ «khong-co»');
  });
});

describe('correcting', () => {
  it('shows old and new with the reason, and answers with the new at once', async () => {
    const d = desk();
    const preview = await correct(d);
    expect(preview).toMatch(/Cũ: .*\n/);
    expect(preview).toContain(`Mới: ${NEW_ANSWER}`);
    expect(preview).toContain('Lý do: Công báo số 12');
    expect((await answered()).text).not.toContain(NEW_ANSWER);
    expect(await d.tap('Lưu thẻ')).toContain('bản thứ 1');
    expect((await answered()).text).toContain(NEW_ANSWER);
    expect(await d.type(QUESTION)).toContain(NEW_ANSWER);
  });

  it('says what is wrong in plain words and keeps asking', async () => {
    const d = desk();
    await d.press(`go:card-edit:${ID}`);
    await d.tap('Căn cứ');
    expect(await d.type('Luật 99/2030 Điều 1')).toContain('06/2022/QH15');
    expect(await d.type('Luật 06/2022 khoản 1')).toContain('thiếu điều');
    await d.type('lùi');
    await d.tap('Hiệu lực đến');
    expect(await d.type('hôm nào đó')).toContain('không đọc được ngày');
    await d.type('01/03/2027', 'x');
    expect(await d.type('Nghị định hết hiệu lực')).toContain('Mới: 01/03/2027');
    await d.tap('Lưu thẻ');
    expect(await d.press(`go:card:${ID}`)).toContain('đến trước 01/03/2027');
  });

  it('warns of a way to ask that another card answers', async () => {
    const d = desk();
    await d.press('go:card-edit:ldtt-la-gi');
    await d.tap('Cách hỏi');
    const preview = await d.type(`lao động tiên tiến là gì; ${QUESTION}`, 'bổ sung cách hỏi');
    expect(preview).toContain(`⚠️ Cách hỏi «${QUESTION}»`);
  });

  it('warns of a document that has ended already', async () => {
    const d = desk();
    await d.press(`go:card-edit:${ID}`);
    await d.tap('Căn cứ');
    const preview = await d.type('Nghị định 98/2023 Điều 30 khoản 7', 'đổi căn cứ');
    expect(preview).toContain('98/2023/NĐ-CP: đã hết hiệu lực từ 01/07/2025');
    await d.tap('Lưu thẻ');
    await d.press('go:card-edit:ldtt-la-gi');
    await d.tap('Căn cứ');
    expect(await d.type('Luật 06/2022 Điều 24', 'đổi căn cứ')).not.toContain('đã hết hiệu lực');
  });

  it('takes down what the province has set: from then on that is the answer', async () => {
    const question = 'hạn nộp hồ sơ thi đua về tỉnh là ngày nào';
    const d = desk();
    await d.press('go:card-edit:han-nop-ho-so');
    await d.tap('Quy định của tỉnh');
    const preview = await d.type('Trước ngày 10/12 hằng năm (Hướng dẫn mẫu 01/HD-SNV)', 'Sở đã ban hành hướng dẫn');
    expect(preview).toContain('Mới: Trước ngày 10/12');
    expect((await answered(question)).outcome).toBe('local_setting');
    await d.tap('Lưu thẻ');
    const reply = await answered(question);
    expect(reply.outcome).toBe('answer');
    expect(reply.text).toContain('📌 Quy định của tỉnh: Trước ngày 10/12');
    await d.press(`go:card-edit:${ID}`);
    expect(d.play.labels()).not.toContain('Quy định của tỉnh');
  });

  it('of two officers at once: the second is told by whom and why, and loses nothing', async () => {
    const [one, two] = [desk(lan), desk(minh)];
    await correct(one);
    await correct(two, 'Câu của anh Minh.');
    await one.tap('Lưu thẻ');
    const told = await two.tap('Lưu thẻ');
    expect(told).toContain('vừa được Trần Thị Lan (mẫu) sửa');
    expect(told).toContain('Công báo số 12');
    expect(told).toContain(`Cũ: ${NEW_ANSWER}`);
    expect(told).toContain('Mới: Câu của anh Minh.');
    expect((await answered()).text).toContain(NEW_ANSWER);
    expect(await two.tap('Lưu thẻ')).toContain('bản thứ 2');
    expect((await answered()).text).toContain('Câu của anh Minh.');
  });
});

describe('checking', () => {
  it('shows the basis once more, records who and when, and a correction of the answer takes it back', async () => {
    const d = desk();
    await d.press(`go:card:${ID}`);
    const question = await d.tap('Đã đối chiếu');
    expect(question).toContain('xác nhận nội dung dưới đây đúng');
    expect(question).toContain('• Luật 06/2022/QH15');
    await d.tap('Xác nhận');
    const card = await d.tap('Mở thẻ');
    expect(card).toContain('Tình trạng: đã đối chiếu');
    expect(card).toContain('Người đối chiếu: Trần Thị Lan (mẫu), ngày 23/11/2026');
    expect(await d.press(`go:ask-basis:${ID}`)).toContain('Người đối chiếu: Trần Thị Lan (mẫu), ngày 23/11/2026');
    expect(await correct(d)).toContain('trở về chưa đối chiếu');
    await d.tap('Lưu thẻ');
    expect(await d.tap('Mở thẻ')).toContain('Tình trạng: chưa đối chiếu, bản thứ 2');
  });

  it('can be declined, and taken back with a reason', async () => {
    const d = desk();
    await d.press(`go:card-verify:${ID}`);
    await d.type('không');
    expect(await d.press(`go:card:${ID}`)).toContain('chưa đối chiếu, bản thứ 0');
    await d.tap('Đã đối chiếu');
    await d.type('đồng ý');
    await d.press(`go:card-unverify:${ID}`);
    await d.type('Đọc nhầm khoản');
    await d.tap('Xác nhận');
    expect(await d.tap('Mở thẻ')).toContain('chưa đối chiếu, bản thứ 2');
  });

  it('is asked anew when another officer changed the card meanwhile', async () => {
    const [one, two] = [desk(lan), desk(minh)];
    await one.press(`go:card-verify:${ID}`);
    await correct(two);
    await two.tap('Lưu thẻ');
    const again = await one.tap('Xác nhận');
    expect(again).toContain('Lê Văn Minh (mẫu)');
    expect(again).toContain(NEW_ANSWER);
    expect(await database.store.db.cardChange.count({ where: { act: 'verify' } })).toBe(0);
    await one.tap('Xác nhận');
    expect(await one.press(`go:card:${ID}`)).toContain('đã đối chiếu');
  });
});

describe('history', () => {
  it('tells who did what, when, why and what changed; an earlier version and the file can be restored', async () => {
    const d = desk();
    expect(await d.press(`go:card:${ID}`)).toContain('bản thứ 0');
    expect(await d.tap('Lịch sử')).toContain('chưa ai sửa');
    const before = (await answered()).text;
    await correct(d);
    await d.tap('Lưu thẻ');
    await correct(d, 'Bản thứ hai.');
    await d.tap('Lưu thẻ');
    await d.press(`go:card:${ID}`);
    expect(await d.tap('Lịch sử')).toContain('2. 09:00, 23/11/2026, Trần Thị Lan (mẫu): sửa. Công báo số 12');
    const version = await d.type('1');
    expect(version).toContain('Đổi: Câu trả lời');
    expect(version).toContain(`Mới: ${NEW_ANSWER}`);
    await d.tap('Khôi phục bản này');
    expect(await d.type('Bản hai sai')).toContain('về bản thứ 1');
    await d.tap('Xác nhận');
    expect((await answered()).text).toContain(NEW_ANSWER);
    await d.press(`go:card:${ID}`);
    await d.tap('Lịch sử');
    await d.tap('Bản 0: tệp kèm sản phẩm');
    await d.tap('Khôi phục bản này');
    await d.type('Về bản gốc');
    await d.tap('Xác nhận');
    expect((await answered()).text).toBe(before);
  });

  it('keeps a card that ended out of the answers at once', async () => {
    const d = desk();
    await d.press(`go:card:${ID}`);
    await d.tap('Hết hiệu lực');
    await d.type('Nghị định mới thay');
    await d.tap('Xác nhận');
    expect((await answered()).cards).not.toContain(ID);
    expect(await d.press(`go:card:${ID}`)).toContain('hết hiệu lực, bản thứ 1');
  });
});

describe('adding a card', () => {
  it('asks part by part, shows what was understood, and answers at once as not checked', async () => {
    const d = desk();
    await d.type('thêm thẻ');
    expect(await d.type('abc')).toContain('từ 5 đến 120 ký tự');
    await d.type('Lưu trữ hồ sơ khen thưởng');
    await d.type('hồ sơ khen thưởng lưu trữ bao lâu\nlưu hồ sơ khen thưởng mấy năm');
    await d.type('Hồ sơ khen thưởng được lưu trữ theo quy định về lưu trữ.');
    expect(await d.type('Thông tư 99/2099')).toContain('Kho chưa có văn bản');
    expect(await d.type('Luật 06/2022 Điều 84 khoản 1')).toContain('Đã hiểu căn cứ: Luật số 06/2022/QH15, Điều 84');
    await d.type('Cấp tỉnh');
    const preview = await d.tap('Theo văn bản');
    expect(preview).toContain('Luật số 06/2022/QH15, Điều 84, khoản 1');
    expect(preview).toContain('Cấp: Cấp tỉnh');
    expect(preview).toContain('chưa đối chiếu');
    await d.tap('Câu trả lời');
    expect(await d.type('Hồ sơ được lưu theo quy định về lưu trữ.')).toContain('Thẻ mới');
    expect(await d.tap('Lưu thẻ')).toContain('✅');
    expect(await d.tap('Mở thẻ')).toContain('[cb-luu-tru-ho-so-khen-thuong]');
    const reply = await answered('ho so khen thuong luu tru bao lau');
    expect(reply.cards).toEqual(['cb-luu-tru-ho-so-khen-thuong']);
    expect(reply.text).toContain('Hồ sơ được lưu theo quy định');
  });

  it('begins with an answered question where one is named', async () => {
    const { pool } = database.store;
    const [id, contact, talk] = [randomUUID(), randomUUID(), randomUUID()];
    await pool.query("insert into contact (id, channel, external_id) values ($1::uuid, 'web', $1::text)", [contact]);
    await pool.query('insert into conversation (id, contact_id) values ($1, $2)', [talk, contact]);
    const text = 'Giấy khen bị rách có được cấp lại không?';
    const data = {
      id,
      code: 'CH-TEST',
      text: 'Của riêng ai đó',
      reason: 'no_basis',
      contactId: contact,
      conversationId: talk,
    };
    await database.store.db.question.create({
      data: {
        ...data,
        generalText: text,
        state: 'answered',
        answer: 'Được xem xét cấp đổi.',
        askedAt: NOW,
        answeredAt: NOW,
      },
    });
    const d = desk();
    expect(await d.press(`go:card-new:${randomUUID()}`)).toContain('Không tìm thấy');
    expect(await d.press(`go:card-new:${id}`)).toContain(text);
    await d.type('Cấp đổi giấy khen', 'Luật 06/2022 Điều 84');
    await d.tap('Không có');
    const preview = await d.tap('Theo văn bản');
    expect(preview).toContain(`Cách hỏi: ${text}`);
    expect(preview).toContain('Trả lời: Được xem xét cấp đổi.');
    expect(preview).not.toContain('Của riêng ai đó');
    await d.tap('Lưu thẻ');
    expect(await d.tap('Mở thẻ')).toContain('[cb-cap-doi-giay-khen]');
  });
});
