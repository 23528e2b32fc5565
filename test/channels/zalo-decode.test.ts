import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Received } from '../../src/channels/channel.js';
import { receiveWebhook } from '../../src/channels/zalo/webhook.js';

interface Fixture {
  readonly name: string;
  readonly raw: string;
  readonly headers: Readonly<Record<string, string>>;
}
const captured = JSON.parse(readFileSync(new URL('../fixtures/zalo-oa-webhooks.json', import.meta.url), 'utf8')) as {
  app_id: string;
  oa_id: string;
  oa_secret_key: string;
  events: Fixture[];
};
const options = { appId: captured.app_id, oaId: captured.oa_id, oaSecretKey: captured.oa_secret_key };
const PERSON = { channel: 'zalo', externalId: '3333444455556666777' };
const AT = new Date(1_790_000_000_000);

const lower = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
const fixture = (name: string): Fixture => {
  const found = captured.events.find((event) => event.name === name);
  if (!found) throw new Error(`no fixture ${name}`);
  return found;
};
const receive = ({ raw, headers }: Pick<Fixture, 'raw' | 'headers'>, changed: Partial<typeof options> = {}): Received =>
  receiveWebhook({ headers: lower(headers), body: Buffer.from(raw) }, { ...options, ...changed });
const sign = (raw: string, { appId = options.appId, key = options.oaSecretKey, timestamp = '1790000000000' } = {}) => ({
  'x-zevent-signature': `mac=${createHash('sha256')
    .update(appId + raw + timestamp + key)
    .digest('hex')}`,
});
/** A signed event of our own. */
const made = (fields: object) => {
  const raw = JSON.stringify({ app_id: options.appId, timestamp: '1790000000000', ...fields });
  return { raw, headers: sign(raw) };
};
const events = (got: Received) => (got.ok ? got.events : [`refused ${String(got.status)}`]);
const message = (body: object, externalId: string) => [{ type: 'message', externalId, from: PERSON, body }];
const file = (ref: string, name: string, caption = '', size?: number) => ({
  kind: 'file',
  caption,
  remote: { ref, name, ...(size === undefined ? {} : { size }) },
});
const user = (fields: object) => ({ sender: { id: PERSON.externalId }, recipient: { id: options.oaId }, ...fields });

const EXPECTED: Readonly<Record<string, readonly object[]>> = {
  user_send_text: message({ kind: 'text', text: 'Xin chào' }, 'user_send_text:f1x00000000000000001'),
  'user_send_text (button oa.query.hide/show pressed)': message(
    { kind: 'start', payload: 'tra_cuu_ho_so' },
    'user_send_text:f1x00000000000000002',
  ),
  'user_send_text (quote reply)': message({ kind: 'text', text: 'trả lời' }, 'user_send_text:f1x00000000000000003'),
  user_send_image: message(
    file('https://f1.photo.talk.zdn.vn/x.jpg', 'anh-f1x00000000000000004.jpg', 'chú thích'),
    'user_send_image:f1x00000000000000004',
  ),
  user_send_gif: message({ kind: 'unsupported', what: 'gif' }, 'user_send_gif:f1x00000000000000005'),
  user_send_file: message(
    file('https://f1.file.dlfl.vn/x.pdf', 'don-de-nghi.pdf', '', 102_400),
    'user_send_file:f1x00000000000000006',
  ),
  user_send_sticker: message({ kind: 'unsupported', what: 'sticker' }, 'user_send_sticker:f1x00000000000000007'),
  user_send_link: message({ kind: 'text', text: 'https://example.gov.vn/tin' }, 'user_send_link:f1x00000000000000008'),
  user_send_audio: message({ kind: 'unsupported', what: 'audio' }, 'user_send_audio:f1x00000000000000009'),
  user_send_video: message({ kind: 'unsupported', what: 'video' }, 'user_send_video:f1x00000000000000010'),
  user_send_location: message({ kind: 'unsupported', what: 'location' }, 'user_send_location:f1x00000000000000011'),
  user_send_business_card: message(
    { kind: 'unsupported', what: 'contact' },
    'user_send_business_card:f1x00000000000000012',
  ),
  follow: [
    { type: 'contact-state', from: PERSON, state: 'active' },
    {
      type: 'message',
      externalId: expect.stringMatching(/^follow:[0-9a-f]{64}$/) as string,
      from: PERSON,
      body: { kind: 'start', payload: '' },
    },
  ],
  unfollow: [{ type: 'contact-state', from: PERSON, state: 'blocked' }],
  user_click_chatnow: [{ type: 'contact-state', from: PERSON, state: 'active' }],
  'user_submit_info (new shape)': [],
  'user_submit_info (old flat shape)': [],
  'user_received_message (OA)': [
    { type: 'receipt', channel: 'zalo', platformMessageIds: ['f1x00000000000000013'], kind: 'delivered', at: AT },
  ],
  'user_received_message (ZBS/ZNS by phone; header X-ZEvent-Server: ZNS)': [
    { type: 'receipt', channel: 'zalo', platformMessageIds: ['f1x00000000000000014'], kind: 'delivered', at: AT },
  ],
  user_seen_message: [
    {
      type: 'receipt',
      channel: 'zalo',
      platformMessageIds: ['f1x00000000000000015', 'f1x00000000000000016'],
      kind: 'seen',
      at: AT,
    },
  ],
  user_reacted_message: [],
  'oa_send_text (echo of own/API or human-agent send)': [],
  'oa_send_image (echo)': [],
  anonymous_send_text: [],
  'user_send_group_text (GMF)': [],
  add_user_to_tag: [],
  change_oa_daily_quota: [],
  change_template_status: [],
  'unknown future event': [],
  'signature edge: escaped-unicode body': message(
    { kind: 'text', text: 'Xin chào' },
    'user_send_text:f1x00000000000000001',
  ),
  'signature edge: escaped-slash body': message(
    { kind: 'text', text: 'http://a.b' },
    'user_send_text:f1x00000000000000001',
  ),
  'signature edge: pretty-printed body': message(
    { kind: 'text', text: 'Xin chào' },
    'user_send_text:f1x00000000000000001',
  ),
};

