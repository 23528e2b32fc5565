/** The record as a paper: every text that stands on it, in Vietnamese whoever asks. */
import type { RecordHead, RecordRow } from '../delivery/index.js';
import type { Fact, Passage, Row, TablePaper } from '../documents/index.js';
import { isLocaleKey, translate, type LocaleKey } from '../i18n/index.js';
import { formatMoment, formatNumber } from '../kernel/format.js';
import type { RecordSubject } from './record-model.js';

export interface PaperOptions {
  readonly subject: RecordSubject;
  /** Business clock. */
  readonly now: Date;
  readonly demo: boolean;
}

const say = (key: LocaleKey, params?: Readonly<Record<string, string | number>>): string =>
  translate('vi', key, params);
/** The word for a code; a code that nobody gave a word stands for itself. */
const word = (group: string, code: string): string => {
  const key = `notices.record.${group}.${code}`;
  return isLocaleKey(key) ? say(key) : code;
};
const count = (value: number): string => formatNumber(value, 0);

/** Everything but the rows. */
export function recordPaper(head: RecordHead, { subject, now, demo }: PaperOptions): TablePaper {
  return {
    title: say('notices.record.title'),
    subtitle: subject.title,
    ...(demo ? { stamp: say('notices.record.stamp') } : {}),
    facts: [
      ...factsOf(head, subject, now),
      ...(demo ? [{ label: word('fact', 'caution'), value: say('notices.record.note.demo') }] : []),
    ],
    passages: passagesOf(head),
    columns: COLUMNS.map(([name, kind, weight]) => ({ label: word('column', name), kind, weight })),
    closing: closingOf(head),
    notes: [say('notices.record.note.technical'), say('notices.record.note.chain'), say('notices.record.note.times')],
    madeAt: now.toISOString(),
    labels: {
      page: say('notices.record.page'),
      factsSheet: say('notices.record.factsSheet'),
      tableSheet: say('notices.record.tableSheet'),
    },
  };
}

const COLUMNS = [
  ['n', 'number', 3.2],
  ['name', 'text', 13],
  ['unit', 'text', 14],
  ['seat', 'text', 8],
  ['channel', 'text', 6.5],
  ['sentAt', 'moment', 8],
  ['deliveredAt', 'moment', 8],
  ['state', 'text', 8],
  ['messageId', 'text', 11],
  ['try', 'number', 3.6],
  ['note', 'text', 17],
] as const;

/** As a reader asks: what arrived first, what did not last. */
const STATES = [
  ...(['seen', 'delivered', 'sent', 'uncertain', 'failed', 'skipped'] as const),
  ...(['sending', 'leased', 'queued', 'planned'] as const),
];

function factsOf(head: RecordHead, subject: RecordSubject, now: Date): Fact[] {
  const { kind, id } = head.source;
  const states = STATES.flatMap((state) => {
    const n = head.byState[state] ?? 0;
    return n > 0 ? [`${word('state', state)} ${count(n)}`] : [];
  });
  const isOrdered = kind === 'broadcast';
  const facts: readonly (readonly [string, string | null])[] = [
    ['source', `${kind}:${id}`],
    ['document', subject.document ?? null],
    ['orderedBy', head.orderedBy ?? say(isOrdered ? 'notices.record.nobody' : 'notices.record.system')],
    ['orderedAt', formatMoment(head.orderedAt)],
    ['startAt', head.startAt && formatMoment(head.startAt)],
    ['state', head.state && word('broadcast', head.state)],
    ['finishedAt', head.finishedAt && formatMoment(head.finishedAt)],
    ['people', count(head.people)],
    ['byState', states.join('; ')],
    ['standIns', head.standIns > 0 ? count(head.standIns) : null],
    ['attempts', count(head.attempts)],
    ['madeAt', formatMoment(now)],
  ];
  return present(facts);
}

function closingOf(head: RecordHead): Fact[] {
  const { kind, id } = head.source;
  return present([
    ['entries', count(head.entries)],
    ['unsealed', head.unsealed > 0 ? count(head.unsealed) : null],
    ['head', head.head],
    ['check', head.head && say('notices.record.check', { source: `${kind}:${id}`, head: head.head })],
  ]);
}

const present = (facts: readonly (readonly [string, string | null])[]): Fact[] =>
  facts.flatMap(([name, value]) => (value === null ? [] : [{ label: word('fact', name), value }]));

function passagesOf({ texts, corrections }: RecordHead): Passage[] {
  return [
    ...texts.map(({ text, people }) => ({ heading: say('notices.record.text', { people: count(people) }), text })),
    ...corrections.map(({ kind, at, by, reason, text, edited, told, waiting, failed, people }) => ({
      heading: say(`notices.record.${kind}`, {
        ...{ at: formatMoment(at), by: by || say('notices.record.nobody') },
        ...{ edited: count(edited), people: count(people) },
        ...{ told: count(told), waiting: count(waiting), failed: count(failed) },
      }),
      text: kind === 'recall' ? reason : text,
    })),
  ];
}

/** The rows as cells, numbered through. */
export async function* recordRows(pages: AsyncIterable<readonly RecordRow[]>): AsyncGenerator<readonly Row[]> {
  let n = 0;
  for await (const page of pages) yield page.map((row) => cells((n += 1), row));
}

function cells(n: number, row: RecordRow): Row {
  return [
    n,
    nameOf(row.name),
    row.unit,
    row.seat && word('seat', row.seat),
    word('channel', row.channel),
    (row.sentAt ?? row.sendingAt)?.toISOString() ?? null,
    arrivedAt(row)?.toISOString() ?? null,
    word('state', row.state),
    row.platformMessageId,
    row.try,
    noteOf(row),
  ];
}

/** A receipt may overtake the answer to its call: nothing arrives before it was sent. */
function arrivedAt({ state, sentAt, deliveredAt, seenAt }: RecordRow): Date | null {
  const at = state === 'delivered' || state === 'seen' ? (deliveredAt ?? seenAt) : null;
  return at !== null && sentAt !== null && at < sentAt ? sentAt : at;
}

function nameOf(name: string | null): string {
  if (name === null) return say('notices.record.erased');
  return name === '' ? say('notices.record.visitor') : name;
}

function noteOf(row: RecordRow): string | null {
  const parts = [
    row.standsFor === null ? null : say('notices.record.standsFor', { name: nameOf(row.standsFor || null) }),
    row.slot.includes('~c') ? say('notices.record.isCorrection') : null,
    row.via === null ? null : word('via', row.via),
    row.via === null && row.isRepeat ? word('via', 'repeat') : null,
    row.form === 'template' ? say('notices.record.isTemplate') : null,
    row.reason === null ? null : word('reason', row.reason),
    row.sealed ? null : say('notices.record.notSealed'),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join('; ');
}
