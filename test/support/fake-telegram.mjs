/** A strict Bot API on loopback, in a process of its own. Started by fake-telegram.ts. */
import { Buffer } from 'node:buffer';
import {
  createFaults,
  createLedger,
  createMeter,
  monotonicMs,
  parseJson,
  playFault,
  readBody,
  readMultipart,
  runFake,
  sendJson,
} from './fake-kit.mjs';
import { createPeople } from './fake-telegram-people.mjs';
import {
  bad,
  checkCaption,
  checkCommands,
  checkMarkup,
  checkParams,
  checkSecret,
  checkText,
  isMethod,
  Refusal,
} from './fake-telegram-rules.mjs';
import { createUpdates } from './fake-telegram-updates.mjs';

const options = JSON.parse(process.env.FAKE_OPTIONS ?? '{}');
const token = options.token ?? '123456789:TEST_bot_token_of_the_fake_server00';
const me = {
  id: Number(token.split(':')[0]),
  is_bot: true,
  first_name: 'Nêu Gương',
  username: options.username ?? 'neu_guong_test_bot',
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
};

const faults = createFaults();
const ledger = createLedger(options.keepPerChat ?? 60);
const updates = createUpdates();
const people = createPeople({ me, updates, ledger });
let latencyMs = options.latencyMs ?? 0;
/** Limits as the real service has them; `enforce` answers 429 instead of only counting. */
let limits = {
  perSecond: 30,
  toleranceMs: 100,
  perChatPerSecond: 1,
  chatToleranceMs: 2_100,
  perGroupPerMinute: 20,
  /** Of messages with `allow_paid_broadcast`. */
  paidPerSecond: 1_000,
  enforce: false,
  ...options.limits,
};
let stats;
let accountMeter;
let paidMeter;
let chatMeters;
let commands = [];

function resetStats() {
  stats = {
    calls: 0,
    byMethod: {},
    byCode: {},
    sent: 0,
    overLimit: 0,
    overChatLimit: 0,
    paid: 0,
    worstEarlyMs: 0,
    inFlight: 0,
    maxInFlight: 0,
    firstAt: null,
    lastAt: null,
  };
  accountMeter = createMeter(limits.perSecond, limits.toleranceMs);
  paidMeter = createMeter(limits.paidPerSecond, limits.toleranceMs);
  chatMeters = new Map();
}
resetStats();

/** Counts one message against both limits; throws 429 where they are enforced. */
function meter({ chat_id: chat, allow_paid_broadcast: given }) {
  // A form of several parts holds words only.
  const isPaid = given === true || given === 'true';
  if (given !== undefined && !isPaid) throw bad('strict: allow_paid_broadcast is true or absent');
  if (isPaid) stats.paid += 1;
  const now = monotonicMs();
  stats.firstAt ??= now;
  stats.lastAt = now;
  const early = (isPaid ? paidMeter : accountMeter).over(now);
  if (early !== null) {
    stats.overLimit += 1;
    stats.worstEarlyMs = Math.max(stats.worstEarlyMs, early);
  }
  let own = chatMeters.get(chat);
  if (!own) chatMeters.set(chat, (own = chatMeter(chat)));
  const earlyHere = own.over(now);
  if (earlyHere !== null) stats.overChatLimit += 1;
  if (limits.enforce && (early !== null || earlyHere !== null)) {
    const seconds = Math.max(1, Math.ceil(Math.max(early ?? 0, earlyHere ?? 0) / 1000));
    throw new Refusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
  }
}

/** A group takes fewer messages than a person. */
const chatMeter = (chat) =>
  String(chat).startsWith('-')
    ? createMeter(limits.perGroupPerMinute / 60, limits.chatToleranceMs)
    : createMeter(limits.perChatPerSecond, limits.chatToleranceMs);

/** A message of the bot, written down and returned as the API shows it. */
function post(method, chat, fields, note) {
  const message = {
    message_id: people.nextMessageId(chat),
    from: { id: me.id, is_bot: true, first_name: me.first_name, username: me.username },
    chat: chat.api,
    date: Math.floor(Date.now() / 1000),
    ...fields,
  };
  ledger.add(String(chat.id), { id: message.message_id, method, at: Date.now(), edits: 0, ...note });
  stats.sent += 1;
  return message;
}

