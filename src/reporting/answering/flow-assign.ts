/** "Giao cho đồng nghiệp": who in the unit does this work and hears its reminders, and taking it back. */
import { z } from 'zod';
import {
  defineCommand,
  defineFlow,
  defineStep,
  t,
  type Ask,
  type At,
  type Flow,
  type Move,
  type Option,
} from '../../conversation/index.js';
import { seatKindText } from '../../units/index.js';
import { assignReport } from '../effects.js';
import type { ObligationView } from '../model.js';
import type { Colleague, ReportingReadPort } from '../reads.js';
import { dayText } from '../texts.js';
import { endWith, owedButton, startAbout, whichStep, withMine } from './mine.js';

const dataSchema = z.object({ obligationId: z.string(), page: z.number().optional() });
type Data = z.infer<typeof dataSchema>;

interface Loaded {
  readonly obligation: ObligationView | null;
  readonly colleagues: readonly Colleague[];
}
type AssignAt = At<Data, Loaded>;

/** Value of the option that gives the work back to the seat. */
const BACK = 'back';

export const assignFlow: Flow<Data, ReportingReadPort> = defineFlow<Data, ReportingReadPort>({
  name: 'assign',
  version: 1,
  data: dataSchema,
  keepsDraft: false,
  commands: [
    defineCommand<Data, ReportingReadPort>({
      name: 'assign',
      words: ['giao cho đồng nghiệp', 'giao việc cho đồng nghiệp', 'giao đồng nghiệp', 'assign to a colleague'],
      start: (at) => startAbout(at, 'who'),
    }),
  ],
  steps: {
    which: whichStep<Data>('reporting.assign.which', 'who', (obligationId) => ({ obligationId })),
    who: whoStep(),
  },
});

function whoStep() {
  return defineStep<Data, ReportingReadPort, Loaded>({
    load: async (read, { data }) => {
      const obligation = await read.reporting.obligation(data.obligationId);
      return { obligation, colleagues: obligation ? await read.reporting.colleagues(obligation.unitId) : [] };
    },
    ask: (at) =>
      withMine<Ask | Move<Data>>(at, (one) => {
        const options = choices(one, at);
        if (options.length === 0) return { end: true, say: [alone(one)] };
        const { assignee } = one;
        return {
          text: [
            t('reporting.assign.ask', { duty: one.dutyName, unit: one.unitName }),
            ...(assignee ? [t('reporting.assign.now', { name: assignee.name })] : []),
          ],
          options,
        };
      }),
    answer: (at, answer) =>
      withMine<Move<Data>>(at, (one) => {
        if (answer.kind !== 'option') return { again: t('conversation.chooseOne') };
        const names = { duty: one.dutyName, unit: one.unitName };
        if (answer.value === BACK)
          return {
            ...endWith(t('reporting.assign.back', names)),
            effects: [assignReport({ obligationId: one.id, memberId: null })],
          };
        const who = at.loaded.colleagues.find((colleague) => colleague.memberId === answer.value);
        if (!who) return { again: t('reporting.assign.left') };
        return {
          ...endWith([t('reporting.assign.done', { ...names, name: who.name }), t('reporting.assign.still')]),
          effects: [assignReport({ obligationId: one.id, memberId: who.memberId })],
        };
      }),
    refused: (_at, refusal) => endWith(refusal.text),
  });
}

/** Everybody with a seat of the unit but whoever has the work now; the seat itself stands for its first holder. */
function choices(one: ObligationView, { loaded, actor }: AssignAt): Option[] {
  const primary = loaded.colleagues.find((colleague) => colleague.kind === 'primary');
  const known = new Set([one.assignee?.memberId, primary?.memberId]);
  const people: Option[] = [];
  for (const { memberId, name, kind } of loaded.colleagues) {
    if (known.has(memberId)) continue;
    known.add(memberId);
    const label = t('reporting.assign.person', { name, seat: seatKindText(kind) });
    people.push({
      value: memberId,
      label: memberId === actor.memberId ? t('reporting.assign.me') : label,
      words: [name],
    });
  }
  const isMine = primary !== undefined && primary.memberId === actor.memberId;
  const back = t(isMine ? 'reporting.assign.takeBack' : 'reporting.assign.giveBack');
  return one.assignee ? [...people, { value: BACK, label: back, words: ['nhận lại', 'trả lại'] }] : people;
}

/** Nobody else holds a seat: how a colleague gets one. */
const alone = (one: ObligationView) => ({
  text: t('reporting.assign.alone', { unit: one.unitName, day: dayText(one.dueOn) }),
  buttons: [
    { label: t('reporting.assign.handOver'), command: 'hand-over' },
    { label: t('button.person'), command: 'person' },
    owedButton,
  ],
});
