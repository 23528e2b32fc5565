/** The fake Official Account's strictness: bodies of /message/cs, uploads, the login server. */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

/** An error of openapi.zalo.me: HTTP 200 with a number. */
export class ZaloError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

export const MESSAGES = {
  [-32]: 'Your application reached limit call api',
  [-100]: 'attachment_id was expired',
  [-213]: 'User has not followed OA',
  [-216]: 'Access token is invalid',
  [-220]: 'access_token is expired or removed',
  [-230]: 'User has not interacted with the OA in the past 7 days',
  [-233]: 'message type is invalid or not support',
  [-131]: 'Template is not approved',
  [-144]: 'Daily quota of template messages is exceeded',
  [-211]: 'Out of quota',
  [-234]: 'This message cannot be sent at night (10:00PM - 6:00AM)',
  [-249]: 'Template does not support send via UID',
  [-1122]: 'Template parameter is invalid',
};

export const fail = (code, message = MESSAGES[code] ?? 'error') => new ZaloError(code, message);
const invalid = (field) => fail(-201, `${field} is invalid!`);

const onlyKeys = (value, keys, where) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(where);
  for (const key of Object.keys(value)) if (!keys.includes(key)) throw invalid(`strict: ${where}.${key}`);
  return value;
};

/** What a body of /message/cs says, or the refusal. `shape`: which drawn buttons this account takes. */
export function readMessage(body, shape) {
  const { recipient, message } = onlyKeys(body, ['recipient', 'message'], 'body');
  const { user_id: userId } = onlyKeys(recipient, ['user_id'], 'recipient');
  if (typeof userId !== 'string' || !/^\d+$/.test(userId)) throw invalid('user_id');
  const {
    text,
    attachment,
    quote_message_id: quoted,
  } = onlyKeys(message, ['text', 'attachment', 'quote_message_id'], 'message');
  if (quoted !== undefined && typeof quoted !== 'string') throw invalid('quote_message_id');
  if (text === undefined && attachment === undefined) throw invalid('text');
  if (text !== undefined) checkText(text);
  return {
    userId,
    text: text ?? '',
    buttons: [],
    ...(attachment === undefined ? {} : readAttachment(attachment, text, shape)),
  };
}

function checkText(text) {
  if (typeof text !== 'string' || text.trim() === '') throw invalid('text');
  if (text.normalize('NFC') !== text) throw invalid('strict: text must be NFC');
  if (text.length > 2000) throw fail(-210, 'text exceeds allowable limit');
}

function readAttachment(attachment, text, shape) {
  const { type, payload } = onlyKeys(attachment, ['type', 'payload'], 'attachment');
  if (type === 'file') {
    if (text !== undefined) throw fail(-233);
    return { fileToken: onlyKeys(payload, ['token'], 'payload').token };
  }
  if (type !== 'template') throw fail(-233);
  if (payload?.template_type === 'media') return readMedia(payload);
  return readButtons(payload, text, shape);
}

function readMedia(payload) {
  const { elements } = onlyKeys(payload, ['template_type', 'elements'], 'payload');
  if (!Array.isArray(elements) || elements.length !== 1) throw invalid('elements');
  const {
    media_type: kind,
    attachment_id: id,
    url,
  } = onlyKeys(elements[0], ['media_type', 'attachment_id', 'url'], 'element');
  if (kind !== 'image' || (typeof id !== 'string' && typeof url !== 'string')) throw invalid('element');
  return { imageId: id, imageUrl: url };
}

function readButtons(payload, text, shape) {
  if (shape === 'none') throw fail(-233);
  if (shape === 'text_buttons') {
    if (text === undefined) throw invalid('text');
    return { buttons: checkButtons(onlyKeys(payload, ['buttons'], 'payload').buttons) };
  }
  if (shape === 'button') {
    const {
      template_type: type,
      text: words,
      buttons,
    } = onlyKeys(payload, ['template_type', 'text', 'buttons'], 'payload');
    if (type !== 'button') throw fail(-233);
    checkText(words);
    return { text: words, buttons: checkButtons(buttons) };
  }
  const { template_type: type, elements } = onlyKeys(payload, ['template_type', 'elements'], 'payload');
  if (type !== 'list' || !Array.isArray(elements)) throw fail(-233);
  const { title, subtitle, buttons } = onlyKeys(elements[0], ['title', 'subtitle', 'buttons'], 'element');
  if (!title || !subtitle) throw invalid('subtitle');
  return { text: `${title}\n${subtitle}`, buttons: checkButtons(buttons) };
}

function checkButtons(buttons) {
  if (!Array.isArray(buttons) || buttons.length < 1 || buttons.length > 5) throw invalid('buttons');
  return buttons.map((button) => {
    const { title, type, payload } = onlyKeys(button, ['title', 'type', 'payload'], 'button');
    if (typeof title !== 'string' || title.trim() === '' || title.length > 100) throw invalid('title');
    if (type !== 'oa.query.hide' && type !== 'oa.query.show') throw invalid('type');
    if (typeof payload !== 'string' || payload === '' || payload.length > 1000) throw invalid('payload');
    return { label: title, data: payload };
  });
}

