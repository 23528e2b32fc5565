/** The story itself, told in chapters, so that a test may kill the product between and within them. */
import { expect } from 'vitest';
import { samplePdf, samplePng } from './samples.js';
import type { WebPerson } from './web-person.js';
import type { World } from './world.js';

export type LedgerView = Awaited<ReturnType<World['ledger']>>;

const TG_CHAT = 501;
const ZALO_USER = '3333444455556666701';

/** The product may be killed and started again while somebody waits. */
// A platform tries a webhook again ever more slowly; a product that is killed all the time may miss four of its tries.
const PATIENCE = { timeoutMs: 150_000 };

const CAMPAIGN = 'Mỗi tuần một việc tốt';

/** Everybody who takes part. */
interface Cast {
  readonly officer: WebPerson;
  readonly leader: WebPerson;
  readonly health: WebPerson;
  readonly visitor: WebPerson;
}

/** Tells the whole story and returns the ledgers of what was sent to many. */
export async function tellStory(world: World): Promise<[string, LedgerView][]> {
  const cast: Cast = {
    officer: await world.web('officer'),
    leader: await world.web('leader'),
    health: await world.web('seat-so-y-te'),
    visitor: await world.web(null),
  };
  await bindPlatforms(world);
  const campaignId = await launch(world, cast);
  await register(world, cast);
  await remind(world, cast);
  await report(cast);
  await ask(world, cast);
  const honourId = await honour(world, cast);
  await numbers(cast);
  return [
    [campaignId, await world.ledger(campaignId)],
    [honourId, await world.ledger(honourId)],
  ];
}

const telegram = (world: World) => world.telegram?.person(TG_CHAT) ?? fail('Telegram is off');
const zalo = (world: World) => world.zalo?.person(ZALO_USER) ?? fail('Zalo is off');
const fail = (why: string): never => {
  throw new Error(why);
};

/** The seats of two wards move to Telegram and Zalo with real invitations. */
async function bindPlatforms(world: World): Promise<void> {
  const phuLy = await world.invite('seat-p-phu-ly');
  await telegram(world).type(`/start ${phuLy.telegramStart}`);
  await telegram(world).waitFor('Phường Phủ Lý', PATIENCE);
  const duyTien = await world.invite('seat-p-duy-tien');
  await zalo(world).follow();
  await zalo(world).type(duyTien.zaloText);
  await zalo(world).waitFor('Phường Duy Tiên', PATIENCE);
  // A used invitation does not work a second time.
  await telegram(world).type(`/start ${duyTien.telegramStart}`);
  await telegram(world).waitFor('đã được dùng', PATIENCE);
}

async function launch(world: World, { officer, health }: Cast): Promise<string> {
  await officer.type(
    'phat dong',
    CAMPAIGN,
    'Việc nhỏ, nghĩa lớn',
    'theo chuyên đề',
    '25/KH-UBND',
    '20/11/2026',
    'Nhân rộng việc tốt',
    'Mỗi đơn vị 01 gương mỗi tháng',
    'Toàn tỉnh',
    'Nội dung',
    'Tiêu chí',
    'Biện pháp',
    'Kế hoạch',
    'Bằng khen',
  );
  const today = (await world.json<{ now: string }>('/api/demo/clock')).now.slice(0, 10);
  const dates = [0, 300, 5, 100, 290].map((days) => dateAfter(today, days));
  const review = await officer.type('phu ly, duy tien, so y te', 'xong', ...dates);
  expect(review.text).toContain('đã đủ các phần');
  await officer.tap('Phát động');
  await world.calmly(async () => {
    const launched = await officer.tap('Phát động');
    expect(launched.text).toContain(`✅ Đã phát động “${CAMPAIGN}”`);

    await health.waitFor(`Phát động phong trào “${CAMPAIGN}”`);
    await telegram(world).waitFor(`Phát động phong trào “${CAMPAIGN}”`, PATIENCE);
    await zalo(world).waitFor(`Phát động phong trào “${CAMPAIGN}”`, PATIENCE);
  });
  return latestBroadcast(world);
}

