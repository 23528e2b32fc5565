/** "danh mục hồ sơ": the papers of a procedure, ticked off one by one, with blanks to download. */
import { z } from 'zod';
import {
  askForWork,
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Ask,
  type At,
  type Flow,
  type GoButton,
  type Move,
  type Option,
  type Text,
} from '../../conversation/index.js';
import { formatDate } from '../../kernel/format.js';
import type { LocalDate } from '../../kernel/local-date.js';
import { personKey, type HeldSeat } from '../../kernel/people.js';
import type { Answerer } from '../answerer.js';
import { basisText, documentWarnings } from '../compose.js';
import type { AwardsReads } from '../store.js';
import { documentHolds } from '../validity.js';
import { BLANKS, type Blank, type Dossier, type DossierPaper } from './load.js';
import { BLANK_WORK, type BlankRequest } from './work.js';
import { MENU, PERSON } from '../go-buttons.js';

type Reads = { readonly awards: AwardsReads };
const dataSchema = z.object({
  dossier: z.string(),
  title: z.string(),
  ready: z.array(z.string()),
  /** The blank for which a unit is still to be chosen. */
  blank: z.enum(BLANKS).optional(),
});
type Data = z.infer<typeof dataSchema>;
type Here = At<Data, unknown>;

const NOTHING: Data = { dossier: '', title: '', ready: [] };

/** A button to the papers of the one title that an answer is about; none where no dossier is known. */
export function dossierButton(dossiers: readonly Dossier[], subjects: readonly string[]): GoButton[] {
  const [subject] = subjects;
  const isKnown = subjects.length === 1 && dossiers.some((one) => one.titles.includes(subject ?? ''));
  return isKnown ? [{ label: t('awards.dossier.button'), command: 'papers', arg: subject ?? '' }] : [];
}

/** The flow over the dossiers. */
export function createDossierFlow(answerer: Answerer, dossiers: readonly Dossier[]): Flow<Data, Reads> {
  const nameOf = (title: string): string | undefined => answerer.knowledge.vocabulary.concepts.get(title)?.name;
  /** By its own id, by a title's id, or by a title in words. */
  const find = (typed: string, today: LocalDate): Data | undefined => {
    const of = (id: string): Data | undefined => {
      const dossier = dossiers.find((one) => one.id === id || one.titles.includes(id));
      return dossier && { dossier: dossier.id, title: dossier.titles.includes(id) ? id : '', ready: [] };
    };
    if (typed === '') return undefined;
    return of(typed) ?? of(answerer.answer(typed, { asOf: today }).topic.subjects[0] ?? '');
  };
  const here = (at: Here): Dossier | undefined => dossiers.find((one) => one.id === at.data.dossier);
  const titleOf = (dossier: Dossier, at: Here): string => nameOf(at.data.title) ?? dossier.name;

  return defineFlow<Data, Reads>({
    name: 'dossier',
    version: 1,
    data: dataSchema,
    commands: [
      defineCommand<Data, Reads, void>({
        name: 'papers',
        words: ['danh mục hồ sơ', 'tải mẫu', '/danhmuchoso', 'papers needed'],
        takesText: true,
        load: (read) => read.awards.fresh(),
        start: (at) => {
          const found = find(at.arg, at.today);
          return found ? { to: 'papers', data: found } : { to: 'which', data: NOTHING };
        },
      }),
    ],
    steps: {
      which: defineStep<Data, Reads>({
        ask: () => ({
          text: t('awards.dossier.which'),
          options: dossiers.map((one) => ({ value: one.id, label: raw(one.name) })),
          free: true,
          buttons: [MENU],
        }),
        answer: (at, answer): Move<Data> => {
          const typed = answer.kind === 'option' ? answer.value : answer.kind === 'text' ? answer.text : '';
          const found = find(typed, at.today);
          return found ? { to: 'papers', data: found } : { again: t('awards.dossier.unknown') };
        },
      }),
      papers: defineStep<Data, Reads>({
        ask: (at) => {
          const dossier = here(at);
          return dossier ? askPapers(answerer, dossier, titleOf(dossier, at), at) : { to: 'which', data: NOTHING };
        },
        answer: (at, answer): Move<Data> => {
          const dossier = here(at);
          if (!dossier || answer.kind !== 'option') return { again: t('conversation.chooseOne') };
          if (answer.value === 'blank') return { to: 'blank', data: at.data };
          const { ready } = at.data;
          const isTicked = ready.includes(answer.value);
          const next = isTicked ? ready.filter((one) => one !== answer.value) : [...ready, answer.value];
          return { to: 'papers', data: { ...at.data, ready: next } };
        },
      }),
      blank: defineStep<Data, Reads>({
        ask: () => ({
          text: t('awards.blank.which'),
          options: BLANKS.map((one) => ({ value: one, label: t(`awards.blank.name.${one}`) })),
          buttons: [PERSON],
        }),
        answer: (at, answer): Move<Data> => {
          const dossier = here(at);
          const blank = BLANKS.find((one) => answer.kind === 'option' && answer.value === one);
          if (!dossier || !blank) return { again: t('conversation.chooseOne') };
          return at.actor.seats.length > 1
            ? { to: 'unit', data: { ...at.data, blank } }
            : making(blank, titleOf(dossier, at), at.actor.seats[0], at);
        },
      }),
      // Whoever works for several units makes papers of one of them.
      unit: defineStep<Data, Reads>({
        ask: ({ actor }) => ({
          text: t('awards.blank.unit'),
          options: actor.seats.map(({ seatId, unitName }) => ({ value: seatId, label: raw(unitName) })),
        }),
        answer: (at, answer): Move<Data> => {
          const dossier = here(at);
          const seat = at.actor.seats.find(({ seatId }) => answer.kind === 'option' && seatId === answer.value);
          if (!dossier || !at.data.blank || !seat) return { again: t('conversation.chooseOne') };
          return making(at.data.blank, titleOf(dossier, at), seat, at);
        },
      }),
    },
  });
}

