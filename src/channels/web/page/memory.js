/** What the browser keeps: the session of this window, unsent messages, drafts. Works, shorter-lived, where it keeps nothing. */
import { isDemo } from './texts.js';

const spare = new Map();

// In the demo each window is its own person; a citizen's conversation outlives the window.
const place = isDemo ? 'sessionStorage' : 'localStorage';

function read(area, key) {
  try {
    return JSON.parse(window[area].getItem(key));
  } catch {
    return spare.get(key) || null;
  }
}

function write(area, key, value) {
  spare.set(key, value);
  try {
    if (value === null) window[area].removeItem(key);
    else window[area].setItem(key, JSON.stringify(value));
  } catch {
    // Private browsing or a full disk: the copy above has to do.
  }
}

export const loadSession = () => read(place, 'ng.session');
export const saveSession = (session) => write(place, 'ng.session', session);

export const loadUnsent = (contactId) => read('localStorage', `ng.unsent.${contactId}`) || [];
export const saveUnsent = (contactId, items) =>
  write('localStorage', `ng.unsent.${contactId}`, items.length ? items : null);

export const loadDraft = (contactId) => read('localStorage', `ng.draft.${contactId}`) || '';
export const saveDraft = (contactId, text) => write('localStorage', `ng.draft.${contactId}`, text === '' ? null : text);