describe("Zalo's events", () => {
  it('has an expectation for every captured event', () => {
    expect(captured.events.map(({ name }) => name).sort()).toEqual(Object.keys(EXPECTED).sort());
    expect(captured.events.length).toBe(32);
  });

  it.each(captured.events.map((event) => [event.name, event] as const))('reads %s', (name, event) => {
    expect(receive(event)).toEqual({ ok: true, events: EXPECTED[name] });
  });

  it.each([
    ['a code in lower case with a blank', '# inv-7f3kq ', { kind: 'start', payload: 'inv-7f3kq' }],
    ['a code among invisible characters', '\u200b#INV-7F3KQ\ufeff', { kind: 'start', payload: 'INV-7F3KQ' }],
    ['a hash in a sentence', '#thi đua là gì', { kind: 'text', text: '#thi đua là gì' }],
    ["a drawn button's payload", 'q:a1B2:3', { kind: 'action', action: 'q:a1B2:3' }],
    ['a drawn command', 'go:report:12', { kind: 'action', action: 'go:report:12' }],
    ['a number of the menu', '2', { kind: 'text', text: '2' }],
    ['nothing', '', { kind: 'text', text: '' }],
  ])('reads %s', (_name, text, body) => {
    const got = receive(made(user({ event_name: 'user_send_text', message: { text, msg_id: 'm1' } })));
    expect(events(got)).toMatchObject([{ body }]);
  });

  it('gives every picture of one message an id of its own', () => {
    const attachments = ['a', 'b'].map((name) => ({
      type: 'image',
      payload: { url: `https://f1.photo.talk.zdn.vn/${name}.jpg` },
    }));
    const got = events(
      receive(made(user({ event_name: 'user_send_image', message: { text: 'hai ảnh', attachments, msg_id: 'm2' } }))),
    );
    expect(got).toMatchObject([
      { externalId: 'user_send_image:m2', body: { caption: 'hai ảnh', remote: { name: 'anh-m2.jpg' } } },
      { externalId: 'user_send_image:m2:1', body: { caption: '', remote: { name: 'anh-m2-1.jpg' } } },
    ]);
  });

  it('tells when a human answered from the console', () => {
    const echo = (sender: object) =>
      events(
        receive(
          made({
            event_name: 'oa_send_text',
            sender,
            recipient: { id: PERSON.externalId },
            message: { text: 'x', msg_id: 'm' },
          }),
        ),
      );
    expect(echo({ id: options.oaId, admin_id: '99' })).toEqual([{ type: 'human-echo', to: PERSON }]);
    expect(echo({ id: options.oaId })).toEqual([]);
  });

  it('ignores what is meant for another account of the same app', () => {
    expect(
      events(
        receive(
          made({
            ...user({ event_name: 'user_send_text', message: { text: 'x', msg_id: 'm' } }),
            recipient: { id: '1' },
          }),
        ),
      ),
    ).toEqual([]);
    expect(events(receive(made({ event_name: 'follow', oa_id: '1', follower: { id: '5' } })))).toEqual([]);
  });

  it('keeps personal data of a submitted form out of everything', () => {
    const names: string[] = [];
    const { raw, headers } = fixture('user_submit_info (new shape)');
    const got = receiveWebhook(
      { headers: lower(headers), body: Buffer.from(raw) },
      { ...options, onUnknownEvent: (name) => names.push(name) },
    );
    expect(JSON.stringify(got)).not.toContain('84900000000');
    expect(names).toEqual([]);
  });

  it('tells the name of an event that it has never heard of, and of no other', () => {
    const names: string[] = [];
    for (const { raw, headers } of captured.events) {
      receiveWebhook(
        { headers: lower(headers), body: Buffer.from(raw) },
        { ...options, onUnknownEvent: (name) => names.push(name) },
      );
    }
    expect(names).toEqual(['some_future_event']);
  });

  it.each([
    ['no sender', { event_name: 'user_send_text', message: { text: 'x', msg_id: 'm' } }],
    ['a sender of another shape', { event_name: 'user_send_text', sender: 5, recipient: [], message: { text: 'x' } }],
    [
      'a file without an address',
      user({ event_name: 'user_send_file', message: { attachments: [{ payload: {} }], msg_id: 'm' } }),
    ],
    ['a message that is none', user({ event_name: 'user_send_image', message: 'x' })],
    ['a receipt of nothing', { event_name: 'user_received_message', sender: { id: options.oaId }, message: {} }],
    ['an event named like a property', { event_name: 'constructor' }],
  ])('survives %s', (_name, fields) => {
    const got = receive(made(fields));
    expect(got.ok).toBe(true);
    expect(
      events(got).every(
        (event) => typeof event === 'object' && event.type === 'message' && event.body.kind === 'unsupported',
      ),
    ).toBe(true);
  });
});

