/** The chat page in a real browser, against a bot that says what a test needs. */
import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Content, InboundBody } from '../../src/conversation/message.js';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** The Chromium of this machine, or null. `CHROMIUM_PATH` names another. */
export const chromiumPath: string | null =
  [process.env['CHROMIUM_PATH'], ...PLACES].find((path) => path !== undefined && existsSync(path)) ?? null;

/** Tells, where it cannot be missed, that the page is not tested here. */
export function shoutThatThePageIsUntested(): void {
  const line = '!'.repeat(78);
  process.stderr.write(
    `\n${line}\n!! NO CHROMIUM ON THIS MACHINE: the chat page is NOT tested.\n` +
      `!! apt-get install -y chromium   (or CHROMIUM_PATH=/path/to/chromium)\n${line}\n\n`,
  );
}

/** Starts the browser without any call home. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? '',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Asks the page from within: see `page-probe.js`. */
export function probe<T>(
  page: Page,
  what: 'bubbles' | 'overflow' | 'nameless' | 'lowContrast' | 'animations',
): Promise<T> {
  return page.evaluate<T>(`probe.${what}()`);
}

/** The texts of the bubbles, top to bottom, each with the hand it came from. */
export const bubbles = (page: Page): Promise<string[]> => probe(page, 'bubbles');

export const PROBE = new URL('page-probe.js', import.meta.url).pathname;

/** Saves a picture of the page where `PAGE_SHOTS` names a folder. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env['PAGE_SHOTS'];
  if (folder === undefined) return;
  await page.evaluate('document.fonts.ready.then(() => true)');
  await page.screenshot({ path: `${folder}/${name}.png` });
}

const UNITS = [
  ['p-phu-ly', 'Phường Phủ Lý'],
  ['p-duy-tien', 'Phường Duy Tiên'],
  ['so-y-te', 'Sở Y tế'],
  ['so-gddt', 'Sở Giáo dục và Đào tạo'],
  ['so-noi-vu', 'Sở Nội vụ'],
] as const;

/** People of a small sample province. */
export const PEOPLE = [
  { code: 'officer', name: 'Nguyễn Thị Mẫu', role: 'officer', unit: 'Sở Nội vụ' },
  { code: 'officer2', name: 'Trần Văn Thử', role: 'officer', unit: 'Sở Nội vụ' },
  { code: 'leader', name: 'Phạm Minh Ví Dụ', role: 'leader', unit: 'UBND tỉnh' },
  { code: 'admin', name: 'Lê Quản Trị', role: 'admin', unit: 'Sở Nội vụ' },
  { code: 'visitor', name: 'Người dân (mẫu)', role: 'visitor', unit: '' },
  ...UNITS.flatMap(([code, unit]) => [
    { code: `seat-${code}`, name: 'Vũ Thị Ví Dụ', role: 'seat', unit },
    { code: `deputy-${code}`, name: 'Đỗ Văn Mẫu', role: 'deputy', unit },
    { code: `head-${code}`, name: 'Hoàng Thị Thử', role: 'head', unit },
  ]),
];

/** A bot of a few sentences, with choices. */
export function sampleBot(body: InboundBody): Content | null {
  if (body.kind === 'file') return { text: `✅ Đã nhận tệp ${body.file?.name ?? ''}.\nMã BC-7F3KQ.` };
  const said = body.kind === 'text' ? body.text : body.kind === 'action' ? body.action : '';
  const answer = ANSWERS[said];
  return answer ?? { text: `Tôi chưa hiểu "${said}". Anh/chị chọn một việc dưới đây.`, buttons: MENU };
}

const MENU = [
  { label: 'Tôi còn nợ gì', action: 'go:owed' },
  { label: 'Nộp báo cáo', action: 'go:report' },
  { label: 'Hỏi thủ tục', action: 'go:ask' },
  { label: 'Gặp cán bộ', action: 'go:person' },
];

const OWED = {
  text:
    'Phường Phủ Lý còn 2 việc:\n' +
    '1. ⚠️ Báo cáo sơ kết 6 tháng – quá hạn 2 ngày làm việc (hạn thứ Tư, 18/11/2026)\n' +
    '2. ⏰ Đăng ký phong trào "Mỗi tuần một việc tốt" – còn 3 ngày làm việc (hạn thứ Tư, 25/11/2026)\n' +
    'Chọn 1 hoặc 2 để làm ngay.',
  buttons: [
    { label: '1 Nộp báo cáo', action: 'q:a:0' },
    { label: '2 Đăng ký', action: 'q:a:1' },
    { label: 'Xin lùi hạn', action: 'go:extend' },
    { label: 'Gặp cán bộ', action: 'go:person' },
  ],
};

const ANSWERS: Readonly<Record<string, Content>> = {
  '/start': {
    text:
      'Xin chào, tôi là trợ lý thi đua, khen thưởng (dữ liệu mẫu).\n' +
      'Tôi giúp đơn vị theo dõi việc còn nợ, đăng ký phong trào, nộp báo cáo và tra cứu thủ tục.',
    buttons: MENU,
  },
  menu: { text: 'Anh/chị muốn làm việc gì?', buttons: MENU },
  'go:owed': OWED,
  'tôi còn nợ gì': OWED,
  'q:a:0': {
    text: '📌 Báo cáo sơ kết 6 tháng của Phường Phủ Lý.\nCần: số liệu 3 chỉ tiêu và 1 tệp báo cáo. Anh/chị gửi tệp, hoặc gõ nội dung.',
    buttons: [
      { label: 'Không phát sinh', action: 'q:b:0' },
      { label: 'Lùi', action: 'q:b:1' },
      { label: 'Gặp cán bộ', action: 'go:person' },
    ],
  },
  'tap the lao dong xuat sac can bao nhieu % ldtt': {
    text:
      'Từ 70 % cá nhân trở lên đạt Lao động tiên tiến; 100 % hoàn thành nhiệm vụ; và có người đạt Chiến sĩ thi đua cơ sở.\n' +
      'Căn cứ: Luật số 06/2022/QH15, Điều 27, khoản 1.\n' +
      '⚠️ Luật đã được sửa đổi từ 01/10/2026; nội dung này chưa đối chiếu với bản sửa đổi.',
    buttons: [
      { label: 'Tiêu chuẩn đầy đủ', action: 'q:c:0' },
      { label: 'Hồ sơ', action: 'q:c:1' },
      { label: 'Chưa đúng ý', action: 'q:c:2' },
    ],
  },
};
