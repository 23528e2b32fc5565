/** A strict Zalo Official Account (Open API and login server) on loopback, in a process of its own. Started by fake-zalo.ts. */
import { Buffer } from 'node:buffer';
import { URLSearchParams } from 'node:url';
import {
  createFaults,
  createLedger,
  createMeter,
  createShelf,
  monotonicMs,
  parseJson,
  playFault,
  readBody,
  readMultipart,
  runFake,
  sendJson,
} from './fake-kit.mjs';
import { createEvents } from './fake-zalo-events.mjs';
import { checkUpload, createLogin, fail, MESSAGES, readMessage, readTemplate, ZaloError } from './fake-zalo-rules.mjs';

const options = JSON.parse(process.env.FAKE_OPTIONS ?? '{}');
const { appId, appSecret, oaId, secretKey } = options;
const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

let offsetMs = 0;
const now = () => Date.now() + offsetMs;
const faults = createFaults();
const ledger = createLedger(options.keepPerChat ?? 60);
const login = createLogin({ appId, appSecret, oaId, now });
const events = createEvents({ appId, secretKey, now });
const users = new Map();
const ranges = [];
/** Approved templates by number: their parameters with the longest value of each, and their kind. */
const templates = new Map();
let templateDay = { day: '', used: 0 };
const uploads = createShelf();
const media = createShelf();
let serial = 0;
let buttons = options.buttons ?? 'none';
/** Which events follow a message that was taken: none, delivered, seen. */
let receipts = options.receipts ?? 'delivered';
let echoes = options.echoes ?? true;
let latencyMs = options.latencyMs ?? 0;
let limits = { perMinute: 100, toleranceMs: 2_000, enforce: false, templatesPerDay: 500, ...options.limits };
let stats;
let meter;

function resetStats() {
  stats = {
    calls: 0,
    byPath: {},
    byCode: {},
    sent: 0,
    overLimit: 0,
    inFlight: 0,
    maxInFlight: 0,
    charged: 0,
    templates: 0,
  };
  templateDay = { day: '', used: 0 };
  meter = createMeter(limits.perMinute / 60, limits.toleranceMs);
}
resetStats();

const inRange = (id) => /^\d{1,15}$/.test(id) && ranges.some(([from, to]) => Number(id) >= from && Number(id) < to);

/** A person; one of a range wrote just now, so that a broadcast may reach them. */
function user(id) {
  const key = String(id);
  let found = users.get(key);
  if (!found && inRange(key)) users.set(key, (found = { id: key, name: `Mẫu ${key}`, follows: true, lastAt: now() }));
  return found;
}

function meet(id) {
  const found = user(id) ?? { id: String(id), name: `Mẫu ${id}`, follows: false, lastAt: null };
  users.set(found.id, found);
  return found;
}

/** Whether a message may go to this person now, and whether it is charged. */
function checkWindow(person) {
  if (!person) throw fail(-201, 'user_id is invalid!');
  if (person.refusal) throw fail(person.refusal, MESSAGES[person.refusal]);
  if (!person.follows && person.lastAt === null) throw fail(-213);
  const since = person.lastAt === null ? Number.POSITIVE_INFINITY : now() - person.lastAt;
  if (since > WEEK_MS) throw fail(-230);
  return since > 48 * HOUR_MS;
}

function takeMessage(body) {
  const read = readMessage(body, buttons);
  const person = user(read.userId);
  const charged = checkWindow(person);
  const file =
    read.fileToken === undefined && read.imageId === undefined
      ? undefined
      : uploaded(read.fileToken ?? read.imageId, read.fileToken ? 'file' : 'image');
  if (charged) stats.charged += 1;
  serial += 1;
  const id = `f1x${String(serial).padStart(17, '0')}`;
  ledger.add(person.id, {
    id,
    at: Date.now(),
    text: read.text,
    buttons: read.buttons,
    charged,
    ...(file ? { file: { kind: file.kind, name: file.name, size: file.bytes.length } } : {}),
  });
  stats.sent += 1;
  follow(person, id, read.text);
  return {
    message_id: id,
    user_id: person.id,
    sent_time: String(now()),
    ...(charged ? {} : { quota: { quota_type: 'reply', remain: '8', total: '8' } }),
  };
}

