/** `GET /api/web/events`: the same events as they come, as a stream that resumes where it broke. */
import type { EncodedEvent } from './encode.js';
import { createReader, readNumber, type MessageDeps } from './messages.js';
import { problem } from './problem.js';
import type { CallInfo, WebHandler } from './route.js';

// A sign of life for proxies and for clients that wonder whether the line is dead.
const PING_MS = 15_000;
const RETRY_MS = 2_000;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
};

/** `Last-Event-ID` (or `after`) says what the client has; without it the stream begins with the first message. */
export function streamEvents(deps: MessageDeps): WebHandler {
  return async (request, info) => {
    const contact = await deps.sessions.whoIs(request);
    if (!contact) return problem('unauthorized');
    const query = new URL(request.url).searchParams;
    const after = readNumber(request.headers.get('last-event-id') ?? query.get('after'));
    if (after === null) return problem('bad_request');

    const reader = createReader(deps, contact, { after, withOwn: query.has('own') });
    const encoder = new TextEncoder();
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(encoder.encode(`retry: ${String(RETRY_MS)}\n\n`));
      },
      async pull(controller) {
        const text = await nextText(() => reader.next(PING_MS, request, info), request, info);
        if (text === null) {
          reader.stop();
          controller.close();
        } else controller.enqueue(encoder.encode(text));
      },
      cancel: () => {
        reader.stop();
      },
    });
    return new Response(stream, { headers: HEADERS });
  };
}

/** The next piece of the stream; null at its end. */
async function nextText(next: () => Promise<EncodedEvent[]>, request: Request, info: CallInfo): Promise<string | null> {
  const events = await next();
  if (request.signal.aborted) return null;
  if (events.length > 0) return events.map(frame).join('');
  return info.closing.aborted ? null : ': ping\n\n';
}

const frame = (event: EncodedEvent): string => `id: ${String(event.seq)}\ndata: ${JSON.stringify(event)}\n\n`;
