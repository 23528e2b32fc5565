/** "Nghĩa vụ": the officer's list of duties, each with what it asks and how its next days come about; and their end. */
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
import { formatDate } from '../kernel/format.js';
import { shorten } from '../kernel/text.js';
import { isOfficer, type UnitsReadPort } from '../units/index.js';
import { stopDuty } from './effects.js';
import type { Duty, DutyContent } from './model.js';
import type { DutiesReadPort, DutyForecast, DutyLine } from './reads.js';
import { describeDuty } from './views.js';

const dataSchema = z.object({
  skip: z.number(),
  id: z.string().optional(),
  seen: z.number().optional(),
  waive: z.boolean().optional(),
});
type Data = z.infer<typeof dataSchema>;
export type DutiesFlowReads = DutiesReadPort & UnitsReadPort;

const PAGE = 8;
const LABEL = 40;
const REASON_MAX = 500;

interface Loaded {
  readonly duty: Duty;
  readonly forecast: DutyForecast;
  readonly owners: Text;
}

/** A duty with what it means today; null when there is none. */
async function loadOne(
  read: DutiesFlowReads,
  { data, now }: { readonly data: Data; readonly now: Date },
): Promise<Loaded | null> {
  const duty = await read.duties.one(data.id ?? '');
  return duty && { duty, ...(await loadForecast(read, duty.content, now)) };
}

export async function loadForecast(
  read: DutiesFlowReads,
  content: DutyContent,
  now: Date,
): Promise<Omit<Loaded, 'duty'>> {
  const forecast = await read.duties.forecast(content, now);
  const rule = await read.units.ruleText(content.owners);
  const { campaign } = forecast;
  return { forecast, owners: campaign === null ? rule : t('duties.owners.campaign', { name: campaign }) };
}

const LIST_BUTTON = { label: t('duties.button.list'), command: 'duties' };
const gone: Move<Data> = { end: true, say: [{ text: t('duties.gone'), buttons: [LIST_BUTTON] }] };

const listStep = defineStep<Data, DutiesFlowReads, { lines: DutyLine[]; total: number }>({
  load: (read, { data, now }) => read.duties.list({ skip: data.skip, take: PAGE }, now),
  ask({ loaded: { lines, total }, data }) {
    const rest = total - data.skip - lines.length;
    return {
      text: [
        total === 0 ? t('duties.list.none') : t('duties.list.title', { n: total }),
        ...lines.map((line, n) => lineText(line, n + 1)),
      ],
      options: [
        ...lines.map((line, n) => ({
          value: line.id,
          label: raw(`${String(n + 1)}. ${shorten(line.name, LABEL)}`),
          words: [line.name],
        })),
        ...(rest > 0 ? [{ value: 'more', label: t('duties.list.more', { n: rest }), words: ['xem thêm'] }] : []),
        { value: 'new', label: t('duties.button.new'), words: ['thêm', 'thêm nghĩa vụ'] },
      ],
    };
  },
  answer({ data }, answer): Move<Data> {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value === 'new') return { begin: 'duty-new' };
    return answer.value === 'more'
      ? { to: 'list', data: { skip: data.skip + PAGE } }
      : { to: 'one', data: { ...data, id: answer.value } };
  },
});

const lineText = ({ name, next, units }: DutyLine, n: number): Text =>
  next === null
    ? t('duties.list.lineDone', { n, name, units })
    : t('duties.list.line', { n, name, units, day: formatDate(next.dueOn) });

const oneStep = defineStep<Data, DutiesFlowReads, Loaded | null>({
  load: loadOne,
  ask({ loaded }) {
    if (loaded === null) return gone;
    const { duty, forecast, owners } = loaded;
    const head = t(duty.active ? 'duties.view.title' : 'duties.view.titleStopped', {
      name: duty.content.name,
      code: duty.code,
      version: duty.version,
    });
    return {
      text: [head, ...describeDuty(duty.content, forecast, owners)],
      options: [
        ...(duty.active ? [{ value: 'duty-amend', label: t('button.edit'), words: ['sửa', 'sửa nghĩa vụ'] }] : []),
        { value: 'move-due', label: t('duties.button.moveDue'), words: ['đổi hạn', 'dời hạn'] },
        { value: 'duty-copy', label: t('duties.button.copy'), words: ['sao chép', 'sao chép cho năm sau'] },
        ...(duty.active ? [{ value: 'stop', label: t('duties.button.stop'), words: ['dừng', 'dừng nghĩa vụ'] }] : []),
        { value: 'list', label: t('duties.button.list'), words: ['danh mục báo cáo'] },
      ],
    };
  },
  answer({ loaded, data }, answer): Move<Data> {
    if (answer.kind !== 'option' || loaded === null) return { again: t('conversation.chooseOne') };
    if (answer.value === 'list') return { to: 'list', data: { skip: data.skip } };
    if (answer.value === 'stop') return { to: 'stop', data: { ...data, seen: loaded.duty.version } };
    return { begin: answer.value, arg: loaded.duty.id };
  },
});

const stopStep = defineStep<Data, DutiesFlowReads, Loaded | null>({
  load: loadOne,
  ask: ({ loaded }) =>
    loaded === null
      ? gone
      : {
          text: t('duties.stop.ask', { name: loaded.duty.content.name }),
          options: [
            { value: 'keep', label: t('duties.stop.keep'), words: ['giữ', 'giữ nguyên'] },
            { value: 'waive', label: t('duties.stop.waive'), words: ['miễn'] },
            { value: 'no', label: t('button.later'), words: ['không', 'thôi'] },
          ],
        },
  answer({ data }, answer): Move<Data> {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    return answer.value === 'no'
      ? { to: 'one', data }
      : { to: 'stopReason', data: { ...data, waive: answer.value === 'waive' } };
  },
});

const stopReasonStep = defineStep<Data, DutiesFlowReads, Loaded | null>({
  load: loadOne,
  ask: ({ loaded }) => (loaded === null ? gone : { text: t('duties.stop.reason') }),
  answer({ loaded, data }, answer): Move<Data> {
    if (answer.kind !== 'text' || loaded === null) return { again: t('campaigns.textWanted') };
    if (answer.text.length > REASON_MAX)
      return { again: t('campaigns.tooLong', { limit: REASON_MAX, length: answer.text.length }) };
    const { id = '', seen = 0, waive = false } = data;
    const done = t(waive ? 'duties.stop.doneWaived' : 'duties.stop.done', { name: loaded.duty.content.name });
    return {
      end: true,
      say: [{ text: done, buttons: [LIST_BUTTON] }],
      effects: [stopDuty({ id, seen, waive, reason: answer.text })],
    };
  },
  refused: (_at, refusal) => ({ end: true, say: [{ text: refusal.text, buttons: [LIST_BUTTON] }] }),
});

export const dutiesFlow: Flow<Data, DutiesFlowReads> = defineFlow<Data, DutiesFlowReads>({
  name: 'duties',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, DutiesFlowReads>({
      name: 'duties',
      words: ['nghĩa vụ', 'nghĩa vụ báo cáo', 'danh mục báo cáo', 'duties'],
      allow: isOfficer,
      start: ({ arg }) => (arg === '' ? { to: 'list', data: { skip: 0 } } : { to: 'one', data: { skip: 0, id: arg } }),
    }),
  ],
  steps: { list: listStep, one: oneStep, stop: stopStep, stopReason: stopReasonStep },
});