/** Two units register; one registration is returned with a reason, corrected, and accepted. */
async function register(world: World, { officer }: Cast): Promise<void> {
  const tg = telegram(world);
  await tg.tap('Đăng ký');
  await tg.waitFor('chỉ tiêu thi đua gì', PATIENCE);
  await tg.type('10 gương mỗi quý');
  await tg.waitFor('Danh hiệu tập thể', PATIENCE);
  await tg.type('không có');
  await tg.waitFor('Danh hiệu cá nhân', PATIENCE);
  await tg.type('Nguyễn Văn Mẫu; Trưởng trạm; CSTĐCS');
  await tg.waitFor('học tập điển hình nào', PATIENCE);
  await tg.type('không có');
  await tg.waitFor('Gửi đăng ký phong trào', PATIENCE);
  await tg.tap('Gửi đăng ký');
  await tg.waitFor('✅ Đã nhận đăng ký', PATIENCE);

  const z = zalo(world);
  await z.type('dang ky');
  await z.waitFor('Chọn phong trào để đăng ký', PATIENCE);
  await z.type(CAMPAIGN);
  await z.waitFor('chỉ tiêu thi đua gì', PATIENCE);
  for (const line of ['5 gương mỗi quý', 'khong co', 'khong co', 'khong co']) {
    const before = (await z.messages()).length;
    await z.type(line);
    await until(async () => (await z.messages()).length > before);
  }
  await z.tap('Gửi đăng ký');
  await z.waitFor('✅ Đã nhận đăng ký', PATIENCE);

  await decide(officer, 'Phường Phủ Lý', 'Chấp nhận');
  await tg.waitFor('đã được chấp nhận', PATIENCE);
  await decide(officer, 'Phường Duy Tiên', 'Trả lại');
  await officer.say('Đề nghị ghi rõ số hộ');
  await z.waitFor('Đề nghị ghi rõ số hộ', PATIENCE);
}

async function decide(officer: WebPerson, unit: string, button: string): Promise<void> {
  let list = await officer.say('việc của tôi');
  for (;;) {
    const line = list.text.split('\n').find((one) => one.includes(unit) && one.includes(CAMPAIGN));
    const number = /^(\d+)\./.exec(line ?? '')?.[1];
    if (number !== undefined) {
      await officer.say(number);
      break;
    }
    list = await officer.tap('Xem tiếp');
  }
  await officer.tap(button);
}

/** Days pass: those who owe are reminded, those who registered are not, and lateness goes to the head. */
async function remind(world: World, { health }: Cast): Promise<void> {
  const head = await world.web('head-so-y-te');
  await health.catchUp();
  const tgBefore = (await telegram(world).messages(`Đăng ký phong trào “${CAMPAIGN}”`)).length;
  await world.advanceDays(6);
  await health.waitFor(`Đăng ký phong trào “${CAMPAIGN}”`);
  expect((await telegram(world).messages(`Đăng ký phong trào “${CAMPAIGN}”`)).length).toBe(tgBefore);
  await world.advanceDays(5);
  await head.waitFor(`Đăng ký phong trào “${CAMPAIGN}”`);
}

/** Hands in what is owed with a file, whose content decides what it is. */
async function report({ health }: Cast): Promise<void> {
  await health.catchUp();
  const disguised = await health
    .upload('bao-cao.pdf', Buffer.from('MZ\u0090\u0000 not a pdf'.padEnd(4000, '\u0000')))
    .catch((error: unknown) => error);
  expect(disguised).toBeInstanceOf(Error);
  const chosen = await health.say('nộp báo cáo');
  if (chosen.buttons.length > 0 && /^1/.test(chosen.text.split('\n').find((line) => /^1\./.test(line)) ?? ''))
    await health.say('1');
  await health.upload('bao-cao.pdf', samplePdf());
  await confirmReport(health);
  await health.waitFor('✅ Đã nhận');
}

