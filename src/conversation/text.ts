/** Text before it has a language. */
import type { LocaleKey } from '../i18n/index.js';

/** A text of `locales/`, or the person's own words as they are. Params may themselves be texts. */
export type Text =
  | { readonly key: LocaleKey; readonly params?: Readonly<Record<string, string | number | Text>> }
  | { readonly raw: string };

/** Several texts, one below the other. */
export type Texts = Text | readonly Text[];

export const t = (key: LocaleKey, params?: Readonly<Record<string, string | number | Text>>): Text =>
  params === undefined ? { key } : { key, params };
export const raw = (text: string): Text => ({ raw: text });
