/**
 * The conversation engine: from where a conversation stands and one message, to where it stands next, what is
 * said, and what is to be done. Pure but for the reads that steps declare; those see the state before the effects.
 */
import { cleanInput } from '../kernel/text.js';
import { parseAction } from './action.js';
import type { Refusal } from './effect.js';
import type { Answer, Command, Move } from './flow.js';
import {
  BACK_WORDS,
  CANCEL_WORDS,
  isQuestionLike,
  matchCommand,
  matchOption,
  matchWord,
  questionOfButtons,
} from './match.js';
import { DRAFT_FLOW, fileProblemText } from './builtins.js';
import type { InboundBody, StoredFile } from './message.js';
import { notForYou } from './not-for-you.js';
import { GO_PREFIX } from './present.js';
import { SESSION_TIMEOUT_MS } from './session.js';
import { Standing, type AdvanceInput, type AdvanceResult } from './standing.js';
import { t } from './text.js';

/** Moves one conversation forward by one message. */
export async function advance<R>(input: AdvanceInput<R>): Promise<AdvanceResult> {
  const turn = new Turn(input);
  turn.settleStoredSession();
  await turn.take(input.body);
  return turn.result();
}

/** One run: what the message means, and where it leads. */
class Turn<R> extends Standing<R> {
  private refusal: Refusal | undefined;

  constructor(input: AdvanceInput<R>) {
    super(input);
    this.refusal = input.refusal;
  }

  /** Lays aside a session that waited too long; drops one that this release cannot continue. */
  settleStoredSession(): void {
    const session = this.session;
    if (!session) return;
    const flow = this.input.registry.flows.get(session.flow);
    if (!flow || !this.fits(flow, session)) {
      this.session = null;
      this.say(t('conversation.expired'));
      return;
    }
    const idleMs = this.input.ctx.now.getTime() - Date.parse(session.touchedAt);
    if (idleMs <= SESSION_TIMEOUT_MS || this.input.body.kind === 'result') return;
    if (this.layAside()) this.say(t('conversation.timedOut'));
  }

  async take(body: InboundBody): Promise<void> {
    switch (body.kind) {
      case 'text':
        return this.takeText(cleanInput(body.text));
      case 'action':
        return this.takeAction(body.action);
      case 'file':
        return this.takeFile(body);
      case 'start':
        return this.begin(this.input.registry.fallback.start, body.payload);
      case 'unsupported':
        this.say(t('conversation.unsupported'));
        return this.askAgain();
      case 'result':
        if (this.session?.waitsFor !== body.workId) return;
        return this.answer({ kind: 'result', work: body.work, ok: body.ok, data: body.data });
    }
  }

  private async takeText(text: string): Promise<void> {
    if (text === '') {
      this.say(t('conversation.empty'));
      return this.askAgain();
    }
    if (matchWord(text, CANCEL_WORDS)) return this.cancel();
    if (matchWord(text, BACK_WORDS)) return this.back();

    const session = this.session;
    if (session) {
      const chosen = matchOption(session.question, text);
      if (chosen !== null) return this.choose(chosen);
    }
    const command = matchCommand(this.input.registry.commands, text, session?.question.free === true);
    if (command) return this.begin(command.command.name, command.arg);
    if (session?.question.free === true) return this.answer({ kind: 'text', text });

    const notice = await this.noticeButton(text);
    if (notice !== null) return this.takeAction(notice);
    if (!session) return this.begin(this.input.registry.fallback.text, text);
    if (isQuestionLike(text)) return this.begin(this.input.registry.fallback.text, text);
    this.say(t('conversation.chooseOne'));
    return this.askAgain();
  }

  /** A number means the newest message's button, words mean any recent one's. */
  private async noticeButton(text: string): Promise<string | null> {
    const recent = await this.input.recentButtons();
    for (const [n, buttons] of recent.entries()) {
      const action = matchOption(questionOfButtons(buttons, n === 0 && this.session === null), text);
      if (action !== null) return action;
    }
    return null;
  }

  private async takeAction(action: string): Promise<void> {
    const parsed = parseAction(action);
    if (parsed?.kind === 'go') return this.begin(parsed.command, parsed.arg);
    const option =
      parsed && this.session?.question.id === parsed.question ? this.session.question.options[parsed.index] : undefined;
    if (option) return this.choose(option.value);
    this.says.push({
      text: t(parsed ? 'conversation.oldButton' : 'conversation.unknownButton'),
      buttons: [{ label: t('button.menu'), command: 'menu' }],
    });
    return this.askAgainInForm();
  }

  private async takeFile(body: Extract<InboundBody, { kind: 'file' }>): Promise<void> {
    const form = body.file?.form === true ? this.formCommand() : null;
    if (body.file && form !== null) return this.begin(form, '', body.file);
    if (this.session?.question.files === true) {
      if (body.file) return this.answer({ kind: 'file', file: body.file, caption: cleanInput(body.caption) });
      return this.answer({ kind: 'bad-file', problem: body.problem ?? 'unavailable' });
    }
    if (!body.file) {
      this.say(fileProblemText(body.problem ?? 'unavailable'));
      return this.askAgain();
    }
    if (this.session) {
      this.say(t('conversation.noFileHere'));
      return this.askAgain();
    }
    return this.begin(this.input.registry.fallback.file, '', body.file);
  }

