/** The fake Bot API's strictness: known parameters, lengths, markup, keyboards. */
import { Buffer } from 'node:buffer';

/** A refusal as the Bot API words it. */
export class Refusal extends Error {
  constructor(code, description, parameters) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

const bad = (description) => new Refusal(400, `Bad Request: ${description}`);

const SENDING = [
  'business_connection_id',
  'chat_id',
  'message_thread_id',
  'disable_notification',
  'protect_content',
  'allow_paid_broadcast',
  'message_effect_id',
  'reply_parameters',
  'reply_markup',
];
/** Names that exist; everything else is a slip of the caller, which the real API would ignore in silence. */
const PARAMS = {
  getMe: [],
  getUpdates: ['offset', 'limit', 'timeout', 'allowed_updates'],
  setWebhook: [
    'url',
    'certificate',
    'ip_address',
    'max_connections',
    'allowed_updates',
    'drop_pending_updates',
    'secret_token',
  ],
  deleteWebhook: ['drop_pending_updates'],
  getWebhookInfo: [],
  sendMessage: [...SENDING, 'text', 'parse_mode', 'entities', 'link_preview_options'],
  sendPhoto: [
    ...SENDING,
    'photo',
    'caption',
    'parse_mode',
    'caption_entities',
    'show_caption_above_media',
    'has_spoiler',
  ],
  sendDocument: [
    ...SENDING,
    'document',
    'thumbnail',
    'caption',
    'parse_mode',
    'caption_entities',
    'disable_content_type_detection',
  ],
  editMessageText: [
    'business_connection_id',
    'chat_id',
    'message_id',
    'inline_message_id',
    'text',
    'parse_mode',
    'entities',
    'link_preview_options',
    'reply_markup',
  ],
  editMessageCaption: [
    'business_connection_id',
    'chat_id',
    'message_id',
    'inline_message_id',
    'caption',
    'parse_mode',
    'caption_entities',
    'show_caption_above_media',
    'reply_markup',
  ],
  answerCallbackQuery: ['callback_query_id', 'text', 'show_alert', 'url', 'cache_time'],
  getFile: ['file_id'],
  setMyCommands: ['commands', 'scope', 'language_code'],
  sendChatAction: ['business_connection_id', 'chat_id', 'message_thread_id', 'action'],
};

export const isMethod = (name) => Object.hasOwn(PARAMS, name);

export function checkParams(method, params) {
  // telegraf's multipart bodies also carry the method's name.
  for (const name of Object.keys(params)) {
    if (name !== 'method' && !PARAMS[method].includes(name))
      throw bad(`strict: unknown parameter ${name} of ${method}`);
  }
}

const TAGS = [
  'b',
  'strong',
  'i',
  'em',
  'u',
  'ins',
  's',
  'strike',
  'del',
  'tg-spoiler',
  'span',
  'a',
  'tg-emoji',
  'code',
  'pre',
  'blockquote',
];
const NAMED = { lt: '<', gt: '>', amp: '&', quot: '"' };

/** The text that remains of HTML mode; strict about everything that was forgotten to be escaped. */
export function parseHtml(html) {
  if (!/[<&>]/.test(html)) return html;
  const open = [];
  let out = '';
  for (let at = 0; at < html.length;) {
    const sign = html[at];
    if (sign === '<') {
      const tag = /^<(\/?)([a-z-]+)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*>/i.exec(html.slice(at, at + 600));
      const offset = Buffer.byteLength(html.slice(0, at));
      if (!tag || !TAGS.includes(tag[2].toLowerCase()))
        throw bad(`can't parse entities: Unsupported start tag at byte offset ${offset}`);
      if (tag[1] === '') open.push(tag[2].toLowerCase());
      else if (open.pop() !== tag[2].toLowerCase())
        throw bad(`can't parse entities: Unexpected end tag at byte offset ${offset}`);
      at += tag[0].length;
    } else if (sign === '&') {
      const entity = /^&(?:(lt|gt|amp|quot)|#(\d{1,7})|#x([0-9a-f]{1,6}));/i.exec(html.slice(at, at + 12));
      if (!entity) throw bad('can\'t parse entities: strict: bare "&"');
      out += entity[1]
        ? NAMED[entity[1].toLowerCase()]
        : String.fromCodePoint(entity[2] ? Number(entity[2]) : Number.parseInt(entity[3], 16));
      at += entity[0].length;
    } else if (sign === '>') {
      throw bad('can\'t parse entities: strict: bare ">"');
    } else {
      out += sign;
      at += 1;
    }
  }
  if (open.length > 0)
    throw bad(`can't parse entities: Can't find end tag corresponding to start tag "${open.at(-1)}"`);
  return out;
}

function parsed(text, mode) {
  if (typeof text !== 'string') throw bad('strict: text must be a string');
  if (mode !== undefined && mode !== 'HTML') throw bad('unsupported parse_mode');
  return (mode === 'HTML' ? parseHtml(text) : text).trim();
}

export function checkText(text, mode) {
  if (text === undefined || text === '') throw bad('message text is empty');
  const plain = parsed(text, mode);
  if (plain === '') throw bad('message text is empty');
  if (plain.length > 4096) throw bad('message is too long');
  return plain;
}

export function checkCaption(caption, mode) {
  if (caption === undefined || caption === '') return '';
  const plain = parsed(caption, mode);
  if (plain.length > 1024) throw bad('message caption is too long');
  return plain;
}

/** The buttons of a keyboard, flat, with their rows checked. */
export function checkMarkup(value) {
  if (value === undefined) return [];
  const markup = typeof value === 'string' ? safeParse(value) : value;
  if (typeof markup !== 'object' || markup === null) throw bad("can't parse reply keyboard markup JSON object");
  const { inline_keyboard: rows, ...rest } = markup;
  if (!Array.isArray(rows) || Object.keys(rest).length > 0) throw bad('strict: only inline keyboards are used here');
  const buttons = rows.flat();
  if (rows.some((row) => !Array.isArray(row) || row.length === 0 || row.length > 8))
    throw bad('strict: rows hold 1 to 8 buttons');
  if (buttons.length > 100) throw bad('reply markup is too long');
  return buttons.map(checkButton);
}

function checkButton({ text, callback_data: data, url, ...rest }) {
  if (Object.keys(rest).length > 0) throw bad(`strict: unknown field ${Object.keys(rest)[0]} of a button`);
  if (typeof text !== 'string' || text.trim() === '') throw bad('inline keyboard button text must be non-empty');
  if (url !== undefined) return { label: text, url };
  if (typeof data !== 'string')
    throw bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
  const size = Buffer.byteLength(data);
  if (size < 1 || size > 64) throw bad('BUTTON_DATA_INVALID');
  return { label: text, data };
}

function safeParse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function checkSecret(secret) {
  if (secret !== undefined && !/^[A-Za-z0-9_-]{1,256}$/.test(secret))
    throw bad('secret token contains unallowed characters');
}

export function checkCommands(commands) {
  if (!Array.isArray(commands) || commands.length > 100) throw bad('strict: up to 100 commands');
  for (const { command, description, ...rest } of commands) {
    if (Object.keys(rest).length > 0 || !/^[a-z0-9_]{1,32}$/.test(command)) throw bad('BOT_COMMAND_INVALID');
    if (typeof description !== 'string' || description.length < 1 || description.length > 256)
      throw bad('BOT_COMMAND_DESCRIPTION_INVALID');
  }
}

export { bad };
