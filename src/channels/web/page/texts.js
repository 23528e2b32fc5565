/** Texts of the page in the chosen language, and how dates, times and sizes are written. */

const setup = JSON.parse(document.getElementById('setup').textContent);
const ZONE_MS = 7 * 3600 * 1000;

let language = readLanguage();

export const isDemo = setup.demo === true;

export function currentLanguage() {
  return language;
}

/** The text of a key, its `{holes}` filled. */
export function t(key, params) {
  const text = setup.texts[language][key] || setup.texts.vi[key] || key;
  return text.replace(/\{(\w+)\}/g, (hole, name) => (params && name in params ? String(params[name]) : hole));
}

/** Switches the page's own texts; what the assistant said stays as it was said. */
export function useLanguage(next) {
  language = next === 'en' ? 'en' : 'vi';
  try {
    localStorage.setItem('ng.language', language);
  } catch {
    // A browser that keeps nothing still speaks the language until it is closed.
  }
  applyTexts();
}

/** Writes the texts into everything marked with `data-text`, `data-label` or `data-placeholder`. */
export function applyTexts() {
  document.documentElement.lang = language;
  document.title = t('title');
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll('[data-label]')) node.setAttribute('aria-label', t(node.dataset.label));
  for (const node of document.querySelectorAll('[data-placeholder]')) node.placeholder = t(node.dataset.placeholder);
  document.getElementById('language').lang = language === 'vi' ? 'en' : 'vi';
}

function readLanguage() {
  try {
    return localStorage.getItem('ng.language') === 'en' ? 'en' : 'vi';
  } catch {
    return 'vi';
  }
}

/** Lower case without tones and diacritics, so that people may type either way. */
export function fold(text) {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/\u0111/g, 'd')
    .replace(/\s+/g, ' ')
    .trim();
}

const two = (n) => (n < 10 ? '0' + n : String(n));
// The wall clock of Viet Nam, whatever zone the device is in.
const local = (at) => new Date(new Date(at).getTime() + ZONE_MS);

/** The day of an instant, comparable. */
export function dayOf(at) {
  return local(at).toISOString().slice(0, 10);
}

/** `thu Sau, 28/11/2026`, with its diacritics. */
export function writeDay(at) {
  const day = local(at);
  return `${t('weekdays').split(',')[day.getUTCDay()]}, ${writeDate(at)}`;
}

export function writeDate(at) {
  const day = local(at);
  return `${two(day.getUTCDate())}/${two(day.getUTCMonth() + 1)}/${day.getUTCFullYear()}`;
}

/** `09:14`. */
export function writeTime(at) {
  const day = local(at);
  return `${two(day.getUTCHours())}:${two(day.getUTCMinutes())}`;
}

/** `212 kB`, `1,4 MB`. */
export function writeSize(bytes) {
  if (bytes < 1000000) return `${Math.max(1, Math.round(bytes / 1000))} kB`;
  const text = (bytes / 1000000).toFixed(1).replace(/\.0$/, '');
  return `${language === 'vi' ? text.replace('.', ',') : text} MB`;
}
