/** Which of the due steps fire and which are void: pure, so that every case can be played. */
import type { Audience } from '../duties/index.js';
import { isOwing, type ObligationView } from './model.js';
import { isBesideLadder, isPromiseStep } from './ladder.js';

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

/** How late a step may be and still count as on its time; later ones were missed while the system was down. */
const GRACE_MS = 2 * 3_600_000;

/**
 * Sorts due steps. A step of a closed obligation or of an older due date is void. Of one obligation only the
 * newest speaks; those that were missed merge into it, so that nobody hears the same thing twice in one breath.
 */
export function planFiring(due: readonly DueStep[], now: Date): Firing {
  const fire: DueStep[] = [];
  const voided: VoidStep[] = [];
  for (const steps of groupByObligation(due)) {
    const alive: DueStep[] = [];
    for (const step of steps) {
      const reason = deadReason(step);
      if (reason === null) alive.push(step);
      else voided.push({ id: step.id, evidence: { reason } });
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
 * The steps that speak, of those of one obligation in their order: the newest. What stands beside the ladder is meant
 * for the seat alone and silences nothing that goes up.
 */
function speakersOf(alive: readonly DueStep[]): DueStep[] {
  const newest = alive.at(-1);
  if (!newest) return [];
  const others = isBesideLadder(newest.step) ? alive.filter((step) => step.audience !== newest.audience) : [];
  return [newest, ...speakersOf(others)];
}

function deadReason(step: DueStep): string | null {
  if (step.version !== step.obligation.version) return 'older-version';
  return isOwing(step.obligation.state) ? null : step.obligation.state;
}

// Of two steps of one instant the promise speaks: it is the unit's own word.
const byTime = (a: DueStep, b: DueStep): number =>
  a.dueAt.getTime() - b.dueAt.getTime() || Number(isPromiseStep(a.step)) - Number(isPromiseStep(b.step));

function groupByObligation(due: readonly DueStep[]): DueStep[][] {
  const groups = new Map<string, DueStep[]>();
  for (const step of due) {
    const group = groups.get(step.obligation.id);
    if (group) group.push(step);
    else groups.set(step.obligation.id, [step]);
  }
  return [...groups.values()];
}

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
