/** The chat page: who is here, and the conversation that is open. */
import { call, pause } from './api.js';
import { el } from './bubble.js';
import { startClock } from './clock.js';
import { createComposer } from './composer.js';
import { loadSession, saveSession } from './memory.js';
import { addressOf, createPeople, initials, roleOf } from './people.js';
import { openTalk, showNotice } from './talk.js';
import { applyTexts, currentLanguage, isDemo, t, useLanguage } from './texts.js';

const $ = (id) => document.getElementById(id);
const RETRY_MS = 2000;

let talk = null;
let wanted = null;
const people = isDemo ? createPeople((code) => visit(code, true)) : null;
const composer = createComposer(() => talk);

function view(name) {
  $('body').dataset.view = name;
  $('talk').hidden = name !== 'chat';
  $('welcome').hidden = !isDemo || name === 'chat';
}

function closeTalk() {
  if (talk) talk.stop();
  talk = null;
}

/** Opens the conversation of a person, remembered in the address so that a window can be opened again. */
async function visit(code, push) {
  wanted = code;
  closeTalk();
  if (push) history.pushState({}, '', addressOf(code));
  view('chat');
  introduce(code);
  people.mark(code);
  const known = loadSession();
  const session = known && known.as === code ? known : await openSession(code);
  if (session && wanted === code) start(session, code);
}

/** A session for a person, or for a visitor (null). Null when there is no such person, or another was chosen meanwhile. */
async function openSession(code) {
  while (wanted === code) {
    try {
      const opened = await call('POST', '/api/web/sessions', { json: code === null ? {} : { as: code } });
      const session = { as: code, token: opened.token, contactId: opened.contactId };
      saveSession(session);
      return session;
    } catch (error) {
      if (error.status === 404) {
        showList();
        $('count').textContent = t('unknownPerson');
        return null;
      }
      showNotice(error.message);
      await pause(error.retryAfterMs || RETRY_MS);
    }
  }
  return null;
}

function start(session, code) {
  if (wanted !== code) return;
  showNotice('');
  talk = openTalk(session, { onExpired: () => renew(code), onLanguage: changeLanguage });
  composer.open();
}

async function renew(code) {
  closeTalk();
  saveSession(null);
  const session = await openSession(code);
  if (!session) return;
  start(session, code);
  if (code === null) showNotice(t('renewed'), '', null, 8000);
}

/** Shows whose conversation this is. */
function introduce(code) {
  const person = people && people.find(code);
  const name = person ? person.name : code || t('log');
  $('who-name').textContent = name;
  $('who-role').textContent = person ? roleOf(person) : '';
  $('avatar').textContent = person ? initials(name) : '';
  $('avatar').hidden = !person;
  document.title = person ? `${name} – ${t('brand')}` : t('title');
}

function showList() {
  wanted = undefined;
  closeTalk();
  people.mark('');
  view('people');
  document.title = t('title');
}

/** Four people to begin with, one of each kind. */
function showCards() {
  const picks = [
    [people.find('officer'), 'welcomeOfficer'],
    [people.find('seat-p-phu-ly') || people.first((one) => one.roleKey === 'roleSeat'), 'welcomeSeat'],
    [people.find('leader'), 'welcomeLeader'],
    [people.find('visitor'), 'welcomeVisitor'],
  ];
  $('cards').textContent = '';
  for (const [person, does] of picks) {
    if (!person) continue;
    const role = roleOf(person);
    const text = el(
      'span',
      '',
      el('strong', '', person.name),
      el('span', 'card-unit', role),
      el('span', 'card-does', t(does)),
    );
    const avatar = el('span', 'avatar', initials(person.name));
    avatar.setAttribute('aria-hidden', 'true');
    const link = el('a', 'card', avatar, text);
    link.href = addressOf(person.code);
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      visit(person.code, true);
    });
    $('cards').append(el('li', '', link));
  }
}

function changeLanguage(language) {
  if (language === currentLanguage()) return;
  useLanguage(language);
  if (people) {
    people.show();
    showCards();
  }
  if (wanted !== undefined) introduce(wanted);
  if (talk) talk.redraw();
}

const askedFor = () => new URLSearchParams(location.search).get('as');

async function startDemo() {
  for (const id of ['sample', 'people', 'back', 'window']) $(id).hidden = false;
  $('back').addEventListener('click', () => {
    history.pushState({}, '', '/');
    showList();
    $('search').focus();
  });
  window.addEventListener('popstate', () => (askedFor() ? visit(askedFor(), false) : showList()));
  startClock();
  const saved = loadSession();
  const first = askedFor() || (saved ? saved.as : null);
  view(first ? 'chat' : 'people');
  if (first) visit(first, false);
  await people.load();
  showCards();
  if (wanted) {
    introduce(wanted);
    people.mark(wanted);
  }
}

async function startVisitor() {
  wanted = null;
  view('chat');
  introduce(null);
  start(loadSession() || (await openSession(null)), null);
}

$('language').addEventListener('click', () => {
  // The assistant understands the word itself, so that both change together.
  const word = $('language').textContent;
  const next = currentLanguage() === 'vi' ? 'en' : 'vi';
  if (talk) talk.send({ text: word });
  changeLanguage(next);
});
window.addEventListener('beforeunload', (event) => {
  if (!talk || !talk.isUploading()) return;
  event.preventDefault();
  event.returnValue = '';
});

$('too-old').remove();
applyTexts();
$('body').hidden = false;
if (isDemo) startDemo();
else startVisitor();
