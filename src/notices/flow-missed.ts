/** "Ai chưa nhận?": who has not got a broadcast, on which channel, and why, in plain words. */
import { z } from 'zod';
import { defineCommand, defineFlow, raw, t, type Flow, type GoButton, type Text } from '../conversation/index.js';
import { isClerk } from '../units/index.js';
import { chooseSay } from './flow-progress.js';
import { CHANNEL_LABELS } from '../kernel/people.js';
import type { BroadcastItem, BroadcastsRead, MissedPerson, MissedView } from './views.js';

const PAGE = 15;
const LISTED = 5;

type Loaded =
  | { readonly view: MissedView; readonly id: string; readonly page: number }
  | { readonly items: readonly BroadcastItem[] }
  | null;

const topicSchema = z.object({ broadcast: z.string() });

export const missedFlow: Flow<undefined, BroadcastsRead> = defineFlow<undefined, BroadcastsRead>({
  name: 'missed',
  version: 1,
  data: z.undefined(),
  keepsDraft: false,
  commands: [
    defineCommand<undefined, BroadcastsRead, Loaded>({
      name: 'missed',
      words: ['ai chưa nhận', 'ai chưa nhận được', 'chưa nhận'],
      allow: isClerk,
      aside: true,
      load: async (read, { arg }) => {
        if (arg === '') return { items: await read.broadcasts.latest(LISTED) };
        const [id = '', typed] = arg.split('.');
        const page = Math.max(0, Math.trunc(Number(typed ?? 0)) || 0);
        const view = await read.broadcasts.missed(id, PAGE, page * PAGE);
        return view && { view, id, page };
      },
      start: ({ loaded, topic }) => {
        if (!loaded) return { end: true, say: [{ text: t('notices.gone') }] };
        if ('view' in loaded)
          return { end: true, say: [screen(loaded.view, loaded.id, loaded.page)], topic: { broadcast: loaded.id } };
        const looked = topicSchema.safeParse(topic);
        const meant = loaded.items.find(({ id }) => looked.success && id === looked.data.broadcast);
        const only = meant ?? (loaded.items.length === 1 ? loaded.items[0] : undefined);
        if (only) return { begin: 'missed', arg: only.id };
        return {
          end: true,
          say: [loaded.items.length === 0 ? { text: t('notices.none') } : chooseSay('missed', loaded.items)],
        };
      },
    }),
  ],
  steps: {},
});

function screen(view: MissedView, id: string, page: number) {
  const progress: GoButton = { label: t('campaigns.progressButton'), command: 'broadcast', arg: id };
  if (view.total === 0) {
    const { title, unproven } = view;
    const text =
      unproven > 0 ? t('notices.missed.unproven', { title, unproven }) : t('notices.missed.nobody', { title });
    return { text, buttons: [progress] };
  }
  const first = page * PAGE;
  return {
    text: [
      t('notices.missed.title', { title: view.title, total: view.total }),
      ...(page === 0 ? reasonsOf(view).map(([reason, people]) => t('notices.missed.count', { people, reason })) : []),
      ...view.people.map((person, n) => personLine(person, first + n + 1)),
    ],
    buttons: [
      ...(first + view.people.length < view.total ? [pageButton('notices.button.next', id, page + 1)] : []),
      ...(page > 0 ? [pageButton('notices.button.previous', id, page - 1)] : []),
      progress,
    ],
  };
}

/** Reasons that read alike are one. */
function reasonsOf({ counts }: MissedView): readonly (readonly [Text, number])[] {
  const found = new Map<string, readonly [Text, number]>();
  for (const one of counts) {
    const reason = reasonText(one);
    const key = JSON.stringify(reason);
    found.set(key, [reason, (found.get(key)?.[1] ?? 0) + one.people]);
  }
  return [...found.values()];
}

const pageButton = (label: 'notices.button.next' | 'notices.button.previous', id: string, page: number): GoButton => ({
  label: t(label),
  command: 'missed',
  arg: `${id}.${String(page)}`,
});

function personLine(person: MissedPerson, n: number): Text {
  return t(person.isStoodFor ? 'notices.missed.lineStoodFor' : 'notices.missed.line', {
    n,
    name: person.name,
    unit: person.unit === '' ? t('notices.missed.noUnit') : raw(person.unit),
    channel: CHANNEL_LABELS[person.channel] ?? t('notices.missed.noChannel'),
    reason: reasonText(person),
  });
}

const REASONS: ReadonlySet<string> = new Set([
  'recipient-gone',
  'window-closed',
  'rejected',
  'channel-down',
  'channel-off',
  'retryable',
  'unknown',
  'unknown-arrival',
  'worker-lost',
  'no-contact',
  'cancelled',
  'zalo-window',
  'template-parameters',
  'restored',
]);

/** Why, as a person would say it; what still waits says so. */
function reasonText({ state, reason }: { readonly state: string; readonly reason: string | null }): Text {
  if (state !== 'failed' && state !== 'skipped' && state !== 'uncertain')
    return t(state === 'planned' ? 'notices.reason.held' : 'notices.reason.waiting');
  if (reason !== null && REASONS.has(reason)) return t(`notices.reason.${reason as 'no-contact'}`);
  return t('notices.reason.other');
}
