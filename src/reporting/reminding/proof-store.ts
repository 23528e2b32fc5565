/** What is on record of the steps below one that wants to go up: what they told, what arrived, and who wrote since. */
import { groupBy } from '../../kernel/group.js';
import { z } from 'zod';
import { findArrivals, findTold, type Arrival, type MessageRef, type ToldSlot } from '../../delivery/index.js';
import type { Audience } from '../../duties/index.js';
import type { Tx } from '../../store/index.js';
import type { DueStep } from './firing.js';
import type { Known, SpokenStep } from './proof.js';

/** What delivery knows of messages. */
export interface Proofs {
  arrivals(tx: Tx, refs: readonly MessageRef[]): Promise<readonly Arrival[]>;
  /** What these people were told of a source. */
  told(tx: Tx, source: MessageRef['source'], people: readonly string[]): Promise<readonly ToldSlot[]>;
}

export const deliveryProofs: Proofs = { arrivals: findArrivals, told: findTold };

const evidenceSchema = z.object({
  /** `reminder:2026-11-09` */
  source: z.string().optional().catch(undefined),
  recipients: z.array(z.string()).catch([]),
  /** Person → slot of the message. */
  slots: z.record(z.string(), z.string()).catch({}),
  reason: z.string().optional().catch(undefined),
  reached: z.object({ by: z.string(), at: z.string() }).optional().catch(undefined),
});

interface Row {
  readonly obligation_id: string;
  readonly version: number;
  readonly step: string;
  readonly audience: Audience;
  readonly state: string;
  readonly fired_at: Date | null;
  readonly evidence: unknown;
}

/** Loads all that judging these steps takes, in three statements however many they are. */
export async function loadKnown(tx: Tx, proofs: Proofs, steps: readonly DueStep[]): Promise<Known> {
  const ids = [...new Set(steps.map((step) => step.obligation.id))];
  const rows =
    ids.length === 0
      ? []
      : await tx.$queryRaw<Row[]>`
          select obligation_id, version, step, audience, state, fired_at, evidence from reminder_step
          where obligation_id = any(${ids}::uuid[]) and (state = 'fired' or step like 'P:%' or step like 'Z:%' or evidence ? 'reached'
            or (state = 'void' and evidence->>'reason' = 'unproven'))
          order by fired_at nulls last, step`;
  const parsed = rows.map((row) => ({ ...row, evidence: evidenceSchema.parse(row.evidence) }));
  const byKey = groupBy(parsed, (row) => keyOf(row.obligation_id, row.version));
  const spoken = await loadSpoken(tx, proofs, parsed);
  const spokenByKey = groupBy(spoken, (one) => keyOf(one.obligationId, one.version));
  return {
    spoken: (id, version) => spokenByKey.get(keyOf(id, version)) ?? [],
    word: (id, version) =>
      (byKey.get(keyOf(id, version)) ?? []).flatMap(({ evidence }) => evidence.reached ?? [])[0] ?? null,
    answers: (id, version) => (byKey.get(keyOf(id, version)) ?? []).map((row) => row.step),
    hasStopped: (id, version) =>
      (byKey.get(keyOf(id, version)) ?? []).some((row) => row.evidence.reason === 'unproven'),
  };
}

const keyOf = (obligationId: string, version: number): string => `${obligationId} ${String(version)}`;

type Parsed = Omit<Row, 'evidence'> & { readonly evidence: z.infer<typeof evidenceSchema> };

async function loadSpoken(tx: Tx, proofs: Proofs, rows: readonly Parsed[]): Promise<SpokenStep[]> {
  const fired = rows.flatMap((row) =>
    row.state === 'fired' && row.fired_at && row.evidence.recipients.length > 0 ? [{ ...row, at: row.fired_at }] : [],
  );
  const refs = fired.flatMap((row, n) => row.evidence.recipients.map((person) => ({ n, ...refOf(row, person) })));
  const arrivals = groupBy(await proofs.arrivals(tx, refs), ({ n }) => refs[n]?.n ?? -1);
  const heard = await loadHeard(tx, [...new Set(refs.map((ref) => ref.person))]);
  return fired.map((row, n) => ({
    obligationId: row.obligation_id,
    version: row.version,
    step: row.step,
    audience: row.audience,
    at: row.at,
    people: row.evidence.recipients,
    messages: (arrivals.get(n) ?? []).map((one) => ({
      person: refs[one.n]?.person ?? '',
      message: one.messageId,
      attempt: one.attemptId,
      channel: one.channel,
      state: one.state,
      reason: one.reason,
      proven: one.proven,
    })),
    heard: row.evidence.recipients.flatMap((person) => {
      const at = heard.get(person);
      return at && at > row.at ? [{ person, at }] : [];
    }),
  }));
}

/** How many obligations are looked up at a time: a workbook may ask for thousands. */
const PIECE = 500;

/** Which of these obligations had a reminder that is known to have arrived; a digest of another hour proves nothing. */
export async function findProven(tx: Tx, obligationIds: readonly string[]): Promise<ReadonlySet<string>> {
  const proven = new Set<string>();
  for (let from = 0; from < obligationIds.length; from += PIECE) {
    const rows = await tx.$queryRaw<{ obligation_id: string; evidence: unknown }[]>`
      select obligation_id, evidence from reminder_step
      where obligation_id = any(${obligationIds.slice(from, from + PIECE)}::uuid[]) and state = 'fired'`;
    const refs = rows.flatMap((row) => {
      const evidence = evidenceSchema.parse(row.evidence);
      return evidence.recipients.map((person) => ({ id: row.obligation_id, ...refOf({ evidence }, person) }));
    });
    for (const one of await findArrivals(tx, refs)) if (one.proven) proven.add(refs[one.n]?.id ?? '');
  }
  return proven;
}

function refOf({ evidence }: Pick<Parsed, 'evidence'>, person: string): MessageRef {
  const [kind = '', id = ''] = (evidence.source ?? '').split(':');
  return { source: { kind, id }, person, slot: evidence.slots[person] ?? null };
}

/** When each of these people last wrote, on any channel (business clock). */
async function loadHeard(tx: Tx, people: readonly string[]): Promise<ReadonlyMap<string, Date>> {
  if (people.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ person: string; at: Date }[]>`
    select p.person, max(c.last_inbound_at) as at
    from unnest(${[...people]}::text[]) as p(person)
    join contact c on c.member_id = case when p.person like 'm:%' then substr(p.person, 3)::uuid end
      or c.id = case when p.person like 'c:%' then substr(p.person, 3)::uuid end
    where c.last_inbound_at is not null
    group by p.person`;
  return new Map(rows.map(({ person, at }) => [person, at]));
}
