/** Makes the one call of an attempt, with an end to its patience. */
import { setMaxListeners } from 'node:events';
import type { Outgoing, SendResult } from '../../channels/channel.js';
import { POLICIES } from '../policy.js';
import type { Held } from './line.js';

export interface Caller {
  /** Always answers: what a channel throws or keeps silent about is uncertain, because the request may have left. */
  call(held: Held): Promise<SendResult>;
  /** Ends the patience of all calls under way. */
  abortAll(): void;
}

/** Calls begun within a quarter of a second share a signal and a timer: one of each for every call is not cheap. */
const SHARED_MS = 250;
/** A channel that ignores its signal is given up this much later. */
const GRACE_MS = 2_000;

const SILENT: SendResult = { kind: 'uncertain', detail: 'no answer in time' };

/** Calls that end their patience together. */
class Company {
  readonly #controller = new AbortController();
  readonly #waiting = new Set<(result: SendResult) => void>();
  #timer: NodeJS.Timeout;
  #isClosed = false;

  constructor(timeoutMs: number) {
    setMaxListeners(0, this.#controller.signal);
    this.#timer = setTimeout(() => this.abort(), timeoutMs + SHARED_MS);
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  call(held: Held): Promise<SendResult> {
    return new Promise<SendResult>((resolve) => {
      const end = (result: SendResult) => {
        this.#waiting.delete(end);
        if (this.#isClosed && this.isEmpty) clearTimeout(this.#timer);
        resolve(result);
      };
      this.#waiting.add(end);
      held.line.channel.send(outgoing(held), this.#controller.signal).then(end, (error: unknown) => end(thrown(error)));
    });
  }

  abort(): void {
    if (this.#controller.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#controller.abort();
    this.#timer = setTimeout(() => {
      for (const end of this.#waiting) end(SILENT);
    }, GRACE_MS);
  }

  /** Nobody joins any more. */
  close(): void {
    this.#isClosed = true;
    if (this.isEmpty) clearTimeout(this.#timer);
  }
}

/** Builds the caller. */
export function createCaller(timeoutMs: number): Caller {
  const companies = new Set<Company>();
  let open: Company | null = null;

  function join(): Company {
    if (open !== null) return open;
    const opened = new Company(timeoutMs);
    open = opened;
    companies.add(opened);
    setTimeout(() => {
      open = null;
      opened.close();
      for (const company of companies) if (company.isEmpty && company !== open) companies.delete(company);
    }, SHARED_MS);
    return opened;
  }

  return {
    call: (held) => join().call(held),
    abortAll: () => {
      for (const company of companies) company.abort();
    },
  };
}

function outgoing(held: Held): Outgoing {
  return {
    attemptId: held.id,
    contactId: held.contactId ?? '',
    address: held.address ?? '',
    content: held.content,
    ...(held.template ? { template: held.template } : {}),
    lane: held.line.lane,
    repeats: POLICIES[held.messageClass].repeats,
    at: held.at,
  };
}

/** Only the name: messages of transports may hold addresses, and addresses hold tokens. */
function thrown(error: unknown): SendResult {
  return { kind: 'uncertain', detail: `the channel threw ${error instanceof Error ? error.name : typeof error}` };
}
