/** "Mẫu tin zalo": an administrator enters the templates that Zalo approved, and what the account's package allows. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Flow,
  type Move,
  type Text,
} from '../conversation/index.js';
import type { ParameterSource } from '../delivery/index.js';
import { formatMoney } from '../kernel/format.js';
import { cleanInput, fold } from '../kernel/text.js';
import { isAdmin } from '../units/index.js';
import {
  addTemplate,
  LIMIT_FIELDS,
  LONGEST_VALUE,
  parameterSchema,
  setZaloLimits,
  switchTemplate,
  TEMPLATE_CLASSES,
  templateSchema,
  type NewLimits,
  type NewTemplate,
  type StoredTemplate,
  type TemplateReads,
} from './template-store.js';

const dataSchema = templateSchema.partial();
type Data = z.infer<typeof dataSchema>;
type Parameter = z.infer<typeof parameterSchema>;

/** What an administrator may type for each source. */
const SOURCE_WORDS: Readonly<Record<ParameterSource, readonly string[]>> = {
  text: ['nội dung', 'text'],
  title: ['tiêu đề', 'title'],
  person: ['người nhận', 'họ tên', 'person'],
  unit: ['đơn vị', 'unit'],
  date: ['ngày', 'date'],
};
const CLASS_LABELS = {
  announcement: 'notices.template.class.announcement',
  deadline: 'notices.template.class.deadline',
  critical: 'notices.template.class.critical',
  honour: 'notices.template.class.honour',
} as const;
const KIND_LABELS = {
  transaction: 'notices.template.kind.transaction',
  care: 'notices.template.kind.care',
  promotion: 'notices.template.kind.promotion',
} as const;
const DONE = 'done';

const listStep = defineStep<Data, TemplateReads, readonly StoredTemplate[]>({
  load: (read) => read.zaloTemplates.list(),
  ask: ({ loaded }) => ({
    text: [t(loaded.length === 0 ? 'notices.template.none' : 'notices.template.list'), ...loaded.map(lineOf)],
    options: [
      { value: 'add', label: t('notices.template.add'), words: ['thêm', 'thêm mẫu'] },
      { value: 'limits', label: t('notices.template.limits'), words: ['hạn mức'] },
      ...loaded.map(({ id, name, active }) => ({
        value: `${active ? 'off' : 'on'}:${id}`,
        label: t(active ? 'notices.template.off' : 'notices.template.on', { name }),
      })),
    ],
  }),
  answer: (_at, answer): Move<Data> => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value === 'add') return { to: 'id', data: {} };
    if (answer.value === 'limits') return { to: 'limits', data: {} };
    const [to, id = ''] = answer.value.split(':');
    return {
      end: true,
      effects: [switchTemplate({ id, active: to === 'on' })],
      say: [{ text: t(to === 'on' ? 'notices.template.isOn' : 'notices.template.isOff', { id }) }],
    };
  },
});

const lineOf = ({ id, name, kind, classes, parameters, priceVnd, active }: StoredTemplate): Text =>
  t(active ? 'notices.template.line' : 'notices.template.lineOff', {
    id,
    name,
    kind: t(KIND_LABELS[kind]),
    classes: joined(classes.map((one) => t(CLASS_LABELS[one]))),
    parameters: parameters.map((one) => one.name).join(', '),
    price: formatMoney(priceVnd),
  });

const joined = ([first, ...rest]: readonly Text[]): Text =>
  rest.reduce<Text>((left, right) => t('campaigns.list', { left, right }), first ?? raw(''));

/** A step that reads one field from typed words; null when it cannot. */
function typedStep<K extends keyof Data>(
  field: K,
  question: Text,
  next: string,
  wrong: Text,
  read: (text: string) => Data[K] | null,
) {
  return defineStep<Data, TemplateReads>({
    ask: () => ({ text: question }),
    answer: ({ data }, answer) => {
      const value = answer.kind === 'text' ? read(cleanInput(answer.text)) : null;
      return value === null ? { again: wrong } : { to: next, data: { ...data, [field]: value } };
    },
  });
}

