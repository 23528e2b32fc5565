/** The leaders' weekly summary: the numbers, what changed in the week, a picture, and the way into the lists. */
import { z } from 'zod';
import { t, type GoButton, type Say, type Text } from '../conversation/index.js';
import type { Outbox, Recipient } from '../delivery/ports.js';
import type { Painter } from '../documents/index.js';
import { translate } from '../i18n/index.js';
import { formatDate, formatNumber, formatShare } from '../kernel/format.js';
import { fromDbDate, localDate, toDbDate, type LocalDate } from '../kernel/local-date.js';
import { NOW_SPAN } from '../kernel/time-span.js';
import type { FileStore, Store, Tx } from '../store/index.js';
import { groups, overall } from './groups.js';
import type { Group, Overall } from './model.js';
import { latestInstant, loadSchedule } from './schedule.js';
import { lineLine, overallText } from './texts.js';
import { loadCalendar } from '../calendar/index.js';

export interface DigestDeps {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly files: Pick<FileStore, 'save'>;
  /** Draws outside this process. */
  readonly paint: Painter['barChart'];
  readonly leaders: (tx: Tx) => Promise<readonly Recipient[]>;
  readonly officers: (tx: Tx) => Promise<readonly Recipient[]>;
  /** Puts the sample-data mark on the picture. */
  readonly demo: boolean;
}

const WORST = 5;
const CHART_ROWS = 12;

/** Builds the tick. It may run twice, and in several processes at once: a summary's day is kept once. */
export function createDigestTick(deps: DigestDeps) {
  return async function digestTick(now: Date): Promise<number> {
    const { db } = deps.store;
    const instant = latestInstant(await loadSchedule(db, now), now, await loadCalendar(db));
    // After an outage it still comes on its day, or not at all: what it says would be about another one.
    const on = localDate(now);
    if (instant === null || localDate(instant) !== on) return 0;
    if (await db.numbersDigest.findUnique({ where: { on: toDbDate(on) } })) return 0;
    const seen = { now, span: NOW_SPAN };
    const whole = await overall(db, seen);
    const { rows } = await groups(db, 'cluster', seen, { page: { size: CHART_ROWS, offset: 0 } });
    // The picture takes its time, so it is made before anything is held.
    const picture = whole.expected === 0 || rows.length === 0 ? null : await paint(deps, rows, on);
    return deps.store.transaction((tx) => tell(deps, tx, { whole, on, now, picture }));
  };
}

interface Made {
  readonly whole: Overall;
  readonly on: LocalDate;
  readonly now: Date;
  readonly picture: { readonly id: string; readonly alt: string } | null;
}

async function tell(deps: DigestDeps, tx: Tx, { whole, on, now, picture }: Made): Promise<number> {
  const [first] = await tx.$queryRaw<object[]>`
    insert into numbers_digest ("on", at, numbers) values (${on}::date, ${now}, ${JSON.stringify(whole)}::jsonb)
    on conflict do nothing returning 1`;
  if (!first || whole.expected === 0) return 0;
  const today = localDate(now);
  const worst = await groups(tx, 'line', { now, span: NOW_SPAN }, { page: { size: WORST, offset: 0 } });
  const calendar = await loadCalendar(tx);
  const text: Text[] = [
    t('insights.digest.title'),
    ...overallText(whole, NOW_SPAN, today),
    ...changeText(whole, await before(tx, on)),
    ...worst.rows.filter((row) => row.overdue > 0).map((row, n) => lineLine(row, n + 1, today, calendar)),
  ];
  const say = (more: readonly GoButton[]): Say => ({
    text,
    buttons: [...BUTTONS(whole), ...more],
    ...(picture === null ? {} : { imageId: picture.id, imageAlt: picture.alt }),
  });
  const officers = await deps.officers(tx);
  const isOfficer = new Set(officers.map(({ person }) => person));
  const notice = { source: { kind: 'digest', id: on }, slot: 'digest', class: 'deadline' } as const;
  const only = (await deps.leaders(tx)).filter(({ person }) => !isOfficer.has(person));
  const told =
    (only.length === 0 ? 0 : await deps.outbox.tell(tx, { ...notice, to: only, say: [say([])] }, now)) +
    (officers.length === 0 ? 0 : await deps.outbox.tell(tx, { ...notice, to: officers, say: [say(URGE)] }, now));
  await tx.numbersDigest.update({ where: { on: toDbDate(on) }, data: { told } });
  return told;
}

const BUTTONS = (whole: Overall): GoButton[] => [
  { label: t('button.numbers'), command: 'numbers' },
  ...(whole.overdue > 0
    ? [{ label: t('insights.digest.overdue'), command: 'numbers', arg: `list:overdue:${NOW_SPAN}` }]
    : []),
  { label: t('insights.byCluster'), command: 'numbers', arg: `by:cluster:${NOW_SPAN}` },
];
const URGE: readonly GoButton[] = [{ label: t('button.urge'), command: 'urge' }];

const keptSchema = z.object({ submitted: z.number(), expected: z.number(), overdue: z.number(), late: z.number() });

interface Before extends z.infer<typeof keptSchema> {
  readonly on: LocalDate;
}

/** What stood in the summary before this one. */
async function before(tx: Tx, on: LocalDate): Promise<Before | null> {
  const row = await tx.numbersDigest.findFirst({ where: { on: { lt: toDbDate(on) } }, orderBy: { on: 'desc' } });
  const numbers = keptSchema.safeParse(row?.numbers);
  return row && numbers.success ? { ...numbers.data, on: fromDbDate(row.on) } : null;
}

const signed = (value: number): string =>
  `${value > 0 ? '+' : value < 0 ? '−' : ''}${formatNumber(Math.abs(value), 0)}`;

function changeText(whole: Overall, last: Before | null): Text[] {
  if (last === null) return [];
  return [
    t('insights.digest.change', {
      day: formatDate(last.on),
      submitted: signed(whole.submitted - last.submitted),
      was: formatShare(last.submitted, last.expected),
      share: formatShare(whole.submitted, whole.expected),
      late: signed(whole.late - last.late),
      overdue: signed(whole.overdue - last.overdue),
    }),
  ];
}

async function paint({ files, paint: draw, demo }: DigestDeps, rows: readonly Group[], on: LocalDate) {
  const alt = translate('vi', 'insights.digest.chartTitle');
  const png = await draw({
    title: alt,
    subtitle: translate('vi', 'insights.digest.chartSubtitle', { day: formatDate(on) }),
    rows: rows.map((row) => ({
      label: row.name,
      value: `${formatNumber(row.submitted, 0)} / ${formatNumber(row.expected, 0)}`,
      share: row.expected === 0 ? 0 : row.submitted / row.expected,
      tone: row.overdue > 0 ? 'weak' : 'normal',
    })),
    footer: translate('vi', 'insights.digest.chartFooter'),
    ...(demo ? { stamp: translate('vi', 'delivery.demoMark') } : {}),
  });
  const saved = await files.save(png, { name: `tong-hop-${on}.png`, type: 'image/png' });
  return { id: saved.id, alt };
}
