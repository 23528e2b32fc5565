import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startWebWorld } from '../channels/web-world.js';
import { waitFor } from '../support/wait.js';
import { bubbles, chromiumPath, PROBE, sampleBot, shoot, shoutThatThePageIsUntested } from './page-support.js';
import { PHONE, saw, say, startPageWorld, type PageWorld } from './page-world.js';

if (chromiumPath === null) shoutThatThePageIsUntested();

describe.skipIf(chromiumPath === null)('the line of the chat page', () => {
  let at: PageWorld;
  beforeAll(async () => {
    at = await startPageWorld();
  });
  afterAll(() => at.stop());
  afterEach(async () => {
    // Nothing of the page may fail, and nothing may come from elsewhere.
    expect(await at.tidy()).toEqual([]);
  });

  it('keeps two windows of different persons apart, and two of one person together', async () => {
    const context = await at.newContext();
    const [officer, seat, seatAgain] = [
      await at.talk('officer2', context),
      await at.talk('seat-so-gddt', context),
      await at.talk('seat-so-gddt', context),
    ];
    await say(seat, 'chỉ của đơn vị');
    await saw(seatAgain, 'me: chỉ của đơn vị');
    await at.world.tell(await at.contactOf('officer2'), { text: 'chỉ của cán bộ' });
    await saw(officer, 'bot: chỉ của cán bộ');
    expect((await bubbles(officer)).join()).not.toContain('đơn vị"');
    expect((await bubbles(seat)).join()).not.toContain('cán bộ"');
    await officer.reload();
    await saw(officer, 'chỉ của cán bộ');
    expect(await officer.locator('#who-name').innerText()).toBe('Trần Văn Thử');
  });

  it('brings messages live, edits them in place, and shows the whole history after a reload', async () => {
    const page = await at.talk('leader');
    const contactId = await at.contactOf('leader');
    const id = await at.world.tell(contactId, { text: 'Tuần 47: 156/170 đơn vị đã nộp' });
    await saw(page, '156/170');
    const edit = { attemptId: '800000001', contactId, address: '', lane: 'bulk', at: new Date() } as const;
    const content = { text: 'Tuần 47: 157/170 đơn vị đã nộp' };
    await at.world.channel.edit?.({ ...edit, content, platformMessageId: id }, new AbortController().signal);
    await saw(page, '157/170');
    expect((await bubbles(page)).join()).not.toContain('156/170');
    await say(page, 'cảm ơn');
    await saw(page, 'Tôi chưa hiểu "cảm ơn"');
    const before = await bubbles(page);
    await page.reload();
    await waitFor(async () => (await bubbles(page)).length === before.length);
    expect(await bubbles(page)).toEqual(before);
  });

  it('loads older messages when asked', async () => {
    const contactId = await (async () => {
      await at.talk('admin');
      return at.contactOf('admin');
    })();
    for (let n = 1; n <= 60; n += 1) await at.world.tell(contactId, { text: `tin số ${String(n)}` });
    const page = await at.talk('admin');
    await saw(page, 'tin số 60');
    expect((await bubbles(page)).length).toBe(40);
    await page.click('#older');
    await waitFor(async () => (await bubbles(page)).length > 60);
    const numbers = (await bubbles(page))
      .filter((line) => line.includes('tin số'))
      .map((line) => Number(line.slice(12)));
    expect(numbers).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
    expect(await page.locator('#older').isVisible()).toBe(false);
  });

  it('says when the line is down, keeps what was written, and sends it once when it is back', async () => {
    const context = await at.newContext();
    const page = await at.talk('head-so-y-te', context);
    await context.setOffline(true);
    await say(page, 'gửi khi mất mạng');
    await page.waitForSelector('.item.mine.pending >> text=sẽ tự gửi lại');
    await page.waitForSelector('#notice >> text=Mất kết nối');
    await shoot(page, 'offline-desktop');
    expect(await at.told('head-so-y-te')).not.toContain('gửi khi mất mạng');
    await context.setOffline(false);
    await saw(page, 'Tôi chưa hiểu "gửi khi mất mạng"');
    await waitFor(async () => !(await page.locator('#notice').isVisible()));
    expect((await at.told('head-so-y-te')).filter((said) => said === 'gửi khi mất mạng')).toHaveLength(1);
    expect((await bubbles(page)).filter((line) => line === 'me: gửi khi mất mạng')).toHaveLength(1);
  });

  it('sends the same message again when only the answer was lost, with no second effect', async () => {
    const page = await at.talk('head-so-gddt');
    let lost = 0;
    await page.route('**/api/web/messages', async (route) => {
      if (route.request().method() !== 'POST' || lost > 0) return route.continue();
      lost += 1;
      await route.fetch();
      return route.abort();
    });
    await say(page, 'mất câu trả lời');
    await waitFor(async () => (await page.locator('.item.pending').count()) === 0 && lost === 1);
    await saw(page, 'Tôi chưa hiểu "mất câu trả lời"');
    expect((await at.told('head-so-gddt')).filter((said) => said === 'mất câu trả lời')).toHaveLength(1);
  });

  it('keeps an unsent message and a draft over a reload', async () => {
    const page = await at.talk('deputy-so-gddt');
    await page.route('**/api/web/messages', (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    );
    await say(page, 'chưa đi được');
    await page.fill('#write', 'đang viết dở');
    await page.waitForSelector('.item.mine.pending');
    await page.unroute('**/api/web/messages');
    await page.reload();
    await saw(page, 'Tôi chưa hiểu "chưa đi được"');
    expect(await page.inputValue('#write')).toBe('đang viết dở');
    expect((await at.told('deputy-so-gddt')).filter((said) => said === 'chưa đi được')).toHaveLength(1);
  });

  it('falls back to long polls where streams do not get through', async () => {
    const context = await at.newContext();
    await context.route('**/api/web/events*', () => undefined);
    await context.clock.install();
    const page = await at.open('seat-p-duy-tien', context);
    // The stream never answers: after this time the page takes it for held back.
    await waitFor(async () => {
      await context.clock.fastForward(7_000);
      return (await page.locator('#line[data-state="live"]').count()) > 0;
    });
    await at.world.tell(await at.contactOf('seat-p-duy-tien'), { text: 'vẫn tới bằng cách cũ' });
    await saw(page, 'vẫn tới bằng cách cũ');
  });

  it('goes on with the same contact when the session has expired', async () => {
    const page = await at.talk('deputy-p-duy-tien');
    await at.world.store.db.webSession.deleteMany({ where: { contactId: await at.contactOf('deputy-p-duy-tien') } });
    await say(page, 'sau khi hết phiên');
    await saw(page, 'Tôi chưa hiểu "sau khi hết phiên"');
  });

  it('takes a citizen straight to the conversation outside the demo, and knows them again', async () => {
    const production = await startWebWorld({ demo: false, reply: sampleBot });
    const context = await at.browser.newContext({ viewport: PHONE });
    await context.addInitScript({ path: PROBE });
    const first = await context.newPage();
    await first.goto(production.url);
    await saw(first, 'Xin chào');
    expect(await first.locator('#sample').isVisible()).toBe(false);
    expect(await first.locator('#people').isVisible()).toBe(false);
    await say(first, 'menu');
    await saw(first, 'Anh/chị muốn làm việc gì?');
    await first.close();
    const second = await context.newPage();
    await second.goto(production.url);
    await saw(second, 'Anh/chị muốn làm việc gì?');
    await shoot(second, 'citizen-360');
    await context.close();
    await production.stop();
  });
});