const fits = <T>(schema: z.ZodType<T>, value: unknown): T | null => {
  const read = schema.safeParse(value);
  return read.success ? read.data : null;
};

const idStep = defineStep<Data, TemplateReads, readonly StoredTemplate[]>({
  load: (read) => read.zaloTemplates.list(),
  ask: () => ({ text: t('notices.template.askId') }),
  answer: ({ data, loaded }, answer): Move<Data> => {
    const id = answer.kind === 'text' ? fits(templateSchema.shape.id, cleanInput(answer.text)) : null;
    if (id === null) return { again: t('notices.template.badId') };
    if (loaded.some((one) => one.id === id)) return { again: t('notices.template.known', { id }) };
    return { to: 'name', data: { ...data, id } };
  },
});

const kindStep = defineStep<Data, TemplateReads>({
  ask: () => ({
    text: t('notices.template.askKind'),
    options: [
      { value: 'transaction', label: t(KIND_LABELS.transaction), words: ['giao dịch'] },
      { value: 'care', label: t(KIND_LABELS.care), words: ['chăm sóc'] },
      { value: 'promotion', label: t(KIND_LABELS.promotion), words: ['truyền thông', 'hậu mãi'] },
    ],
  }),
  answer: ({ data }, answer): Move<Data> => {
    const kind = answer.kind === 'option' ? fits(templateSchema.shape.kind, answer.value) : null;
    return kind === null ? { again: t('conversation.chooseOne') } : { to: 'classes', data: { ...data, kind } };
  },
});

const classesStep = defineStep<Data, TemplateReads>({
  ask: ({ data }) => {
    const chosen = data.classes ?? [];
    return {
      text: [
        t('notices.template.askClasses'),
        ...(chosen.length === 0
          ? []
          : [t('notices.template.chosen', { classes: joined(chosen.map((one) => t(CLASS_LABELS[one]))) })]),
      ],
      options: [
        ...(chosen.length === 0 ? [] : [{ value: DONE, label: t('campaigns.audience.done'), words: ['xong', 'tiếp'] }]),
        ...TEMPLATE_CLASSES.filter((one) => !chosen.includes(one)).map((one) => ({
          value: one,
          label: t(CLASS_LABELS[one]),
        })),
      ],
    };
  },
  answer: ({ data }, answer): Move<Data> => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value === DONE) return { to: 'parameters', data };
    const chosen = fits(z.enum(TEMPLATE_CLASSES), answer.value);
    if (chosen === null) return { again: t('conversation.chooseOne') };
    return { to: 'classes', data: { ...data, classes: [...new Set([...(data.classes ?? []), chosen])] } };
  },
});

const parametersStep = defineStep<Data, TemplateReads>({
  ask: () => ({ text: [t('notices.template.askParameters'), t('notices.template.parametersExample')] }),
  answer: ({ data }, answer): Move<Data> => {
    const lines = (answer.kind === 'text' ? answer.text : '')
      .split(/\n|;/)
      .map(cleanInput)
      .filter((line) => line !== '');
    const read = lines.map(readParameter);
    const wrong = lines.find((_line, n) => read[n] === null);
    if (wrong !== undefined)
      return { again: t('notices.template.badParameter', { line: wrong, longest: LONGEST_VALUE }) };
    const parameters = fits(templateSchema.shape.parameters, read);
    return parameters === null
      ? { again: t('notices.template.missingParameters') }
      : { to: 'price', data: { ...data, parameters } };
  },
});

/** `ten_don_vi = đơn vị, 50`; null when it is not of this form or names an unknown source. */
export function readParameter(line: string): Parameter | null {
  const parts = /^(\w+)\s*[=:]\s*(.+?)\s*[,\s]\s*(\d{1,3})$/u.exec(line);
  const word = fold(parts?.[2] ?? '');
  const from = Object.entries(SOURCE_WORDS).find(([, words]) => words.some((one) => fold(one) === word))?.[0];
  return fits(parameterSchema, { name: parts?.[1], from, max: Number(parts?.[3]) });
}

