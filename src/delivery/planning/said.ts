/** What a message says, in every language, cut into the parts that will be sent. */
import type { Say } from '../../conversation/flow.js';
import type { Content } from '../../conversation/message.js';
import { renderSay } from '../../conversation/render.js';
import { t, type Text, type Texts } from '../../conversation/text.js';
import type { Language } from '../../kernel/format.js';
import type { SaidIn } from './zalo-template.js';

const LANGUAGES: readonly Language[] = ['vi', 'en'];

/** One part of it in one language, numbered in order. */
export type SaidPart = Content & { readonly language: Language; readonly n: number };

/** What is said, in every language, numbered in order within each. */
export function sayInAll(says: readonly Say[]): SaidPart[] {
  return LANGUAGES.flatMap((language) =>
    says.flatMap((say) => renderSay(say, language)).map((content, at) => ({ ...content, language, n: at + 1 })),
  );
}

/** Nobody shall take a sample for real. */
export function markSamples(say: readonly Say[]): Say[] {
  return say.map((one, n) => (n === 0 ? { ...one, text: [t('delivery.demoMark'), ...listOf(one.text)] } : one));
}

const listOf = (texts: Texts): readonly Text[] => ('key' in texts || 'raw' in texts ? [texts] : texts);

/** The words of each language, and under which title they go; without one the first line is it. */
export function saidIn(parts: readonly { readonly language: string; readonly text: string }[], title = ''): SaidIn[] {
  return [...new Set(parts.map(({ language }) => language))].map((language) => {
    const texts = parts.filter((part) => part.language === language).map(({ text }) => text);
    return { language, title: title === '' ? (texts[0]?.trim().split('\n')[0] ?? '') : title, texts };
  });
}
