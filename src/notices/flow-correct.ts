/** "Đính chính", "thu hồi": a published text gets new words, or is taken back; what happens to whom is said before. */
import { z } from 'zod';
import {
  defineCommand,
  defineEffect,
  defineFlow,
  defineStep,
  raw,
  refuse,
  t,
  type Flow,
  type Move,
  type Text,
} from '../conversation/index.js';
import { handle, type EffectHandler } from '../inbox/index.js';
import { formatMoment } from '../kernel/format.js';
import { shorten } from '../kernel/text.js';
import { isClerk } from '../units/index.js';
import { correct, recall, type CorrectionRefusal, type Correctable, type Plan } from '../delivery/index.js';
import type { CorrectionReads, CorrectionView } from './correction-reads.js';
import { planLines } from './reach.js';

const REASON_LIMIT = 500;
const SHOWN_LIMIT = 900;
const LABEL_LIMIT = 30;

type Mode = 'correct' | 'recall';

const dataSchema = z.object({
  mode: z.enum(['correct', 'recall']),
  id: z.string().optional(),
  /** The new words of a correction, the reason of a recall. */
  said: z.string().optional(),
});
type Data = z.infer<typeof dataSchema>;

interface OrderPayload {
  readonly id: string;
  readonly broadcastId: string;
  readonly said: string;
}
export const correctBroadcast = defineEffect<OrderPayload>('notices.correct');
export const recallBroadcast = defineEffect<OrderPayload>('notices.recall');

const find = (read: CorrectionReads, at: { readonly data: Data }) =>
  at.data.id === undefined ? Promise.resolve(null) : read.corrections.find(at.data.id);

const gone = (): Move<Data> => ({ end: true, say: [{ text: t('notices.correct.gone') }] });

const chooseStep = defineStep<Data, CorrectionReads, readonly Correctable[]>({
  load: (read) => read.corrections.latest(),
  ask: ({ data, loaded }) =>
    loaded.length === 0
      ? { end: true, say: [{ text: t('notices.correct.nothing') }] }
      : {
          text: [
            t(data.mode === 'correct' ? 'notices.correct.which' : 'notices.recall.which'),
            ...loaded.map(({ title, at }, n) => raw(`${String(n + 1)}. ${title} (${formatMoment(at)})`)),
          ],
          options: loaded.map(({ id, title }, n) => ({
            value: id,
            label: raw(shorten(`${String(n + 1)} ${title}`, LABEL_LIMIT)),
            words: [title],
          })),
        },
  answer: ({ data }, answer) =>
    answer.kind === 'option'
      ? { to: 'said', data: { ...data, id: answer.value } }
      : { again: t('conversation.chooseOne') },
});

/** The old words, and the question for the new ones or for the reason. */
const saidStep = defineStep<Data, CorrectionReads, CorrectionView | null>({
  load: find,
  ask: ({ data, loaded }) => {
    if (loaded === null) return gone();
    if (loaded.isRecalled)
      return { end: true, say: [{ text: t('notices.correct.recalled', { title: loaded.title }) }] };
    const question = data.mode === 'correct' ? t('notices.correct.askText') : t('notices.recall.askReason');
    return {
      text: [
        t('notices.correct.old', { title: loaded.title }),
        raw(shorten(loaded.words, SHOWN_LIMIT)),
        RULE,
        question,
      ],
    };
  },
  answer: ({ data, loaded }, answer) => {
    if (answer.kind !== 'text') return { again: t('campaigns.textWanted') };
    const said = answer.text;
    const limit = data.mode === 'correct' ? (loaded?.limit ?? 0) : REASON_LIMIT;
    if (said.length > limit) return { again: t('campaigns.tooLong', { limit, length: said.length }) };
    if (data.mode === 'correct' && said.trim() === loaded?.words.trim()) return { again: t('notices.correct.same') };
    return { to: 'confirm', data: { ...data, said } };
  },
});

const RULE = raw('———');

type Confirmed = (CorrectionView & { readonly plan: Plan | null }) | null;

const confirmStep = defineStep<Data, CorrectionReads, Confirmed>({
  async load(read, { data, now }) {
    const view = await find(read, { data });
    if (view === null || data.said === undefined) return null;
    const kind = data.mode === 'correct' ? 'correction' : 'recall';
    return { ...view, plan: await read.corrections.plan({ broadcastId: view.id, kind, said: data.said }, now) };
  },
  ask: ({ data, loaded }) => {
    if (loaded === null || data.said === undefined) return gone();
    const isCorrection = data.mode === 'correct';
    return {
      text: [
        ...(isCorrection
          ? [t('notices.correct.new', { title: loaded.title }), raw(shorten(data.said, SHOWN_LIMIT)), RULE]
          : [t('notices.recall.confirm', { title: loaded.title, reason: data.said })]),
        ...consequences(data.mode, loaded),
        ...planLines(loaded.plan ?? undefined),
      ],
      options: [
        isCorrection
          ? { value: 'do', label: t('notices.correct.button'), words: ['đính chính', 'đồng ý', 'gửi'] }
          : { value: 'do', label: t('notices.recall.button'), words: ['thu hồi', 'đồng ý'] },
        {
          value: 'again',
          label: t(isCorrection ? 'notices.correct.editText' : 'notices.recall.editReason'),
          words: ['sửa'],
        },
      ],
    };
  },
  answer: ({ data, loaded, newId }, answer) => {
    const { mode, id, said } = data;
    if (answer.kind !== 'option' || id === undefined || said === undefined || loaded === null)
      return { again: t('conversation.chooseOne') };
    if (answer.value !== 'do') return { to: 'said', data: { mode, id } };
    const order = { id: newId(), broadcastId: id, said };
    return {
      end: true,
      effects: [mode === 'correct' ? correctBroadcast(order) : recallBroadcast(order)],
      say: [
        {
          text: [
            t(mode === 'correct' ? 'notices.correct.done' : 'notices.recall.done', { title: loaded.title }),
            ...countLines(loaded),
          ],
          buttons: [{ label: t('campaigns.progressButton'), command: 'broadcast', arg: id }],
        },
      ],
    };
  },
  refused: (_at, refusal) => ({ end: true, say: [{ text: refusal.text }] }),
});

