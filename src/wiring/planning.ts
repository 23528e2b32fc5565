/** What planning knows of the channels that are on. */
import type { Config } from '../config.js';
import { readZaloLimits, type PlannerOptions } from '../delivery/index.js';
import type { Store } from '../store/index.js';
import type { Channels } from './channels.js';

/** What planning needs to know of the channels that are on. */
export function planningOf(byName: Channels['byName'], demo: boolean): PlannerOptions {
  const zalo = byName.get('zalo');
  return {
    channels: [...byName.keys()],
    demo,
    bulkPerSecond: Object.fromEntries(
      [...byName].flatMap(([name, { bulkPerSecond }]) => (bulkPerSecond === null ? [] : [[name, bulkPerSecond]])),
    ),
    ...(zalo ? { zaloAccount: zalo.account } : {}),
  };
}

/** Requests a minute at Zalo: as an administrator set them, never more than the environment allows. */
export async function zaloPerMinute(store: Store, config: Config): Promise<number> {
  const row = await store.db.setting.findUnique({ where: { key: 'zalo.limits' } });
  return readZaloLimits(row?.value, config.zalo?.perMinute).perMinute;
}
