/**
 * What a flow is. A flow is pure: it sees what was loaded for it and returns where to go, what to say and
 * which effects to apply. Asking is apart from answering, so that any question can be asked again (after a
 * refusal, an old button, `lùi`, a restart, or on another channel).
 */
import type { z } from 'zod';
import type { Actor } from '../kernel/people.js';
import type { LocalDate } from '../kernel/local-date.js';
import type { Effect, Refusal } from './effect.js';
import type { StoredFile, FileProblem } from './message.js';
import type { Text, Texts } from './text.js';

/** What every function of a flow may look at. */
export interface TurnContext {
  readonly actor: Actor;
  /** Business clock. */
  readonly now: Date;
  /** When the message came in, at most `now`: what counts where something is handed in by a day. */
  readonly heardAt: Date;
  readonly today: LocalDate;
  /** New ids and codes: given, so that a flow stays pure. */
  readonly newId: () => string;
  readonly newCode: (prefix: string) => string;
  /** What was worked out for this message before its turn, where something was. */
  readonly prepared?: unknown;
}

/** One choice of a question. It can be tapped, numbered (1, 2, 3 …), or typed: its label or one of `words`. */
export interface Option {
  readonly value: string;
  readonly label: Text;
  readonly words?: readonly string[];
}

/** A button that works at any time, whatever is being asked: it starts `command` with `arg`. */
export interface GoButton {
  readonly label: Text;
  readonly command: string;
  readonly arg?: string;
}

/** Something said without waiting for an answer. */
export interface Say {
  readonly text: Texts;
  readonly buttons?: readonly GoButton[];
  readonly imageId?: string;
  readonly imageAlt?: string;
  readonly fileId?: string;
}

/** A question. Without options, or with `free`, any text is an answer. */
export interface Ask extends Omit<Say, 'buttons'> {
  readonly options?: readonly Option[];
  /** Choices without a button: what can be typed beside the few that a screen has room for. */
  readonly typed?: readonly Option[];
  /** Text other than the options is also an answer. */
  readonly free?: boolean;
  /** A typed number is an answer, not the number of an option. */
  readonly numbersAreAnswers?: boolean;
  /** A file is an answer. */
  readonly files?: boolean;
  /** Buttons that lead elsewhere, shown after the options. */
  readonly buttons?: readonly GoButton[];
}

/** What the person answered, already matched against the options. */
export type Answer =
  | { readonly kind: 'option'; readonly value: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly file: StoredFile; readonly caption: string }
  | { readonly kind: 'bad-file'; readonly problem: FileProblem }
  | { readonly kind: 'result'; readonly work: string; readonly ok: boolean; readonly data: unknown };

/** Where a turn goes. */
export type Move<D> =
  /** To a step of this flow, which then asks. */
  | { readonly to: string; readonly data: D; readonly say?: readonly Say[]; readonly effects?: readonly Effect[] }
  /** The answer does not do: say why and ask the same again. */
  | { readonly again: Text }
  /** The flow is over. */
  | {
      readonly end: true;
      readonly say?: readonly Say[];
      readonly effects?: readonly Effect[];
      readonly topic?: unknown;
    }
  /** The flow is over and another command begins. */
  | {
      readonly begin: string;
      readonly arg?: string;
      readonly say?: readonly Say[];
      readonly effects?: readonly Effect[];
    };

export interface At<D, L> extends TurnContext {
  readonly data: D;
  readonly loaded: L;
}

/** One question of a flow. */
export interface Step<D, R, L = unknown> {
  /** Reads what the step needs, in the turn's transaction. */
  load?(read: R, at: At<D, undefined>): Promise<L>;
  ask(at: At<D, L>): Ask | Move<D>;
  answer(at: At<D, L>, answer: Answer): Move<D>;
  /** What to do when a service refused an effect of `answer`. Default: say the refusal and end, the draft kept. */
  refused?(at: At<D, L>, refusal: Refusal): Move<D>;
}

/** How a flow begins. */
export interface Command<D, R, L = unknown> {
  /** Short and stable: stands in buttons (`go:<name>:<arg>`). */
  readonly name: string;
  /** Words that a person types, with diacritics; matched without. */
  readonly words: readonly string[];
  /** Also matches when more text follows the words; that text is the argument. */
  readonly takesText?: boolean;
  /** Recognises texts that no fixed words can name (a code); returns the argument. `inForm`: a free question waits. */
  readonly match?: (text: string, inForm: boolean) => string | null;
  /** Who may use it; others are told that it is not for them. Default: everybody. */
  readonly allow?: (actor: Actor) => boolean;
  /** May be answered in the middle of another flow, which then asks its question again. */
  readonly aside?: boolean;
  load?(read: R, at: At<undefined, undefined> & { readonly arg: string }): Promise<L>;
  start(at: At<undefined, L> & { readonly arg: string; readonly topic: unknown; readonly file?: StoredFile }): Move<D>;
  /** What to do when a service refused an effect of `start`. Default: say the refusal and end. */
  refused?(at: At<undefined, L> & { readonly arg: string }, refusal: Refusal): Move<D>;
}

export interface Flow<D = unknown, R = unknown> {
  readonly name: string;
  /** Grows when stored sessions of an older release no longer fit. */
  readonly version: number;
  /** Checked whenever a session is read back. */
  readonly data: z.ZodType<D>;
  /** Keep an unfinished session as a draft when the person turns to something else. Default true. */
  readonly keepsDraft?: boolean;
  readonly commands: readonly Command<D, R, never>[];
  readonly steps: Readonly<Record<string, Step<D, R, never>>>;
}

/** Types one step; `L` is found from `load`. */
export const defineStep = <D, R, L = undefined>(step: Step<D, R, L>): Step<D, R, never> => step as Step<D, R, never>;
/** Types one command. */
export const defineCommand = <D, R, L = undefined>(command: Command<D, R, L>): Command<D, R, never> =>
  command as Command<D, R, never>;
/** Types a flow by its data schema and the reads it needs. */
export const defineFlow = <D, R>(flow: Flow<D, R>): Flow<D, R> => flow;
