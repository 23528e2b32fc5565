/** "tra cứu": from groups to titles to cards by buttons alone. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  raw,
  t,
  type Flow,
  type GoButton,
  type Move,
  type Say,
  type Text,
} from '../../conversation/index.js';
import { shorten } from '../../kernel/text.js';
import type { Answerer } from '../answerer.js';
import { documentConcept, lifeCardId } from '../document-life.js';
import type { Card } from '../model.js';
import type { AwardsReads } from '../store.js';
import { isEnded } from '../validity.js';
import type { BrowseGroup } from './load.js';
import { PERSON } from '../go-buttons.js';

type Reads = { readonly awards: AwardsReads };
const PAGE = 6;
const LABEL_LIMIT = 60;

/** The flow over the groups. It keeps nothing: every screen is a command with its place as the argument. */
export function createBrowseFlow(answerer: Answerer, groups: readonly BrowseGroup[]): Flow<undefined, Reads> {
  const show = (arg: string): Say => {
    const [groupId = '', place = '0', page = '0'] = arg.split('.');
    const group = groups.find((one) => one.id === groupId);
    if (!group) return { text: t('awards.browse.which'), buttons: [...groups.map(groupButton), PERSON] };
    const subject = group.subjects.find((id) => id === place);
    return subject === undefined
      ? screen(raw(group.name), itemsOf(group), Number(place), (n) => `${group.id}.${String(n)}`, '')
      : screen(
          t('awards.browse.about', { title: nameOf(subject) }),
          answerer.about(subject, []).map(cardButton),
          Number(page),
          (n) => `${group.id}.${subject}.${String(n)}`,
          group.id,
        );
  };
  const nameOf = (subject: string): string => answerer.knowledge.vocabulary.concepts.get(subject)?.name ?? subject;
  const itemsOf = (group: BrowseGroup): GoButton[] => [
    ...group.subjects.map((id) => go(raw(nameOf(id)), `${group.id}.${id}`)),
    ...group.cards
      .flatMap((id) => answerer.knowledge.cards.filter((card) => card.id === id && !isEnded(card)))
      .map(cardButton),
    ...(group.documents ? documentCards(answerer).map(cardButton) : []),
  ];

  return defineFlow<undefined, Reads>({
    name: 'browse',
    version: 1,
    data: z.undefined(),
    keepsDraft: false,
    commands: [
      defineCommand<undefined, Reads>({
        name: 'browse',
        words: ['tra cứu', 'danh hiệu', 'hình thức khen thưởng', '/tracuu', 'browse'],
        aside: true,
        load: async (read) => {
          await read.awards.fresh();
          return undefined;
        },
        start: ({ arg }): Move<undefined> => ({ end: true, say: [show(arg)] }),
      }),
    ],
    steps: {},
  });
}

const go = (label: Text, arg: string): GoButton => ({ label, command: 'browse', arg });
const groupButton = (group: BrowseGroup): GoButton => go(raw(group.name), group.id);
const cardButton = (card: Card): GoButton => ({
  label: raw(shorten(card.title, LABEL_LIMIT)),
  command: 'ask-card',
  arg: card.id,
});

/** The documents as their life cards tell them, those in the shelf's order. */
function documentCards(answerer: Answerer): Card[] {
  const { documents, cards, vocabulary } = answerer.knowledge;
  return [...documents.keys()]
    .filter((number) => vocabulary.concepts.has(documentConcept(number)))
    .flatMap((number) => cards.filter((card) => card.id === lifeCardId(number)));
}

/** One page of buttons, with the way on and back. */
function screen(head: Text, items: readonly GoButton[], page: number, at: (page: number) => string, back: string): Say {
  const pages = Math.max(1, Math.ceil(items.length / PAGE));
  const n = Number.isInteger(page) && page >= 0 && page < pages ? page : 0;
  const shown = items.slice(n * PAGE, (n + 1) * PAGE);
  return {
    text: [head, t(items.length === 0 ? 'awards.browse.nothing' : 'awards.browse.choose', { n: n + 1, of: pages })],
    buttons: [
      ...shown,
      ...(n + 1 < pages ? [go(t('awards.browse.more'), at(n + 1))] : []),
      go(t('awards.browse.back'), back),
      PERSON,
    ],
  };
}
