import { describe, expect, it } from 'vitest';
import { decodeTelegramUpdate } from '../../src/channels/telegram/index.js';
import { receiveWebhook } from '../../src/channels/telegram/webhook.js';

const lan = { id: 77, is_bot: false, first_name: 'Lan', language_code: 'en' };
const privateChat = { id: 77, type: 'private', first_name: 'Lan' };
const from = { channel: 'telegram', externalId: '77', displayName: 'Lan' };
const message = (fields: object) => ({
  update_id: 900000001,
  message: { message_id: 11, from: lan, chat: privateChat, date: 1790000000, ...fields },
});
const member = (status: string, chat: object = privateChat) => ({
  update_id: 900000003,
  my_chat_member: {
    chat,
    from: lan,
    date: 1790000002,
    old_chat_member: { user: lan, status: 'member' },
    new_chat_member: { user: lan, status },
  },
});
const callback = (fields: object) => ({
  update_id: 900000002,
  callback_query: { id: '4382', from: lan, chat_instance: '-1', ...fields },
});
const decoded = (update: object) => decodeTelegramUpdate(update);
const body = (update: object) => decoded(update).map((event) => (event.type === 'message' ? event.body : event));

describe('decoding Telegram updates', () => {
  it.each([
    ['a text as it was typed', message({ text: ' Xin  chào\n' }), { kind: 'text', text: ' Xin  chào\n' }],
    [
      'a deep link',
      message({ text: '/start hs_abc123', entities: [{ offset: 0, length: 6, type: 'bot_command' }] }),
      { kind: 'start', payload: 'hs_abc123' },
    ],
    ['a bare start', message({ text: '/start' }), { kind: 'start', payload: '' }],
    [
      'a start that names the bot',
      message({ text: '/start@x_bot  INV-7F3K ' }),
      { kind: 'start', payload: 'INV-7F3K' },
    ],
    ['another command as text', message({ text: '/menu' }), { kind: 'text', text: '/menu' }],
    [
      'words that only begin like a command',
      message({ text: '/started today' }),
      { kind: 'text', text: '/started today' },
    ],
    ['HTML as plain words', message({ text: '<b>x</b> & y' }), { kind: 'text', text: '<b>x</b> & y' }],
    ['a forwarded text', message({ text: 'tin', forward_origin: { type: 'user' } }), { kind: 'text', text: 'tin' }],
    [
      'a document with its caption',
      message({
        caption: 'báo cáo',
        document: { file_id: 'F1', file_unique_id: 'u1', file_name: 'bao-cao.docx', mime_type: 'x/y', file_size: 1234 },
      }),
      { kind: 'file', caption: 'báo cáo', remote: { ref: 'F1', name: 'bao-cao.docx', size: 1234 } },
    ],
    [
      'a document without a name',
      message({ document: { file_id: 'F2', file_unique_id: 'u2' } }),
      { kind: 'file', caption: '', remote: { ref: 'F2', name: 'tep-u2' } },
    ],
    [
      'the biggest size of a photo',
      message({
        photo: [
          { file_id: 'S', file_unique_id: 's', width: 90, height: 60, file_size: 9 },
          { file_id: 'L', file_unique_id: 'l', width: 900, height: 600, file_size: 900 },
          { file_id: 'M', file_unique_id: 'm', width: 300, height: 200 },
        ],
      }),
      { kind: 'file', caption: '', remote: { ref: 'L', name: 'anh-l.jpg', size: 900 } },
    ],
    [
      'a shared contact without its phone number',
      message({ contact: { phone_number: '84900000000', first_name: 'Lan', user_id: 77 } }),
      { kind: 'unsupported', what: 'contact' },
    ],
    ['a sticker', message({ sticker: { file_id: 'x' } }), { kind: 'unsupported', what: 'sticker' }],
    ['a voice message', message({ voice: { file_id: 'x' } }), { kind: 'unsupported', what: 'voice' }],
    ['a place', message({ location: { latitude: 1, longitude: 2 } }), { kind: 'unsupported', what: 'location' }],
    [
      'a GIF, which also is a document',
      message({ animation: { file_id: 'x' }, document: { file_id: 'x' } }),
      { kind: 'unsupported', what: 'animation' },
    ],
    [
      'a tapped button',
      callback({ data: 'q:abc:1', message: { message_id: 12, chat: privateChat, date: 1790000001 } }),
      { kind: 'action', action: 'q:abc:1' },
    ],
    [
      'a button of a message too old to read',
      callback({ data: 'go:menu', message: { message_id: 12, chat: privateChat, date: 0 } }),
      { kind: 'action', action: 'go:menu' },
    ],
    ['a block', member('kicked'), { type: 'contact-state', from, state: 'blocked' }],
    ['an unblock', member('member'), { type: 'contact-state', from, state: 'active' }],
  ])('reads %s', (_name, update, expected) => {
    expect(body(update)).toEqual([expected]);
  });

  it.each([
    [
      'a message in a group',
      {
        update_id: 1,
        message: {
          message_id: 14,
          from: lan,
          chat: { id: -100, type: 'supergroup', title: 'Tổ 1' },
          date: 1,
          text: '/hoi@x_bot giờ',
        },
      },
    ],
    [
      'a group that moved',
      {
        update_id: 1,
        message: {
          message_id: 13,
          from: lan,
          chat: { id: -100123, type: 'group', title: 'Tổ 1' },
          date: 1,
          migrate_to_chat_id: -1001234567890,
        },
      },
    ],
    [
      'an edited message',
      { update_id: 1, edited_message: { message_id: 1, from: lan, chat: privateChat, date: 1, text: 'x' } },
    ],
    [
      'a channel post',
      { update_id: 1, channel_post: { message_id: 1, chat: { id: -1, type: 'channel' }, date: 1, text: 'x' } },
    ],
    ['a button in a group', callback({ data: 'go:menu', message: { message_id: 1, chat: { id: -1, type: 'group' } } })],
    ['a callback without data', callback({ game_short_name: 'x', message: { message_id: 1, chat: privateChat } })],
    ['being thrown out of a group', member('kicked', { id: -1, type: 'group' })],
    [
      'another bot',
      {
        update_id: 1,
        message: { message_id: 1, from: { ...lan, is_bot: true }, chat: privateChat, date: 1, text: 'x' },
      },
    ],
    ['a service message', message({ pinned_message: {} })],
    ['a kind of the future', { update_id: 1, thoughts: {} }],
    ['what is no update', 'x' as unknown as object],
    ['an update without its id', { message: {} }],
    ['a broken message', { update_id: 1, message: { text: 5 } }],
  ])('ignores %s', (_name, update) => {
    expect(decoded(update)).toEqual([]);
  });

  it('names the update, the person and the callback to answer', () => {
    expect(decoded(callback({ data: 'go:menu', message: { message_id: 12, chat: privateChat } }))).toEqual([
      {
        type: 'message',
        externalId: '900000002',
        from,
        body: { kind: 'action', action: 'go:menu' },
        acknowledge: '4382',
      },
    ]);
  });

  it('cleans a name that hides control characters', () => {
    const [event] = decoded(
      message({ from: { id: 77, first_name: '\u202eLan\u0000', last_name: 'x'.repeat(300) }, text: 'a' }),
    );
    expect(event?.type === 'message' && event.from.displayName).toMatch(/^Lan x{95}…$/);
  });
});

