/** Catching up after the system was down: what is too late to be told is set aside, and the officers get one list of it. */
import { raw, t, type Say } from '../../conversation/index.js';
import { localDate } from '../../kernel/local-date.js';
import { Prisma, type Tx } from '../../store/index.js';
import { missedSql } from './due-sql.js';
import { TOO_LATE_MS } from './firing.js';
import { namedUnits } from './reminders.js';
import { holdKeys } from './store-steps.js';
import { NOTHING, type Ticked, type TickParts } from './tick-parts.js';

/** What was missed of one duty. */
interface MissedLine {
  readonly dutyName: string;
  readonly steps: number;
  readonly units: readonly string[];
  readonly firstId: string;
}

/**
 * Voids the steps of units that fell due more than a day ago and tells the officers once which they were. What stands
 * above the units is not skipped: it waits for proof as ever, and has the unit told once more.
 */
export async function skipMissed(deps: TickParts, tx: Tx, now: Date): Promise<Ticked> {
  const held = await holdKeys(tx, ['officers']);
  if (held.size === 0) return NOTHING;
  const { lines, voided } = await voidMissed(tx, now);
  if (lines.length === 0) return { ...NOTHING, voided };
  const source = { kind: 'reminder', id: localDate(now) };
  const [slot = ''] = lines.map((line) => line.firstId).sort();
  const to = await deps.seats.officers(tx);
  const told = await deps.outbox.tell(
    tx,
    { source, slot: `missed:${slot}`, class: 'deadline', to, say: [sayMissed(lines)] },
    now,
  );
  await tx.auditEntry.create({
    data: {
      at: now,
      memberId: null,
      action: 'reminders.missed',
      subject: `reminder:${source.id}`,
      data: { lines: lines.map(({ dutyName, steps, units }) => ({ dutyName, steps, units: [...units] })) },
    },
  });
  return { fired: 0, voided, told };
}

async function voidMissed(tx: Tx, now: Date): Promise<{ lines: readonly MissedLine[]; voided: number }> {
  const before = new Date(now.getTime() - TOO_LATE_MS);
  const rows = await tx.$queryRaw<(MissedLine & { readonly reason: string })[]>`
    with due as materialized (
      ${missedSql(before)}
    ), gone as (
      update reminder_step s set state = 'void', evidence = s.evidence || jsonb_build_object(
        'reason', ${REASON}, 'lateMinutes', floor(extract(epoch from ${now}::timestamptz - s.due_at) / 60))
      from due, obligation o where s.id = due.id and o.id = s.obligation_id
      returning s.id, o.id as obligation_id, s.evidence->>'reason' as reason
    )
    select g.reason, d.name || coalesce(' – ' || (o.how->>'period'), '') as "dutyName", count(*)::int as steps,
      array_agg(distinct u.name order by u.name) as units, min(g.id::text) as "firstId"
    from gone g join obligation o on o.id = g.obligation_id join duty d on d.id = o.duty_id join unit u on u.id = o.unit_id
    group by 1, 2 order by 2`;
  return {
    lines: rows.filter((row) => row.reason === 'missed').map(({ reason: _, ...line }) => line),
    voided: rows.reduce((sum, row) => sum + row.steps, 0),
  };
}

const REASON = Prisma.sql`case when s.version <> o.version then 'older-version'
  when o.state in ('open', 'returned') then 'missed' else o.state end`;

const LISTED = 8;

function sayMissed(lines: readonly MissedLine[]): Say {
  const steps = lines.reduce((sum, line) => sum + line.steps, 0);
  const units = new Set(lines.flatMap((line) => line.units)).size;
  const rest = lines.length - LISTED;
  return {
    text: [
      t('reporting.missed.title', { n: steps, units }),
      ...lines.slice(0, LISTED).map((line) =>
        t('reporting.officer.line', {
          duty: raw(line.dutyName),
          n: line.units.length,
          names: namedUnits(line.units),
        }),
      ),
      ...(rest > 0 ? [t('reporting.digest.more', { n: rest })] : []),
      t('reporting.missed.urge'),
    ],
    buttons: [
      { label: t('button.urge'), command: 'urge' },
      { label: t('button.numbers'), command: 'numbers' },
    ],
  };
}
