import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startFakeTelegram, type FakeTelegram } from '../support/fake-telegram.js';

interface Answer {
  readonly ok: boolean;
  readonly error_code?: number;
  readonly description?: string;
  readonly parameters?: { readonly retry_after?: number };
  readonly result?: unknown;
}

let fake: FakeTelegram;
const call = async (method: string, params: object, token = fake.token): Promise<Answer> => {
  const answer = await fetch(`${fake.apiRoot}/bot${token}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(params),
  });
  return (await answer.json()) as Answer;
};
const say = (fields: object) => call('sendMessage', { chat_id: 77, text: 'x', ...fields });

beforeAll(async () => {
  fake = await startFakeTelegram();
  await fake.addChats(77, 200);
});
afterAll(() => fake.stop());
beforeEach(() => fake.reset());

describe('the fake Bot API is strict', () => {
  it.each([
    ['an unknown parameter', { parse_mod: 'HTML' }, 'strict: unknown parameter'],
    ['an empty text', { text: '' }, 'message text is empty'],
    ['a blank text', { text: ' \n ' }, 'message text is empty'],
    ['a long text', { text: 'a'.repeat(4_097) }, 'message is too long'],
    ['an unclosed tag', { text: '<b>x', parse_mode: 'HTML' }, "can't parse entities"],
    ['a crossed tag', { text: '<b><i>x</b></i>', parse_mode: 'HTML' }, "can't parse entities"],
    ['an unknown tag', { text: '<br>', parse_mode: 'HTML' }, "can't parse entities"],
    ['a forgotten sign', { text: 'a < b', parse_mode: 'HTML' }, "can't parse entities"],
    ['a forgotten ampersand', { text: 'a & b', parse_mode: 'HTML' }, "can't parse entities"],
    [
      'callback data over 64 bytes',
      { reply_markup: { inline_keyboard: [[{ text: 'a', callback_data: 'ắ'.repeat(22) }]] } },
      'BUTTON_DATA_INVALID',
    ],
    [
      'no callback data',
      { reply_markup: { inline_keyboard: [[{ text: 'a' }]] } },
      "can't parse inline keyboard button",
    ],
    [
      "telegraf's hidden field",
      { reply_markup: { inline_keyboard: [[{ text: 'a', callback_data: 'x', hide: false }]] } },
      'strict: unknown field hide',
    ],
    ['an unknown chat', { chat_id: 5 }, 'chat not found'],
  ])('refuses %s', async (_name, fields, description) => {
    expect(await say(fields)).toMatchObject({
      ok: false,
      error_code: 400,
      description: expect.stringContaining(description) as string,
    });
  });

  it('counts after the markup was read', async () => {
    expect(await say({ text: `<b>${'a'.repeat(4_096)}</b>`, parse_mode: 'HTML' })).toMatchObject({ ok: true });
    expect(await say({ text: '&lt;&#233;&amp;', parse_mode: 'HTML' })).toMatchObject({
      ok: true,
      result: { text: '<é&' },
    });
  });

  it('knows its token and its methods', async () => {
    expect(await call('getMe', {}, '1:x')).toMatchObject({ error_code: 401 });
    expect(await call('sendPigeon', {})).toMatchObject({ error_code: 404 });
  });

  it('answers a callback once', async () => {
    await fake.person(77).tapData('go:menu');
    const updates = (await call('getUpdates', { offset: -1 })).result as { callback_query?: { id: string } }[];
    const id = updates.at(-1)?.callback_query?.id;
    expect(await call('answerCallbackQuery', { callback_query_id: id })).toMatchObject({ ok: true });
    expect(await call('answerCallbackQuery', { callback_query_id: id })).toMatchObject({ error_code: 400 });
  });

  it('writes seconds, not milliseconds', async () => {
    const { date } = (await say({})).result as { date: number };
    expect(Math.abs(date - Date.now() / 1000)).toBeLessThan(5);
  });

  it('counts what is faster than the limit, and can enforce it', async () => {
    await fake.limits({ perSecond: 2 });
    await Promise.all(Array.from({ length: 60 }, (_, n) => say({ chat_id: 80 + n })));
    const { sent, overLimit, overChatLimit } = await fake.stats();
    expect(sent).toBe(60);
    expect(overLimit).toBeGreaterThan(20);
    expect(overChatLimit).toBe(0);
    await fake.limits({ enforce: true });
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => say({ chat_id: 80 + n })));
    expect(answers.filter(({ error_code: code }) => code === 429)[0]?.parameters?.retry_after).toBe(1);
    await fake.limits({ perSecond: 30, enforce: false });
  });

  it('counts each chat by itself', async () => {
    for (let n = 0; n < 30; n++) await say({ chat_id: 200 });
    expect((await fake.stats()).overChatLimit).toBeGreaterThan(0);
  });

  it('tells who got what, and who got it twice', async () => {
    for (const chat of [100, 101, 101]) await say({ chat_id: chat, text: 'thông báo 1' });
    expect(await fake.summary('thông báo')).toMatchObject({
      messages: 3,
      chats: 2,
      perChat: { 100: 1, 101: 2 },
      histogram: { 1: 1, 2: 1 },
      twice: [{ chat: '101', count: 2 }],
    });
  });

  it('hands a message to whoever waits for it', async () => {
    const waiting = fake.person(102).waitFor('đến');
    await say({ chat_id: 102, text: 'đã đến' });
    expect((await waiting).text).toBe('đã đến');
    await expect(fake.person(102).waitFor('không', { timeoutMs: 20 })).rejects.toThrow('never got "không"');
  });
});
