/** "Chế độ an toàn": what an administrator sees after a backup was restored, and what becomes of what is overdue. */
import { z } from 'zod';
import {
  defineCommand,
  defineEffect,
  defineFlow,
  defineStep,
  refuse,
  t,
  type Flow,
  type Text,
} from '../conversation/index.js';
import { decideSafeMode, type SafeDecision, type SafeModeView, type Waiting } from '../delivery/index.js';
import { handle, type EffectHandler } from '../inbox/index.js';
import { formatMoment } from '../kernel/format.js';
import { isAdmin } from '../units/index.js';

/** Safe mode with the steps of the ladders that are due; null when it does not stand. */
export interface SafeModeReads {
  readonly safeMode: { view(now: Date): Promise<(SafeModeView & { readonly steps: Waiting }) | null> };
}
type View = Awaited<ReturnType<SafeModeReads['safeMode']['view']>>;

const leaveSafeMode = defineEffect<{ decision: SafeDecision }>('notices.leave-safe-mode');

const dataSchema = z.object({ decision: z.enum(['send', 'drop']).optional() });
type Data = z.infer<typeof dataSchema>;

const REASONS = {
  elsewhere: 'notices.safe.elsewhere',
  timeline: 'notices.safe.timeline',
  behind: 'notices.safe.behind',
  operator: 'notices.safe.operator',
} as const;

const OVER = { end: true, say: [{ text: t('notices.safe.none') }] } as const;

const chooseStep = defineStep<Data, SafeModeReads, View>({
  load: (read, { now }) => read.safeMode.view(now),
  ask: ({ loaded }) => {
    if (loaded === null) return OVER;
    if (loaded.decision !== null) return { end: true, say: [{ text: t('notices.safe.leaving') }] };
    return {
      text: [
        t('notices.safe.title', { at: formatMoment(loaded.since), reason: t(REASONS[loaded.reason]) }),
        line('notices.safe.messages', loaded.messages),
        line('notices.safe.broadcasts', loaded.broadcasts),
        line('notices.safe.steps', loaded.steps),
      ],
      options: [
        { value: 'send', label: t('notices.safe.send'), words: ['gửi tiếp', 'gửi'] },
        { value: 'drop', label: t('notices.safe.drop'), words: ['bỏ', 'bỏ những gì quá hạn'] },
        { value: 'later', label: t('notices.safe.later'), words: ['để sau'] },
      ],
    };
  },
  answer: (_at, answer) => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value === 'later') return { end: true, say: [{ text: t('notices.safe.stays') }] };
    return { to: 'confirm', data: { decision: answer.value === 'send' ? 'send' : 'drop' } };
  },
});

function line(
  key: 'notices.safe.messages' | 'notices.safe.broadcasts' | 'notices.safe.steps',
  { count, oldest }: Waiting,
): Text {
  return t(key, { count, oldest: oldest === null ? t('notices.safe.nothing') : formatMoment(oldest) });
}

const confirmStep = defineStep<Data, SafeModeReads, View>({
  load: (read, { now }) => read.safeMode.view(now),
  ask: ({ loaded, data }) => {
    if (loaded === null) return OVER;
    const params = { messages: loaded.messages.count, broadcasts: loaded.broadcasts.count, steps: loaded.steps.count };
    return {
      text: t(data.decision === 'send' ? 'notices.safe.confirmSend' : 'notices.safe.confirmDrop', params),
      options: [
        { value: 'yes', label: t('notices.safe.yes'), words: ['đồng ý', 'xác nhận'] },
        { value: 'back', label: t('notices.safe.back'), words: ['xem lại'] },
      ],
    };
  },
  answer: ({ data }, answer) => {
    if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
    if (answer.value !== 'yes' || data.decision === undefined) return { to: 'choose', data: {} };
    return {
      end: true,
      say: [{ text: t(data.decision === 'send' ? 'notices.safe.sending' : 'notices.safe.dropping') }],
      effects: [leaveSafeMode({ decision: data.decision })],
    };
  },
  refused: (_at, refusal) => ({ end: true, say: [{ text: refusal.text }] }),
});

export const safeModeFlow: Flow<Data, SafeModeReads> = defineFlow<Data, SafeModeReads>({
  name: 'safe-mode',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, SafeModeReads>({
      name: 'safe-mode',
      words: ['chế độ an toàn'],
      allow: isAdmin,
      start: () => ({ to: 'choose', data: {} }),
    }),
  ],
  steps: { choose: chooseStep, confirm: confirmStep },
});

/** Writes the decision down; whatever process comes next carries it out. */
export function createSafeModeEffect(): EffectHandler {
  return handle(leaveSafeMode, async ({ decision }, { tx, now, actor }) => {
    if (!(await decideSafeMode(tx, decision, now))) return refuse('gone', t('notices.safe.none'));
    await tx.auditEntry.create({
      data: { at: now, memberId: actor.memberId, action: 'safe-mode.leave', subject: 'delivery', data: { decision } },
    });
    return undefined;
  });
}
