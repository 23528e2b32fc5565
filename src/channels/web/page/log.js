/** The conversation as it stands on the page, in order, whichever way its parts arrive. */
import { attachment, choices, el, isPicture, picture, words } from './bubble.js';
import { dayOf, fold, t, writeDay, writeTime } from './texts.js';

const HIDDEN_WORDS = ['/start'];
const TOGETHER_MS = 5 * 60000;
const LAST = Number.MAX_SAFE_INTEGER;

/** The log of one contact inside `list`. `onTap(button)` is told of taps, `onGrown()` of late changes in height. */
export function createLog({ list, token, onTap, onGrown }) {
  const items = new Map();
  const edits = new Map();
  const labels = new Map();
  let ordered = [];

  function addEvents(events, quiet) {
    list.setAttribute('aria-live', quiet ? 'off' : 'polite');
    for (const event of events) {
      if (event.kind === 'edit') addEdit(event);
      else if (event.kind === 'own') addOwn(event);
      else addMessage(event);
    }
    arrange();
  }

  function addMessage(event) {
    const key = 'bot:' + event.id;
    if (items.has(key)) return;
    items.set(key, { key, seq: event.seq, at: event.at, mine: false, event });
    draw(items.get(key));
  }

  function addEdit(event) {
    // Older pages come later: what they say may have been changed again.
    const known = edits.get(event.id);
    if (known && known.seq > event.seq) return;
    edits.set(event.id, event);
    const item = items.get('bot:' + event.id);
    if (item) draw(item);
  }

  function addOwn(event) {
    if (HIDDEN_WORDS.indexOf(event.text) >= 0 && !event.file) return;
    const key = 'own:' + event.id;
    const known = items.get(key) || { key, mine: true };
    const fresh = !known.node;
    Object.assign(known, { seq: event.seq, at: event.at, event, state: 'sent', note: '' });
    items.set(key, known);
    if (fresh || event.file) draw(known);
    else mark(known);
  }

  function addPending({ id, text, label, file }) {
    if (HIDDEN_WORDS.indexOf(text) >= 0 || items.has('own:' + id)) return;
    const item = {
      key: 'own:' + id,
      seq: LAST,
      mine: true,
      state: 'sending',
      event: { text: label || text || '', file, buttons: [] },
    };
    items.set(item.key, item);
    draw(item);
    arrange();
  }

  /** Writes an item's element anew. */
  function draw(item) {
    const event = edits.get(item.event.id) || item.event;
    for (const button of event.buttons || []) labels.set(button.action, button.label);
    const node = el('li', '', el('span', 'sr', `${item.mine ? t('me') : t('bot')}: `));
    const text = item.mine && event.action ? labels.get(event.action) || item.label || t('choices') : event.text;
    const bubble = el('div', 'bubble');
    if (text) bubble.append(words(text));
    if (event.image) bubble.append(picture(event.image, token, onGrown));
    if (event.file)
      bubble.append(
        event.file.url && isPicture(event.file) ? picture(event.file, token, onGrown) : attachment(event.file, token),
      );
    node.append(bubble);
    item.meta = el('p', 'meta');
    node.append(item.meta);
    item.buttons = event.buttons && event.buttons.length > 0 ? choices(event.buttons, onTap) : null;
    if (item.buttons) node.append(item.buttons);
    item.edited = event.kind === 'edit';
    if (item.node) item.node.replaceWith(node);
    item.node = node;
    item.bubble = bubble;
    mark(item);
  }

  /** Shows how far an item is. */
  function mark(item) {
    item.node.className = `item${item.mine ? ' mine' : ''}${item.state && item.state !== 'sent' ? ' pending' : ''}`;
    if (item.state === 'failed') item.node.className = 'item mine failed';
    if (item.follows) item.node.classList.add('follows');
    item.meta.textContent = '';
    const bar = item.bubble.querySelector('progress');
    if (bar && item.state !== 'uploading') bar.remove();
    if (item.state === 'sending') item.meta.textContent = t('sending');
    else if (item.state && item.state !== 'sent') item.meta.textContent = item.note;
    else if (item.at) item.meta.textContent = writeTime(item.at) + (item.edited ? ` · ${t('edited')}` : '');
    for (const [label, act] of item.acts || []) {
      const button = el('button', '', label);
      button.type = 'button';
      button.addEventListener('click', act);
      item.meta.append(button);
    }
  }

  function change(id, state, note, acts) {
    const item = items.get('own:' + id);
    if (!item || item.state === 'sent') return;
    Object.assign(item, { state, note: note || '', acts: acts || [] });
    mark(item);
  }

  function discard(id) {
    const item = items.get('own:' + id);
    if (item) item.node.remove();
    items.delete('own:' + id);
    arrange();
  }

  /** Puts everything in its place: order, days, neighbours, which choices are the latest. */
  function arrange() {
    ordered = Array.from(items.values()).sort((a, b) => a.seq - b.seq);
    for (const old of list.querySelectorAll('.day')) old.remove();
    let day = '';
    let previous = null;
    let place = list.firstChild;
    for (const item of ordered) {
      if (item.node === place) place = place.nextSibling;
      else list.insertBefore(item.node, place);
      const newDay = item.at && dayOf(item.at) !== day;
      if (newDay) {
        day = dayOf(item.at);
        list.insertBefore(el('li', 'day', el('span', '', writeDay(item.at))), item.node);
      }
      item.follows = !newDay && isSameHand(previous, item);
      item.node.classList.toggle('follows', item.follows);
      previous = item;
    }
    const asked = ordered.filter((item) => item.buttons);
    const last = asked[asked.length - 1];
    const answered = last && ordered.some((item) => item.mine && item.state !== 'failed' && item.seq > last.seq);
    for (const item of asked) item.buttons.classList.toggle('old', item !== last || answered);
  }

  return {
    addEvents,
    addPending,
    discard,
    sent(id, seq) {
      const item = items.get('own:' + id);
      if (!item || item.state === 'sent') return;
      Object.assign(item, { seq, state: 'sent', note: '', acts: [] });
      mark(item);
      arrange();
    },
    sending: (id) => change(id, 'sending'),
    waiting: (id) => change(id, 'waiting', t('waiting')),
    failed: (id, note, retry) =>
      change(id, 'failed', note, [...(retry ? [[t('retry'), retry]] : []), [t('remove'), () => discard(id)]]),
    uploading(id, share, abort) {
      change(id, 'uploading', share < 1 ? t('uploading', { percent: Math.floor(share * 100) }) : t('checking'), [
        [t('cancel'), abort],
      ]);
      const item = items.get('own:' + id);
      if (item) progressOf(item).value = share;
    },
    labelOf: (action) => labels.get(action),
    firstSeq: () => (ordered.length > 0 ? ordered[0].seq : 0),
    isEmpty: () => items.size === 0,
    /** The texts of the page have changed their language. */
    redraw() {
      for (const item of items.values()) draw(item);
      for (const old of list.querySelectorAll('.day')) old.remove();
      arrange();
    },
  };
}

function progressOf(item) {
  let bar = item.bubble.querySelector('progress');
  if (!bar) {
    bar = el('progress');
    bar.max = 1;
    bar.setAttribute('aria-label', t('sending'));
    item.bubble.append(bar);
  }
  return bar;
}

function isSameHand(previous, item) {
  if (!previous || previous.mine !== item.mine) return false;
  return !previous.at || !item.at || new Date(item.at) - new Date(previous.at) < TOGETHER_MS;
}

/** The language that a typed word asks for, or null. */
export function languageWord(text) {
  const folded = fold(text || '');
  return folded === 'english' ? 'en' : folded === 'tieng viet' ? 'vi' : null;
}
