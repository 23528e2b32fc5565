import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOrdersWorld, NINE, type Officer, type OrdersWorld } from './orders-world.js';

let world: OrdersWorld;
let lan: Officer;
let minh: Officer;

beforeAll(async () => {
  world = await createOrdersWorld();
  lan = await world.person('Nguyễn Thị Lan', ['officer']);
  minh = await world.person('Trần Văn Minh', ['officer']);
  for (const name of ['Phường Một', 'Phường Hai', 'Phường Ba']) await world.ward(name);
});
afterAll(() => world.drop());
beforeEach(async () => {
  await world.database.store.pool.query(
    `truncate attempt, attempt_event, message, content, broadcast, audit_entry, obligation, duty, campaign restart identity cascade;
     update conversation set session = null, drafts = '{}', topic = null`,
  );
  await world.at(NINE);
});

const notice = async (who: Officer, text = 'Họp giao ban lúc 8 giờ') => {
  await world.type(who, 'gửi thông báo', text, 'xã phường', 'xong');
  return world.type(who, 'gửi');
};

const labels = (answer: { readonly buttons: readonly { readonly label: string }[] }) =>
  answer.buttons.map(({ label }) => label);

describe('tiến độ gửi', () => {
  it('shows the numbers and the buttons that fit, and pauses, goes on and cancels', async () => {
    await notice(lan);
    await world.broadcasts.expandDue();
    const shown = await world.type(lan, 'tiến độ gửi');
    expect(shown.text).toContain('“Họp giao ban lúc 8 giờ”: đang gửi.');
    expect(shown.text).toContain('3 người: đã gửi 0 (trong đó chắc chắn đến 0), chờ 3, chưa rõ 0, không gửi được 0.');
    expect(labels(shown)).toEqual(['Xem lại', 'Tạm dừng', 'Hủy gửi', 'Ai chưa nhận?']);

    expect((await world.type(lan, 'tạm dừng')).text).toContain(
      '⏸ Đã tạm dừng “Họp giao ban lúc 8 giờ” lúc 09:00; 3 người đang chờ',
    );
    expect((await world.broadcastsNow())[0]?.state).toBe('paused');
    expect(labels(await world.type(lan, 'tiến độ gửi'))).toEqual(['Tiếp tục gửi', 'Hủy gửi', 'Ai chưa nhận?']);
    expect((await world.type(lan, 'tiếp tục gửi')).text).toContain('Đang gửi tiếp');

    expect((await world.type(lan, 'hủy gửi')).text).toContain('3 người đang chờ sẽ không nhận nữa');
    expect((await world.broadcastsNow())[0]?.state).toBe('expanding');
    expect((await world.type(lan, 'đồng ý')).text).toContain('Đã hủy gửi “Họp giao ban lúc 8 giờ”');
    await world.broadcasts.expandDue();
    expect((await world.type(lan, 'tiến độ gửi')).text).toContain('không gửi 3');
    expect((await world.store.db.auditEntry.findMany({ orderBy: { id: 'asc' } })).map(({ action }) => action)).toEqual([
      'notice.send',
      'broadcast.pause',
      'broadcast.resume',
      'broadcast.cancel',
    ]);
  });

  it('tells the second of two officers who was faster, and when', async () => {
    await notice(lan);
    await world.broadcasts.expandDue();
    const [broadcast] = await world.broadcastsNow();
    const pause = `go:pause-send:${broadcast?.id ?? ''}`;
    const both = await Promise.all([world.press(lan, pause), world.press(minh, pause)]);
    const texts = both.map(({ text }) => text).sort();
    expect(texts.filter((text) => text.startsWith('⏸'))).toHaveLength(1);
    expect(texts.filter((text) => /^Đồng nghiệp .+ vừa tạm dừng lúc 09:00/.test(text))).toHaveLength(1);
    expect((await world.press(lan, pause)).text).toMatch(/tạm dừng lúc 09:00/);
  });

  it('lists the latest five without a name, and asks which one is meant', async () => {
    for (let n = 1; n <= 6; n += 1) await notice(lan, `Thông báo số ${String(n)}`);
    const shown = await world.type(lan, 'tiến độ gửi');
    expect(shown.text).toContain('1. Thông báo số 6 – chưa gửi');
    expect(labels(shown)).toEqual(['Đợt 1', 'Đợt 2', 'Đợt 3', 'Đợt 4', 'Đợt 5']);
    expect((await world.type(lan, '2')).text).toContain('“Thông báo số 5”');
    // The one last looked at is meant.
    expect((await world.type(lan, 'tạm dừng gửi')).text).toContain('Đã tạm dừng “Thông báo số 5”');
    expect((await world.type(minh, 'tạm dừng gửi')).text).toContain('Anh/chị chọn đợt gửi');
  });

  it('names whoever has not got it, with unit, channel and reason in plain words', async () => {
    await notice(lan);
    await world.broadcasts.expandDue();
    await world.store.pool.query(
      `update attempt set waiting = false, ended_at = now(), state = case when id % 3 = 0 then 'failed' when id % 3 = 1 then 'uncertain' else 'sent' end,
         reason = case when id % 3 = 0 then 'recipient-gone' when id % 3 = 1 then 'unknown-arrival' end where lane = 'bulk'`,
    );
    await world.broadcasts.settle(new Date(NINE));
    const shown = await world.type(lan, 'tiến độ gửi');
    expect(labels(shown)).toEqual([
      'Gửi lại tin lỗi',
      'Gửi lại tin chưa rõ',
      'Ai chưa nhận?',
      'Đính chính',
      'Thu hồi',
      'Biên bản',
    ]);
    const missed = await world.type(lan, 'ai chưa nhận');
    expect(missed.text).toContain('“Họp giao ban lúc 8 giờ”: 2 người chưa nhận.');
    expect(missed.text).toContain('• 1: đã chặn hoặc xóa tài khoản');
    expect(missed.text).toMatch(/1\. Đầu mối Phường .+ – Phường .+ – web: đã chặn hoặc xóa tài khoản/);
    expect(missed.text).toMatch(/2\. .+: đã gửi, nền tảng không trả lời/);

    expect((await world.type(lan, 'gửi lại tin lỗi')).text).toContain('1 người chưa nhận được');
    expect((await world.type(minh, 'gửi lại tin lỗi')).text).toMatch(/Đồng nghiệp Nguyễn Thị Lan vừa gửi lại lúc/);
    expect((await world.type(lan, 'gửi lại tin chưa rõ')).text).toContain('có người sẽ nhận hai lần');
    expect((await world.type(lan, 'gửi lại')).text).toContain(
      'Đang gửi lại “Họp giao ban lúc 8 giờ” tới 1 người chưa rõ',
    );
  });

  it('is for officers', async () => {
    const visitor = await world.person('Người dân');
    expect((await world.type(visitor, 'tạm dừng gửi')).text).toContain('Việc này dành cho chuyên viên hoặc quản trị.');
  });
});

