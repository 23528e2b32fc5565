/** The last look at a duty before it is saved: who owes, the next days and how they come about, what changes. */
import { isDeepStrictEqual } from 'node:util';
import { askForWork, defineStep, t, type At, type Move, type Text } from '../conversation/index.js';
import { formatDate } from '../kernel/format.js';
import type { Amendment } from './amend.js';
import { completeDraft, nextPart } from './draft.js';
import { amendDuty, makeDuty, PLAN_WORK } from './effects.js';
import { loadForecast } from './flow-duties.js';
import type { EditData, EditReads } from './flow-edit.js';
import { lastDayBefore } from './handlers.js';
import type { Duty, DutyContent } from './model.js';
import type { DutyForecast } from './reads.js';
import { listed } from './texts.js';
import { describeDuty } from './views.js';

/** Everything that a look needs; null while a part is missing. */
interface Loaded {
  readonly content: DutyContent;
  readonly forecast: DutyForecast;
  readonly owners: Text;
  /** The duty that is amended or copied. */
  readonly source: Duty | null;
  readonly amendment: Amendment | null;
}

async function load(
  read: EditReads,
  { data, now }: { readonly data: EditData; readonly now: Date },
): Promise<Loaded | null> {
  const content = completeDraft(data.draft);
  if (content === null) return null;
  const source = data.id === undefined ? null : await read.duties.one(data.id);
  const amendment = source && data.mode === 'amend' ? await read.duties.amendment(source, content, now) : null;
  return { content, source, amendment, ...(await loadForecast(read, content, now)) };
}

type SaveAt = At<EditData, Loaded | null>;

const REASON_MAX = 500;

export const reviewStep = defineStep<EditData, EditReads, Loaded | null>({
  load,
  ask({ data, loaded }) {
    if (loaded === null) return missing(data);
    const { content, forecast, owners } = loaded;
    return {
      text: [
        t(`duties.review.${data.mode}`, { name: content.name }),
        ...describeDuty(content, forecast, owners),
        ...changeLines(data, loaded),
        t('duties.review.ask'),
      ],
      options: [
        { value: 'save', label: t('duties.button.save'), words: ['lưu', 'đồng ý', 'có'] },
        { value: 'edit', label: t('button.edit'), words: ['sửa'] },
        { value: 'later', label: t('button.later'), words: ['để sau', 'không'] },
      ],
    };
  },
  answer(at, answer): Move<EditData> {
    const { data, loaded } = at;
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value === 'edit' || loaded === null) return { to: 'edit', data };
    if (answer.value === 'later') return { begin: 'menu', say: [{ text: t('duties.keptForLater') }] };
    if (data.mode !== 'amend') return save(at, loaded);
    return isUnchanged(loaded) ? { again: t('duties.review.unchanged') } : { to: 'reason', data };
  },
  refused,
});

/** True when saving would write what is there; after a change of the calendar the same words move days. */
const isUnchanged = ({ content, source, amendment }: Loaded): boolean =>
  isDeepStrictEqual(content, source?.content) && amendment?.moves.length === 0 && amendment.waived.length === 0;

/** A part was taken out again, or never said. */
function missing(data: EditData): Move<EditData> {
  const part = nextPart(data.draft);
  if (part === null) return { to: 'edit', data };
  return { to: part === 'owners' ? 'who' : part, data };
}

/** What saving does to what units owe already. */
function changeLines({ mode }: EditData, { content, source, amendment }: Loaded): Text[] {
  if (source === null) return [];
  if (mode === 'copy') {
    const last = source.active ? lastDayBefore(source.content, content) : null;
    return last === null ? [] : [t('duties.review.endsSource', { code: source.code, day: formatDate(last) })];
  }
  if (amendment === null) return [];
  const { moves, waived, kept } = amendment;
  const said = moves.filter(({ from, to }) => from !== to).map(moveText);
  return [
    ...(said.length === 0 ? [] : [t('duties.review.moves', { moves: listed(said, 'duties.how.list') })]),
    ...(waived.length === 0 ? [] : [t('duties.review.waived', { n: waived.length })]),
    ...(kept === 0 ? [] : [t('duties.review.kept', { n: kept })]),
  ];
}

const moveText = ({ from, to, unitIds }: Amendment['moves'][number]): Text =>
  t('duties.review.move', { from: formatDate(from), to: formatDate(to), n: unitIds.length });

/** The duty is made, and soon after what is coming of it. */
function save({ data, newId, newCode }: SaveAt, { content, forecast, source }: Loaded): Move<EditData> {
  const id = newId();
  const code = newCode('NV');
  return saved('duties.saved', content, forecast, {
    id,
    code,
    effect: makeDuty({ id, code, content, copiedFromId: data.mode === 'copy' ? (source?.id ?? null) : null }),
    workId: newId(),
  });
}

interface Saving {
  readonly id: string;
  readonly code: string;
  readonly effect: ReturnType<typeof makeDuty> | ReturnType<typeof amendDuty>;
  readonly workId: string;
}

const saved = (
  key: 'duties.saved' | 'duties.amended',
  { name }: DutyContent,
  { units }: DutyForecast,
  { id, code, effect, workId }: Saving,
): Move<EditData> => ({
  end: true,
  say: [
    {
      text: [t(key, { name, code, n: units }), ...(units === 0 ? [t('duties.savedNobody')] : [])],
      buttons: [
        { label: t('duties.button.open'), command: 'duties', arg: id },
        { label: t('duties.button.list'), command: 'duties' },
      ],
    },
  ],
  effects: [effect, askForWork({ workId, kind: PLAN_WORK, payload: { dutyId: id } })],
});

/** Why a duty changes: kept with its new version. */
export const reasonStep = defineStep<EditData, EditReads, Loaded | null>({
  load,
  ask: () => ({ text: t('duties.question.reason') }),
  answer(at, answer): Move<EditData> {
    const { data, loaded } = at;
    if (answer.kind !== 'text' || loaded === null) return { again: t('campaigns.textWanted') };
    if (answer.text.length > REASON_MAX)
      return { again: t('campaigns.tooLong', { limit: REASON_MAX, length: answer.text.length }) };
    const { content, forecast, source } = loaded;
    const { id = '', seen = 0 } = data;
    return saved('duties.amended', content, forecast, {
      id,
      code: source?.code ?? '',
      effect: amendDuty({ id, seen, content, reason: answer.text }),
      workId: at.newId(),
    });
  },
  refused,
});

/** A colleague was faster: what they wrote is one tap away. */
function refused({ data }: { readonly data: EditData }, refusal: { readonly text: Text }): Move<EditData> {
  const { id } = data;
  const buttons = [
    ...(id === undefined ? [] : [{ label: t('duties.button.open'), command: 'duties', arg: id }]),
    { label: t('duties.button.list'), command: 'duties' },
  ];
  return { end: true, say: [{ text: refusal.text, buttons }] };
}