function sendMedia(kind, params, files) {
  const chat = people.open(params.chat_id);
  const text = checkCaption(params.caption, params.parse_mode);
  const buttons = checkMarkup(params.reply_markup);
  const limit = kind === 'photo' ? 10_000_000 : 50_000_000;
  let stored;
  if (files?.[kind]) {
    if (files[kind].bytes.length === 0) throw bad('file must be non-empty');
    if (files[kind].bytes.length > limit) throw new Refusal(413, 'Request Entity Too Large');
    stored = people.storeFile({ ...files[kind], kind, from: 'bot' });
  } else {
    stored = people.fileById(params[kind]);
    if (!stored) throw bad('wrong file identifier/HTTP URL specified');
    if (stored.kind !== kind) throw bad(`can't use file of type ${stored.kind} as ${kind}`);
  }
  meter(params);
  const seen = { file_id: stored.id, file_unique_id: stored.unique, file_size: stored.size };
  const fields =
    kind === 'photo'
      ? {
          photo: [
            { ...seen, file_id: `${stored.id}s`, width: 90, height: 60 },
            { ...seen, width: 900, height: 600 },
          ],
        }
      : { document: { ...seen, file_name: stored.name, mime_type: stored.type } };
  return post(
    kind === 'photo' ? 'sendPhoto' : 'sendDocument',
    chat,
    { ...fields, ...(text ? { caption: text } : {}) },
    { text, buttons, file: { kind, name: stored.name, size: stored.size, uploaded: files?.[kind] !== undefined } },
  );
}

function edit(params, text) {
  const chat = people.open(params.chat_id);
  const entry = ledger.of(String(chat.id)).find(({ id }) => id === Number(params.message_id));
  if (!entry) throw bad('message to edit not found');
  const buttons = checkMarkup(params.reply_markup);
  if (entry.text === text && JSON.stringify(entry.buttons) === JSON.stringify(buttons))
    throw bad(
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    );
  Object.assign(entry, { text, buttons, edits: entry.edits + 1 });
  ledger.wake(String(chat.id));
  return {
    message_id: entry.id,
    chat: chat.api,
    date: Math.floor(entry.at / 1000),
    edit_date: Math.floor(Date.now() / 1000),
    text,
  };
}

