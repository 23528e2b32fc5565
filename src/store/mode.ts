/** The mode stamp: a database belongs to the demo or to production, for good. */
import { ConfigError } from '../kernel/errors.js';
import { translate } from '../i18n/index.js';
import type { Db } from './client.js';

/** Stamps a new database with the mode; a database of the other mode is refused with a ConfigError. */
export async function checkModeStamp(db: Db, demo: boolean): Promise<void> {
  const mode = demo ? 'demo' : 'production';
  // One statement that also answers when the row was there, and is safe with two processes starting together.
  const [stamp] = await db.$queryRaw<{ mode: string }[]>`
    insert into setting (key, value, updated_at) values ('mode', to_jsonb(${mode}::text), clock_timestamp())
    on conflict (key) do update set value = setting.value
    returning setting.value #>> '{}' as mode`;
  if (stamp?.mode !== mode) throw new ConfigError([translate('vi', demo ? 'store.notDemo' : 'store.isDemo')]);
}
