/** The public page of exemplars, `GET /honours`: plain HTML that any phone reads. */
import { formatDate } from '../kernel/format.js';
import { translate } from '../i18n/index.js';
import type { Honour } from './model.js';

/** The page for these exemplars, newest first. `demo` puts the sample-data mark on it. */
export function honoursPage(honours: readonly Honour[], demo: boolean): string {
  const items = honours.map(
    (
      one,
    ) => `<article><h2>${escape(one.personName)}</h2><p class="unit">${escape(one.unitName)}</p><p>${escape(one.deed)}</p>
<p class="decision">${escape(translate('vi', 'honours.decision', { award: one.award, number: one.decisionNumber, day: formatDate(one.decisionOn) }))}</p></article>`,
  );
  const title = escape(translate('vi', 'honours.pageTitle'));
  const mark = demo ? `<p class="demo" role="note">${escape(translate('vi', 'honours.demoMark'))}</p>` : '';
  const body = items.length > 0 ? items.join('\n') : `<p>${escape(translate('vi', 'honours.none'))}</p>`;
  return `<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title></head><body><main><h1>${title}</h1>${mark}${body}</main></body></html>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string) => text.replace(/[&<>"']/g, (mark) => ESCAPES[mark] ?? mark);
