/** Moving the due day of a period: which obligations move, who knows of the old day, and telling those, once each. */
import { createHash } from 'node:crypto';
import { t, type Say, type Text } from '../../conversation/index.js';
import type { Outbox, Recipient } from '../../delivery/ports.js';
import type { DueMoved } from '../../duties/index.js';
import type { LocalDate } from '../../kernel/local-date.js';
import type { Tx } from '../../store/index.js';
import { hearersOf, type SeatHolder } from '../reminding/ladder.js';
import { byUrgency, isOwing, type ObligationView } from '../model.js';
import { ALL_SEATS, type Seats } from '../ports.js';
import { findMovedAlone, findToldOld, noteTold } from './store-due-changes.js';
import { findObligations, findOwingOf } from '../store-obligations.js';
import { dayText, doButton, wordsOf } from '../texts.js';

/** Which due day is to move, and where to. */
export interface MoveWish {
  readonly dutyId: string;
  readonly period: string;
  /** Absent: all units that still owe. */
  readonly unitIds?: readonly string[];
  readonly dueOn: LocalDate;
}

/** What moving would do now. */
export interface MovePlan {
  /** Those that move. */
  readonly obligations: readonly ObligationView[];
  /** Units that have a later day of their own already, and keep it. */
  readonly kept: readonly string[];
  /** Units that have heard of the old day: they get a correction. */
  readonly told: number;
  readonly people: number;
  readonly recipients: readonly Recipient[];
  /** Names exactly what moves, so that what is confirmed is what was shown. */
  readonly seen: string;
}

const checksum = (obligations: readonly ObligationView[]): string =>
  checksumOf(obligations.map(({ id, version }) => `${id}:${String(version)}`).join());
const checksumOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, SUM_LENGTH);
const SUM_LENGTH = 16;

/** Works out what moving would do, for the preview and for the deed. */
export async function planMove(tx: Tx, seats: Seats, wish: MoveWish): Promise<MovePlan> {
  const { dutyId, period, unitIds, dueOn } = wish;
  const owing = await findOwingOf(tx, dutyId, period);
  const wanted = owing.filter((one) => one.dueOn !== dueOn && (unitIds?.includes(one.unitId) ?? true));
  const alone = new Set(
    unitIds
      ? []
      : await findMovedAlone(
          tx,
          wanted.map((one) => one.id),
        ),
  );
  // Who was given more time keeps it, unless the day for all is later still.
  const isKept = (one: ObligationView) => alone.has(one.id) && one.dueOn > dueOn;
  const obligations = wanted.filter((one) => !isKept(one));
  const hearers = await findHearers(tx, seats, obligations);
  const recipients = new Map([...hearers.values()].flat().map((one) => [one.person, one]));
  return {
    obligations,
    kept: wanted.filter(isKept).map((one) => one.unitName),
    told: hearers.size,
    people: recipients.size,
    recipients: [...recipients.values()],
    seen: checksum(obligations),
  };
}

/** Whom to tell that a day no longer holds, by obligation: those who heard it and still answer for the unit. */
async function findHearers(
  tx: Tx,
  seats: Seats,
  obligations: readonly ObligationView[],
): Promise<Map<string, Recipient[]>> {
  const told = await findToldOld(
    tx,
    obligations.map((one) => one.id),
  );
  const heard = new Map(told.map((one) => [one.obligationId, new Set<string>(one.people)]));
  const known = obligations.filter((one) => heard.has(one.id));
  const holders = await seats.holdersOf(tx, [...new Set(known.map((one) => one.unitId))], ALL_SEATS);
  const byUnit = new Map<string, SeatHolder[]>();
  for (const holder of holders) byUnit.set(holder.unitId, [...(byUnit.get(holder.unitId) ?? []), holder]);
  return new Map(
    known.map((one) => {
      const of = byUnit.get(one.unitId) ?? [];
      const answering = hearersOf('seat', of, one.assignee?.memberId).holders;
      const before = of.filter((holder) => heard.get(one.id)?.has(holder.personKey));
      const to = new Map(
        [...answering, ...before].map(({ personKey, seatId }) => [personKey, { person: personKey, seatId }]),
      );
      return [one.id, [...to.values()]];
    }),
  );
}

interface MovedItem {
  readonly obligation: ObligationView;
  readonly moved: DueMoved;
}

/** What one person is told. */
interface Letter {
  readonly to: Recipient;
  readonly items: MovedItem[];
}

type Notice = Parameters<Outbox['tell']>[1];

/** More people than this are told by as few statements as there are texts: a turn ends within three seconds. */
const BULK = 100;

/**
 * Tells whoever knew an old due day that it no longer holds: one message a person, however many obligations moved by one
 * decision. Those whom nobody told anything hear of the new day by its reminders.
 */
