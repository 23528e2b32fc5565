/** Texts of `locales/`: flat keys, `{name}` placeholders, Vietnamese underneath every other language. */
import { createRequire } from 'node:module';
import type viTexts from '../../locales/vi.json';
import type { Language } from '../kernel/format.js';

export type LocaleKey = keyof typeof viTexts;

// Read once, like code; `import … with { type: 'json' }` still warns on Node 20.
const require = createRequire(import.meta.url);
const vi = require('../../locales/vi.json') as Record<LocaleKey, string>;
const en = require('../../locales/en.json') as Record<LocaleKey, string>;

const LOCALES: Readonly<Record<Language, Readonly<Partial<Record<string, string>>>>> = { vi, en };

/** The text of a key in a language, with its placeholders filled. A missing param stays visible as `{name}`. */
export function translate(
  language: Language,
  key: LocaleKey,
  params: Readonly<Record<string, string | number>> = {},
): string {
  const template = LOCALES[language][key] ?? LOCALES.vi[key] ?? key;
  return template.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = params[name];
    return value === undefined ? hole : String(value);
  });
}

/** True for a key of the locale files. */
export const isLocaleKey = (key: string): key is LocaleKey => key in vi;
