/** What people do that nobody meant: taps in a row, old buttons, two at once, guessed codes, a careless start. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait.js';
import { World } from './world.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const VIETNAMESE = /[ăâđêôơưạảấầậắặềếệốồộớờợứừựàáãèéìíòóùúýỳ]/i;

let world: World;

beforeAll(async () => {
  world = await World.create({ backend: 'postgres' });
}, 120_000);

afterAll(() => world.close());

const count = async (sql: string): Promise<number> => {
  const { rows } = await world.db.store.pool.query<{ n: string }>(`select count(*) as n from ${sql}`);
  return Number(rows[0]?.n);
};

describe('a button', () => {
  it('made up by hand changes nothing', async () => {
    const person = await world.web('seat-so-y-te');
    for (const action of ['go:', 'go:nothing', 'go:register:x', 'q:00000000:0', 'q::', "go:story:'; drop", 'xyz']) {
      const answer = await person.send({ action });
      expect(answer.text, action).toMatch(VIETNAMESE);
    }
    expect((await person.send({ action: 'go:launch' })).text).toContain('Việc này dành cho chuyên viên.');
  });

  it('of a list opens what it names', async () => {
    for (const code of [null, 'seat-so-y-te', 'officer']) {
      const person = await world.web(code);
      await person.say('phong trao');
      expect((await person.tap('1 PT-')).text).toContain('Mục tiêu:');
      await person.say('guong');
      expect((await person.tap('1 ')).text).toContain('Quyết định');
    }
  });

  it('tapped twice at once hands in one report', async () => {
    const person = await world.web('seat-so-gddt');
    await person.type('nop bao cao', '1', 'Kết quả mẫu');
    const send = person.events.at(-1)?.buttons.find((button) => button.label === 'Gửi')?.action ?? '';
    const before = await count('submission');
    await Promise.all([person.post({ action: send }), person.post({ action: send }), person.post({ action: send })]);
    await person.waitFor('✅ Đã nhận');
    await waitFor(async () => (await count('inbound where processed_at is null')) === 0);
    expect(await count('submission')).toBe(before + 1);
    while ((await person.listen(1)).length > 0);
    expect(person.all('✅ Đã nhận')).toHaveLength(1);
    expect(person.all('không còn tác dụng').length).toBeGreaterThan(0);
  });

  it('of an earlier question never answers a later one', async () => {
    const person = await world.web('seat-p-duy-tien');
    const first = await person.say('dang ky');
    const old = first.buttons[0]?.action ?? '';
    await person.type('huy', 'dang ky');
    expect((await person.send({ action: old })).text).toContain('không còn tác dụng');
    await person.say('huy');
  });
});

describe('two at once', () => {
  it('of one unit: one registration counts, and the other person learns of it before anything is overwritten', async () => {
    const [seat, head] = await Promise.all([world.web('seat-p-phu-ly'), world.web('head-p-phu-ly')]);
    for (const [n, person] of [seat, head].entries())
      await person.type('dang ky', '1', `Chỉ tiêu của người ${String(n)}`, 'khong co', 'khong co', 'khong co');
    const before = await count('registration_version');
    const [one, other] = await Promise.all([seat.tap('Gửi đăng ký'), head.tap('Gửi đăng ký')]);
    const texts = [one.text, other.text].sort();
    expect(texts.filter((text) => text.startsWith('✅ Đã nhận đăng ký'))).toHaveLength(1);
    expect(texts.filter((text) => text.includes('Đồng nghiệp của anh/chị vừa gửi'))).toHaveLength(1);
    expect(await count('registration_version')).toBe(before + 1);
  });

  it('of one unit, one a moment after the other: the second learns of the first before it replaces anything', async () => {
    const [seat, head] = await Promise.all([world.web('seat-so-y-te'), world.web('head-so-y-te')]);
    for (const [n, person] of [seat, head].entries())
      await person.type('dang ky', '1', `Chỉ tiêu của người ${String(n)}`, 'khong co', 'khong co', 'khong co');
    expect((await seat.tap('Gửi đăng ký')).text).toContain('✅ Đã nhận đăng ký');
    expect((await head.tap('Gửi đăng ký')).text).toContain('Đồng nghiệp của anh/chị vừa gửi');
    expect((await head.tap('Gửi đăng ký')).text).toContain('✅ Đã nhận đăng ký');
  });

  it('windows of one person see the same talk, each answer once', async () => {
    const [left, right] = await Promise.all([world.web('deputy-p-phu-ly'), world.web('deputy-p-phu-ly')]);
    await left.say('phong trao');
    await right.waitFor('Đang có');
    expect((await right.tap('2 PT-')).text).toContain('Mục tiêu:');
    await left.waitFor('Mục tiêu:');
    expect(left.all('Mục tiêu:')).toHaveLength(1);
  });

  it('seats of one person: the flow asks which', async () => {
    const person = await world.web('seat-x-ly-nhan');
    const asked = await person.say('dang ky');
    expect(asked.text).toContain('thay mặt đơn vị nào');
    expect(asked.buttons.map(({ label }) => label)).toEqual([
      expect.stringContaining('Xã Lý Nhân'),
      expect.stringContaining('Xã Vĩnh Trụ'),
    ]);
    await person.say('huy');
  });
});

describe('an invitation', () => {
  it('works once, and for nobody else', async () => {
    const { code } = await world.invite('seat-p-duy-tien');
    const first = await world.web(null);
    expect((await first.say(`#${code}`)).text).toContain('Phường Duy Tiên');
    const second = await world.web(null);
    expect((await second.say(`#${code}`)).text).toContain('đã được dùng');
  });

  it('guessed five times locks the guesser out, even with the right code then', async () => {
    const { code } = await world.invite('seat-so-noi-vu');
    const person = await world.web(null);
    for (const guess of ['22223333', 'ABCDEFGH', '77778888', 'ZZZZYYYY'])
      expect((await person.say(`#${guess}`)).text).toContain('không đúng');
    await person.say('#34567823');
    expect((await person.say(`#${code}`)).text).toContain('tạm khóa');
    const other = await world.web(null);
    expect((await other.say(`#${code}`)).text).toContain('Sở Nội vụ');
  });
});

describe('the start', () => {
  it('with DEMO=1 and a real platform is refused, with every problem and no secret', async () => {
    const token = '987654321:REAL_token_of_a_real_bot_000000000000';
    const child = spawn(process.execPath, ['dist/src/main.js'], {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'],
        DEMO: '1',
        PORT: 'x',
        HOST: '0.0.0.0',
        PUBLIC_URL: 'https://thidua.example.vn',
        DATABASE_URL: 'postgres://u:secret-word@db.example.vn/x',
        TELEGRAM_BOT_TOKEN: token,
        ZALO_APP_ID: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(1);
    for (const name of [
      ...['PORT', 'HOST', 'PUBLIC_URL', 'DATABASE_URL', 'TELEGRAM_API_ROOT', 'TELEGRAM_WEBHOOK_SECRET'],
      ...['ZALO_OA_SECRET_KEY', 'ZALO_API_ROOT', 'ZALO_OAUTH_ROOT', 'ZALO_BUSINESS_ROOT'],
    ])
      expect(said, name).toContain(name);
    expect(said).not.toContain(token);
    expect(said).not.toContain('secret-word');
    expect(said).not.toMatch(/\bat .+:\d+:\d+/);
  });
});