async function confirmReport(person: WebPerson): Promise<void> {
  const last = person.events.at(-1);
  const send = last?.buttons.find((button) => /Gửi|Nộp/.test(button.label));
  if (send) await person.tap(send.label);
}

/** One question is answered with its article; another goes to the officer and comes back. */
async function ask(world: World, { officer, visitor }: Cast): Promise<void> {
  const answer = await visitor.say('tap the lao dong xuat sac can bao nhieu % ldtt');
  expect(answer.text).toContain('70');
  expect(answer.text).toContain('Điều 27');
  const handed = await visitor.say('gặp cán bộ');
  expect(handed.text.length).toBeGreaterThan(0);
  const passedOn = await visitor.say('Xin hỏi lịch tiếp công dân của bộ phận thi đua tuần này');
  expect(passedOn.text).toContain('chuyển');
  await visitor.catchUp();
  const task = await openTask(world, 'question');
  // It names the same question, and is no answer to the tap.
  await officer.waitFor('Câu hỏi mới');
  const question = await officer.send({ action: `go:answer-question:${task}` });
  expect(question.text).toContain('lịch tiếp công dân');
  await officer.say('Bộ phận tiếp vào sáng thứ Tư hằng tuần.');
  const sent = await officer.tap('Gửi');
  expect(sent.text).toContain('gửi');
  await visitor.waitFor('Bộ phận tiếp vào sáng thứ Tư');
}

async function openTask(world: World, kind: string): Promise<string> {
  return until(
    async () =>
      (await world.db.store.db.task.findFirst({ where: { kind, doneAt: null }, orderBy: { openedAt: 'desc' } }))?.refId,
  );
}

async function honour(world: World, { officer, visitor }: Cast): Promise<string> {
  await visitor.catchUp();
  await officer.type(
    'tôn vinh',
    'Nguyễn Thị Mẫu',
    'Trạm Y tế phường Duy Tiên',
    '12 năm không bỏ một ca trực đêm giao thừa',
    'Câu chuyện dài',
    'Bằng khen của Chủ tịch UBND tỉnh',
    '123/QĐ-UBND',
    '20/11/2026',
    '1',
  );
  await officer.upload('anh.png', samplePng());
  const preview = await officer.waitFor('Công bố tới');
  expect(preview.image?.url).toBeTruthy();
  await world.calmly(async () => {
    await officer.tap('Công bố');
    const seen = await visitor.waitFor('12 năm không bỏ một ca trực');
    expect(seen.image?.url).toBeTruthy();
    const onTelegram = await telegram(world).waitFor('12 năm không bỏ một ca trực', PATIENCE);
    expect(onTelegram.file?.kind).toBe('photo');
    const onZalo = await zalo(world).waitFor('12 năm không bỏ một ca trực', PATIENCE);
    expect(onZalo.file?.kind).toBe('image');
  });
  return latestBroadcast(world);
}

async function numbers({ leader }: Cast): Promise<void> {
  const answer = await leader.say('tình hình');
  expect(answer.text).toContain(`Đăng ký phong trào “${CAMPAIGN}”`);
  const opened = await leader.tap('Quá hạn');
  expect(opened.text.length).toBeGreaterThan(0);
}

/** The newest broadcast, once each of its messages is final. */
async function latestBroadcast(world: World): Promise<string> {
  const { sources } = await world.json<{ sources: { source: string }[] }>('/api/demo/ledger');
  const source = sources.find((one) => one.source.startsWith('broadcast:'))?.source ?? fail('no broadcast');
  await until(async () => {
    const { byState } = await world.ledger(source);
    return ['planned', 'queued', 'leased', 'sending'].every((state) => (byState[state] ?? 0) === 0);
  });
  return source;
}

/** Waits for a condition. */
async function until<T>(look: () => Promise<T>): Promise<NonNullable<T>> {
  const limit = Date.now() + PATIENCE.timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > limit) throw new Error('the condition never came true');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function dateAfter(day: string, days: number): string {
  const at = new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString();
  return `${at.slice(8, 10)}/${at.slice(5, 7)}/${at.slice(0, 4)}`;
}
