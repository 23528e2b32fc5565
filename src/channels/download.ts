/** Downloads with a limit. */
import { request } from 'undici';
import { FileFetchError } from './channel.js';

const SILENCE_MS = 20_000;

/**
 * The bytes behind an address, at most `limitBytes`; redirects are not followed, since they could lead anywhere.
 * Errors never hold the address: it may hold a secret.
 */
export async function download(
  url: URL,
  limitBytes: number,
  signal: AbortSignal,
  isPermanent: (status: number) => boolean,
): Promise<Buffer> {
  try {
    const answer = await request(url, { signal, headersTimeout: SILENCE_MS, bodyTimeout: SILENCE_MS });
    if (answer.statusCode !== 200) {
      await answer.body.dump();
      throw new FileFetchError(
        'unavailable',
        isPermanent(answer.statusCode),
        `download: HTTP ${String(answer.statusCode)}`,
      );
    }
    return await readLimited(answer.body, limitBytes);
  } catch (error) {
    if (error instanceof FileFetchError) throw error;
    const { code } = error as { code?: unknown };
    throw new FileFetchError('unavailable', false, `download: ${typeof code === 'string' ? code : 'failed'}`);
  }
}

/** Throws before the file is in memory, whatever size was announced. */
export function checkSize(size: number | undefined, limitBytes: number): void {
  if ((size ?? 0) > limitBytes) throw new FileFetchError('too_large', true, `larger than ${String(limitBytes)} bytes`);
}

async function readLimited(body: AsyncIterable<Buffer>, limitBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    checkSize(size, limitBytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
