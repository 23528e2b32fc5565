import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFileStore } from '../../src/store/index.js';
import { waitFor } from '../support/wait.js';
import { bubbles, chromiumPath, probe, shoot, shoutThatThePageIsUntested } from './page-support.js';
import { DESKTOP, PHONE, saw, say, startPageWorld, type PageWorld } from './page-world.js';

if (chromiumPath === null) shoutThatThePageIsUntested();

describe.skipIf(chromiumPath === null)('the chat page', () => {
  let at: PageWorld;
  beforeAll(async () => {
    at = await startPageWorld();
  });
  afterAll(() => at.stop());
  afterEach(async () => {
    // Nothing of the page may fail, and nothing may come from elsewhere.
    expect(await at.tidy()).toEqual([]);
  });

  it('finds a person by words without diacritics, greets them, and takes taps and typed words', async () => {
    const page = await at.open(null);
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
    const page = await at.talk('head-p-phu-ly');
    await page.click('text=Tôi còn nợ gì');
    await saw(page, 'còn 2 việc');
    await page.waitForSelector('.choices.old');
    expect(await page.locator('.choices:not(.old)').count()).toBe(1);
    await page.click('.choices.old >> text=Tôi còn nợ gì');
    await waitFor(async () => (await at.told('head-p-phu-ly')).filter((said) => said === 'go:owed').length === 2);
  });

  it('can be used by keyboard alone', async () => {
    const page = await at.open(null);
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
    await waitFor(async () => (await at.told('deputy-so-y-te')).includes('go:person'));
  });

  it('tells screen readers what is what', async () => {
    const page = await at.talk('seat-so-y-te');
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
    const page = await at.talk('deputy-p-phu-ly', undefined, viewport);
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
    const page = await at.open(null, undefined, PHONE);
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

  it('sends files, shows how it went, and says what is wrong with one that is refused', async () => {
    const page = await at.talk('head-p-duy-tien');
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
    const page = await at.talk('seat-p-phu-ly');
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const image = await createFileStore(at.world.store).save(png, { name: 'the.png', type: 'image/png' });
    const contactId = await at.contactOf('seat-p-phu-ly');
    await at.world.tell(contactId, { text: 'Gương mới', imageId: image.id, imageAlt: 'Thẻ tôn vinh chị Mẫu' });
    await page.getByRole('img', { name: 'Thẻ tôn vinh chị Mẫu' }).waitFor();
  });

  it('shows HTML, marks of direction and emoji as what they are: text', async () => {
    const page = await at.talk('seat-so-noi-vu');
    const contactId = await at.contactOf('seat-so-noi-vu');
    const text = `<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> 🌺 \u202eevil\u202c &amp;`;
    await at.world.tell(contactId, { text, buttons: [{ label: '<b>nút</b>', action: 'go:menu' }] });
    await saw(page, text);
    expect(await page.locator('.choices').last().innerText()).toBe('<b>nút</b>');
    expect(await page.evaluate("'hacked' in window")).toBe(false);
    await at.world.tell(contactId, { text: 'Xem https://example.gov.vn/ke-hoach?id=1.' });
    expect(await page.locator('.words a').last().getAttribute('href')).toBe('https://example.gov.vn/ke-hoach?id=1');
  });

  it('stops a text that is too long before it is sent, and says by how much', async () => {
    const page = await at.talk('deputy-so-noi-vu');
    await page.fill('#write', 'ạ'.repeat(10_000));
    expect(await page.locator('#limit').innerText()).toContain('Dài quá 2000 ký tự');
    expect(await page.locator('#send').isDisabled()).toBe(true);
  });

  it('speaks English when asked, and Vietnamese again', async () => {
    const page = await at.talk('head-so-noi-vu');
    await page.click('#language');
    await page.waitForSelector('#send >> text=Send');
    await waitFor(async () => (await at.told('head-so-noi-vu')).includes('English'));
    await say(page, 'tieng viet');
    await page.waitForSelector('#send >> text=Gửi');
  });

  it('holds still for those who asked for less motion', async () => {
    const page = await at.talk('officer', await at.newContext(DESKTOP, { reducedMotion: 'reduce' }));
    const durations = await probe<string[]>(page, 'animations');
    expect(durations).toHaveLength(3);
    expect(durations.every((duration) => parseFloat(duration) < 0.01)).toBe(true);
  });
});