const priceStep = typedStep(
  'priceVnd',
  t('notices.template.askPrice'),
  'confirm',
  t('notices.template.badPrice'),
  (text) => fits(templateSchema.shape.priceVnd, /^\d{1,6}$/.test(text) ? Number(text) : null),
);
const nameStep = typedStep('name', t('notices.template.askName'), 'kind', t('notices.template.badName'), (text) =>
  fits(templateSchema.shape.name, text),
);

const confirmStep = defineStep<Data, TemplateReads>({
  ask: ({ data }) => {
    const template = fits(templateSchema, data);
    if (template === null) return { to: 'list', data: {}, say: [{ text: t('notices.template.bad') }] };
    return {
      text: [t('notices.template.confirm'), lineOf({ ...template, active: true })],
      options: [
        { value: 'yes', label: t('notices.template.save'), words: ['lưu', 'đồng ý'] },
        { value: 'no', label: t('button.later'), words: ['thôi', 'không'] },
      ],
    };
  },
  answer: ({ data }, answer): Move<Data> => {
    const template: NewTemplate | null = fits(templateSchema, data);
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value !== 'yes' || template === null) return { to: 'list', data: {} };
    return {
      end: true,
      effects: [addTemplate(template)],
      say: [{ text: t('notices.template.saved', { name: template.name }) }],
    };
  },
  refused: (_at, refusal) => ({ to: 'list', data: {}, say: [{ text: refusal.text }] }),
});

const limitsStep = defineStep<Data, TemplateReads, Awaited<ReturnType<TemplateReads['zaloTemplates']['limits']>>>({
  load: (read) => read.zaloTemplates.limits(),
  ask: ({ loaded }) => ({
    text: [
      t(loaded.isForecast ? 'notices.template.limitsGuessed' : 'notices.template.limitsSet', {
        perMinute: Number.isFinite(loaded.perMinute) ? loaded.perMinute : t('notices.template.unlimited'),
        billed: loaded.billedPerMonth,
        templates: loaded.templatesPerDay,
        price: formatMoney(loaded.billedPriceVnd),
      }),
      t('notices.template.askLimits'),
    ],
  }),
  answer: (_at, answer): Move<Data> => {
    const limits = answer.kind === 'text' ? readLimits(answer.text) : null;
    if (limits === null) return { again: t('notices.template.badLimits') };
    return { end: true, effects: [setZaloLimits(limits)], say: [{ text: t('notices.template.limitsSaved') }] };
  },
});

/** Four whole numbers in the order of the question. */
function readLimits(text: string): NewLimits | null {
  const numbers = cleanInput(text).split(/[\s,;]+/);
  if (numbers.length !== LIMIT_FIELDS.length || !numbers.every((one) => /^\d{1,7}$/.test(one))) return null;
  const [perMinute = 0, billedPerMonth = 0, templatesPerDay = 0, billedPriceVnd = 0] = numbers.map(Number);
  return perMinute < 1 ? null : { perMinute, billedPerMonth, templatesPerDay, billedPriceVnd };
}

export const templatesFlow: Flow<Data, TemplateReads> = defineFlow<Data, TemplateReads>({
  name: 'zalo-templates',
  version: 1,
  data: dataSchema,
  commands: [
    defineCommand<Data, TemplateReads>({
      name: 'zalo-templates',
      words: ['mẫu tin zalo', 'mẫu zalo'],
      allow: isAdmin,
      start: () => ({ to: 'list', data: {} }),
    }),
  ],
  steps: {
    list: listStep,
    id: idStep,
    name: nameStep,
    kind: kindStep,
    classes: classesStep,
    parameters: parametersStep,
    price: priceStep,
    confirm: confirmStep,
    limits: limitsStep,
  },
});
