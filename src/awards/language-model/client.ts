/** Asks a language model behind an OpenAI-compatible address; whatever goes wrong is a value, never an error. */
import { z } from 'zod';

export interface ModelSettings {
  /** The base address, as in `http://127.0.0.1:8080/v1`. */
  readonly url: string;
  readonly model: string;
  /** Sent in a header, and nowhere else. */
  readonly key: string | undefined;
  readonly timeoutMs: number;
}

export type ModelFailure = 'timeout' | 'unreachable' | 'refused' | 'redirected' | 'oversize' | 'garbage';
export type ModelAnswer =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: ModelFailure };

export interface ModelClient {
  /** One question with what it is about, as JSON. */
  ask(instruction: string, input: object): Promise<ModelAnswer>;
}

const ANSWER_LIMIT = 64 * 1024;
const TOKENS = 800;
const replySchema = z.object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1) });

const failed = (why: ModelFailure): ModelAnswer => ({ ok: false, why });

/** A client; nothing is asked before `ask`. */
export function createModelClient({ url, model, key, timeoutMs }: ModelSettings): ModelClient {
  return {
    async ask(instruction, input) {
      const body = JSON.stringify({
        model,
        temperature: 0,
        max_tokens: TOKENS,
        stream: false,
        messages: [
          { role: 'system', content: instruction },
          { role: 'user', content: JSON.stringify(input) },
        ],
      });
      // One deadline for everything: an answer that trickles is as late as one that never begins.
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const response = await fetch(`${url}/chat/completions`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          },
          body,
          signal,
          // Followed, the question would go where nobody has allowed it to go.
          redirect: 'manual',
        });
        return await readAnswer(response);
      } catch {
        return failed(signal.aborted ? 'timeout' : 'unreachable');
      }
    },
  };
}

async function readAnswer(response: Response): Promise<ModelAnswer> {
  if (response.status !== 200) {
    await response.body?.cancel();
    return failed(response.status >= 300 && response.status < 400 ? 'redirected' : 'refused');
  }
  const text = await readLimited(response);
  if (text === null) return failed('oversize');
  try {
    const parsed = replySchema.safeParse(JSON.parse(text));
    const content = parsed.success ? parsed.data.choices[0]?.message.content : undefined;
    return content === undefined ? failed('garbage') : { ok: true, text: content };
  } catch {
    return failed('garbage');
  }
}

/** The body as text; null as soon as it is longer than any honest answer. */
async function readLimited(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (!response.body) return '';
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    // Leaving the loop cancels the body.
    if (size > ANSWER_LIMIT) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
