/** Watches a province while it is driven: what each tick told, what each step became, and on what it rests. */
import { z } from 'zod';
import { rankOf, type Audience } from '../../src/duties/ladder.js';
import { ALL_SEATS } from '../../src/reporting/ports.js';
import type { Province } from './properties-province.js';
import type { ToldMessage } from './told.js';

const evidenceSchema = z.looseObject({
  reason: z.string().optional(),
  into: z.string().optional(),
  held: z.number().optional(),
  deferred: z.looseObject({ why: z.string() }).optional(),
  reached: z.looseObject({ by: z.string() }).optional(),
  recipients: z.array(z.string()).default([]),
  source: z.string().optional(),
  slots: z.record(z.string(), z.string()).default({}),
  proof: z.looseObject({ kind: z.string(), step: z.string().optional(), person: z.string().optional() }).optional(),
});

/** A step as the database has it. */
export interface Step {
  readonly id: string;
  readonly obligationId: string;
  readonly version: number;
  readonly step: string;
  readonly audience: Audience;
  readonly state: string;
  readonly dueAt: Date;
  readonly firedAt: Date | null;
  readonly evidence: z.infer<typeof evidenceSchema>;
}

export async function loadSteps({ world }: Province): Promise<Step[]> {
  const rows = await world.store.db.reminderStep.findMany({ orderBy: [{ dueAt: 'asc' }, { step: 'asc' }] });
  return rows.map((row) => ({
    ...row,
    audience: row.audience as Audience,
    evidence: evidenceSchema.parse(row.evidence),
  }));
}

const name = (step: Step): string => `v${String(step.version)} ${step.step} (${step.audience})`;

export class Watch {
  /** For when a step was planned first. */
  readonly planned = new Map<string, Date>();
  private readonly fired = new Set<string>();
  private readonly cleared = new Set<string>();
  private readonly left = new Set<number>();
  private told = 0;
  ticks = 0;

  /** Throws what is wrong. */
  readonly observe = async (province: Province, after: 'tick' | 'action'): Promise<void> => {
    const steps = await loadSteps(province);
    const messages = await province.world.messages();
    const fresh = messages.slice(this.told).filter((one) => one.source.startsWith('reminder:'));
    this.told = messages.length;
    const isLeaving = (one: ToldMessage, n: number) => !this.left.has(n) && leavesAt(one) <= province.now.getTime();
    const leaving = messages.filter((one, n) => one.source.startsWith('reminder:') && isLeaving(one, n));
    for (const one of leaving) this.left.add(messages.indexOf(one));
    const problems = after === 'tick' ? [] : fresh.map((one) => `an action reminded ${one.person}`);
    // Here nobody takes a message back: what is to be heard later must wait as a step.
    problems.push(
      ...fresh.filter((one) => !leaving.includes(one)).map((one) => `${one.person} is told later by a message`),
    );
    for (const step of steps) if (!this.planned.has(step.id)) this.planned.set(step.id, step.dueAt);
    problems.push(...closedProblems(province, leaving), ...twiceProblems(province, steps, messages));
    for (const step of steps) problems.push(...(await this.stepProblems(province, step, steps)));
    if (after === 'tick') this.ticks += 1;
    if (problems.length > 0) throw new Error(`${province.now.toISOString()}: ${problems.join('; ')}`);
  };

  private async stepProblems(province: Province, step: Step, steps: readonly Step[]): Promise<string[]> {
    const problems: string[] = [];
    const { evidence } = step;
    if (evidence.proof && !this.cleared.has(step.id)) {
      this.cleared.add(step.id);
      problems.push(...(await proofProblems(province, step, steps)));
    }
    if (step.state === 'fired' && !this.fired.has(step.id)) {
      this.fired.add(step.id);
      problems.push(...(await firedProblems(province, step)));
    }
    const moved = step.dueAt.getTime() !== this.planned.get(step.id)?.getTime();
    const excused = evidence.held ?? evidence.deferred ?? evidence.reached ?? evidence.proof;
    if (step.state === 'pending' && moved && !excused) problems.push(`${name(step)} was put off without a reason`);
    return problems;
  }
}

