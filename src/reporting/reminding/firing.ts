/** Which of the due steps fire and which are void: pure, so that every case can be played. */
import { groupBy } from '../../kernel/group.js';
import { rankOf, type Audience } from '../../duties/index.js';
import { isOwing, type ObligationView } from '../model.js';
import { isBesideLadder, isOfUnit, isPromiseStep } from './ladder.js';

/** A pending step whose time has come, with its obligation as it is now. */
export interface DueStep {
  readonly id: string;
  readonly version: number;
  readonly step: string;
  readonly audience: Audience;
  readonly class: string;
  readonly dueAt: Date;
  /** The officer who urges, when it is that. */
  readonly by?: string;
  /** The officer's own words for this step. */
  readonly words?: string;
  /** How often it waited for proof that the step below arrived. */
  readonly held?: number;
  /** It may go up: the proof is kept with it. */
  readonly cleared?: boolean;
  readonly obligation: ObligationView;
}

/** Why a step never spoke. */
export interface VoidStep {
  readonly id: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

export interface Firing {
  readonly fire: readonly DueStep[];
  readonly voided: readonly VoidStep[];
}

/** How late a step may be and still count as on its time; later ones fell due while the system was down. */
export const GRACE_MS = 2 * 3_600_000;
/** What is later than this is not told to units any more: the officers get a list (catch-up.ts). */
export const TOO_LATE_MS = 24 * 3_600_000;

/** True for a step of a unit that fell due so long ago that it is skipped. */
export const isTooLate = (step: Pick<DueStep, 'audience' | 'dueAt'>, now: Date): boolean =>
  isOfUnit(step.audience) && now.getTime() - step.dueAt.getTime() > TOO_LATE_MS;

/**
 * Sorts due steps. A step of a closed obligation or of an older due date is void. Of one obligation only the
 * newest speaks, and what falls due with it for others; those that were missed merge into it, so that nobody hears the
 * same thing twice in one breath. Steps that are too late are in neither list.
 */
export function planFiring(due: readonly DueStep[], now: Date): Firing {
  const fire: DueStep[] = [];
  const voided: VoidStep[] = [];
  for (const steps of groupBy(due, (step) => step.obligation.id).values()) {
    const alive: DueStep[] = [];
    for (const step of steps) {
      const reason = deadReason(step);
      if (reason === null) {
        if (!isTooLate(step, now)) alive.push(step);
      } else voided.push({ id: step.id, evidence: { reason } });
    }
    const speakers = speakersOf(alive.sort(byTime));
    fire.push(...speakers);
    for (const step of alive) {
      const into = speakers[0];
      if (!into || speakers.includes(step)) continue;
      const lateMs = now.getTime() - step.dueAt.getTime();
      const lateMinutes = Math.round(lateMs / 60_000);
      voided.push({
        id: step.id,
        evidence: { reason: 'merged', into: into.step, missed: lateMs > GRACE_MS, lateMinutes },
      });
    }
  }
  return { fire, voided };
}

/**
 * The steps that speak, of those of one obligation in their order: the newest, and those of the same moment for others.
 * What stands beside the ladder is meant for the seat alone: it silences nothing that goes up, and nothing that goes up
 * silences it.
 */
function speakersOf(alive: readonly DueStep[]): DueStep[] {
  const newest = alive.at(-1);
  if (!newest) return [];
  const isBeside = isBesideLadder(newest.step);
  const others = alive.filter(
    (step) =>
      step.audience !== newest.audience &&
      (isBeside || isBesideLadder(step.step) || step.dueAt.getTime() === newest.dueAt.getTime()),
  );
  return [newest, ...speakersOf(others)];
}

function deadReason(step: DueStep): string | null {
  if (step.version !== step.obligation.version) return 'older-version';
  return isOwing(step.obligation.state) ? null : step.obligation.state;
}

// Of two steps of one instant the promise speaks: it is the unit's own word.
const byTime = (a: DueStep, b: DueStep): number =>
  a.dueAt.getTime() - b.dueAt.getTime() ||
  rankOf(a.audience) - rankOf(b.audience) ||
  Number(isPromiseStep(a.step)) - Number(isPromiseStep(b.step));

/**
 * Units that share a person, together; packed into groups of about `size` units. A person's duties then meet in
 * one transaction, and so in one message.
 */
export function packUnits(
  unitIds: readonly string[],
  holders: readonly { readonly unitId: string; readonly personKey: string }[],
  size: number,
): string[][][] {
  const parent = new Map(unitIds.map((id) => [id, id]));
  const root = (id: string): string => {
    let at = id;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) at = up;
    return at;
  };
  const unitOf = new Map<string, string>();
  for (const { unitId, personKey } of holders) {
    if (!parent.has(unitId)) continue;
    const known = unitOf.get(personKey);
    if (known === undefined) unitOf.set(personKey, unitId);
    else join(parent, root(known), root(unitId));
  }
  const clusters = new Map<string, string[]>();
  for (const id of [...unitIds].sort()) clusters.set(root(id), [...(clusters.get(root(id)) ?? []), id]);
  return pack([...clusters.values()], size);
}

// The smallest id is the root, so that two schedulers name a cluster alike.
function join(parent: Map<string, string>, a: string, b: string): void {
  if (a < b) parent.set(b, a);
  else parent.set(a, b);
}

function pack(clusters: readonly string[][], size: number): string[][][] {
  const packs: string[][][] = [];
  let room = 0;
  for (const cluster of clusters) {
    const last = packs.at(-1);
    if (last && room >= cluster.length) last.push(cluster);
    else {
      packs.push([cluster]);
      room = size;
    }
    room -= cluster.length;
  }
  return packs;
}
