/** A request's body as a web stream with back-pressure, and a gentle end for bodies that nobody wants. */
import type { IncomingMessage } from 'node:http';

export interface RequestBody {
  readonly stream: ReadableStream<Uint8Array>;
  /** Lets the unread rest flow away, so that the client can finish sending and read its answer. */
  discard(): void;
}

// More than this nobody drains for the sake of politeness: the connection is cut.
const DISCARD_BYTES = 128 * 1024 * 1024;
const DISCARD_MS = 20_000;
const AHEAD_BYTES = 256 * 1024;

/** The body of a request. Cancelling the stream discards the rest instead of cutting the connection. */
export function requestBody(req: IncomingMessage): RequestBody {
  let settled = false;
  let onData: ((piece: Buffer) => void) | undefined;

  const discard = () => {
    if (settled) return;
    settled = true;
    if (onData) req.off('data', onData);
    if (!req.complete) drain(req);
  };

  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        onData = (piece) => {
          controller.enqueue(piece);
          if ((controller.desiredSize ?? 0) <= 0) req.pause();
        };
        req.on('data', onData);
        req.pause();
        req.once('end', () => {
          if (settled) return;
          settled = true;
          controller.close();
        });
        const onBroken = () => {
          if (settled) return;
          settled = true;
          controller.error(new Error('the client left before its request was whole'));
        };
        req.once('error', onBroken);
        req.once('close', onBroken);
      },
      pull() {
        req.resume();
      },
      cancel: discard,
    },
    { highWaterMark: AHEAD_BYTES, size: (piece) => piece.byteLength },
  );
  return { stream, discard };
}

/** Reads and forgets, within bounds of size and time. */
function drain(req: IncomingMessage): void {
  let bytes = 0;
  const timer = setTimeout(() => req.destroy(), DISCARD_MS);
  timer.unref();
  req.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > DISCARD_BYTES) req.destroy();
  });
  req.on('error', () => undefined);
  req.once('close', () => {
    clearTimeout(timer);
  });
  req.resume();
}