/** With the name of the asker's own unit; a visitor gets dotted lines. */
function making(blank: Blank, procedure: string, seat: HeldSeat | undefined, at: Here): Move<Data> {
  const { actor, today, newId } = at;
  const payload: BlankRequest = {
    person: personKey(actor),
    blank,
    procedure,
    unit: seat?.unitName ?? null,
    signer: seat?.kind === 'head' ? actor.name : null,
    day: today,
  };
  const { blank: _chosen, ...data } = at.data;
  return {
    to: 'papers',
    data,
    say: [{ text: t('awards.blank.making', { name: t(`awards.blank.name.${blank}`) }) }],
    effects: [askForWork({ workId: newId(), kind: BLANK_WORK, payload })],
  };
}

function askPapers(answerer: Answerer, dossier: Dossier, title: string, at: Here): Ask | Move<Data> {
  const { ready } = at.data;
  const missing = dossier.papers.filter((one) => !ready.includes(one.id));
  const options: Option[] = dossier.papers.map((paper) => ({
    value: paper.id,
    label: raw(`${ready.includes(paper.id) ? '☑' : '☐'} ${paper.name}`),
    words: [paper.name],
  }));
  return {
    text: [
      t('awards.dossier.title', { title }),
      ...(dossier.local === undefined ? [] : [raw(dossier.local)]),
      ...dossier.papers.map((paper) => paperLine(answerer, paper, at.today, ready)),
      ...(dossier.copies === undefined ? [] : [t('awards.dossier.copies', { copies: dossier.copies })]),
      ...(dossier.note === undefined ? [] : [raw(dossier.note)]),
      ...(dossier.unknown === undefined ? [] : [raw(dossier.unknown)]),
      ...warnings(answerer, dossier, at.today),
      missing.length === 0
        ? t('awards.dossier.allReady', { n: dossier.papers.length })
        : t('awards.dossier.ready', { n: dossier.papers.length - missing.length, of: dossier.papers.length }),
    ],
    options: [...options, { value: 'blank', label: t('awards.blank.get'), words: ['tải mẫu', 'mẫu'] }],
    buttons: [PERSON],
  };
}

function paperLine(answerer: Answerer, paper: DossierPaper, today: LocalDate, ready: readonly string[]): Text {
  const { knowledge } = answerer;
  const holds = documentHolds(knowledge.documents.get(paper.basis.document), today);
  return t(holds ? 'awards.dossier.paper' : 'awards.dossier.paperLapsed', {
    sign: ready.includes(paper.id) ? '☑' : '☐',
    name: paper.name,
    form: paper.form === undefined ? '' : t('awards.dossier.form', { n: paper.form }),
    basis: basisText(paper.basis, knowledge),
    day: formatDate(today),
  });
}

function warnings(answerer: Answerer, dossier: Dossier, today: LocalDate): Text[] {
  const basis = [...dossier.papers.map((one) => one.basis), ...(dossier.localBasis ? [dossier.localBasis] : [])];
  return [
    ...documentWarnings(basis, answerer.knowledge, today).map((line) => raw(`⚠️ ${line}`)),
    ...(dossier.papers.some((one) => one.certainty === 'VERIFIED-2') ? [t('awards.dossier.secondHand')] : []),
  ];
}
