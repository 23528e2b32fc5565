/** What becomes of decoded events: messages into the inbox, states to contacts, receipts to the ledger. */
import type { Channel, RawRequest } from '../channels/channel.js';
import type { InboundEvent, InboundMessage, ReceiptEvent } from '../conversation/message.js';
import type { Accepted, Logger } from '../inbox/index.js';
import type { ChannelName } from '../kernel/people.js';
import { isOutage, type Store } from '../store/index.js';
import { ensureSilentContact, setContactState } from '../units/index.js';

export interface ReceiveDeps {
  readonly channels: ReadonlyMap<ChannelName, Channel>;
  readonly store: Store;
  readonly logger: Logger;
  accept(message: InboundMessage): Promise<Accepted>;
  applyReceipts(events: readonly ReceiptEvent[]): Promise<unknown>;
  count(channel: string, what: string): void;
}

/** Stores the events of one request; throws when the store is away. */
export function createTakeEvents(deps: ReceiveDeps) {
  return async function takeEvents(name: ChannelName, events: readonly InboundEvent[]): Promise<void> {
    for (const event of events) {
      deps.count(name, event.type);
      switch (event.type) {
        case 'message':
          await deps.accept(event);
          if (event.acknowledge !== undefined) acknowledge(deps, name, event.acknowledge);
          break;
        case 'contact-state':
          await deps.store.transaction(async (tx) => {
            const { contactId } = await ensureSilentContact(tx, event.from);
            await setContactState(tx, contactId, event.state);
          });
          break;
        case 'receipt':
          await deps.applyReceipts([event]);
          break;
        case 'human-echo':
          // An officer answered from the platform's own console; nothing of ours depends on it.
          break;
      }
    }
  };
}

/** Stops the client's waiting sign; nobody waits for it and its failure changes nothing. */
function acknowledge(deps: ReceiveDeps, name: ChannelName, token: string): void {
  deps.channels
    .get(name)
    ?.acknowledge?.(token)
    .catch((error: unknown) => deps.logger.warn({ err: error }, 'a callback could not be acknowledged'));
}

/** Answers one webhook request: 200 once stored, 401 or 400 as the channel says, 503 while the store is away. */
export function createReceive(deps: ReceiveDeps) {
  const takeEvents = createTakeEvents(deps);

  return async function receive(name: ChannelName, request: RawRequest): Promise<{ status: number }> {
    const channel = deps.channels.get(name);
    if (!channel) return { status: 401 };
    const received = channel.receive(request);
    if (!received.ok) {
      deps.count(name, `refused-${String(received.status)}`);
      deps.logger.warn({ channel: name, reason: received.reason }, 'a webhook request was refused');
      return { status: received.status };
    }
    try {
      await takeEvents(name, received.events);
      return { status: 200 };
    } catch (error) {
      if (!isOutage(error)) throw error;
      deps.logger.warn({ err: error, channel: name }, 'the store is away; the platform is asked to try again');
      return { status: 503 };
    }
  };
}
