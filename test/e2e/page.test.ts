import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFileStore } from '../../src/store/index.js';
import { startWebWorld, type WebWorld } from '../channels/web-world.js';
import { waitFor } from '../support/wait.js';
import {
  bubbles,
  chromiumPath,
  launchBrowser,
  PEOPLE,
  PROBE,
  probe,
  sampleBot,
  shoot,
  shoutThatThePageIsUntested,
} from './page-support.js';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };

if (chromiumPath === null) shoutThatThePageIsUntested();

describe.skipIf(chromiumPath === null)('the chat page', () => {
  let world: WebWorld;
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const trouble: string[] = [];

  beforeAll(async () => {
    world = await startWebWorld({ reply: sampleBot, demoPort: { people: () => Promise.resolve(PEOPLE) } });
    for (const { code, name } of PEOPLE) {
      if (code === 'visitor') continue;
      await world.store.db.member.create({ data: { id: randomUUID(), code, fullName: name } });
    }
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    // Nothing of the page may fail, and nothing may come from elsewhere.
    expect(trouble.splice(0)).toEqual([]);
  });

  /** A new browser, as of another person. */
  async function newContext(viewport = DESKTOP, more: object = {}): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport, locale: 'vi-VN', ...more });
    context.setDefaultTimeout(15_000);
    await context.addInitScript({ path: PROBE });
    contexts.push(context);
    context.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(world.url) && !url.startsWith('blob:') && !url.startsWith('data:')) trouble.push(url);
    });
    context.on('weberror', (web) => trouble.push(String(web.error())));
    context.on('console', (message) => {
      if (/Content Security Policy|Uncaught/.test(message.text())) trouble.push(message.text());
    });
    return context;
  }

  async function open(as: string | null, context?: BrowserContext, viewport = DESKTOP): Promise<Page> {
    const page = await (context ?? (await newContext(viewport))).newPage();
    await page.goto(as === null ? world.url : `${world.url}/?as=${as}`);
    return page;
  }

  /** Opens a person's talk and waits until it is live. */
  async function talk(as: string, context?: BrowserContext, viewport = DESKTOP): Promise<Page> {
    const page = await open(as, context, viewport);
    await page.waitForSelector('#line[data-state="live"]');
    await page.waitForSelector('.item');
    return page;
  }

  const say = async (page: Page, text: string) => {
    await page.fill('#write', text);
    await page.click('#send');
  };
  const saw = (page: Page, text: string) =>
    waitFor(async () => (await bubbles(page)).some((line) => line.includes(text)), { what: `"${text}" on the page` });
  const contactOf = async (code: string) => {
    const { contacts } = await world.store.db.member.findUniqueOrThrow({
      where: { code },
      include: { contacts: true },
    });
    return contacts[0]?.id ?? '';
  };
  const told = async (code: string) =>
    (await world.inbound(await contactOf(code))).map((body) =>
      body.kind === 'text' ? body.text : body.kind === 'action' ? body.action : body.kind,
    );

  it('finds a person by words without diacritics, greets them, and takes taps and typed words', async () => {
    const page = await open(null);
    await page.waitForSelector('.person');
    await shoot(page, 'people-desktop');
    expect(await page.locator('#sample').innerText()).toContain('DỮ LIỆU MẪU');
    await page.fill('#search', 'dau moi PHU ly');
    expect(await page.locator('.person').count()).toBe(2);
    await page.click('.person >> nth=0');
    await saw(page, 'Xin chào, tôi là trợ lý');
    expect(page.url()).toContain('?as=seat-p-phu-ly');

    await page.click('.choices:not(.old) >> text=Tôi còn nợ gì');
    await saw(page, 'Phường Phủ Lý còn 2 việc');
    await page.fill('#write', 'tap the lao dong xuat sac can bao nhieu % ldtt');
    await page.press('#write', 'Enter');
    await saw(page, 'Điều 27, khoản 1');
    await shoot(page, 'talk-desktop');
    expect((await bubbles(page)).map((line) => line.slice(0, 24))).toEqual([
      'bot: Xin chào, tôi là tr',
      'me: Tôi còn nợ gì',
      'bot: Phường Phủ Lý còn 2',
      'me: tap the lao dong xua',
      'bot: Từ 70 % cá nhân trở',
    ]);
  });

  it('dims the choices of earlier messages, which still work', async () => {
    const page = await talk('head-p-phu-ly');
    await page.click('text=Tôi còn nợ gì');
    await saw(page, 'còn 2 việc');
    await page.waitForSelector('.choices.old');
    expect(await page.locator('.choices:not(.old)').count()).toBe(1);
    await page.click('.choices.old >> text=Tôi còn nợ gì');
    await waitFor(async () => (await told('head-p-phu-ly')).filter((said) => said === 'go:owed').length === 2);
  });

  it('can be used by keyboard alone', async () => {
    const page = await open(null);
    await page.waitForSelector('.person');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    await page.focus('#search');
    await page.keyboard.type('so y te');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await saw(page, 'Xin chào');
    await waitFor(() => page.evaluate<boolean>("document.activeElement.id === 'write'"));
    await page.keyboard.type('menu');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Enter');
    await saw(page, 'Anh/chị muốn làm việc gì?');
    for (let n = 0; n < 12; n += 1) {
      await page.keyboard.press('Shift+Tab');
      if (await page.evaluate<boolean>("document.activeElement.closest('.choices') !== null")) break;
    }
    await page.keyboard.press('Enter');
    await waitFor(async () => (await told('deputy-so-y-te')).includes('go:person'));
  });

  it('tells screen readers what is what', async () => {
    const page = await talk('seat-so-y-te');
    const log = page.getByRole('log', { name: 'Cuộc trò chuyện' });
    await log.waitFor();
    expect(await log.getAttribute('aria-live')).toBe('polite');
    expect(await page.locator('.item').first().innerText()).toContain('Trợ lý:');
    await page.getByRole('textbox', { name: 'Tin nhắn' }).waitFor();
    for (const name of ['Gửi', 'Đính kèm tệp', 'Menu', 'English'])
      await page.getByRole('button', { name }).first().waitFor();
    await page.getByRole('group', { name: 'Lựa chọn' }).first().waitFor();
    expect(await probe(page, 'nameless')).toEqual([]);
    expect(await page.evaluate('document.documentElement.lang')).toBe('vi');
  });

  it.each([
    ['desktop', DESKTOP],
    ['a phone', PHONE],
    ['the smallest phone', { width: 320, height: 568 }],
  ])('fits %s without sideways scrolling, and is readable there', async (_name, viewport) => {
    const page = await talk('deputy-p-phu-ly', undefined, viewport);
    await say(page, 'x'.repeat(300));
    await page.click('#menu');
    await saw(page, 'Anh/chị muốn làm việc gì?');
    expect(await probe(page, 'overflow')).toBeLessThanOrEqual(0);
    for (const id of ['send', 'attach', 'menu']) {
      const box = await page.locator(`#${id}`).boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(40);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(viewport.width);
    }
    expect(await probe(page, 'lowContrast')).toEqual([]);
    await shoot(page, `talk-${String(viewport.width)}`);
  });

  it('shows one thing at a time on a phone, with a way back', async () => {
    const page = await open(null, undefined, PHONE);
    await page.waitForSelector('.person');
    await shoot(page, 'people-360');
    expect(await probe(page, 'lowContrast')).toEqual([]);
    expect(await page.locator('#welcome').isVisible()).toBe(false);
    await page.click('text=Nguyễn Thị Mẫu');
    await saw(page, 'Xin chào');
    expect(await page.locator('#people').isVisible()).toBe(false);
    await page.click('#back');
    expect(await page.locator('#people').isVisible()).toBe(true);
    await page.goBack();
    await saw(page, 'Xin chào');
  });

  it('keeps two windows of different persons apart, and two of one person together', async () => {
    const context = await newContext();
    const [officer, seat, seatAgain] = [
      await talk('officer2', context),
      await talk('seat-so-gddt', context),
      await talk('seat-so-gddt', context),
    ];
    await say(seat, 'chỉ của đơn vị');
    await saw(seatAgain, 'me: chỉ của đơn vị');
    await world.tell(await contactOf('officer2'), { text: 'chỉ của cán bộ' });
    await saw(officer, 'bot: chỉ của cán bộ');
    expect((await bubbles(officer)).join()).not.toContain('đơn vị"');
    expect((await bubbles(seat)).join()).not.toContain('cán bộ"');
    await officer.reload();
    await saw(officer, 'chỉ của cán bộ');
    expect(await officer.locator('#who-name').innerText()).toBe('Trần Văn Thử');
  });

  it('brings messages live, edits them in place, and shows the whole history after a reload', async () => {
    const page = await talk('leader');
    const contactId = await contactOf('leader');
    const id = await world.tell(contactId, { text: 'Tuần 47: 156/170 đơn vị đã nộp' });
    await saw(page, '156/170');
    const edit = { attemptId: '800000001', contactId, address: '', lane: 'bulk', at: new Date() } as const;
    const content = { text: 'Tuần 47: 157/170 đơn vị đã nộp' };
    await world.channel.edit?.({ ...edit, content, platformMessageId: id }, new AbortController().signal);
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
      await talk('admin');
      return contactOf('admin');
    })();
    for (let n = 1; n <= 60; n += 1) await world.tell(contactId, { text: `tin số ${String(n)}` });
    const page = await talk('admin');
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
    const context = await newContext();
    const page = await talk('head-so-y-te', context);
    await context.setOffline(true);
    await say(page, 'gửi khi mất mạng');
    await page.waitForSelector('.item.mine.pending >> text=sẽ tự gửi lại');
    await page.waitForSelector('#notice >> text=Mất kết nối');
    await shoot(page, 'offline-desktop');
    expect(await told('head-so-y-te')).not.toContain('gửi khi mất mạng');
    await context.setOffline(false);
    await saw(page, 'Tôi chưa hiểu "gửi khi mất mạng"');
    await waitFor(async () => !(await page.locator('#notice').isVisible()));
    expect((await told('head-so-y-te')).filter((said) => said === 'gửi khi mất mạng')).toHaveLength(1);
    expect((await bubbles(page)).filter((line) => line === 'me: gửi khi mất mạng')).toHaveLength(1);
  });

  it('sends the same message again when only the answer was lost, with no second effect', async () => {
    const page = await talk('head-so-gddt');
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
    expect((await told('head-so-gddt')).filter((said) => said === 'mất câu trả lời')).toHaveLength(1);
  });

  it('keeps an unsent message and a draft over a reload', async () => {
    const page = await talk('deputy-so-gddt');
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
    expect((await told('deputy-so-gddt')).filter((said) => said === 'chưa đi được')).toHaveLength(1);
  });

  it('falls back to long polls where streams do not get through', async () => {
    const context = await newContext();
    await context.route('**/api/web/events*', () => undefined);
    const page = await open('seat-p-duy-tien', context);
    await page.waitForSelector('#line[data-state="live"]');
    await world.tell(await contactOf('seat-p-duy-tien'), { text: 'vẫn tới bằng cách cũ' });
    await saw(page, 'vẫn tới bằng cách cũ');
  });

  it('goes on with the same contact when the session has expired', async () => {
    const page = await talk('deputy-p-duy-tien');
    await world.store.db.webSession.deleteMany({ where: { contactId: await contactOf('deputy-p-duy-tien') } });
    await say(page, 'sau khi hết phiên');
    await saw(page, 'Tôi chưa hiểu "sau khi hết phiên"');
  });

  it('sends files, shows how it went, and says what is wrong with one that is refused', async () => {
    const page = await talk('head-p-duy-tien');
    const pdf = {
      name: 'Báo cáo sơ kết.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from(`%PDF-1.7\n${'x'.repeat(2_000_000)}\n%%EOF\n`),
    };
    await page.setInputFiles('#file', pdf);
    await saw(page, 'Đã nhận tệp Báo cáo sơ kết.pdf');
    expect(await page.locator('.mine .attachment').innerText()).toContain('2 MB');
    await page.setInputFiles('#file', { ...pdf, name: 'virus.exe', buffer: Buffer.alloc(2_000_000, 'MZ\u0090') });
    await page.waitForSelector('.item.failed >> text=Loại tệp này chưa nhận được');
    await shoot(page, 'files-desktop');
    expect(await probe(page, 'lowContrast')).toEqual([]);
    await page.click('.item.failed >> text=Bỏ tin này');
    expect(await page.locator('.item.failed').count()).toBe(0);
    const download = page.waitForEvent('download');
    await page.click('.mine .attachment');
    expect((await download).suggestedFilename()).toBe('Báo cáo sơ kết.pdf');
  });

  it('shows pictures with the words that stand for them', async () => {
    const page = await talk('seat-p-phu-ly');
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const image = await createFileStore(world.store).save(png, { name: 'the.png', type: 'image/png' });
    const contactId = await contactOf('seat-p-phu-ly');
    await world.tell(contactId, { text: 'Gương mới', imageId: image.id, imageAlt: 'Thẻ tôn vinh chị Mẫu' });
    await page.getByRole('img', { name: 'Thẻ tôn vinh chị Mẫu' }).waitFor();
  });

  it('shows HTML, marks of direction and emoji as what they are: text', async () => {
    const page = await talk('seat-so-noi-vu');
    const contactId = await contactOf('seat-so-noi-vu');
    const text = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> 🌺 \u202eevil\u202c &amp;`;
    await world.tell(contactId, { text, buttons: [{ label: '<b>nút</b>', action: 'go:menu' }] });
    await saw(page, text);
    expect(await page.locator('.choices').last().innerText()).toBe('<b>nút</b>');
    expect(await page.evaluate("'hacked' in window")).toBe(false);
    await world.tell(contactId, { text: 'Xem https://example.gov.vn/ke-hoach?id=1.' });
    expect(await page.locator('.words a').last().getAttribute('href')).toBe('https://example.gov.vn/ke-hoach?id=1');
  });

  it('stops a text that is too long before it is sent, and says by how much', async () => {
    const page = await talk('deputy-so-noi-vu');
    await page.fill('#write', 'ạ'.repeat(10_000));
    expect(await page.locator('#limit').innerText()).toContain('Dài quá 2000 ký tự');
    expect(await page.locator('#send').isDisabled()).toBe(true);
  });

  it('speaks English when asked, and Vietnamese again', async () => {
    const page = await talk('head-so-noi-vu');
    await page.click('#language');
    await page.waitForSelector('#send >> text=Send');
    await waitFor(async () => (await told('head-so-noi-vu')).includes('English'));
    await say(page, 'tieng viet');
    await page.waitForSelector('#send >> text=Gửi');
  });

  it('holds still for those who asked for less motion', async () => {
    const page = await talk('officer', await newContext(DESKTOP, { reducedMotion: 'reduce' }));
    const durations = await probe<string[]>(page, 'animations');
    expect(durations).toHaveLength(3);
    expect(durations.every((duration) => parseFloat(duration) < 0.01)).toBe(true);
  });

  it('takes a citizen straight to the conversation outside the demo, and knows them again', async () => {
    const production = await startWebWorld({ demo: false, reply: sampleBot });
    const context = await browser.newContext({ viewport: PHONE });
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
