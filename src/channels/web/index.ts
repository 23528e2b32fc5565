/** The web channel: the product's own chat page, in the same shape as the platforms. */
import type { Channel } from '../channel.js';
import { createWebClient, type WebClientOptions } from './client.js';

export { createWebApi } from './api.js';
export { createFileLinks, type FileLinks } from './file-links.js';
export { loadPage } from './page.js';
export type { BroadcastOrder, BroadcastPort, DemoPort } from './ports.js';
export { createWebStore } from './store.js';
export { createWebWaker, type WebWaker } from './waker.js';

/** Builds the channel. Its messages come through the API, which knows who sent them; there is no webhook. */
export function createWebChannel(options: WebClientOptions): Channel {
  const client = createWebClient(options);
  return {
    name: 'web',
    account: 'web',
    proof: 'fetched',
    bulkPerSecond: null,
    receive: () => ({ ok: false, status: 401, reason: 'the web channel has no webhook' }),
    send: (outgoing) => client.send(outgoing),
    edit: (outgoing) => client.edit(outgoing),
  };
}
