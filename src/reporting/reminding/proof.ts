/** Whether a step may go up: only after one below it is proven to have reached somebody of the unit. Pure. */
import { rankOf, type Audience } from '../../duties/index.js';
import type { DueStep } from './firing.js';
import { hearersOf, isOfUnit, isPromiseStep, isSnoozeStep, type SeatHolder } from './ladder.js';

/** What a step that goes up rests on; kept with its evidence. */
export type Proof =
  /** A message arrived, as surely as its channel can say. */
  | {
      readonly kind: 'arrived';
      readonly step: string;
      readonly person: string;
      readonly message: string;
      readonly attempt: string;
      readonly channel: string;
    }
  /** A person who was told wrote since. */
  | { readonly kind: 'heard'; readonly step: string; readonly person: string; readonly at: string }
  /** The unit answered: it promised a day, or asked to hear of it later. */
  | { readonly kind: 'answer'; readonly step: string }
  /** An officer spoke with the unit. */
  | { readonly kind: 'officer'; readonly by: string; readonly at: string }
  /** Nobody below could be told: the seats are empty. */
  | { readonly kind: 'empty-seat' };

/** A message of a step that spoke. */
export interface SpokenMessage {
  readonly person: string;
  readonly message: string;
  readonly attempt: string;
  readonly channel: string;
  readonly state: string;
  readonly reason: string | null;
  readonly proven: boolean;
}

/** A step that spoke, with what became of its messages. */
export interface SpokenStep {
  readonly obligationId: string;
  readonly version: number;
  readonly step: string;
  readonly audience: Audience;
  readonly at: Date;
  readonly people: readonly string[];
  readonly messages: readonly SpokenMessage[];
  /** When each person who was told last wrote, where that was since. */
  readonly heard: readonly { readonly person: string; readonly at: Date }[];
}

/** What is known of the obligations whose steps want to go up. */
export interface Known {
  /** Of one obligation and version, oldest first. */
  spoken(obligationId: string, version: number): readonly SpokenStep[];
  /** The officer who said that the unit was reached. */
  word(obligationId: string, version: number): { readonly by: string; readonly at: string } | null;
  /** Names of the steps that the unit asked for itself. */
  answers(obligationId: string, version: number): readonly string[];
  /** True when a step stopped for want of proof: an officer was asked to telephone. */
  hasStopped(obligationId: string, version: number): boolean;
}

/** What becomes of a step that wants to go up. */
export type Verdict =
  | { readonly kind: 'go'; readonly proof: Proof }
  /** It waits for the next working morning while `audience` is told once more. */
  | { readonly kind: 'hold'; readonly times: number; readonly audience: Audience }
  /** It was held as often as it may: a person must telephone. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'nobody' };

/** How often a step waits for proof. */
export const HOLDS = 2;

/** Judges a step above the seat's. `holders`: who holds the seats of its unit. */
export function judge(step: DueStep, holders: readonly SeatHolder[], known: Known): Verdict {
  const { id, version } = { id: step.obligation.id, version: step.version };
  // What officers heard proves nothing of the unit.
  const below = known
    .spoken(id, version)
    .filter((one) => isOfUnit(one.audience) && rankOf(one.audience) < rankOf(step.audience));
  const proof = proofOf(below, known.word(id, version), known.answers(id, version));
  if (proof) return { kind: 'go', proof };
  const seats = hearersOf('seat', holders, step.obligation.assignee?.memberId).holders;
  // Nobody can be reached before those above: they are told so, up to the officers' list.
  if (seats.length === 0)
    return step.audience === 'leader' ? { kind: 'nobody' } : { kind: 'go', proof: { kind: 'empty-seat' } };
  const held = step.held ?? 0;
  if (held >= HOLDS) return { kind: 'stop' };
  const told = new Set(below.flatMap((one) => one.people));
  const others = hearersOf('deputy', holders).holders.filter((one) => !told.has(one.personKey));
  return { kind: 'hold', times: held + 1, audience: told.size > 0 && others.length > 0 ? 'deputy' : 'seat' };
}

/** What proves that a unit was reached by the steps below; the surest first. */
export function proofOf(
  below: readonly SpokenStep[],
  word: { readonly by: string; readonly at: string } | null,
  answers: readonly string[],
): Proof | null {
  for (const spoken of [...below].reverse()) {
    const arrived = spoken.messages.find((one) => one.proven);
    if (arrived) {
      const { person, message, attempt, channel } = arrived;
      return { kind: 'arrived', step: spoken.step, person, message, attempt, channel };
    }
  }
  const [answer] = answers.filter((step) => isPromiseStep(step) || isSnoozeStep(step));
  if (answer !== undefined) return { kind: 'answer', step: answer };
  for (const spoken of below) {
    const [heard] = spoken.heard;
    if (heard) return { kind: 'heard', step: spoken.step, person: heard.person, at: heard.at.toISOString() };
  }
  return word ? { kind: 'officer', ...word } : null;
}