/** What a body of /message/template says, or the refusal: a template that is known, with exactly its parameters. */
export function readTemplate(body, templates) {
  const {
    user_id: userId,
    template_id: id,
    template_data: data,
  } = onlyKeys(body, ['user_id', 'template_id', 'template_data'], 'body');
  if (typeof userId !== 'string' || !/^\d+$/.test(userId)) throw invalid('user_id');
  const template = typeof id === 'string' ? templates.get(id) : undefined;
  if (!template) throw fail(-131);
  if (template.uid === false) throw fail(-249);
  onlyKeys(data, Object.keys(template.params), 'template_data');
  for (const [name, max] of Object.entries(template.params)) {
    const value = data[name];
    if (typeof value !== 'string' || value.trim() === '') throw fail(-1122, `${name} is missing`);
    if (value.normalize('NFC') !== value) throw fail(-1122, `strict: ${name} must be NFC`);
    if (value.length > max) throw fail(-1122, `${name} is longer than ${max}`);
  }
  return {
    userId,
    template,
    text: Object.entries(data)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
  };
}

const startsWith = (bytes, hex) => bytes.subarray(0, hex.length / 2).equals(Buffer.from(hex, 'hex'));

export function checkUpload(kind, file) {
  if (!file) throw invalid('file');
  const { bytes } = file;
  if (kind === 'image') {
    if (bytes.length > 1_048_576) throw fail(-210, 'file size exceeds allowable limit');
    if (!startsWith(bytes, '89504e47') && !startsWith(bytes, 'ffd8ff')) throw invalid('file');
  } else {
    if (bytes.length > 5_242_880) throw fail(-210, 'file size exceeds allowable limit');
    const isPdf = startsWith(bytes, '25504446') && /\.pdf$/i.test(file.name);
    const isDoc =
      (startsWith(bytes, 'd0cf11e0') && /\.doc$/i.test(file.name)) ||
      (startsWith(bytes, '504b0304') && /\.docx$/i.test(file.name));
    if (!isPdf && !isDoc) throw invalid('file');
  }
}

/** The login server: pairs whose refresh token works once, and whose access token dies with the next refresh. */
export function createLogin({ appId, appSecret, oaId, now }) {
  let serial = 0;
  let access = null;
  let refresh = null;
  const codes = new Map();
  const used = [];
  const stats = { refreshes: 0, refused: 0, logins: 0 };

  const issue = () => {
    serial += 1;
    access = { token: `AT${serial}.${appId}`, until: now() + 90_000_000 };
    refresh = `RT${serial}.${appId}`;
    return { access_token: access.token, refresh_token: refresh, expires_in: '90000' };
  };

  const refuse = (code, name) => {
    stats.refused += 1;
    return { error: code, error_name: name, error_reason: name, error_description: name };
  };

  function exchange(headers, form) {
    if (headers['secret_key'] !== appSecret) return refuse(-14004, 'Invalid secret key');
    if (form.get('app_id') !== appId) return refuse(-14002, 'Invalid app id');
    if (form.get('grant_type') === 'refresh_token') {
      const given = form.get('refresh_token');
      if (given !== refresh)
        return refuse(-14014, used.includes(given) ? 'Refresh token was used' : 'Invalid refresh token');
      used.push(given);
      stats.refreshes += 1;
      return issue();
    }
    if (form.get('grant_type') !== 'authorization_code') return refuse(-14001, 'Invalid grant type');
    const challenge = codes.get(form.get('code'));
    codes.delete(form.get('code'));
    const given = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (challenge === undefined || challenge.until < now() || challenge.value !== given)
      return refuse(-14010, 'Invalid authorization code');
    stats.logins += 1;
    return issue();
  }

  return {
    issue,
    exchange,
    stats: () => ({ ...stats, accessToken: access?.token ?? null, refreshToken: refresh }),
    check(token) {
      if (token === undefined || token === '') throw fail(-216);
      if (token !== access?.token) throw fail(token.startsWith('AT') ? -220 : -216);
      if (access.until < now()) throw fail(-220);
    },
    /** As when an administrator takes the permission away. */
    revoke: () => void (access = null),
    revokeRefresh: () => void (refresh = null),
    /** The permission page, with an administrator who says yes at once. */
    permit(query) {
      const redirect = query.get('redirect_uri');
      if (query.get('app_id') !== appId || !redirect || !query.get('code_challenge')) return null;
      serial += 1;
      const code = `code${serial}`;
      codes.set(code, { value: query.get('code_challenge'), until: now() + 600_000 });
      const url = new URL(redirect);
      url.searchParams.set('code', code);
      url.searchParams.set('oa_id', oaId);
      if (query.get('state')) url.searchParams.set('state', query.get('state'));
      return url.href;
    },
  };
}