/** What will happen to whom. */
function consequences(mode: Mode, view: CorrectionView): Text[] {
  const own = OWN_DATA[view.kind];
  return [
    ...countLines(view),
    ...(mode === 'recall' && view.copies.waiting > 0
      ? [t('notices.recall.waiting', { count: view.copies.waiting })]
      : []),
    ...(own === undefined ? [] : [t(own)]),
  ];
}

function countLines({ copies }: CorrectionView): Text[] {
  return [
    t('notices.correct.copies', { changed: copies.changed }),
    ...(copies.told > 0 ? [t('notices.correct.told', { told: copies.told })] : []),
  ];
}

/** What stands elsewhere too and is not changed by new words. */
const OWN_DATA: Readonly<Record<string, 'notices.correct.campaignStays' | 'notices.correct.honourStays'>> = {
  campaign: 'notices.correct.campaignStays',
  amendment: 'notices.correct.campaignStays',
  honour: 'notices.correct.honourStays',
};

const begin = (mode: Mode, arg: string): Move<Data> =>
  arg === '' ? { to: 'choose', data: { mode } } : { to: 'said', data: { mode, id: arg } };

const topicSchema = z.object({ broadcast: z.string() });

/** Without a name the one last looked at is meant. */
function begun(mode: Mode, arg: string, topic: unknown, latest: readonly Correctable[]): Move<Data> {
  const looked = topicSchema.safeParse(topic);
  const meant = looked.success ? latest.find(({ id }) => id === looked.data.broadcast) : undefined;
  return begin(mode, arg === '' ? (meant?.id ?? '') : arg);
}

export const correctFlow: Flow<Data, CorrectionReads> = defineFlow<Data, CorrectionReads>({
  name: 'correct',
  version: 1,
  data: dataSchema,
  commands: [
    defineCommand<Data, CorrectionReads, readonly Correctable[]>({
      name: 'correct',
      words: ['đính chính', '/dinhchinh'],
      allow: isClerk,
      load: (read) => read.corrections.latest(),
      start: ({ arg, topic, loaded }) => begun('correct', arg, topic, loaded),
    }),
    defineCommand<Data, CorrectionReads, readonly Correctable[]>({
      name: 'recall',
      words: ['thu hồi', 'thu hồi tin', '/thuhoi'],
      allow: isClerk,
      load: (read) => read.corrections.latest(),
      start: ({ arg, topic, loaded }) => begun('recall', arg, topic, loaded),
    }),
  ],
  steps: { choose: chooseStep, said: saidStep, confirm: confirmStep },
});

const REFUSALS: Readonly<Record<CorrectionRefusal, Text>> = {
  gone: t('notices.correct.gone'),
  recalled: t('notices.correct.recalledMeanwhile'),
  'too-long': t('notices.correct.tooLong'),
  same: t('notices.correct.same'),
};

/** Carry out what the flow orders; each is noted in the audit. */
export function createCorrectionEffects(): EffectHandler[] {
  return [
    handle(correctBroadcast, async ({ id, broadcastId, said }, { tx, now, actor }) => {
      const outcome = await correct(tx, { id, broadcastId, words: said, by: actor.memberId }, now);
      if (outcome !== 'done') return refuse(outcome, REFUSALS[outcome]);
      await tx.auditEntry.create({
        data: {
          at: now,
          memberId: actor.memberId,
          action: 'notice.correct',
          subject: `broadcast:${broadcastId}`,
          data: { id },
        },
      });
      return undefined;
    }),
    handle(recallBroadcast, async ({ id, broadcastId, said }, { tx, now, actor }) => {
      const outcome = await recall(tx, { id, broadcastId, reason: said, by: actor.memberId }, now);
      if (outcome !== 'done') return refuse(outcome, REFUSALS[outcome]);
      await tx.auditEntry.create({
        data: {
          at: now,
          memberId: actor.memberId,
          action: 'notice.recall',
          subject: `broadcast:${broadcastId}`,
          data: { id, reason: said },
        },
      });
      return undefined;
    }),
  ];
}
