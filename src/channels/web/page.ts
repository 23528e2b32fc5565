/** The chat page's files, with the texts of `locales/` filled in. */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { translate, type LocaleKey } from '../../i18n/index.js';
import type { Language } from '../../kernel/format.js';
import { PAGE_TEXTS } from './page-texts.js';

export interface PageAsset {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
  /** How long a browser may keep it without asking; absent: it asks every time. */
  readonly maxAgeSeconds?: number;
}

export interface PageOptions {
  /** The folder `src/channels/web/page` of the project. */
  readonly dir: string;
  /** True in the demo: a person is chosen first, and the banner says that all data are samples. */
  readonly demo: boolean;
  /** Further tags for the page's head, such as Zalo's proof. */
  readonly headTags?: string;
}

const TYPE = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

// In this order: a later rule wins over an earlier one.
const STYLES = ['frame', 'people', 'talk', 'bubble', 'composer', 'small'];

// The letters of official papers, the same on every device; the page is readable before they have come.
const FONTS = ['400Regular', '600SemiBold'];
const WEEK_S = 7 * 86_400;

/** Reads the page once; `index.html` is served at `/`, its companions under `/page/`. */
export async function loadPage(options: PageOptions): Promise<PageAsset[]> {
  const scripts = (await readdir(options.dir)).filter((name) => name.endsWith('.js')).sort();
  const files = await Promise.all([...scripts, 'icon.svg'].map((name) => loadFile(options.dir, name)));
  const styles = await Promise.all(STYLES.map((name) => readFile(join(options.dir, `${name}.css`))));
  const html = await readFile(join(options.dir, 'index.html'), 'utf8');
  return [
    { path: '/', type: TYPE.html, body: Buffer.from(fill(html, scripts, options)) },
    { path: '/page/chat.css', type: TYPE.css, body: Buffer.concat(styles) },
    ...files,
    ...(await Promise.all(FONTS.map(loadFont))),
  ];
}

async function loadFile(dir: string, name: string): Promise<PageAsset> {
  const type = name.endsWith('.svg') ? TYPE.svg : TYPE.js;
  return { path: `/page/${name}`, type, body: await readFile(join(dir, name)) };
}

async function loadFont(cut: string): Promise<PageAsset> {
  const file = `@expo-google-fonts/be-vietnam-pro/${cut}/BeVietnamPro_${cut}.ttf`;
  const body = await readFile(createRequire(import.meta.url).resolve(file));
  return { path: `/page/be-vietnam-pro-${cut.slice(0, 3)}.ttf`, type: 'font/ttf', body, maxAgeSeconds: WEEK_S };
}

/** Fills `{{page.key}}` with texts, `{{setup}}` and `{{modules}}` with what the scripts need, `{{head}}` with further tags. */
function fill(html: string, scripts: readonly string[], { demo, headTags = '' }: PageOptions): string {
  const modules = scripts.map((name) => `<link rel="modulepreload" href="/page/${name}">`).join('');
  const setup = JSON.stringify({ demo, texts: { vi: textsOf('vi'), en: textsOf('en') } });
  return html
    .replace('{{head}}', () => headTags)
    .replace('{{modules}}', () => modules)
    .replace('{{setup}}', () => setup.replaceAll('<', '\\u003c'))
    .replaceAll(/\{\{(page\.\w+)\}\}/g, (_hole, key: string) => escapeHtml(translate('vi', key as LocaleKey)));
}

function textsOf(language: Language): Record<string, string> {
  return Object.fromEntries(PAGE_TEXTS.map((key) => [key.slice('page.'.length), translate(language, key)]));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
