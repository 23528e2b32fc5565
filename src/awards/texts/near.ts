/** The passages that an officer sees beside a question that was handed over. */
import { translate } from '../../i18n/index.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { shorten } from '../../kernel/text.js';
import { basisText } from '../compose.js';
import type { Knowledge } from '../model.js';
import type { Texts } from './library.js';

const NEAREST = 3;
const EXCERPT = 160;

/** The nearest passages in words: where each stands, and how it begins. */
export function nearPassages(texts: Texts, knowledge: Knowledge, question: string, day: LocalDate): string[] {
  return texts.search(question, day, NEAREST).map((one) =>
    translate('vi', 'awards.quote.near.one', {
      place: basisText(one, knowledge),
      text: shorten(one.text.replace(/\s+/g, ' '), EXCERPT),
    }),
  );
}
