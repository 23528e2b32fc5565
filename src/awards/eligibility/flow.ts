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
import { givenSchema, readAnswer, type BadAnswer, type Given } from './answers.js';
import { check, conditionsOf } from './check.js';
import { isAsked, type AskedCondition, type EligibilityRules, type EligibilityTitle } from './model.js';
import { resultTexts, titleName } from './result.js';

type Reads = { readonly awards: AwardsReads };
const dataSchema = z.object({ title: z.string(), answers: z.record(z.string(), givenSchema) });
type Data = z.infer<typeof dataSchema>;

/** Two names for one step: "lùi" goes from a step to another one. */
const stepFor = ({ answers }: Data): string => (Object.keys(answers).length % 2 === 0 ? 'odd' : 'even');

const UNKNOWN: Option = { value: 'unknown', label: t('awards.eligible.unknown'), words: ['không biết', 'chưa rõ'] };
const PERSON: GoButton = { label: t('button.person'), command: 'person' };
const MENU: GoButton = { label: t('button.menu'), command: 'menu' };

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
          PERSON,
        ],
      },
    ],
  });
  /** A title that is named by its id (a button) or in words. */
  const begin = (typed: string, today: LocalDate): Move<Data> => {
    const named = find(typed) ?? titleIn(typed, today);
    const data: Data = { title: named?.id ?? '', answers: {} };
    return named ? next(data, today) : { to: 'title', data };
  };
  const titleIn = (typed: string, today: LocalDate): EligibilityTitle | undefined =>
    typed === '' ? undefined : find(answerer.answer(typed, { asOf: today }).topic.subjects[0] ?? '');

  const condition = defineStep<Data, Reads>({
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
      defineCommand<Data, Reads>({
        name: 'eligible',
        words: ['kiểm tra điều kiện', 'tự soát điều kiện', '/dieukien', 'check eligibility'],
        takesText: true,
        load: async (read) => {
          await read.awards.fresh();
          return undefined;
        },
        start: (at) => begin(at.arg, at.today),
      }),
    ],
    steps: {
      title: defineStep<Data, Reads>({
        ask: () => ({
          text: t('awards.eligible.which'),
          options: rules.titles.map(({ id }) => ({ value: id, label: raw(titleName(answerer.knowledge, id)) })),
          free: true,
          buttons: [MENU],
        }),
        answer: (at, answer) => {
          if (answer.kind === 'option') return begin(answer.value, at.today);
          const named = answer.kind === 'text' ? titleIn(answer.text, at.today) : undefined;
          return named ? begin(named.id, at.today) : { again: t('awards.eligible.notThis') };
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
    free: true,
    numbersAreAnswers: ['share', 'years', 'number'].includes(condition.kind),
    buttons: [PERSON],
  };
}

function optionsOf(condition: AskedCondition): Option[] {
  if (condition.kind === 'yes')
    return [
      { value: 'yes', label: t('awards.eligible.yes'), words: ['rồi', 'đã có', 'đúng'] },
      { value: 'no', label: t('awards.eligible.no'), words: ['không', 'chưa', 'chưa có'] },
      UNKNOWN,
    ];
  if (condition.kind === 'oneOf')
    return [
      ...condition.choices.map((one) => ({ value: `choice:${one.id}`, label: raw(one.name) })),
      { value: 'none', label: t('awards.eligible.none'), words: ['không có', 'không'] },
      UNKNOWN,
    ];
  return [UNKNOWN];
}

function understand(condition: AskedCondition, answer: Answer, at: At<Data, unknown>): Given | BadAnswer {
  if (answer.kind === 'text') return readAnswer(condition, answer.text, Number(at.today.slice(0, 4)));
  const value = answer.kind === 'option' ? answer.value : '';
  if (value === 'unknown') return { kind: 'unknown' };
  if (value.startsWith('choice:')) return { kind: 'choice', id: value.slice('choice:'.length) };
  if (value === 'none') return { kind: 'choice', id: null };
  if (value === 'yes' || value === 'no') return { kind: 'yes', yes: value === 'yes' };
  return readAnswer(condition, '', 0);
}