/** A template goes to every follower whenever he last wrote; each one is paid and counts for its day. */
function takeTemplate(body) {
  const { userId, template, text } = readTemplate(body, templates);
  const person = user(userId);
  if (!person) throw fail(-201, 'user_id is invalid!');
  if (person.refusal) throw fail(person.refusal, MESSAGES[person.refusal]);
  if (!person.follows && person.lastAt === null) throw fail(-213);
  const local = new Date(now() + 7 * HOUR_MS).toISOString();
  const hour = Number(local.slice(11, 13));
  if (template.promotes && (hour >= 22 || hour < 6)) throw fail(-234);
  if (templateDay.day !== local.slice(0, 10)) templateDay = { day: local.slice(0, 10), used: 0 };
  if (templateDay.used >= limits.templatesPerDay) throw fail(-144);
  templateDay.used += 1;
  stats.templates += 1;
  serial += 1;
  const id = `f1x${String(serial).padStart(17, '0')}`;
  ledger.add(person.id, { id, at: Date.now(), text, buttons: [], charged: true, template: body.template_id });
  stats.sent += 1;
  follow(person, id, text);
  const remain = String(limits.templatesPerDay - templateDay.used);
  return {
    message_id: id,
    user_id: person.id,
    sent_time: String(now()),
    quota: { quota_type: 'purchase_quota', remain },
  };
}

function uploaded(id, kind) {
  const file = uploads.get(id);
  if (!file || file.kind !== kind) throw fail(-201, `${kind === 'file' ? 'token' : 'attachment_id'} is invalid!`);
  if (now() - file.at > WEEK_MS) throw fail(-100);
  return file;
}

/** The events that a taken message brings. */
function follow(person, id, text) {
  const both = { sender: { id: oaId }, recipient: { id: person.id }, user_id_by_app: `app-${person.id}` };
  if (echoes)
    events.send(person.id, {
      ...both,
      sender: { id: oaId, admin_id: '' },
      event_name: 'oa_send_text',
      message: { text, msg_id: id },
    });
  if (receipts !== 'none')
    events.send(person.id, { ...both, event_name: 'user_received_message', message: { msg_id: id } });
  if (receipts === 'seen')
    events.send(person.id, { ...both, event_name: 'user_seen_message', message: { msg_ids: [id] } });
}

async function takeUpload(kind, req, body) {
  const { fields, files } = await readMultipart(req.headers, body);
  if (Object.keys(fields).length > 0) throw fail(-201, 'strict: only the field file');
  checkUpload(kind, files.file);
  serial += 1;
  const id = `${kind}-${serial}`;
  uploads.put(id, { ...files.file, kind, at: now() });
  return kind === 'image' ? { attachment_id: id } : { token: id };
}

const detail = (person) => ({
  user_id: person.id,
  user_id_by_app: `app-${person.id}`,
  display_name: person.name,
  user_is_follower: person.follows,
  avatar: '',
  avatars: {},
});

const routes = {
  'POST /v3.0/oa/message/cs': (req, body, query) => {
    if (query.has('data')) throw fail(-233);
    if (!/^application\/json/.test(req.headers['content-type'] ?? ''))
      throw fail(-201, 'strict: content-type must be application/json');
    return takeMessage(parseJson(body.toString('utf8')));
  },
  'POST /v3.0/oa/message/template': (req, body) => {
    if (!/^application\/json/.test(req.headers['content-type'] ?? ''))
      throw fail(-201, 'strict: content-type must be application/json');
    return takeTemplate(parseJson(body.toString('utf8')));
  },
  'POST /v2.0/oa/upload/image': (req, body) => takeUpload('image', req, body),
  'POST /v2.0/oa/upload/file': (req, body) => takeUpload('file', req, body),
  'POST /v3.0/oa/quota/message': (req, body) => {
    const person = user(parseJson(body.toString('utf8'))?.user_id ?? '');
    if (!person) throw fail(-201, 'user_id is invalid!');
    return { quota: [{ quota_type: 'reply', remain: '8', total: '8' }] };
  },
  'GET /v3.0/oa/user/detail': (req, body, query) => {
    const person = user(parseJson(query.get('data') ?? '')?.user_id ?? '');
    if (!person) throw fail(-201, 'user_id is invalid!');
    return detail(person);
  },
  'GET /v2.0/oa/getoa': () => ({
    oa_id: oaId,
    name: 'Nêu Gương (dữ liệu mẫu)',
    oa_type: 4,
    package_name: 'Comprehensive',
  }),
};

