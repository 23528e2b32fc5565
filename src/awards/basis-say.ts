/** "căn cứ": what the cards of an answer rest on, since when, how sure they are, who checked them. */
import { raw, t, type Say, type Text } from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import type { LocalDate } from '../kernel/local-date.js';
import { shorten } from '../kernel/text.js';
import type { Answerer } from './answerer.js';
import type { ShownBasis, ShownDocument } from './basis-view.js';
import { checkedText } from './cards/texts.js';
import { WRONG } from './reply-buttons.js';
import { readTopic } from './topic.js';
import { PERSON } from './go-buttons.js';

const PASSAGE_LIMIT = 600;

/** The card that a button names, or every card of the last answer. */
export function basisSay(answerer: Answerer, named: string, stored: unknown, today: LocalDate): Say {
  const topic = readTopic(stored);
  const ids = named !== '' ? [named] : (topic?.cards ?? (topic?.card === undefined ? [] : [topic.card]));
  const shown = ids.flatMap((id) => answerer.basis(id, today) ?? []);
  if (shown.length === 0)
    return { text: t('awards.basis.none'), buttons: [{ label: t('button.ask'), command: 'ask' }, PERSON] };
  return { text: shown.flatMap(basisTexts), buttons: [WRONG, PERSON] };
}

function basisTexts(shown: ShownBasis): Text[] {
  return [
    t('awards.basis.title', { title: shown.title }),
    ...shown.documents.flatMap(documentTexts),
    ...(shown.details === '' ? [] : [raw(shown.details)]),
    t(`awards.state.${shown.state}`),
    ...checkedText(shown),
    ...(shown.until === undefined ? [] : [t('awards.basis.until', { day: formatDate(shown.until) })]),
    ...(shown.changed === undefined ? [] : [t('awards.basis.changed', { day: formatDate(shown.changed) })]),
  ];
}

/** The place, and its official words where they are loaded. */
const documentTexts = ({ text, title, passage }: ShownDocument): Text[] => [
  t('awards.basis.line', { text, title }),
  ...(passage === undefined ? [] : [t('awards.basis.passage', { passage: shorten(passage, PASSAGE_LIMIT) })]),
];
