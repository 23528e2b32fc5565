/** One message on the page: its words, picture, file and choices. */
import { fetchBlob } from './api.js';
import { t, writeSize } from './texts.js';

/** An element with a class and children. */
export function el(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = 'http://www.w3.org/2000/svg';
const SHEET = 'M14 3H7a1 1 0 0 0-1 1v16a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V7zM14 3v4h4M9 13h6M9 17h6';

function icon(path) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** The text as it is, addresses in it as links. Nothing in it is ever read as HTML. */
export function words(text) {
  const node = el('p', 'words');
  node.dir = 'auto';
  let from = 0;
  for (const match of findLinks(text)) {
    const link = el('a', '', match.text);
    link.href = match.text;
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    node.append(text.slice(from, match.at), link);
    from = match.at + match.text.length;
  }
  node.append(text.slice(from));
  return node;
}

function findLinks(text) {
  const pattern = /https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]]/g;
  const found = [];
  for (let match = pattern.exec(text); match; match = pattern.exec(text))
    found.push({ at: match.index, text: match[0] });
  return found;
}

/** A picture; its bytes need the token, so they come by a call of our own. */
export function picture(image, token, onLoaded) {
  const frame = el('a', 'picture empty', t('loading'));
  frame.target = '_blank';
  frame.rel = 'noopener';
  fetchBlob(image.url, token).then(
    (blob) => {
      const img = el('img');
      img.alt = image.alt || image.name;
      img.onload = onLoaded;
      img.src = frame.href = URL.createObjectURL(blob);
      frame.className = 'picture';
      frame.title = t('openImage');
      frame.textContent = '';
      frame.append(img);
    },
    () => {
      frame.textContent = `${t('imageFailed')}${image.alt ? ': ' + image.alt : ''}`;
    },
  );
  return frame;
}

/** A file with its size; a tap saves it. */
export function attachment(file, token) {
  const size = el('span', 'attachment-size', writeSize(file.size));
  const text = el('span', 'attachment-text', el('span', 'attachment-name', file.name), size);
  if (!file.url) return el('div', 'attachment', icon(SHEET), text);
  const node = el('button', 'attachment', icon(SHEET), text);
  node.type = 'button';
  node.setAttribute('aria-label', `${t('download')}: ${file.name}, ${writeSize(file.size)}`);
  node.addEventListener('click', () => {
    save(file, token).catch(() => {
      size.textContent = t('downloadFailed');
    });
  });
  return node;
}

async function save(file, token) {
  const address = URL.createObjectURL(await fetchBlob(file.url, token));
  const link = el('a');
  link.href = address;
  link.download = file.name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

/** The choices under a message. */
export function choices(buttons, onTap) {
  const group = el('div', 'choices');
  group.setAttribute('role', 'group');
  group.setAttribute('aria-label', t('choices'));
  for (const button of buttons) {
    const node = el('button', '', button.label);
    node.type = 'button';
    node.addEventListener('click', () => onTap(button));
    group.append(node);
  }
  return group;
}

export const isPicture = (file) => /^image\/(png|jpeg|webp|gif)$/.test(file.type || '');
