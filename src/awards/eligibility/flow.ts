/** "kiểm tra điều kiện": a person checks a title condition by condition; the bot counts and decides nothing. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Answer,
  type Ask,
  type At,
  type Flow,
  type GoButton,
  type Move,
  type Option,
} from '../../conversation/index.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { Answerer } from '../answerer.js';
import type { AwardsReads } from '../store.js';
import { documentHolds } from '../validity.js';
import { givenSchema, readAnswer, type BadAnswer, type Given, type TypedCondition } from './answers.js';
import { check, conditionsOf } from './check.js';
import { isAsked, type AskedCondition, type EligibilityRules, type EligibilityTitle } from './model.js';
import { resultTexts, titleName } from './result.js';
import { MENU, PERSON } from '../go-buttons.js';

type Reads = { readonly awards: AwardsReads };
const dataSchema = z.object({ title: z.string(), answers: z.record(z.string(), givenSchema) });
type Data = z.infer<typeof dataSchema>;

/** Two names for one step: "lùi" goes from a step to another one. */
const stepFor = ({ answers }: Data): string => (Object.keys(answers).length % 2 === 0 ? 'odd' : 'even');

const UNKNOWN: Option = {
  value: 'unknown',
  label: t('awards.eligible.unknown'),
  words: ['không biết', 'chưa rõ', 'không nhớ', 'không rõ ạ', 'unknown', "don't know", 'not sure'],
};
const YES_WORDS = [
  'rồi',
  'có rồi',
  'đã có',
  'đúng',
  'vâng',
  'vâng ạ',
  'có ạ',
  'dạ có',
  'dạ có ạ',
  'dạ rồi',
  'rồi ạ',
  'yes',
  'đúng rồi',
  'ok',
  'dc',
  'được',
  'đạt',
  'đạt rồi',
  'đủ',
  'có chứ',
];
const NO_WORDS = [
  'không',
  'chưa',
  'chưa có',
  'không có',
  'không ạ',
  'chưa ạ',
  'dạ không',
  'dạ chưa',
  'dạ không ạ',
  'dạ chưa ạ',
  'no',
  'not yet',
  'ko',
  'k',
  'kh',
  'không có ai',
  'chưa đạt',
  'không đạt',
];

/** A button to the check of the one title that an answer is about; none where nothing is checked. */
export function eligibilityButton(rules: EligibilityRules, subjects: readonly string[]): GoButton[] {
  const [subject] = subjects;
  const isChecked = subjects.length === 1 && rules.titles.some((one) => one.id === subject);
  return isChecked ? [{ label: t('awards.eligible.button'), command: 'eligible', arg: subject ?? '' }] : [];
}

