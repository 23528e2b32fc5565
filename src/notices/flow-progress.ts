/** "Tiến độ gửi": how a broadcast stands, for officers. */
import { z } from 'zod';
import { defineCommand, defineFlow, t, type Flow, type Text } from '../conversation/index.js';
import { isOfficer } from '../units/index.js';

/** A broadcast's numbers; `byState` adds up to `recipients`. */
export interface BroadcastView {
  readonly id: string;
  readonly title: string;
  readonly state: string;
  readonly recipients: number;
  readonly byState: Readonly<Record<string, number>>;
}

/** Reads about broadcasts; the composition answers from the ledger. */
export interface BroadcastReads {
  /** By its own id, or by what it is about; without an id the latest one. */
  find(id: string): Promise<BroadcastView | null>;
}

type Reads = { readonly broadcasts: BroadcastReads };

const ARRIVED: readonly string[] = ['sent', 'delivered', 'seen'];
const WAITING: readonly string[] = ['planned', 'queued', 'leased', 'sending'];

export const progressFlow: Flow<undefined, Reads> = defineFlow<undefined, Reads>({
  name: 'broadcast',
  version: 1,
  data: z.undefined(),
  keepsDraft: false,
  commands: [
    defineCommand<undefined, Reads, BroadcastView | null>({
      name: 'broadcast',
      words: ['tiến độ gửi', 'tiến độ'],
      allow: isOfficer,
      aside: true,
      load: (read, at) => read.broadcasts.find(at.arg),
      start: ({ loaded, arg }) => {
        if (!loaded) return { end: true, say: [{ text: t('campaigns.progress.gone') }] };
        const open = sum(loaded, WAITING);
        return {
          end: true,
          say: [
            {
              text: [
                t('campaigns.progress.title', { title: loaded.title, people: loaded.recipients }),
                ...lines(loaded),
              ],
              buttons: open > 0 ? [{ label: t('campaigns.progress.again'), command: 'broadcast', arg }] : [],
            },
          ],
        };
      },
    }),
  ],
  steps: {},
});

const sum = (view: BroadcastView, states: readonly string[]) =>
  states.reduce((total, state) => total + (view.byState[state] ?? 0), 0);

function lines(view: BroadcastView): Text[] {
  return [
    t('campaigns.progress.line', {
      arrived: sum(view, ARRIVED),
      waiting: sum(view, WAITING),
      uncertain: sum(view, ['uncertain']),
      failed: sum(view, ['failed', 'skipped']),
    }),
    ...(view.state === 'paused' ? [t('campaigns.progress.paused')] : []),
    ...(view.state === 'cancelled' ? [t('campaigns.progress.cancelled')] : []),
  ];
}
