/** The people who write to the fake bot, their chats and their files. */
import { Buffer } from 'node:buffer';
import { createShelf } from './fake-kit.mjs';
import { bad, Refusal } from './fake-telegram-rules.mjs';

export function createPeople({ me, updates, ledger }) {
  const chats = new Map();
  const ranges = [];
  const callbacks = new Set();
  const files = createShelf();
  let serial = 0;

  const makeChat = (id, name) => {
    const chat = { id, state: 'open', lastMessageId: 0, api: { id, type: 'private', first_name: name ?? `Mẫu ${id}` } };
    chats.set(id, chat);
    return chat;
  };
  const find = (id) => chats.get(id) ?? (ranges.some(([from, to]) => id >= from && id < to) ? makeChat(id) : undefined);
  const person = (id) => find(Number(id)) ?? makeChat(Number(id));

  /** A chat that takes messages, or the refusal that the API would give. */
  function open(given) {
    const id = typeof given === 'number' ? given : /^-?\d+$/.test(given ?? '') ? Number(given) : Number.NaN;
    const chat = find(id);
    if (given === undefined) throw bad('chat_id is empty');
    if (!chat) throw bad('chat not found');
    if (chat.state === 'blocked') throw new Refusal(403, 'Forbidden: bot was blocked by the user');
    if (chat.state === 'deactivated') throw new Refusal(403, 'Forbidden: user is deactivated');
    if (chat.state === 'migrated')
      throw new Refusal(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
        migrate_to_chat_id: chat.movedTo,
      });
    return chat;
  }

  const nextMessageId = (chat) => (chat.lastMessageId += 1);

  function storeFile({ bytes, name, type, kind, from }) {
    serial += 1;
    const id = `${kind === 'photo' ? 'AgAC' : 'BQAC'}${serial}x${me.id}`;
    const file = {
      id,
      unique: `u${serial}`,
      name,
      type,
      kind,
      bytes,
      size: bytes.length,
      path: `${kind}s/file_${serial}`,
      from,
    };
    files.put(id, file);
    return file;
  }
  const fileById = (id) =>
    files.get(id) ?? (typeof id === 'string' && id.endsWith('s') ? files.get(id.slice(0, -1)) : undefined);

  const from = (chat) => ({ id: chat.id, is_bot: false, first_name: chat.api.first_name, language_code: 'vi' });
  const envelope = (chat) => ({
    message_id: nextMessageId(chat),
    from: from(chat),
    chat: chat.api,
    date: Math.floor(Date.now() / 1000),
  });
  const say = (id, fields) => {
    const chat = person(id);
    if (chat.state === 'blocked') setState({ chat: id, state: 'member' });
    return updates.add(chat.id, { message: { ...envelope(chat), ...fields } });
  };

  function setState({ chat: id, state }) {
    const chat = person(id);
    const old = chat.state === 'blocked' ? 'kicked' : 'member';
    chat.state = state === 'kicked' ? 'blocked' : 'open';
    const member = (status) => ({
      user: { id: me.id, is_bot: true, first_name: me.first_name },
      status,
      ...(status === 'kicked' ? { until_date: 0 } : {}),
    });
    return updates.add(chat.id, {
      my_chat_member: {
        chat: chat.api,
        from: from(chat),
        date: Math.floor(Date.now() / 1000),
        old_chat_member: member(old),
        new_chat_member: member(state),
      },
    });
  }

  /** The latest message of the bot that shows such a button, as a person would look for it. */
  function tap({ chat: id, label, messageId }) {
    const shown = ledger.of(String(id)).filter((entry) => messageId === undefined || entry.id === messageId);
    for (const entry of [...shown].reverse()) {
      const button =
        entry.buttons.find((one) => one.label === label) ?? entry.buttons.find((one) => one.label.includes(label));
      if (button?.data !== undefined) return tapData({ chat: id, data: button.data, messageId: entry.id });
    }
    throw new Error(
      `no button "${label}" in chat ${id}: ${JSON.stringify(shown.slice(-2).map((entry) => entry.buttons.map((one) => one.label)))}`,
    );
  }

  function tapData({ chat: id, data, messageId = 1 }) {
    const chat = person(id);
    serial += 1;
    const callbackId = `cb${serial}`;
    callbacks.add(callbackId);
    if (callbacks.size > 5_000) callbacks.delete(callbacks.values().next().value);
    const message = {
      message_id: messageId,
      from: { id: me.id, is_bot: true, first_name: me.first_name, username: me.username },
      chat: chat.api,
      date: Math.floor(Date.now() / 1000),
      text: '…',
    };
    return updates.add(chat.id, {
      callback_query: { id: callbackId, from: from(chat), message, chat_instance: '-1', data },
    });
  }

  function upload({ chat, name, type = 'application/octet-stream', base64, caption }) {
    const file = storeFile({ bytes: Buffer.from(base64, 'base64'), name, type, kind: 'document', from: 'person' });
    return say(chat, {
      document: {
        file_id: file.id,
        file_unique_id: file.unique,
        file_name: name,
        mime_type: type,
        file_size: file.size,
      },
      ...(caption ? { caption } : {}),
    });
  }

  function photo({ chat, base64, caption }) {
    const file = storeFile({
      bytes: Buffer.from(base64, 'base64'),
      name: 'photo.jpg',
      type: 'image/jpeg',
      kind: 'photo',
      from: 'person',
    });
    const size = (id, width) => ({
      file_id: id,
      file_unique_id: `${file.unique}${width}`,
      file_size: Math.round((file.size * width) / 900),
      width,
      height: Math.round(width / 1.5),
    });
    return say(chat, { photo: [size(`${file.id}s`, 90), size(file.id, 900)], ...(caption ? { caption } : {}) });
  }

  const entities = (text) =>
    text.startsWith('/') ? { entities: [{ offset: 0, length: text.split(/\s/)[0].length, type: 'bot_command' }] } : {};

  return {
    open,
    nextMessageId,
    storeFile,
    fileById,
    fileByPath: (path) => files.find((file) => file.path === path),
    forgetFiles: () => files.clear(),
    answerCallback: (id) => callbacks.delete(id),
    clear: () => {
      chats.clear();
      ranges.length = 0;
    },
    control: {
      addChats: ({ from: first, count }) => void ranges.push([first, first + count]),
      addChat: ({ chat, name }) =>
        void (chats.get(chat) ? (chats.get(chat).api.first_name = name) : makeChat(chat, name)),
      type: ({ chat, text }) => say(chat, { text, ...entities(text) }),
      tap,
      tapData,
      upload,
      photo,
      block: ({ chat }) => setState({ chat, state: 'kicked' }),
      unblock: ({ chat }) => setState({ chat, state: 'member' }),
      /** Without telling the bot, as when an account is deleted or a block came while it was away. */
      silently: ({ chat, state, movedTo }) => void Object.assign(person(chat), { state, movedTo }),
      raw: ({ chat, update }) => updates.add(chat, update),
    },
  };
}
