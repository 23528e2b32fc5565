/** Where a turn stands while it runs: what was said and done so far, and how moves are followed. */
import { askForWork, type Effect, type Refusal } from './effect.js';
import type { Ask, At, Move, Say, TurnContext } from './flow.js';
import type { Button, Content, InboundBody, StoredFile } from './message.js';
import { buildQuestion, present } from './present.js';
import type { AnyFlow, Registry } from './registry.js';
import { BACK_LIMIT, type Drafts, type Session } from './session.js';
import type { Text } from './text.js';

export interface AdvanceInput<R> {
  readonly registry: Registry<R>;
  readonly read: R;
  readonly session: Session | null;
  readonly drafts: Drafts;
  readonly topic: unknown;
  readonly body: InboundBody;
  readonly ctx: TurnContext;
  /** Set on the second run: what a service refused of the first. */
  readonly refusal?: Refusal;
  /** Buttons of the latest messages of this conversation, newest first: so that a notice's buttons can be typed. */
  recentButtons(): Promise<readonly (readonly Button[])[]>;
}

export interface AdvanceResult {
  readonly session: Session | null;
  readonly drafts: Drafts;
  readonly topic: unknown;
  readonly contents: readonly Content[];
  readonly effects: readonly Effect[];
}

const MOVE_LIMIT = 12;

/** Collects what is said and done while a turn moves; `advance.ts` adds what a message means. */
export abstract class Standing<R> {
  protected readonly input: AdvanceInput<R>;
  protected session: Session | null;
  protected readonly drafts: Drafts;
  protected topic: unknown;
  protected says: Say[] = [];
  protected ask: Ask | null = null;
  protected readonly effects: Effect[] = [];

  constructor(input: AdvanceInput<R>) {
    this.input = input;
    this.session = input.session;
    this.drafts = { ...input.drafts };
    this.topic = input.topic;
  }

  /** Starts a command. */
  protected abstract begin(name: string, arg: string, file?: StoredFile): Promise<void>;

  result(): AdvanceResult {
    const { language } = this.input.ctx.actor;
    return {
      session: this.session,
      drafts: this.drafts,
      topic: this.topic,
      contents: present(this.says, this.ask, this.ask && this.session ? this.session.question : null, language),
      effects: this.effects,
    };
  }

  /** Follows moves until a question is asked or the flow ends. */
  protected async follow(flow: AnyFlow<R>, first: Move<unknown>): Promise<void> {
    let move = first;
    for (let n = 0; n < MOVE_LIMIT; n += 1) {
      if ('again' in move) {
        this.say(move.again);
        return this.askAgain();
      }
      this.says.push(...(move.say ?? []));
      this.effects.push(...(move.effects ?? []));
      if ('end' in move) {
        this.finish(flow);
        if (move.topic !== undefined) this.topic = move.topic;
        return;
      }
      if ('begin' in move) {
        this.finish(flow);
        return this.begin(move.begin, move.arg ?? '');
      }
      const next = await this.enter(flow, move);
      if (!next) return;
      move = next;
    }
    throw new Error(`flow ${flow.name} moves in a circle`);
  }

  /** Enters a step; returns a further move when the step has nothing to ask. */
  protected async enter(flow: AnyFlow<R>, move: Extract<Move<unknown>, { to: string }>): Promise<Move<unknown> | null> {
    const at = await this.atStep(flow, move.to, move.data);
    const step = flow.steps[move.to];
    if (!step) throw new Error(`flow ${flow.name} has no step ${move.to}`);
    const ask = step.ask(at as never);
    if (!('text' in ask)) return ask;
    const current = this.session?.flow === flow.name ? this.session : null;
    const sameStep = current?.step === move.to;
    const back =
      current && !sameStep ? [...current.back, { step: current.step, data: current.data }] : (current?.back ?? []);
    const waitsFor = move.effects?.find((effect) => effect.type === askForWork.type)?.payload as
      { workId: string } | undefined;
    this.stand(flow, move.to, move.data, back.slice(-BACK_LIMIT), ask, null, waitsFor?.workId);
    return null;
  }

  protected stand(
    flow: AnyFlow<R>,
    step: string,
    data: unknown,
    back: Session['back'],
    ask: Ask,
    previous: Session | null,
    waitsFor?: string,
  ): void {
    const { actor, now } = this.input.ctx;
    this.session = {
      flow: flow.name,
      version: flow.version,
      step,
      data,
      back,
      question: buildQuestion(ask, actor.language, shortId(this.input.ctx.newId()), previous?.question ?? null),
      touchedAt: now.toISOString(),
      ...(waitsFor === undefined ? {} : { waitsFor }),
    };
    this.ask = ask;
  }

  /** Asks the waiting question once more, freshly loaded. */
  protected async askAgain(): Promise<void> {
    const session = this.session;
    const flow = session && this.input.registry.flows.get(session.flow);
    const step = flow?.steps[session?.step ?? ''];
    if (!session || !flow || !step) return;
    const ask = step.ask((await this.atStep(flow, session.step, session.data)) as never);
    if ('text' in ask) this.stand(flow, session.step, session.data, session.back, ask, session, session.waitsFor);
    else await this.follow(flow, ask);
  }

  protected finish(flow: AnyFlow<R>): void {
    if (this.session?.flow === flow.name) this.session = null;
    this.removeDraft(flow.name);
    this.ask = null;
  }

  protected removeDraft(name: string): void {
    delete this.drafts[name];
  }

  /** Keeps an unfinished session as a draft. True when there was something worth keeping. */
  protected layAside(): boolean {
    const session = this.session;
    this.session = null;
    this.ask = null;
    if (!session || session.back.length === 0) return false;
    if (this.input.registry.flows.get(session.flow)?.keepsDraft === false) return false;
    this.drafts[session.flow] = session;
    return true;
  }

  protected fits(flow: AnyFlow<R>, draft: Session): boolean {
    return (
      draft.version === flow.version && flow.steps[draft.step] !== undefined && flow.data.safeParse(draft.data).success
    );
  }

  protected async atStep(flow: AnyFlow<R>, name: string, data: unknown): Promise<At<unknown, unknown>> {
    const step = flow.steps[name];
    const at = { ...this.input.ctx, data, loaded: undefined };
    const loaded = await step?.load?.(this.input.read, at);
    return { ...at, loaded };
  }

  protected say(text: Text): void {
    this.says.push({ text });
  }
}

/** The tail of an id: random enough to tell questions apart, short enough for a button. */
const shortId = (id: string): string => id.replaceAll('-', '').slice(-8);