describe("Zalo's webhook door", () => {
  const good = fixture('user_send_text');

  it.each([
    ['a changed body', { ...good, raw: good.raw.replace('Xin', 'xin') }],
    ['no signature', { ...good, headers: {} }],
    [
      'a signature without its prefix',
      { ...good, headers: { 'x-zevent-signature': good.headers['X-ZEvent-Signature']?.slice(4) ?? '' } },
    ],
    ['a short signature', { ...good, headers: { 'x-zevent-signature': 'mac=c5b7' } }],
    ['a signature with another key', { ...good, headers: sign(good.raw, { key: 'x' }) }],
    [
      'a body of another app, rightly signed for that app',
      (() => {
        const raw = good.raw.replace(options.appId, '5');
        return { ...good, raw, headers: sign(raw, { appId: '5' }) };
      })(),
    ],
    [
      'a body of another app that was signed for ours',
      (() => {
        const raw = good.raw.replace(options.appId, '5');
        return { ...good, raw, headers: sign(raw) };
      })(),
    ],
  ])('refuses %s with 401', (_name, event) => {
    expect(receive(event)).toMatchObject({ ok: false, status: 401 });
  });

  it('refuses everything while no key is configured, also what is signed with an empty one', () => {
    expect(receive({ raw: good.raw, headers: sign(good.raw, { key: '' }) }, { oaSecretKey: '' })).toMatchObject({
      status: 401,
    });
  });

  it('takes the signature in capitals, and an old event: repeats come hours later', () => {
    expect(
      receive({
        raw: good.raw,
        headers: { 'x-zevent-signature': `MAC=${sign(good.raw)['x-zevent-signature'].slice(4).toUpperCase()}` },
      }),
    ).toMatchObject({ ok: true });
  });

  it.each([
    ['truncated JSON', good.raw.slice(0, -1)],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[1]'],
    ['a text', '"x"'],
    ['no event name', '{"app_id":"1","timestamp":"1"}'],
    ['no time', '{"app_id":"1","event_name":"follow"}'],
  ])('answers 400 to %s', (_name, raw) => {
    expect(receive({ raw, headers: sign(raw) })).toMatchObject({ ok: false, status: 400 });
  });
});
