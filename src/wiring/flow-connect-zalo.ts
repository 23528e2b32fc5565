/** "Kết nối zalo": the address at which an administrator lets the product speak for the Official Account again. */
import { z } from 'zod';
import { defineCommand, defineFlow, t, type RoomFlow } from '../conversation/index.js';

/** `begin` makes a new address; null where Zalo is off. */
export function createConnectZaloFlow(begin: () => string | null): RoomFlow {
  return defineFlow<undefined, unknown>({
    name: 'connect-zalo',
    version: 1,
    data: z.undefined(),
    keepsDraft: false,
    commands: [
      defineCommand<undefined, unknown, string | null>({
        name: 'connect-zalo',
        words: ['kết nối zalo'],
        allow: (actor) => actor.roles.includes('admin'),
        load: () => Promise.resolve(begin()),
        start: ({ loaded }) => ({
          end: true,
          say: [{ text: loaded === null ? t('zalo.connectOff') : t('zalo.connect', { url: loaded }) }],
        }),
      }),
    ],
    steps: {},
  });
}