describe('a notice sent by two officers at once', () => {
  it('goes out once; the second is told of the first', async () => {
    for (const who of [lan, minh]) await world.type(who, 'gửi thông báo', 'Họp giao ban', 'xã phường', 'xong');
    const both = await Promise.all([lan, minh].map((who) => world.type(who, 'gửi')));
    const texts = both.map(({ text }) => text);
    expect(texts.filter((text) => text.includes('đang gửi tới 3 người'))).toHaveLength(1);
    expect(texts.filter((text) => /Đồng nghiệp .+ vừa gửi đúng thông báo này/.test(text))).toHaveLength(1);
    expect(await world.broadcastsNow()).toHaveLength(1);
  });

  it('is one clear answer for a text of only spaces and for nobody to read it', async () => {
    await world.type(lan, 'gửi thông báo');
    expect((await world.type(lan, '   ')).text).toContain('Nội dung thông báo?');
    await world.type(lan, 'Nội dung');
    await world.type(lan, 'doanh nghiệp');
    expect((await world.type(lan, 'xong')).text).toContain('Chưa có ai nhận được thông báo');
    expect(await world.broadcastsNow()).toEqual([]);
  });
});

describe('hẹn giờ', () => {
  it('asks for the moment in free words, says it back in full, and starts then', async () => {
    await world.type(lan, 'gửi thông báo', 'Họp', 'xã phường', 'xong');
    expect((await world.type(lan, 'hẹn giờ')).text).toContain('Gửi lúc nào?');
    expect((await world.type(lan, 'mai')).text).toContain('Còn thiếu giờ');
    expect((await world.type(lan, '8h sáng nay')).text).toContain(
      '08:00, thứ Hai, 23/11/2026 đã qua nên không hẹn được',
    );
    const asked = await world.type(lan, '8h sáng mai');
    expect(asked.text).toContain('⏰ Hẹn gửi lúc 08:00, thứ Ba, 24/11/2026.');
    expect(labels(asked)).toContain('Hẹn gửi');
    expect((await world.type(lan, 'gửi')).text).toContain(
      'Đã hẹn gửi tới 3 người ở 3 đơn vị lúc 08:00, thứ Ba, 24/11/2026',
    );
    expect(await world.broadcasts.expandDue()).toEqual([]);
    await world.at('2026-11-24T01:00:00Z');
    expect(await world.broadcasts.expandDue()).toHaveLength(1);
  });

  it('that is over when the officer presses is asked for again, and nothing is sent', async () => {
    await world.type(lan, 'gửi thông báo', 'Họp', 'xã phường', 'xong', 'hẹn giờ', '10h');
    await world.at('2026-11-23T03:01:00Z');
    expect((await world.type(lan, 'gửi')).text).toContain('10:00, thứ Hai, 23/11/2026 đã qua');
    expect(await world.broadcastsNow()).toEqual([]);
  });

  it('can be changed before the start, by one officer at a time', async () => {
    await world.type(lan, 'gửi thông báo', 'Họp lúc 8 giờ', 'xã phường', 'xong', 'hẹn giờ', '8h sáng mai', 'gửi');
    const shown = await world.type(lan, 'tiến độ gửi');
    expect(shown.text).toContain('Sẽ gửi lúc 08:00, thứ Ba, 24/11/2026.');
    expect(labels(shown)).toEqual(['Sửa trước khi gửi', 'Tạm dừng', 'Hủy gửi']);
    await world.type(lan, 'sửa trước khi gửi', 'nội dung', 'Họp lúc 9 giờ');
    await world.type(minh, 'sửa trước khi gửi', 'giờ', '10h sáng mai');
    expect((await world.type(lan, 'lưu')).text).toContain('✅ Đã sửa');
    const late = await world.type(minh, 'lưu');
    expect(late.text).toMatch(/Đồng nghiệp Nguyễn Thị Lan vừa sửa lúc 09:0\d; bản của anh\/chị chưa được lưu\./);
    expect(labels(late)).toEqual(['Sửa trước khi gửi', 'Tiến độ gửi']);
    const [broadcast] = await world.broadcastsNow();
    expect(broadcast).toMatchObject({ version: 2, title: 'Họp lúc 9 giờ', startAt: new Date('2026-11-24T01:00:00Z') });
  });
});

