/** People with several contacts, units with several seats, and channels that fail as a test wants. */
import { randomUUID } from 'node:crypto';
import type { SendResult } from '../../src/channels/channel.js';
import { createOutbox } from '../../src/delivery/index.js';
import type { ChannelName } from '../../src/kernel/people.js';
import { waitFor } from '../support/wait.js';
import { createUnit } from './seats.js';
import { createFakeChannel, createWorld, MORNING, type FakeChannel, type Person } from './support.js';

export const HOUR_MS = 3_600_000;
export const gone: SendResult = { kind: 'failed', failure: 'recipient-gone', detail: '403 blocked by the user' };
export const sent = (id: string): SendResult => ({ kind: 'sent', platformMessageId: id });
export const textsOf = (channel: FakeChannel) => channel.sent.map(({ content }) => content.text);

export function channels(
  answers: Partial<Record<ChannelName, FakeChannel['answer']>> = {},
): Record<ChannelName, FakeChannel> {
  const made = {
    telegram: createFakeChannel('telegram'),
    zalo: createFakeChannel('zalo', { proof: 'delivered' }),
    web: createFakeChannel('web', { proof: 'fetched' }),
  };
  for (const [name, answer] of Object.entries(answers)) made[name as ChannelName].answer = answer;
  return made;
}

export type FallbackWorld = Awaited<ReturnType<typeof createFallbackWorld>>;

export async function createFallbackWorld() {
  const world = await createWorld();
  return {
    ...world,
    async one(options: Parameters<typeof world.people>[1] = {}): Promise<Person> {
      const [person] = await world.people(1, options);
      if (!person) throw new Error('nobody');
      await world.query('update contact set preferred = true where id = $1', [person.contactId]);
      return person;
    },
    /** A further contact of a person; on Zalo somebody who wrote that many hours ago. */
    async alsoOn(person: Person, channel: ChannelName, { hoursAgo = 1, state = 'active', language = 'vi' } = {}) {
      const address = randomUUID();
      const wroteAt = new Date(MORNING.getTime() - hoursAgo * HOUR_MS);
      await world.query(
        `insert into contact (id, channel, external_id, member_id, state, language, last_inbound_at) values ($1, $2, $3, $4, $5, $6, $7)`,
        [randomUUID(), channel, address, person.memberId, state, language, wroteAt],
      );
      return address;
    },
    unit: async (holders: Parameters<typeof createUnit>[1]) => (await createUnit(world, holders)).seats,
    async tellSeat(
      person: Person,
      seatId: string,
      kind = 'announcement',
      text = 'Thông báo',
      source: string = randomUUID(),
    ): Promise<string> {
      const notice = {
        source: { kind: 'test', id: source },
        slot: 'main',
        class: kind as 'announcement',
        to: [{ person: person.key, seatId }],
        say: [{ text: { raw: text } }],
      };
      await world.database.store.transaction((tx) => createOutbox().tell(tx, notice, MORNING));
      return source;
    },
    /** Until nothing is on its way any more. */
    settled: () =>
      waitFor(async () => (await world.query('select 1 from attempt where ended_at is null')).length === 0),
  };
}
