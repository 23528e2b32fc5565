/** Reports that wait longer than the office's own term: a task each, and one message a day to the officers. */
import { t, type Say, type Text } from '../../conversation/index.js';
import type { Outbox } from '../../delivery/ports.js';
import { loadCalendar } from '../../calendar/index.js';
import { translate } from '../../i18n/index.js';
import { formatMoment } from '../../kernel/format.js';
import { addDays, atLocal, localDate } from '../../kernel/local-date.js';
import { remindAt } from '../../kernel/remind-at.js';
import type { Db, Store, Tx } from '../../store/index.js';
import type { ReportingDeps } from '../ports.js';
import { outOfTermBefore, readReviewDays } from './review-term.js';
import { holdKeys } from '../reminding/store-steps.js';

interface LateReview {
  readonly id: string;
  readonly code: string;
  readonly dutyName: string;
  readonly unitId: string;
  readonly unitName: string;
  readonly submittedAt: Date;
}

const NAMED = 5;

/** Builds the watch over reports that wait. It may run twice, and in any number of processes at once. */
export function createReviewWatch(deps: ReportingDeps & { readonly store: Store; readonly outbox: Outbox }) {
  /** Tells of reports whose term ended before today; on working days, from the hour of reminders on. */
  return async function watchReviews(now: Date): Promise<number> {
    if ((await readReviewDays(deps.store.db)) === null) return 0;
    return deps.store.transaction((tx) => tellLate(deps, tx, now));
  };
}

async function tellLate(deps: ReportingDeps & { readonly outbox: Outbox }, tx: Tx, now: Date): Promise<number> {
  const late = await findLate(tx, now);
  if (late.length === 0 || (await holdKeys(tx, ['reviews'])).size === 0) return 0;
  // Read again under the key: another process may have told meanwhile.
  const fresh = await findLate(tx, now);
  const [first] = fresh;
  if (!first) return 0;
  await deps.tasks.openTasks(
    tx,
    fresh.map(({ id, code, dutyName, unitId, unitName, submittedAt }) => ({
      kind: 'review-late',
      refId: id,
      unitId,
      title: translate('vi', 'reporting.task.reviewLate', { code, duty: dutyName, unit: unitName }),
      data: { text: translate('vi', 'reporting.task.reviewLateText', { at: formatMoment(submittedAt) }) },
    })),
    now,
  );
  await tx.submission.updateMany({
    where: { id: { in: fresh.map(({ id }) => id) } },
    data: { reviewLateAt: now },
  });
  const to = await deps.seats.officers(tx);
  const notice = { kind: 'review-late', id: localDate(now) };
  await deps.outbox.tell(tx, { source: notice, slot: first.id, class: 'deadline', to, say: [sayLate(fresh)] }, now);
  return fresh.length;
}

/** Reports that wait out of term and were never told of. The open tasks are the list of what waits: an index finds them. */
async function findLate(tx: Tx, now: Date): Promise<LateReview[]> {
  const days = await readReviewDays(tx);
  const today = localDate(now);
  const calendar = await loadCalendar(tx);
  if (days === null || now < remindAt(today) || !calendar.isWorkingDay(today)) return [];
  const before = atLocal(outOfTermBefore(today, days, calendar), '00:00');
  return tx.$queryRaw`
    select s.id, s.code, d.name as "dutyName", u.id as "unitId", u.name as "unitName", s.submitted_at as "submittedAt"
    from task k
    join submission s on s.id = k.ref_id::uuid and s.state = 'received'
    join obligation o on o.id = s.obligation_id join duty d on d.id = o.duty_id join unit u on u.id = o.unit_id
    where k.kind = 'review' and k.done_at is null and s.submitted_at < ${before} and s.review_late_at is null
    order by s.submitted_at, s.id`;
}

function sayLate(late: readonly LateReview[]): Say {
  const lines: Text[] = late
    .slice(0, NAMED)
    .map(({ code, dutyName, unitName }, n) =>
      t('reporting.review.line', { n: n + 1, code, duty: dutyName, unit: unitName }),
    );
  const rest = late.length - lines.length;
  return {
    text: [
      t('reporting.reviewLate.title', { n: late.length }),
      ...lines,
      ...(rest > 0 ? [t('reporting.digest.more', { n: rest })] : []),
    ],
    buttons: [{ label: t('reporting.review.others'), command: 'review-report' }],
  };
}

/** The mornings up to `to` on which reports come out of term: the demo's clock stops at each. */
export async function findReviewInstants(db: Db | Tx, from: Date, to: Date): Promise<Date[]> {
  if ((await readReviewDays(db)) === null) return [];
  const waiting = await db.task.count({ where: { kind: { in: ['review'] }, doneAt: null } });
  if (waiting === 0) return [];
  const instants: Date[] = [];
  for (let day = localDate(from); remindAt(day) <= to; day = addDays(day, 1))
    if (remindAt(day) > from) instants.push(remindAt(day));
  return instants;
}