const methods = {
  getMe: () => me,
  getUpdates: (params) => updates.getUpdates(params),
  setWebhook: (params) => {
    if (params.url && !/^https:\/\//.test(params.url) && !/^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(params.url))
      throw bad('bad webhook: An HTTPS URL must be provided for webhook');
    checkSecret(params.secret_token);
    return updates.setWebhook(params);
  },
  deleteWebhook: (params) => updates.deleteWebhook(params),
  getWebhookInfo: () => updates.info(),
  sendMessage: (params) => {
    const chat = people.open(params.chat_id);
    const text = checkText(params.text, params.parse_mode);
    const buttons = checkMarkup(params.reply_markup);
    meter(params);
    return post('sendMessage', chat, { text }, { text, buttons });
  },
  sendPhoto: (params, files) => sendMedia('photo', params, files),
  sendDocument: (params, files) => sendMedia('document', params, files),
  editMessageText: (params) => edit(params, checkText(params.text, params.parse_mode)),
  editMessageCaption: (params) => edit(params, checkCaption(params.caption, params.parse_mode)),
  answerCallbackQuery: (params) => {
    if (!people.answerCallback(params.callback_query_id))
      throw bad('query is too old and response timeout expired or query ID is invalid');
    if ((params.text ?? '').length > 200) throw bad('MESSAGE_TOO_LONG');
    return true;
  },
  getFile: (params) => {
    const file = people.fileById(params.file_id);
    if (!file) throw bad('wrong file_id or the file is temporarily unavailable');
    if (file.size > 20_000_000) throw bad('file is too big');
    return { file_id: file.id, file_unique_id: file.unique, file_size: file.size, file_path: file.path };
  },
  setMyCommands: (params) => {
    checkCommands(params.commands);
    commands = params.commands;
    return true;
  },
  sendChatAction: (params) => {
    people.open(params.chat_id);
    return true;
  },
};

const failure = ({ code, message, parameters }) => ({
  status: code,
  body: { ok: false, error_code: code, description: message, ...(parameters ? { parameters } : {}) },
});

/** Runs a method; its refusals become answers. */
function perform(method, params, files) {
  try {
    checkParams(method, params);
    const result = methods[method](params, files);
    const wrap = (value) => ({ status: 200, body: { ok: true, result: value } });
    return result instanceof Promise ? result.then(wrap, asFailure) : wrap(result);
  } catch (error) {
    return asFailure(error);
  }
}

function asFailure(error) {
  if (!(error instanceof Refusal)) throw error;
  return failure(error);
}

async function readParams(req) {
  const body = await readBody(req);
  if (body.length === 0) return { params: {} };
  if (/^multipart\//.test(req.headers['content-type'] ?? '')) {
    const { fields, files } = await readMultipart(req.headers, body);
    return { params: fields, files };
  }
  const params = parseJson(body.toString('utf8'));
  if (typeof params !== 'object' || params === null) throw bad("can't parse JSON object");
  return { params };
}

async function api(req, res) {
  const [, , given, method] = /^\/(file\/)?bot([^/]+)\/(.+)$/.exec(req.url) ?? [];
  if (given === undefined) return sendJson(res, 404, failure({ code: 404, message: 'Not Found' }).body);
  if (given !== token) return sendJson(res, 401, failure({ code: 401, message: 'Unauthorized' }).body);
  if (req.url.startsWith('/file/')) return serveFile(res, decodeURIComponent(method));
  stats.calls += 1;
  stats.byMethod[method] = (stats.byMethod[method] ?? 0) + 1;
  stats.inFlight += 1;
  stats.maxInFlight = Math.max(stats.maxInFlight, stats.inFlight);
  res.on('close', () => (stats.inFlight -= 1));
  const { params, files } = await readParams(req);
  if (!isMethod(method)) return sendJson(res, 404, failure({ code: 404, message: 'Not Found: method not found' }).body);
  if (method === 'getUpdates') res.on('close', () => updates.dropPoll(params));
  const accept = () => perform(method, params, files);
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
  const fault = faults.pick({
    method,
    chat: String(params.chat_id ?? ''),
    text: String(params.text ?? params.caption ?? ''),
  });
  if (fault)
    return playFault(fault, req, res, accept, ({ answer }) =>
      failure({ code: answer.code, message: answer.description, parameters: answer.parameters }),
    );
  const { status, body } = await accept();
  stats.byCode[status] = (stats.byCode[status] ?? 0) + 1;
  return sendJson(res, status, body);
}

function serveFile(res, path) {
  const file = people.fileByPath(path);
  if (!file) return sendJson(res, 404, { ok: false, error_code: 404, description: 'Not Found' });
  return res.writeHead(200, { 'content-length': file.bytes.length }).end(file.bytes);
}

const control = {
  ...people.control,
  stats: () => ({
    ...stats,
    ledgerTotal: ledger.total(),
    pendingUpdates: updates.pendingCount(),
    commands,
    perSecond:
      stats.firstAt === null || stats.lastAt === stats.firstAt
        ? 0
        : (stats.sent - 1) / ((stats.lastAt - stats.firstAt) / 1000),
  }),
  reset: ({ keepChats = true }) => {
    faults.clear();
    ledger.clear();
    resetStats();
    latencyMs = options.latencyMs ?? 0;
    if (!keepChats) people.clear();
  },
  resetStats,
  latency: ({ ms }) => void (latencyMs = ms),
  limits: (wanted) => {
    limits = { ...limits, ...wanted };
    resetStats();
  },
  fault: (rule) => faults.add(rule),
  clearFaults: () => faults.clear(),
  faults: () => faults.list(),
  messages: ({ chat, contains = '' }) => ledger.of(String(chat)).filter(({ text }) => text.includes(contains)),
  waitMessage: ({ chat, contains = '', afterId = -1, edited = false, timeoutMs = 10_000 }) =>
    ledger.wait(
      String(chat),
      (entry) => entry.id > afterId && entry.text.includes(contains) && (!edited || entry.edits > 0),
      timeoutMs,
    ),
  summary: ({ contains = '' }) => ledger.summary(contains),
  fate: ({ updateId }) => updates.fate(updateId),
  retryScale: ({ scale }) => void updates.setRetryScale(scale),
  forgetFiles: () => people.forgetFiles(),
};

Buffer.poolSize = 64 * 1024;
runFake({ api, control });
