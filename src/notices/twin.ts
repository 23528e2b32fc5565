/** The same words to the same units at the same hour: a second press of the same button, or a colleague's. */
import { createHash } from 'node:crypto';
import { raw, refuse, t, type Refusal, type Text } from '../conversation/index.js';
import type { EffectContext } from '../inbox/index.js';
import { localTime } from '../kernel/local-date.js';

/** How long it counts as the same. */
const TWIN_MS = 10 * 60_000;

/** What is the same, in parts: an edit changes some of them. */
export interface TwinParts {
  readonly text: string;
  readonly units: string;
  readonly at: string;
}

const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** The parts that are given. */
export const partsOf = (of: {
  readonly text?: string | undefined;
  readonly unitIds?: readonly string[] | undefined;
  readonly startAt?: Date | null | undefined;
}): Partial<TwinParts> => ({
  ...(of.text === undefined ? {} : { text: hash(of.text) }),
  ...(of.unitIds === undefined ? {} : { units: hash([...of.unitIds].sort()) }),
  ...(of.startAt === undefined ? {} : { at: hash(of.startAt) }),
});

/** What the trace of an order keeps, so that its twin is found. */
export const twinData = (parts: TwinParts) => ({
  parts: { ...parts },
  digest: hash([parts.text, parts.units, parts.at]),
});

/** The same for an edit: the parts it changed over those of before; nothing for what is no notice. */
export async function editedTwin({ tx }: EffectContext, id: string, changed: Partial<TwinParts>): Promise<object> {
  const [last] = await tx.$queryRaw<{ parts: TwinParts }[]>`
    select data -> 'parts' as parts from audit_entry
    where subject = ${`broadcast:${id}`} and action in ('notice.send', 'broadcast.edit') and data ? 'parts' order by id desc limit 1`;
  return last ? twinData({ ...last.parts, ...changed }) : {};
}

/** The same notice of a moment ago, unless it was cancelled. Whoever asks first makes the others wait for the commit. */
export async function twinOf({ tx, now, actor }: EffectContext, parts: TwinParts): Promise<Refusal | null> {
  const { digest } = twinData(parts);
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`notice:${digest}`}, 0))`;
  const since = new Date(now.getTime() - TWIN_MS);
  const [twin] = await tx.$queryRaw<{ at: Date; by: string | null; name: string | null }[]>`
    select b.created_at as at, m.id::text as by, m.full_name as name
    from broadcast b
    cross join lateral (
      select data ->> 'digest' as digest from audit_entry
      where subject = 'broadcast:' || b.id and action in ('notice.send', 'broadcast.edit') and data ? 'digest' order by id desc limit 1
    ) e
    left join member m on m.id = b.created_by_id
    where b.kind = 'notice' and b.created_at >= ${since} and b.state <> 'cancelled' and e.digest = ${digest}
    limit 1`;
  if (!twin) return null;
  const time = localTime(twin.at);
  if (twin.by !== null && twin.by === actor.memberId) return refuse('twin', t('notices.twinYou', { time }));
  const name: Text = twin.name === null ? t('notices.faster.somebody') : raw(twin.name);
  return refuse('twin', t('notices.twin', { name, time }));
}
