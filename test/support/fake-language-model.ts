/** A fake of an OpenAI-compatible server, in a process of its own. */
import { startFake } from './fake-process.js';

export type ModelBehaviour =
  | { readonly kind: 'say'; readonly content: string }
  | { readonly kind: 'status'; readonly status: number; readonly content?: string }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'garbage'; readonly content: string }
  | { readonly kind: 'huge'; readonly bytes: number }
  | { readonly kind: 'trickle'; readonly everyMs: number }
  | { readonly kind: 'hang' | 'reset' };

/** One request as it came. */
export interface ModelRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface FakeLanguageModel {
  readonly url: string;
  readonly behave: (behaviour: ModelBehaviour) => Promise<void>;
  readonly requests: () => Promise<readonly ModelRequest[]>;
  readonly clear: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts the fake on a free port of the loopback. */
export async function startFakeLanguageModel(): Promise<FakeLanguageModel> {
  const fake = await startFake('fake-language-model.mjs', {});
  return {
    url: `${fake.origin}/v1`,
    behave: (behaviour) => fake.control('behave', behaviour),
    requests: () => fake.control('requests'),
    clear: () => fake.control('clear'),
    stop: fake.stop,
  };
}
