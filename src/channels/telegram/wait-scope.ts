/** Guesses whom a 429 is about: Telegram does not say. */

/** A chat takes about one message a second, the whole account about thirty. */
const CHAT_WINDOW_MS = 1_500;
const ACCOUNT_PER_SECOND = 20;
const REMEMBERED = 5_000;

export interface WaitScope {
  /** A message left for this chat. */
  note(address: string): void;
  /** 'contact' when this chat just got another message while the account as a whole was calm, else 'account'. */
  of(address: string): 'account' | 'contact';
}

/** Sees only this process. A wrong guess corrects itself: the next 429 comes for a chat that was not written to lately. */
export function createWaitScope(now: () => number = Date.now): WaitScope {
  const lastSent = new Map<string, number>();
  let second = 0;
  let inSecond = 0;
  let inSecondBefore = 0;

  const turn = (at: number) => {
    const current = Math.floor(at / 1000);
    if (current === second) return;
    inSecondBefore = current === second + 1 ? inSecond : 0;
    inSecond = 0;
    second = current;
  };

  return {
    note: (address) => {
      const at = now();
      turn(at);
      inSecond += 1;
      lastSent.delete(address);
      lastSent.set(address, at);
      const oldest = lastSent.size > REMEMBERED ? lastSent.keys().next().value : undefined;
      if (oldest !== undefined) lastSent.delete(oldest);
    },
    of: (address) => {
      const at = now();
      turn(at);
      const calm = Math.max(inSecond, inSecondBefore) < ACCOUNT_PER_SECOND;
      const recent = at - (lastSent.get(address) ?? Number.NEGATIVE_INFINITY) < CHAT_WINDOW_MS;
      return calm && recent ? 'contact' : 'account';
    },
  };
}
