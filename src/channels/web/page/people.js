/** The demo's people: a list by office and unit, searched with or without diacritics. */
import { call, pause } from './api.js';
import { el } from './bubble.js';
import { fold, t } from './texts.js';

const $ = (id) => document.getElementById(id);
const RETRY_MS = 2000;

/** Loads the people and shows them; `onChoose(code)` when one is taken. */
export function createPeople(onChoose) {
  let people = [];
  let current = '';
  const list = $('people-list');
  const search = $('search');

  async function load() {
    $('count').textContent = t('peopleLoading');
    for (;;) {
      try {
        people = (await call('GET', '/api/demo/people')).map(describe);
        return show();
      } catch {
        $('count').textContent = t('peopleFailed');
        await pause(RETRY_MS);
      }
    }
  }

  function show() {
    const asked = fold(search.value).split(' ').filter(Boolean);
    const found = people.filter((person) => asked.every((word) => person.folded.indexOf(word) >= 0));
    $('count').textContent = found.length > 0 ? t('found', { count: found.length }) : t('foundNone');
    list.textContent = '';
    for (const [name, members] of groupsOf(found)) {
      const heading = el('h3', '', name);
      const items = el('ul', '', ...members.map((person) => el('li', '', link(person))));
      list.append(heading, items);
    }
  }

  function link(person) {
    const name = el('span', 'person-name', person.name);
    const text = el(
      'span',
      'person-text',
      name,
      el('span', 'person-role', person.kind === 'office' ? roleOf(person) : t(person.roleKey)),
    );
    const avatar = el('span', 'avatar', initials(person.name));
    avatar.setAttribute('aria-hidden', 'true');
    const node = el('a', 'person', avatar, text);
    node.href = addressOf(person.code);
    if (person.code === current) node.setAttribute('aria-current', 'true');
    node.addEventListener('click', (event) => {
      // With a modifier key the browser opens another window, as with every link.
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      onChoose(person.code);
    });
    return node;
  }

  search.addEventListener('input', show);
  search.addEventListener('keydown', (event) => {
    const links = list.querySelectorAll('a');
    if (event.key === 'Enter' && links.length > 0) {
      event.preventDefault();
      links[0].click();
    } else step(event, links, -1);
  });
  list.addEventListener('keydown', (event) => {
    const links = Array.from(list.querySelectorAll('a'));
    step(event, links, links.indexOf(document.activeElement));
  });

  function step(event, links, at) {
    const next = event.key === 'ArrowDown' ? at + 1 : event.key === 'ArrowUp' ? at - 1 : null;
    if (next === null) return;
    event.preventDefault();
    if (next < 0) search.focus();
    else if (links[next]) links[next].focus();
  }

  return {
    load,
    show,
    find: (code) => people.find((person) => person.code === code),
    first: (test) => people.find(test),
    mark(code) {
      current = code;
      for (const node of list.querySelectorAll('a')) {
        if (node.getAttribute('href') === addressOf(code)) node.setAttribute('aria-current', 'true');
        else node.removeAttribute('aria-current');
      }
    },
  };
}

export const addressOf = (code) => `/?as=${encodeURIComponent(code)}`;

/** The role, and the unit it is held in. */
export const roleOf = (person) => [t(person.roleKey), person.unit].filter(Boolean).join(' · ');

/** First letters of the family name and of the name that a person is called by. */
export function initials(name) {
  const words = name.replace(/\(.*?\)/g, '').split(/\s+/);
  const parts = words.filter((word) => word !== '' && !/\d/.test(word));
  const picked = parts.length > 1 ? [parts[0], parts[parts.length - 1]] : parts;
  return picked.map((part) => part.charAt(0).toUpperCase()).join('');
}

const KINDS = [
  [/^officer/, 'roleOfficer', 'office'],
  [/^leader/, 'roleLeader', 'office'],
  [/^admin/, 'roleAdmin', 'office'],
  [/^seat-/, 'roleSeat', 'unit'],
  [/^deputy-/, 'roleDeputy', 'unit'],
  [/^head-/, 'roleHead', 'unit'],
];

function describe(person) {
  const [, roleKey, kind] = KINDS.find(([pattern]) => pattern.test(person.code)) || [null, 'roleVisitor', 'public'];
  const name = person.name || t(roleKey);
  const unit = person.unit || '';
  return {
    code: person.code,
    name,
    unit,
    roleKey,
    kind,
    folded: fold([name, unit, t(roleKey), person.role, person.code.replace(/-/g, ' ')].join(' ')),
  };
}

/** Pairs of a heading and its people: the office, the public, then unit by unit. */
function groupsOf(people) {
  const groups = new Map();
  const titles = { office: t('groupOffice'), public: t('groupPublic') };
  for (const kind of ['office', 'public', 'unit']) {
    for (const person of people.filter((one) => one.kind === kind)) {
      const title = titles[kind] || person.unit;
      groups.set(title, (groups.get(title) || []).concat(person));
    }
  }
  return groups;
}