describe('a campaign launched by two officers at once', () => {
  const ANSWERS = [
    'Mỗi tuần một việc tốt',
    'Việc nhỏ, nghĩa lớn',
    'theo đợt',
    '25/KH-UBND',
    '20/11/2026',
    ...['Mục tiêu', 'Chỉ tiêu', 'Toàn tỉnh', 'Nội dung', 'Tiêu chí', 'Biện pháp', 'Kế hoạch', 'Bằng khen'],
    ...['xã, phường', 'xong', '01/12/2026', '30/11/2027', '10/12/2026', '30/6/2027', '30/11/2027', 'phát động'],
  ];

  it('is launched and announced once; the second is told of the first', async () => {
    for (const who of [lan, minh]) await world.type(who, 'phát động', ...ANSWERS);
    const both = await Promise.all([lan, minh].map((who) => world.type(who, 'đồng ý')));
    const texts = both.map(({ text }) => text);
    expect(texts.filter((text) => text.includes('✅ Đã phát động'))).toHaveLength(1);
    expect(texts.filter((text) => /Đồng nghiệp .+ đã phát động đúng phong trào này/.test(text))).toHaveLength(1);
    expect(await world.broadcastsNow()).toHaveLength(1);
    expect(await world.store.db.campaign.count()).toBe(1);
  });
});
