/** One open conversation: its history, what comes, what goes. */
import { call, pause } from './api.js';
import { follow } from './delivery.js';
import { createLog, languageWord } from './log.js';
import { createOutbox } from './outbox.js';
import { t } from './texts.js';

const $ = (id) => document.getElementById(id);
const NEAR_PX = 120;
const TYPING_MS = 12000;
const NOTICE_MS = 1500;
const RETRY_MS = 1500;
const PLACE_OF_LATEST = '999999999999999';

/** Opens the conversation of a session. `onExpired()` when its token is no longer good, `onLanguage(code)` when one is asked for. */
export function openTalk(session, { onExpired, onLanguage }) {
  const { token, contactId } = session;
  const scroll = $('scroll');
  const list = $('log');
  list.textContent = '';
  let stopped = false;
  let line = null;
  let typingTimer = 0;
  let noticeTimer = 0;

  const atEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_PX;
  const toEnd = () => {
    scroll.scrollTop = scroll.scrollHeight;
    $('jump').hidden = true;
  };
  let stick = true;
  scroll.onscroll = () => {
    stick = atEnd();
    if (stick) $('jump').hidden = true;
  };
  $('jump').onclick = toEnd;

  const send = (item) => {
    outbox.send(item);
    stick = true;
    showTyping($('line').dataset.state === 'live');
    toEnd();
    const language = languageWord(item.text);
    if (language) onLanguage(language);
  };
  const onTap = ({ action, label }) => send({ action, label });
  const log = createLog({ list, token, onTap, onGrown: () => stick && toEnd() });
  const expired = () => !stopped && onExpired();
  const outbox = createOutbox({ session, log, onExpired: expired, onSent: () => stick && toEnd() });

  function showTyping(on) {
    clearTimeout(typingTimer);
    $('typing').hidden = !on;
    if (on) typingTimer = setTimeout(() => showTyping(false), TYPING_MS);
    if (stick) toEnd();
  }

  function onEvents(events) {
    if (events.some((event) => event.kind !== 'own')) showTyping(false);
    log.addEvents(events, false);
    if (stick) toEnd();
    else $('jump').hidden = !events.some((event) => event.kind === 'message');
  }

  function onState(state) {
    $('line').dataset.state = state;
    $('line-text').textContent = t(state === 'live' ? 'online' : 'connecting');
    clearTimeout(noticeTimer);
    if (state === 'offline') showTyping(false);
    if (state === 'live') {
      outbox.retryNow();
      showNotice('');
      return;
    }
    // A short break is nobody's business.
    if (state === 'offline')
      noticeTimer = setTimeout(() => showNotice(t('offline'), t('reconnect'), retryNow), NOTICE_MS);
  }

  const retryNow = () => {
    if (line) line.retryNow();
    outbox.retryNow();
  };

  async function start() {
    onState('connecting');
    const events = await loadBefore(PLACE_OF_LATEST);
    if (stopped || !events) return;
    log.addEvents(events, true);
    toEnd();
    const last = events.length > 0 ? events[events.length - 1].seq : 0;
    // The first visit: let the assistant introduce itself.
    if (events.length === 0 && log.isEmpty()) outbox.send({ id: 'hello', text: '/start' });
    line = follow({ token, after: last, onEvents, onState, onExpired: expired });
  }

  /** The events before a place; tries until there is an answer. Null when the talk is over. */
  async function loadBefore(place) {
    while (!stopped) {
      try {
        const { events } = await call('GET', `/api/web/messages?own=1&before=${place}`, { token });
        $('older').hidden = events.length < 40;
        return events;
      } catch (error) {
        if (error.status === 401) {
          expired();
          return null;
        }
        onState('offline');
        await pause(error.retryAfterMs || RETRY_MS);
      }
    }
    return null;
  }

  $('older').onclick = async () => {
    $('older').disabled = true;
    const events = await loadBefore(log.firstSeq());
    $('older').disabled = false;
    if (stopped || !events) return;
    const fromEnd = scroll.scrollHeight - scroll.scrollTop;
    log.addEvents(events, true);
    scroll.scrollTop = scroll.scrollHeight - fromEnd;
    list.focus();
  };

  start();

  return {
    contactId,
    send,
    sendFile(file) {
      outbox.sendFile(file);
      stick = true;
      toEnd();
    },
    warn: (text) => showNotice(text, '', null, 8000),
    isUploading: () => outbox.isUploading(),
    redraw: () => log.redraw(),
    stop() {
      stopped = true;
      if (line) line.stop();
      outbox.stop();
      showTyping(false);
      showNotice('');
    },
  };
}

/** A line above the conversation; with nothing to say it goes away. */
export function showNotice(text, button, onButton, forMs) {
  $('notice').hidden = text === '';
  $('notice-text').textContent = text;
  $('notice-button').hidden = !button;
  $('notice-button').textContent = button || '';
  $('notice-button').onclick = onButton || null;
  if (forMs) setTimeout(() => $('notice-text').textContent === text && showNotice(''), forMs);
}