  /** Where a filled-in form goes, for those who may hand one in. */
  private formCommand(): string | null {
    const { byName, fallback } = this.input.registry;
    const command = fallback.form === undefined ? undefined : byName.get(fallback.form)?.command;
    return command && (!command.allow || command.allow(this.input.ctx.actor)) ? command.name : null;
  }

  private async choose(value: string): Promise<void> {
    if (value.startsWith(GO_PREFIX)) return this.takeAction(value.slice(GO_PREFIX.length));
    return this.answer({ kind: 'option', value });
  }

  /** Gives the answer to the step that waits for it. */
  private async answer(answer: Answer): Promise<void> {
    const session = this.session;
    const flow = session && this.input.registry.flows.get(session.flow);
    const step = flow?.steps[session?.step ?? ''];
    if (!session || !flow || !step) return;
    if (flow.name === DRAFT_FLOW && answer.kind === 'option') return this.decideDraft(answer.value, session.data);
    const at = await this.atStep(flow, session.step, session.data);
    const refusal = this.takeRefusal();
    if (!refusal) return this.follow(flow, step.answer(at as never, answer));
    if (step.refused) return this.follow(flow, step.refused(at as never, refusal));
    this.layAside();
    this.say(refusal.text);
  }

  /** Starts a command; what was being filled in becomes a draft, unless the command only answers aside. */
  protected async begin(name: string, arg: string, file?: StoredFile): Promise<void> {
    const entry = this.input.registry.byName.get(name);
    if (!entry) {
      this.say(t('conversation.unknownButton'));
      return this.askAgain();
    }
    const command = entry.command as unknown as Command<unknown, R>;
    if (command.allow && !command.allow(this.input.ctx.actor)) {
      const text = notForYou(command.allow, this.input.ctx.actor);
      this.says.push({ text, buttons: [{ label: t('button.menu'), command: 'menu' }] });
      return this.askAgainInForm();
    }
    if (this.session?.flow === entry.flow.name) this.layAside();
    const draft = this.drafts[entry.flow.name];
    if (draft && this.fits(entry.flow, draft) && arg === '' && !file) return this.offerDraft(name, entry.flow.name);

    const move = await this.start(command, arg, file);
    if (command.aside === true && this.session && this.isForm(this.session) && 'end' in move)
      return this.endAside(move);
    this.layAside();
    return this.follow(entry.flow, move);
  }

  private async start(command: Command<unknown, R>, arg: string, file: StoredFile | undefined): Promise<Move<unknown>> {
    const base = { ...this.input.ctx, data: undefined, loaded: undefined, arg };
    const loaded = await command.load?.(this.input.read, base);
    const at = { ...base, loaded, topic: this.topic, ...(file ? { file } : {}) };
    const refusal = this.takeRefusal();
    if (!refusal) return command.start(at);
    return command.refused ? command.refused(at, refusal) : { end: true, say: [{ text: refusal.text }] };
  }

  private async endAside(move: Extract<Move<unknown>, { end: true }>): Promise<void> {
    this.says.push(...(move.say ?? []));
    this.effects.push(...(move.effects ?? []));
    if (move.topic !== undefined) this.topic = move.topic;
    return this.askAgain();
  }

  /** Asks again only what is being filled in: a mere list would only be in the way. */
  private askAgainInForm(): Promise<void> {
    return this.session && !this.isForm(this.session) ? Promise.resolve() : this.askAgain();
  }

  /** Something is being filled in; a mere list gives way to what is asked beside it, so that a number means the newest screen. */
  private isForm({ flow }: { readonly flow: string }): boolean {
    return this.input.registry.flows.get(flow)?.keepsDraft !== false;
  }

  private async back(): Promise<void> {
    const session = this.session;
    const frame = session?.back.at(-1);
    if (!session || !frame) {
      this.say(t(session ? 'conversation.backNone' : 'conversation.nothingOpen'));
      return this.askAgain();
    }
    this.session = { ...session, step: frame.step, data: frame.data, back: session.back.slice(0, -1) };
    return this.askAgain();
  }

  private cancel(): Promise<void> {
    const open = this.session;
    this.session = null;
    if (open) this.removeDraft(open.flow);
    this.says.push({
      text: t(open ? 'conversation.cancelled' : 'conversation.nothingOpen'),
      buttons: [{ label: t('button.menu'), command: 'menu' }],
    });
    return Promise.resolve();
  }

  private offerDraft(command: string, flowName: string): Promise<void> {
    const flow = this.input.registry.flows.get(DRAFT_FLOW);
    if (!flow) throw new Error('the draft flow is missing');
    this.layAside();
    return this.follow(flow, { to: 'choose', data: { command, flow: flowName } });
  }

  /** Puts the draft back in place and asks its question, or forgets it and begins anew. */
  private decideDraft(value: string, data: unknown): Promise<void> {
    const { command, flow } = data as { command: string; flow: string };
    const draft = this.drafts[flow];
    this.removeDraft(flow);
    this.session = value === 'resume' ? (draft ?? null) : null;
    return this.session ? this.askAgain() : this.begin(command, '');
  }

  private takeRefusal(): Refusal | undefined {
    const refusal = this.refusal;
    this.refusal = undefined;
    return refusal;
  }
}
