import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beginSafeMode } from '../../src/delivery/index.js';
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
    `truncate attempt, attempt_event, message, content, broadcast, audit_entry, obligation, duty, campaign, correction restart identity cascade;
     delete from setting where key = 'delivery.safe-mode';
     update conversation set session = null, drafts = '{}', topic = null`,
  );
  await world.at(NINE);
});

const labels = (answer: { readonly buttons: readonly { readonly label: string }[] }) =>
  answer.buttons.map(({ label }) => label);
const schedule = (text = 'Họp lúc 8 giờ') =>
  world.type(lan, 'gửi thông báo', text, 'xã phường', 'xong', 'hẹn giờ', '8h sáng mai', 'gửi');
const sendNow = async (who: Officer, text = 'Họp giao ban') => {
  await world.type(who, 'gửi thông báo', text, 'xã phường', 'xong');
  return world.type(who, 'gửi');
};
const end = async (sql: string) => {
  await world.broadcasts.expandDue();
  await world.store.pool.query(`update attempt set waiting = false, ended_at = now(), ${sql} where lane = 'bulk'`);
  await world.broadcasts.settle(new Date(NINE));
};

describe('a notice that two officers edit', () => {
  it('says to the slower one that his words were not saved, and says them back', async () => {
    await schedule();
    await world.type(lan, 'sửa trước khi gửi', 'nội dung', 'Họp lúc 9 giờ');
    await world.type(minh, 'sửa trước khi gửi', 'nội dung', 'Họp lúc 10 giờ');
    await world.type(lan, 'lưu');
    const late = await world.type(minh, 'lưu');
    expect(late.text).toMatch(/^Đồng nghiệp Nguyễn Thị Lan vừa sửa lúc 09:0\d; bản của anh\/chị chưa được lưu\./);
    expect(late.text).toContain('Họp lúc 10 giờ');
    expect(labels(late)).toEqual(['Sửa trước khi gửi', 'Tiến độ gửi']);
  });

  it('shows the draft when more is to be changed, and asks at night before it leaves at once', async () => {
    await schedule();
    await world.type(lan, 'sửa trước khi gửi', 'nội dung', 'Họp lúc 9 giờ');
    expect((await world.type(lan, 'sửa thêm')).text).toContain('Họp lúc 9 giờ');
    await world.at('2026-11-23T20:00:00Z');
    const asked = await world.type(lan, 'giờ', 'gửi ngay');
    expect(asked.text).toContain('đang trong giờ yên lặng (21:00–06:30)');
    await world.type(lan, 'sáng mai');
    expect((await world.broadcastsNow())[0]?.startAt).toEqual(new Date('2026-11-23T23:30:00Z'));
  });
});

describe('a notice that has not begun', () => {
  it('is paused, changed and goes on as planned, in words of its own', async () => {
    await schedule();
    await world.type(lan, 'tiến độ gửi');
    expect((await world.type(lan, 'tạm dừng gửi')).text).toContain('chưa có tin nào đi');
    expect(labels(await world.type(lan, 'tiến độ gửi'))).toEqual(['Tiếp tục gửi', 'Sửa trước khi gửi', 'Hủy gửi']);
    const [broadcast] = await world.broadcastsNow();
    await world.press(lan, `go:edit-send:${broadcast?.id ?? ''}`);
    expect((await world.type(lan, 'nội dung', 'Họp lúc 9 giờ', 'lưu')).text).toContain('✅ Đã sửa');
    expect((await world.type(lan, 'gửi tiếp')).text).toContain(
      '“Họp lúc 9 giờ” sẽ gửi lúc 08:00, thứ Ba, 24/11/2026 như đã hẹn.',
    );
    expect((await world.broadcastsNow())[0]).toMatchObject({ state: 'planned', title: 'Họp lúc 9 giờ' });
  });

  it('cannot be planned for yesterday', async () => {
    await world.type(lan, 'gửi thông báo', 'Họp', 'xã phường', 'xong', 'hẹn giờ');
    expect((await world.type(lan, 'hôm qua 8h')).text).toContain('đã qua nên không hẹn được');
  });
});

describe('a notice sent twice', () => {
  it('is the officer’s own the second time, and follows the words of an edit', async () => {
    await sendNow(lan);
    expect((await sendNow(lan)).text).toContain('Anh/chị đã gửi đúng thông báo này');
    await schedule('Bản cũ');
    const [, planned] = await world.broadcastsNow();
    await world.press(lan, `go:edit-send:${planned?.id ?? ''}`);
    await world.type(lan, 'nội dung', 'Bản mới', 'lưu');
    await world.type(minh, 'gửi thông báo', 'Bản mới', 'xã phường', 'xong', 'hẹn giờ', '8h sáng mai');
    expect((await world.type(minh, 'gửi')).text).toContain('Đồng nghiệp Nguyễn Thị Lan');
    expect(await world.broadcastsNow()).toHaveLength(2);
  });
});

describe('in safe mode', () => {
  it('the preview, the answer and the progress say why nothing leaves', async () => {
    const { pool } = world.store;
    expect(await beginSafeMode(pool, 'operator', new Date(NINE), new Date())).toBe(true);
    expect((await world.type(lan, 'gửi thông báo', 'Họp', 'xã phường', 'xong')).text).toContain('chế độ an toàn');
    const sent = await world.type(lan, 'gửi');
    expect(sent.text).toContain('chế độ an toàn');
    expect(sent.text).not.toContain('đang gửi');
    expect((await world.type(lan, 'tiến độ gửi')).text).toContain('chế độ an toàn');
  });
});

describe('a notice that is over', () => {
  it('counts those who are really told again, and asks nobody about nobody', async () => {
    await sendNow(lan);
    await end(`state = 'failed', reason = 'recipient-gone'`);
    await world.store.pool.query(
      `update contact set state = 'blocked' where id in (select contact_id from attempt where lane = 'bulk' order by id limit 2)`,
    );
    expect((await world.type(lan, 'gửi lại tin lỗi')).text).toContain(': 1 người chưa nhận được');
    await world.store.pool.query(`update contact set state = 'active'`);
    await end(`state = 'sent'`);
    const [broadcast] = await world.broadcastsNow();
    for (const order of ['resend-uncertain', 'cancel-send', 'pause-send']) {
      const said = await world.press(lan, `go:${order}:${broadcast?.id ?? ''}`);
      expect(said.text).not.toMatch(/\?$/);
      expect(said.text).not.toContain(' 0 người');
    }
    const shown = await world.type(lan, 'tiến độ gửi');
    expect(shown.text).toContain('đã gửi 3 (trong đó chắc chắn đến 0)');
    expect((await world.type(lan, 'ai chưa nhận')).text).toContain('không ai bị lỗi; 3 người');
    expect((await world.type(lan, 'thu hồi')).text).toContain('Vì sao thu hồi tin này?');
    await world.type(lan, 'Nhầm ngày', 'thu hồi');
    const recalled = await world.type(lan, 'tiến độ gửi');
    expect(recalled.text).toContain('“Họp giao ban”: đã thu hồi.');
    expect(labels(recalled)).toEqual(['Biên bản']);
  });
});