const leavesAt = ({ at, notBefore }: ToldMessage): number => new Date(notBefore ?? at).getTime();

/** 1. Nobody is told of what is handed in: at the moment at which a message leaves, not when it was planned. */
function closedProblems({ owed }: Province, messages: readonly ToldMessage[]): string[] {
  return messages.flatMap((message) => {
    const buttons = JSON.stringify(message.buttons);
    const closed = owed.filter((one) => !one.owing && buttons.includes(one.id));
    return closed.map((one) => `${message.person} was told of ${one.id}, which is not owed any more`);
  });
}

/** 3. Every message of an obligation is that of one step that spoke, and no step has two for one person. */
function twiceProblems({ owed }: Province, steps: readonly Step[], messages: readonly ToldMessage[]): string[] {
  const keys = new Set(
    steps.flatMap(({ state, obligationId, evidence }) =>
      state === 'fired'
        ? Object.entries(evidence.slots).map(([who, slot]) => [obligationId, evidence.source, who, slot].join('|'))
        : [],
    ),
  );
  return messages.flatMap((message) => {
    if (!message.source.startsWith('reminder:')) return [];
    const buttons = JSON.stringify(message.buttons);
    const about = owed.filter((one) => buttons.includes(one.id));
    return about
      .filter((one) => !keys.has([one.id, message.source, message.person, message.slot].join('|')))
      .map((one) => `${message.person} was told of ${one.id} once more, by no step (${message.slot})`);
  });
}

/** Who could hear a step that nobody heard. */
async function firedProblems(province: Province, step: Step): Promise<string[]> {
  const owed = province.owed.find((one) => one.id === step.obligationId);
  const problems = owed?.owing ? [] : [`${name(step)} fired though nothing is owed`];
  if (rankOf(step.audience) > 0 && !step.evidence.proof) problems.push(`${name(step)} went up without proof`);
  if (step.evidence.recipients.length > 0) return problems;
  const seats = await seatsOf(province, step.obligationId);
  const could = seats.filter(
    ({ kind }) => step.audience === 'head' || step.audience === kind || (step.audience === 'seat' && kind !== 'head'),
  );
  return [...problems, ...could.map(({ personKey }) => `${name(step)} spoke to nobody, not even ${personKey}`)];
}

async function seatsOf({ world }: Province, obligationId: string) {
  return world.store.transaction(async (tx) => {
    const { unitId } = await tx.obligation.findUniqueOrThrow({ where: { id: obligationId } });
    return world.deps.seats.holdersOf(tx, [unitId], ALL_SEATS);
  });
}

/** 4. What goes up rests on something that is true. */
async function proofProblems(province: Province, step: Step, steps: readonly Step[]): Promise<string[]> {
  const { proof } = step.evidence;
  if (!proof) return [];
  const wrong = [`${name(step)} rests on ${JSON.stringify(proof)}`];
  const same = steps.filter((one) => one.obligationId === step.obligationId && one.version === step.version);
  const below = same.find(
    (one) => one.step === proof.step && one.state === 'fired' && rankOf(one.audience) < rankOf(step.audience),
  );
  const heard = proof.person !== undefined && below?.evidence.recipients.includes(proof.person) === true;
  switch (proof.kind) {
    case 'arrived': {
      const message = (await province.world.messages()).some(
        (one) =>
          one.person === proof.person &&
          one.source === below?.evidence.source &&
          one.slot === below.evidence.slots[one.person],
      );
      return heard && message && !province.world.deaf.has(proof.person ?? '') ? [] : wrong;
    }
    case 'heard':
      return heard ? [] : wrong;
    case 'answer':
      return same.some((one) => one.step === proof.step && /^[PZ]:/.test(one.step)) ? [] : wrong;
    case 'officer':
      return same.some((one) => one.evidence.reached) ? [] : wrong;
    case 'empty-seat':
      return (await seatsOf(province, step.obligationId)).some(({ kind }) => kind !== 'head') ? wrong : [];
    default:
      return wrong;
  }
}
