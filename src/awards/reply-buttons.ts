/** What can be done with a reply by one tap. */
import { raw, t, type GoButton } from '../conversation/index.js';
import { shorten } from '../kernel/text.js';
import type { Answerer } from './answerer.js';
import type { Card, Reply, Topic } from './model.js';
import { isEnded } from './validity.js';
import { PERSON } from './go-buttons.js';

/** Buttons of other parts of this room for what an answer is about; the first is taken. */
export type MoreAbout = (topic: Topic) => readonly GoButton[];

export interface AskDeps {
  readonly answerer: Answerer;
  readonly moreAbout: MoreAbout;
}

export const WRONG: GoButton = { label: t('awards.button.wrong'), command: 'ask-wrong' };
const BROWSE: GoButton = { label: t('awards.browse.button'), command: 'browse' };
const LABEL_LIMIT = 60;
/** A screen of an old phone has room for so many. */
const MOST = 4;

export function buttonsFor({ answerer, moreAbout }: AskDeps, reply: Reply): GoButton[] {
  switch (reply.outcome) {
    case 'clarify':
      return [...optionButtons(reply), ...(reply.options.length === 0 ? [BROWSE] : []), PERSON];
    case 'out_of_scope':
      return [...optionButtons(reply), { label: t('button.menu'), command: 'menu' }, PERSON];
    case 'local_setting':
      return [...optionButtons(reply), ...basisButton(reply), PERSON, WRONG];
    case 'answer':
    case 'answer_with_warning':
    case 'hand_over': {
      const always = [...moreAbout(reply.topic).slice(0, 1), ...basisButton(reply), WRONG];
      const others = [...optionButtons(reply), ...siblings(answerer, reply)];
      return [...others.slice(0, Math.max(reply.options.length, MOST - always.length)), ...always];
    }
  }
}

/** The cards that a reply offers. */
export const optionButtons = ({ options }: Reply): GoButton[] =>
  options.map(({ label, card }) => ({ label: raw(shorten(label, LABEL_LIMIT)), command: 'ask-card', arg: card }));

/** The basis of one card, or of all cards of an answer that was joined. */
function basisButton({ cards }: Reply): GoButton[] {
  const [card] = cards;
  if (card === undefined) return [];
  const label = t('awards.button.basis');
  return [cards.length === 1 ? { label, command: 'ask-basis', arg: card } : { label, command: 'ask-basis' }];
}

export const cardButton = (card: Card | undefined): GoButton[] =>
  card && !isEnded(card) ? [{ label: raw(shorten(card.title, LABEL_LIMIT)), command: 'ask-card', arg: card.id }] : [];

/** Other things to know about the same title: its papers, its money, who decides. */
function siblings(answerer: Answerer, reply: Reply): GoButton[] {
  const [subject] = reply.topic.subjects;
  if (subject === undefined || reply.topic.subjects.length > 1) return [];
  return answerer
    .about(subject, [...reply.cards, ...reply.options.map((option) => option.card)])
    .flatMap((card) => cardButton(card));
}