describe("Telegram's webhook door", () => {
  const update = Buffer.from(JSON.stringify(message({ text: 'a' })));
  const secret = 'S3cret-token_for-tests';
  const receive = (given: string | undefined, wanted: string | undefined, raw = update) =>
    receiveWebhook({ headers: { 'x-telegram-bot-api-secret-token': given }, body: raw }, wanted);

  it('takes an update with the right secret', () => {
    expect(receive(secret, secret)).toMatchObject({ ok: true, events: [{ externalId: '900000001' }] });
  });

  it.each([
    ['a wrong secret', `${secret}x`, secret],
    ['a shorter secret', 'S', secret],
    ['no secret', undefined, secret],
    ['an empty secret where none is configured', '', ''],
    ['any secret where none is configured', secret, undefined],
  ])('refuses %s with 401', (_name, given, wanted) => {
    expect(receive(given, wanted)).toMatchObject({ ok: false, status: 401 });
  });

  it('looks at the secret before the body', () => {
    expect(receive('wrong', secret, Buffer.from('{'))).toMatchObject({ status: 401 });
  });

  it.each([
    ['truncated JSON', '{"update_id":1'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['no update id', '{"message":{}}'],
    ['a text as id', '{"update_id":"1"}'],
    ['bytes that are no text', '\u0000\u00ff'],
  ])('answers 400 to %s', (_name, raw) => {
    expect(receive(secret, secret, Buffer.from(raw))).toMatchObject({ ok: false, status: 400 });
  });

  it('takes an update that means nothing here, so that it is not repeated', () => {
    expect(receive(secret, secret, Buffer.from('{"update_id":5,"poll":{}}'))).toEqual({ ok: true, events: [] });
  });
});