/** Runs a route; refusals become HTTP 200 with their number, as Zalo does it. */
async function perform(route, req, body, query) {
  try {
    login.check(req.headers['access_token']);
    const early = meter.over(monotonicMs());
    if (early !== null) {
      stats.overLimit += 1;
      if (limits.enforce) throw fail(-32);
    }
    return { status: 200, body: { data: await routes[route](req, body, query), error: 0, message: 'Success' } };
  } catch (error) {
    if (!(error instanceof ZaloError)) throw error;
    return { status: 200, body: { error: error.code, message: error.message } };
  }
}

async function api(req, res) {
  const url = new URL(req.url, 'http://fake');
  const body = await readBody(req);
  stats.calls += 1;
  stats.byPath[url.pathname] = (stats.byPath[url.pathname] ?? 0) + 1;
  stats.inFlight += 1;
  stats.maxInFlight = Math.max(stats.maxInFlight, stats.inFlight);
  res.on('close', () => (stats.inFlight -= 1));
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
  const accept = acceptor(req, url, body);
  if (!accept) return serveOther(req, res, url);
  const sent = /\/message\/(cs|template)$/.test(url.pathname) ? parseJson(body.toString('utf8')) : undefined;
  const fault = faults.pick({
    method: url.pathname.split('/').at(-1),
    chat: String(sent?.recipient?.user_id ?? sent?.user_id ?? ''),
    text: String(sent?.message?.text ?? ''),
  });
  if (fault)
    return playFault(fault, req, res, accept, ({ answer }) => ({
      status: answer.status ?? 200,
      body: answer.body ?? { error: answer.error, message: answer.message ?? MESSAGES[answer.error] ?? 'error' },
    }));
  const result = await accept();
  stats.byCode[result.body.error ?? 0] = (stats.byCode[result.body.error ?? 0] ?? 0) + 1;
  return sendJson(res, result.status, result.body, { 'x-ratelimit-limit': String(limits.perMinute) });
}

function acceptor(req, url, body) {
  if (req.method === 'POST' && url.pathname === '/v4/oa/access_token') {
    return () => ({ status: 200, body: login.exchange(req.headers, new URLSearchParams(body.toString('utf8'))) });
  }
  const route = `${req.method} ${url.pathname}`;
  return Object.hasOwn(routes, route) ? () => perform(route, req, body, url.searchParams) : null;
}

function serveOther(req, res, url) {
  if (url.pathname === '/v4/oa/permission') {
    const to = login.permit(url.searchParams);
    return to
      ? res.writeHead(302, { location: to }).end()
      : sendJson(res, 400, { error: -14003, message: 'invalid redirect_uri' });
  }
  const file = url.pathname.startsWith('/media/') ? media.get(url.pathname.slice('/media/'.length)) : undefined;
  return file
    ? res.writeHead(200, { 'content-length': file.bytes.length }).end(file.bytes)
    : sendJson(res, 404, { error: -404, message: 'Not Found' });
}

/** What a person writes; it opens the window. */
function write(id, name, message) {
  const person = meet(id);
  person.lastAt = now();
  serial += 1;
  const msg = { ...message, msg_id: `p${String(serial).padStart(19, '0')}` };
  return events.send(person.id, {
    sender: { id: person.id },
    user_id_by_app: `app-${person.id}`,
    recipient: { id: oaId },
    event_name: name,
    message: msg,
  });
}

function attach(id, name, type, base64, extra, origin, text) {
  serial += 1;
  const key = `${serial}-${encodeURIComponent(extra.name ?? 'x')}`;
  media.put(key, { bytes: Buffer.from(base64, 'base64') });
  return write(id, name, {
    ...(text ? { text } : {}),
    attachments: [{ type, payload: { url: `${origin}/media/${key}`, ...extra } }],
  });
}

function setFollow(id, follows) {
  const person = meet(id);
  person.follows = follows;
  if (follows) person.lastAt = now();
  return events.send(person.id, {
    oa_id: oaId,
    follower: { id: person.id },
    user_id_by_app: `app-${person.id}`,
    event_name: follows ? 'follow' : 'unfollow',
    source: 'oa_profile',
  });
}