export async function tellDueMoved(
  deps: { readonly seats: Seats; readonly outbox: Outbox },
  tx: Tx,
  moves: readonly DueMoved[],
  now: Date,
): Promise<number> {
  const moveOf = new Map(moves.flatMap((moved) => moved.obligationIds.map((id) => [id, moved] as const)));
  const obligations = (await findObligations(tx, [...moveOf.keys()])).filter((one) => isOwing(one.state));
  const hearers = await findHearers(tx, deps.seats, obligations);
  const byPerson = new Map<string, Letter>();
  for (const obligation of [...obligations].sort(byUrgency)) {
    const moved = moveOf.get(obligation.id);
    for (const to of moved ? (hearers.get(obligation.id) ?? []) : []) {
      const known = byPerson.get(to.person) ?? { to, items: [] };
      if (moved) known.items.push({ obligation, moved });
      byPerson.set(to.person, known);
    }
  }
  const letters = [...byPerson.values()];
  const notices = letters.length > BULK ? inBulk(letters) : letters.map(({ to, items }) => noticeOf([to], items));
  let told = 0;
  for (const notice of notices) told += await deps.outbox.tell(tx, notice, now);
  await noteTold(
    tx,
    [...hearers].map(([obligationId, to]) => ({ obligationId, people: to.length })),
  );
  return told;
}

/** Stands with the most urgent obligation and its new version: told twice, it leaves once. */
function noticeOf(to: readonly Recipient[], items: readonly MovedItem[]): Notice {
  const [first] = items;
  return {
    source: { kind: 'obligation', id: first?.obligation.id ?? '' },
    slot: slotOf(items),
    class: 'deadline',
    to,
    say: [sayMoved(items)],
  };
}

const slotOf = ([first]: readonly MovedItem[]): string => `moved:${String(first?.obligation.version ?? 0)}`;

/** Whoever answers for one unit reads the same words as all others of whom the same moved; the rest have their own. */
function inBulk(letters: readonly Letter[]): Notice[] {
  const alike = new Map<string, Letter[]>();
  const own: Notice[] = [];
  for (const letter of letters) {
    const { items } = letter;
    if (new Set(items.map(({ obligation }) => obligation.unitId)).size > 1) own.push(noticeOf([letter.to], items));
    else {
      const key = `${slotOf(items)}|${items.map(({ moved }) => `${moved.dutyId}:${moved.period}:${moved.from}:${moved.to}`).join()}`;
      alike.set(key, [...(alike.get(key) ?? []), letter]);
    }
  }
  const shared = [...alike].map(([key, group]): Notice => {
    const items = group[0]?.items ?? [];
    // One source for all of them, named by what moved: told twice, it leaves once.
    const source = { kind: 'due-move', id: checksumOf(key) };
    const to = group.map((letter) => letter.to);
    return { source, slot: slotOf(items), class: 'deadline', to, say: [sayMoved(items, false)] };
  });
  return [...own, ...shared];
}

const LISTED = 8;

/** "Hạn … đổi từ … thành …, căn cứ …". Without units the same words do for many people. */
function sayMoved(items: readonly MovedItem[], withUnit = true): Say {
  const [only] = items;
  const shown = items.slice(0, LISTED);
  const rest = items.length - shown.length;
  const grounds = [...new Set(items.map(({ moved }) => moved.basis))];
  const lines = shown.map((item, n) => lineOf(item, items.length === 1 ? 0 : n + 1, withUnit));
  return {
    text: [
      ...(items.length === 1 ? [] : [t('reporting.moved.titleMany', { n: items.length })]),
      ...lines,
      ...(rest > 0 ? [t('reporting.digest.more', { n: rest })] : []),
      ...grounds.map((basis) => t('reporting.moved.basis', { basis: wordsOf(basis) })),
      t('reporting.moved.instead'),
    ],
    buttons:
      only && items.length === 1 && withUnit
        ? [doButton(only.obligation), { label: t('reporting.button.why'), command: 'why-due', arg: only.obligation.id }]
        : [{ label: t('button.owed'), command: 'owed' }],
  };
}

function lineOf({ obligation, moved }: MovedItem, n: number, withUnit: boolean): Text {
  const facts = {
    duty: obligation.dutyName,
    unit: obligation.unitName,
    from: dayText(moved.from),
    to: dayText(moved.to),
  };
  if (!withUnit)
    return n === 0 ? t('reporting.moved.oneAlike', facts) : t('reporting.moved.lineAlike', { ...facts, n });
  return n === 0 ? t('reporting.moved.one', facts) : t('reporting.moved.line', { ...facts, n });
}
