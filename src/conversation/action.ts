/**
 * Actions: what a tapped button says. Two forms, both at most 64 bytes (Telegram's limit):
 * - `q:<question>:<n>`: the n-th option of one question; void as soon as that question is no longer asked.
 * - `go:<command>[:<arg>]`: starts a command; right at any time, since the command checks who asks and what still holds.
 */
export type ParsedAction =
  | { readonly kind: 'option'; readonly question: string; readonly index: number }
  | { readonly kind: 'go'; readonly command: string; readonly arg: string };

export const ACTION_LIMIT_BYTES = 64;

export const optionAction = (question: string, index: number): string => `q:${question}:${String(index)}`;
export const goAction = (command: string, arg?: string): string =>
  arg === undefined ? `go:${command}` : `go:${command}:${arg}`;

/** Reads an action; null when it is none of ours. */
export function parseAction(action: string): ParsedAction | null {
  const option = /^q:([0-9A-Za-z]{1,16}):(\d{1,3})$/.exec(action);
  if (option) return { kind: 'option', question: option[1] ?? '', index: Number(option[2]) };
  const go = /^go:([a-z][a-z-]*)(?::(.*))?$/s.exec(action);
  if (go) return { kind: 'go', command: go[1] ?? '', arg: go[2] ?? '' };
  return null;
}
