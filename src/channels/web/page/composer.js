/** Where people write: the box that grows, the draft that stays, files by button, drop or paste. */
import { loadDraft, saveDraft } from './memory.js';
import { t } from './texts.js';

const $ = (id) => document.getElementById(id);
const TEXT_LIMIT = 8000;
const TELL_FROM = 7000;
const FILE_LIMIT = 20 * 1024 * 1024;

/** Wires the composer once; `target()` is the talk that is open, with `send({text})`, `sendFile(file)`, `contactId`, `warn(text)`. */
export function createComposer(target) {
  const box = $('write');
  const touch = window.matchMedia ? matchMedia('(hover: none)').matches : false;

  function fit() {
    box.style.height = 'auto';
    box.style.height = `${box.scrollHeight + 2}px`;
    const count = Array.from(box.value).length;
    const over = count > TEXT_LIMIT;
    const limit = $('limit');
    limit.hidden = count < TELL_FROM;
    limit.className = over ? 'limit bad' : 'limit';
    if (!limit.hidden) limit.textContent = t(over ? 'over' : 'left', { count: Math.abs(TEXT_LIMIT - count) });
    $('send').disabled = over;
    return !over;
  }

  function submit() {
    const text = box.value.trim();
    if (!target() || text === '' || !fit()) return;
    target().send({ text });
    box.value = '';
    saveDraft(target().contactId, '');
    fit();
    box.focus();
  }

  function offer(files) {
    for (const file of Array.from(files)) {
      if (!target()) return;
      if (file.size > FILE_LIMIT) target().warn(t('fileTooLarge', { name: file.name }));
      else if (file.size === 0) target().warn(t('fileEmpty', { name: file.name }));
      else target().sendFile(file);
    }
  }

  $('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener('input', () => {
    if (target()) saveDraft(target().contactId, box.value);
    fit();
  });
  box.addEventListener('keydown', (event) => {
    // While a Vietnamese word is being composed, Enter belongs to the keyboard.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229 || touch) return;
    event.preventDefault();
    submit();
  });
  $('attach').addEventListener('click', () => $('file').click());
  $('file').addEventListener('change', (event) => {
    offer(event.target.files);
    event.target.value = '';
  });
  $('menu').addEventListener('click', () => target() && target().send({ text: 'menu', label: t('menu') }));
  box.addEventListener('paste', (event) => {
    const files = event.clipboardData ? event.clipboardData.files : [];
    if (files.length === 0) return;
    event.preventDefault();
    offer(files);
  });
  acceptDrops($('talk'), offer);

  return {
    /** Shows the draft of the talk that was opened. */
    open() {
      box.value = loadDraft(target().contactId);
      fit();
      if (!touch) box.focus();
    },
  };
}

function acceptDrops(area, offer) {
  const hasFiles = (event) => Array.from(event.dataTransfer.types).indexOf('Files') >= 0;
  area.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    area.classList.add('dropping');
  });
  area.addEventListener('dragleave', (event) => {
    if (!area.contains(event.relatedTarget)) area.classList.remove('dropping');
  });
  area.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    area.classList.remove('dropping');
    offer(event.dataTransfer.files);
  });
}
