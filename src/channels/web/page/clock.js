/** The demo's clock: shown, and moved forward. */
import { call } from './api.js';
import { t, writeDate, writeTime } from './texts.js';

const $ = (id) => document.getElementById(id);
const LOOK_MS = 30000;

/** Shows the sample clock and lets people move it. */
export function startClock() {
  let ahead = 0;
  const buttons = Array.from(document.querySelectorAll('[data-advance]'));
  $('clock').hidden = false;

  const show = () => {
    const now = Date.now() + ahead;
    $('clock-time').textContent = `${writeTime(now)}, ${writeDate(now)}`;
    $('clock-time').dateTime = new Date(now).toISOString();
  };
  const set = ({ now }) => {
    ahead = new Date(now).getTime() - Date.now();
    show();
  };
  const look = () => call('GET', '/api/demo/clock').then(set, () => undefined);

  for (const button of buttons) {
    button.addEventListener('click', async () => {
      for (const other of buttons) other.disabled = true;
      $('clock-note').textContent = t('clockWalking');
      try {
        set(await call('POST', '/api/demo/clock', { json: { advance: button.dataset.advance } }));
        $('clock-note').textContent = '';
      } catch {
        $('clock-note').textContent = t('clockFailed');
      }
      for (const other of buttons) other.disabled = false;
    });
  }
  look();
  setInterval(() => document.visibilityState === 'visible' && look(), LOOK_MS);
  setInterval(show, 1000);
}
