/** "Biên bản": which sending, Excel or PDF, and the file comes back into this chat. */
import { z } from 'zod';
import {
  askForWork,
  defineCommand,
  defineFlow,
  defineStep,
  raw,
  t,
  type Flow,
  type Move,
  type Option,
} from '../conversation/index.js';
import { formatMoment } from '../kernel/format.js';
import { personKey } from '../kernel/people.js';
import { shorten } from '../kernel/text.js';
import { isClerk } from '../units/index.js';
import { RECORD_WORK, recordRequest, recordSubject, type RecordRequest, type RecordSubject } from './record-model.js';

/** What can be recorded; the composition answers from the ledger. */
export interface RecordReads {
  readonly records: {
    /** The latest broadcasts. */
    latest(count: number): Promise<readonly RecordSubject[]>;
    /** By a broadcast's id, by what it is about, or by `<kind>:<id>`. */
    find(key: string): Promise<RecordSubject | null>;
  };
}

const LATEST = 5;
const LABEL_LIMIT = 40;

const dataSchema = z.object({ subject: recordSubject.optional(), typed: z.string().optional() });
type Data = z.infer<typeof dataSchema>;

const chooseStep = defineStep<Data, RecordReads, readonly RecordSubject[]>({
  load: (read) => read.records.latest(LATEST),
  ask: ({ data, loaded }) => {
    if (loaded.length === 0) return { end: true, say: [{ text: t('notices.record.none') }] };
    return {
      text: [
        ...(data.typed === undefined ? [] : [t('notices.record.unknown', { typed: data.typed })]),
        t('notices.record.choose'),
        ...loaded.map(({ title, at }, n) => raw(`${String(n + 1)}. ${title} (${formatMoment(new Date(at))})`)),
      ],
      options: loaded.map(({ title, kind, id }, n): Option => ({
        value: `${kind}:${id}`,
        label: raw(shorten(`${String(n + 1)} ${title}`, LABEL_LIMIT)),
        words: [title],
      })),
    };
  },
  answer: ({ loaded }, answer) => {
    const subject =
      answer.kind === 'option' ? loaded.find(({ kind, id }) => `${kind}:${id}` === answer.value) : undefined;
    return subject ? { to: 'format', data: { subject } } : { again: t('conversation.chooseOne') };
  },
});

const formatStep = defineStep<Data, RecordReads>({
  ask: ({ data }): Move<Data> | { text: ReturnType<typeof t>; options: Option[] } =>
    data.subject
      ? {
          text: t('notices.record.format', { title: data.subject.title }),
          options: [
            { value: 'pdf', label: t('notices.record.pdf'), words: ['pdf', 'bản in'] },
            { value: 'xlsx', label: t('notices.record.xlsx'), words: ['excel', 'xlsx', 'bảng tính'] },
          ],
        }
      : { to: 'choose', data: {} },
  answer: ({ data, actor, newId }, answer) => {
    const format = recordRequest.shape.format.safeParse(answer.kind === 'option' ? answer.value : null);
    if (!format.success || !data.subject) return { again: t('conversation.chooseOne') };
    const payload: RecordRequest = { subject: data.subject, format: format.data, person: personKey(actor) };
    return {
      end: true,
      effects: [askForWork({ workId: newId(), kind: RECORD_WORK, payload })],
      say: [{ text: t('notices.record.making') }],
    };
  },
});

const topicSchema = z.object({ broadcast: z.string() });

export const recordFlow: Flow<Data, RecordReads> = defineFlow<Data, RecordReads>({
  name: 'record',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, RecordReads, RecordSubject | null>({
      name: 'record',
      words: ['biên bản', 'biên bản thông báo', '/bienban'],
      takesText: true,
      allow: isClerk,
      load: (read, { arg }) => (arg === '' ? Promise.resolve(null) : read.records.find(arg.trim())),
      start: ({ loaded, arg, topic }) => {
        if (loaded) return { to: 'format', data: { subject: loaded } };
        const looked = topicSchema.safeParse(topic);
        if (arg === '' && looked.success) return { begin: 'record', arg: looked.data.broadcast };
        return { to: 'choose', data: arg === '' ? {} : { typed: shorten(arg, LABEL_LIMIT) } };
      },
    }),
  ],
  steps: { choose: chooseStep, format: formatStep },
});