/** The flow over the rules. */
export function createEligibilityFlow(answerer: Answerer, rules: EligibilityRules): Flow<Data, Reads> {
  const find = (id: string) => rules.titles.find((one) => one.id === id);
  /** The first condition without an answer, or the result. */
  const next = (data: Data, today: LocalDate): Move<Data> => {
    const title = find(data.title);
    if (!title) return { to: 'title', data };
    return asked(title, today).some((one) => !(one.id in data.answers))
      ? { to: stepFor(data), data }
      : finish(title, data, today);
  };
  const asked = (title: EligibilityTitle, today: LocalDate): AskedCondition[] =>
    conditionsOf(rules, title)
      .filter(isAsked)
      .filter((one) => documentHolds(answerer.knowledge.documents.get(one.basis.document), today));
  const finish = (title: EligibilityTitle, data: Data, today: LocalDate): Move<Data> => ({
    end: true,
    say: [
      {
        text: resultTexts(title, check(rules, title, data.answers, { knowledge: answerer.knowledge, day: today }), {
          knowledge: answerer.knowledge,
          day: today,
        }),
        buttons: [
          { label: t('awards.eligible.again'), command: 'eligible', arg: title.id },
          { label: t('awards.eligible.papers'), command: 'papers', arg: title.id },
          { label: t('button.ask'), command: 'ask' },
          PERSON,
        ],
      },
    ],
  });
  /** A title that is named by its id (a button) or in words; of several, none is guessed. */
  const begin = (typed: string, today: LocalDate): Move<Data> => {
    const titles = titlesIn(typed, today);
    const [named] = titles;
    if (named && titles.length === 1) return next({ title: named.id, answers: {} }, today);
    const isStrange = typed !== '' && titles.length === 0;
    return {
      to: 'title',
      data: { title: '', answers: {} },
      ...(isStrange ? { say: [{ text: t('awards.eligible.notThis') }] } : {}),
    };
  };
  const titlesIn = (typed: string, today: LocalDate): EligibilityTitle[] => {
    if (typed === '') return [];
    const byId = find(typed);
    const ids = byId ? [byId.id] : answerer.answer(typed, { asOf: today }).topic.subjects;
    return ids.map(find).filter((one) => one !== undefined);
  };

  const condition = defineStep<Data, Reads, void>({
    load: (read) => read.awards.fresh(),
    ask: (at) => {
      const title = find(at.data.title);
      const all = title ? asked(title, at.today) : [];
      const n = all.findIndex((one) => !(one.id in at.data.answers));
      const condition = all[n];
      if (!title || !condition) return next(at.data, at.today);
      return question(titleName(answerer.knowledge, title.id), title, condition, n + 1, all.length);
    },
    answer: (at, answer) => {
      const title = find(at.data.title);
      const condition = title && asked(title, at.today).find((one) => !(one.id in at.data.answers));
      if (!condition) return next(at.data, at.today);
      const given = understand(condition, answer, at);
      if (typeof given === 'string') return { again: t(`awards.eligible.bad.${given}`) };
      return next({ ...at.data, answers: { ...at.data.answers, [condition.id]: given } }, at.today);
    },
  });

  return defineFlow<Data, Reads>({
    name: 'eligible',
    version: 1,
    data: dataSchema,
    commands: [
      defineCommand<Data, Reads, void>({
        name: 'eligible',
        words: ['kiểm tra điều kiện', 'tự soát điều kiện', '/dieukien', 'check eligibility'],
        takesText: true,
        load: (read) => read.awards.fresh(),
        start: (at) => begin(at.arg, at.today),
      }),
    ],
    steps: {
      title: defineStep<Data, Reads, void>({
        load: (read) => read.awards.fresh(),
        ask: () => ({
          text: t('awards.eligible.which'),
          options: rules.titles.map(({ id }) => ({ value: id, label: raw(titleName(answerer.knowledge, id)) })),
          free: true,
          buttons: [PERSON, MENU],
        }),
        answer: (at, answer) => {
          if (answer.kind === 'option') return begin(answer.value, at.today);
          const titles = answer.kind === 'text' ? titlesIn(answer.text, at.today) : [];
          if (titles.length > 1) return { again: t('awards.eligible.several') };
          return titles[0] ? begin(titles[0].id, at.today) : { again: t('awards.eligible.notThis') };
        },
      }),
      odd: condition,
      even: condition,
    },
  });
}

function question(name: string, title: EligibilityTitle, condition: AskedCondition, n: number, of: number): Ask {
  const head = t('awards.eligible.progress', { title: name, n, of });
  return {
    text: [head, ...(n === 1 && title.route !== undefined ? [raw(title.route)] : []), raw(condition.ask)],
    options: optionsOf(condition),
    // Where one chooses, a typed question is answered in between; where one types, all that is typed is the answer.
    free: isTyped(condition),
    numbersAreAnswers: isTyped(condition),
    buttons: [PERSON],
  };
}

function optionsOf(condition: AskedCondition): Option[] {
  if (condition.kind === 'yes')
    return [
      { value: 'yes', label: t('awards.eligible.yes'), words: YES_WORDS },
      { value: 'no', label: t('awards.eligible.no'), words: NO_WORDS },
      UNKNOWN,
    ];
  if (condition.kind === 'oneOf')
    return [
      ...condition.choices.map(({ id, name, words }) => ({
        value: `choice:${id}`,
        label: raw(name),
        ...(words ? { words } : {}),
      })),
      { value: 'none', label: t('awards.eligible.none'), words: [...NO_WORDS, 'none'] },
      UNKNOWN,
    ];
  return [UNKNOWN];
}

function understand(condition: AskedCondition, answer: Answer, at: At<Data, unknown>): Given | BadAnswer {
  const value = answer.kind === 'option' ? answer.value : '';
  if (value === 'unknown') return { kind: 'unknown' };
  if (value.startsWith('choice:')) return { kind: 'choice', id: value.slice('choice:'.length) };
  if (value === 'none') return { kind: 'choice', id: null };
  if (value === 'yes' || value === 'no') return { kind: 'yes', yes: value === 'yes' };
  if (!isTyped(condition)) return { kind: 'unknown' };
  return readAnswer(condition, answer.kind === 'text' ? answer.text : '', Number(at.today.slice(0, 4)));
}

const isTyped = (condition: AskedCondition): condition is TypedCondition =>
  condition.kind === 'share' || condition.kind === 'years' || condition.kind === 'number';