/** Taps a drawn button, or types the number of a menu's line, as a person would. */
function tap({ user: id, label }) {
  for (const entry of [...ledger.of(String(id))].reverse()) {
    const drawn =
      entry.buttons.find((one) => one.label === label) ?? entry.buttons.find((one) => one.label.includes(label));
    if (drawn) return write(id, 'user_send_text', { text: drawn.data });
    const lines = [...entry.text.matchAll(/^(\d+)\. (.+)$/gm)];
    const line = lines.find(([, , words]) => words === label) ?? lines.find(([, , words]) => words.includes(label));
    if (line) return write(id, 'user_send_text', { text: line[1] });
  }
  throw new Error(`nothing to tap named "${label}" for ${id}`);
}

const control = {
  tokens: () => login.issue(),
  loginStats: () => login.stats(),
  revoke: () => login.revoke(),
  revokeRefresh: () => login.revokeRefresh(),
  webhook: ({ url }) => events.setWebhook(url),
  webhookStats: () => events.stats(),
  retryScale: ({ scale }) => events.setRetryScale(scale),
  sign: ({ raw, timestamp }) => events.sign(raw, timestamp),
  fate: ({ eventId }) => events.fate(eventId),
  advance: ({ ms }) => void (offsetMs += ms),
  addUsers: ({ from, count }) => void ranges.push([from, from + count]),
  addUser: ({ user: id, name, follows = true, interacted = true }) =>
    void Object.assign(meet(id), { ...(name ? { name } : {}), follows, lastAt: interacted ? now() : null }),
  addTemplate: ({ id, params, promotes = false, uid = true }) => void templates.set(id, { params, promotes, uid }),
  /** Whoever wrote last did so this long ago. */
  silence: ({ user: id, ms }) => void (meet(id).lastAt = now() - ms),
  refuseUser: ({ user: id, code }) => void (meet(id).refusal = code),
  type: ({ user: id, text }) => write(id, 'user_send_text', { text }),
  tap,
  image: ({ user: id, base64, text, origin }) => attach(id, 'user_send_image', 'image', base64, {}, origin, text),
  upload: ({ user: id, base64, name, origin }) =>
    attach(
      id,
      'user_send_file',
      'file',
      base64,
      { name, size: String(Buffer.byteLength(base64, 'base64')), type: name.split('.').at(-1) },
      origin,
    ),
  sticker: ({ user: id }) =>
    write(id, 'user_send_sticker', {
      attachments: [{ type: 'sticker', payload: { id: '1001', url: 'https://api.zaloapp.com/v2/sticker/x.png' } }],
    }),
  follow: ({ user: id }) => setFollow(id, true),
  unfollow: ({ user: id }) => setFollow(id, false),
  /** A human answers from Zalo's own console. */
  adminSays: ({ user: id, text }) => {
    serial += 1;
    return events.send(String(id), {
      sender: { id: oaId, admin_id: '999' },
      recipient: { id: String(id) },
      event_name: 'oa_send_text',
      message: { text, msg_id: `a${serial}` },
    });
  },
  seen: ({ user: id, ids }) =>
    events.send(String(id), {
      sender: { id: oaId },
      recipient: { id: String(id) },
      event_name: 'user_seen_message',
      message: { msg_ids: ids },
    }),
  event: ({ user: id, fields, headers }) => events.send(String(id), fields, headers),
  messages: ({ user: id, contains = '' }) => ledger.of(String(id)).filter(({ text }) => text.includes(contains)),
  waitMessage: ({ user: id, contains = '', afterId = '', timeoutMs = 10_000 }) =>
    ledger.wait(String(id), (entry) => entry.id > afterId && entry.text.includes(contains), timeoutMs),
  summary: ({ contains = '' }) => ledger.summary(contains),
  stats: () => ({ ...stats, ledgerTotal: ledger.total() }),
  reset: () => {
    faults.clear();
    ledger.clear();
    resetStats();
    latencyMs = options.latencyMs ?? 0;
  },
  behaviour: (wanted) => {
    buttons = wanted.buttons ?? buttons;
    receipts = wanted.receipts ?? receipts;
    echoes = wanted.echoes ?? echoes;
    latencyMs = wanted.latencyMs ?? latencyMs;
  },
  limits: (wanted) => {
    limits = { ...limits, ...wanted };
    resetStats();
  },
  fault: (rule) => faults.add(rule),
  clearFaults: () => faults.clear(),
};

runFake({ api, control });
