/** Urging by an officer: exactly those who still owe, once a day for each obligation. */
import { t, type Say } from '../conversation/index.js';
import { localDate } from '../kernel/local-date.js';
import type { Outbox } from '../delivery/ports.js';
import type { Tx } from '../store/index.js';
import type { DueStep } from './firing.js';
import { hearersOf, urgeStep } from './ladder.js';
import type { ObligationView } from './model.js';
import { ALL_SEATS, type Seats } from './ports.js';
import { gatherDigests, sayDigest, type Digest, type Setting } from './reminders.js';
import { loadCalendar } from './store-calendar.js';
import { findObligations, findOverdue, findOwingOf, lockOwing } from './store-obligations.js';
import { addUrged, findUrged, setUrgedEvidence } from './store-steps.js';

/** Whom to urge: all who owe one period of a duty, all who are overdue with anything, or one obligation. */
export type UrgeScope =
  | { readonly kind: 'line'; readonly dutyId: string; readonly period: string }
  | { readonly kind: 'overdue' }
  | { readonly kind: 'one'; readonly obligationId: string };

/** What urging would do now. */
export interface UrgePlan {
  readonly obligations: readonly ObligationView[];
  readonly units: number;
  readonly people: number;
  /** Units without anybody to tell. */
  readonly silent: readonly string[];
  /** Obligations urged earlier today: left out. */
  readonly already: number;
}

/** Works out whom urging would reach. */
export async function planUrge(tx: Tx, seats: Seats, scope: UrgeScope, now: Date): Promise<UrgePlan> {
  const owing = await findScope(tx, scope, now);
  const urged = new Set(
    await findUrged(
      tx,
      owing.map((one) => one.id),
      urgeStep(localDate(now)),
    ),
  );
  const obligations = owing.filter((one) => !urged.has(one.id));
  const { digests, silent } = await digestsOf(tx, seats, obligations, now);
  const units = new Set(obligations.map((one) => one.unitId)).size;
  return { obligations, units, people: digests.length, silent, already: owing.length - obligations.length };
}

async function findScope(tx: Tx, scope: UrgeScope, now: Date): Promise<ObligationView[]> {
  switch (scope.kind) {
    case 'line':
      return findOwingOf(tx, scope.dutyId, scope.period);
    case 'overdue':
      return findOverdue(tx, now);
    case 'one':
      return (await findObligations(tx, [scope.obligationId])).filter(
        (one) => one.state === 'open' || one.state === 'returned',
      );
  }
}

async function digestsOf(
  tx: Tx,
  seats: Seats,
  obligations: readonly ObligationView[],
  now: Date,
): Promise<{ digests: Digest[]; silent: string[] }> {
  const holders = await seats.holdersOf(tx, [...new Set(obligations.map((one) => one.unitId))], ALL_SEATS);
  const silent = obligations.filter(
    (one) =>
      hearersOf(
        'seat',
        holders.filter((holder) => holder.unitId === one.unitId),
      ).holders.length === 0,
  );
  const digests = gatherDigests(
    obligations.map((obligation) => asStep(obligation, now)),
    holders,
  );
  return { digests, silent: [...new Set(silent.map((one) => one.unitName))] };
}

const asStep = (obligation: ObligationView, now: Date): DueStep => ({
  id: obligation.id,
  version: obligation.version,
  step: urgeStep(localDate(now)),
  audience: 'seat',
  class: 'deadline',
  dueAt: now,
  obligation,
});

export interface Urging {
  readonly outbox: Outbox;
  readonly seats: Seats;
  /** The officer who urges, as the messages name them. */
  readonly officer: string;
  readonly now: Date;
}

/** Urges. Returns how many units and people it is for; what was handed in or urged meanwhile is left out. */
export async function urge(tx: Tx, scope: UrgeScope, by: Urging): Promise<{ units: number; people: number }> {
  const { now } = by;
  const step = urgeStep(localDate(now));
  const plan = await planUrge(tx, by.seats, scope, now);
  const owing = await lockOwing(
    tx,
    plan.obligations.map((one) => one.id),
  );
  const first = new Set(await addUrged(tx, owing, step, now));
  const obligations = plan.obligations.filter((one) => first.has(one.id));
  const { digests } = await digestsOf(tx, by.seats, obligations, now);
  const setting: Setting = { today: localDate(now), calendar: await loadCalendar(tx), past: new Map() };
  const evidence = new Map<string, { messages: number; recipients: string[] }>(
    obligations.map((one) => [one.id, { messages: 0, recipients: [] }]),
  );
  for (const digest of digests) {
    const told = await by.outbox.tell(tx, noticeOf(digest, setting, by.officer), now);
    for (const item of digest.items) {
      const known = evidence.get(item.step.obligation.id);
      if (known)
        evidence.set(item.step.obligation.id, {
          messages: known.messages + told,
          recipients: [...known.recipients, digest.person],
        });
    }
  }
  await setUrgedEvidence(tx, step, evidence);
  return { units: new Set(obligations.map((one) => one.unitId)).size, people: digests.length };
}

function noticeOf(digest: Digest, setting: Setting, officer: string): Parameters<Outbox['tell']>[1] {
  const say = sayDigest(digest, setting);
  const text = Array.isArray(say.text)
    ? (say.text as Extract<Say['text'], readonly unknown[]>)
    : [say.text as Exclude<Say['text'], readonly unknown[]>];
  const slot = digest.items.map((item) => item.step.obligation.id).sort()[0] ?? '';
  return {
    source: { kind: 'urge', id: setting.today },
    slot,
    class: 'deadline',
    ordered: true,
    to: [{ person: digest.person }],
    say: [{ ...say, text: [...text, t('reporting.urge.by', { officer })] }],
  };
}
