/** Units and who acts for them: types and rules, without a database. */
import { t, raw, type Text } from '../conversation/index.js';
import type { LocalDate } from '../kernel/local-date.js';
import type { Actor, HeldSeat, SeatKind } from '../kernel/people.js';
import type { LocaleKey } from '../i18n/index.js';

export const UNIT_TYPES = [
  'so',
  'ban-nganh',
  'doan-the',
  'phuong',
  'xa',
  'doanh-nghiep',
  'truong',
  'huyen',
  'khac',
] as const;
export type UnitType = (typeof UNIT_TYPES)[number];

export const UNIT_LEVELS = ['tinh', 'huyen', 'xa', 'co-so'] as const;
export type UnitLevel = (typeof UNIT_LEVELS)[number];

export const SEAT_KINDS: readonly SeatKind[] = ['primary', 'deputy', 'head'];

export interface Unit {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly shortName: string;
  readonly type: UnitType;
  readonly level: UnitLevel;
  readonly parentId: string | null;
  /** First and last day on which the unit exists; null: no such limit is known. */
  readonly validFrom: LocalDate | null;
  readonly validTo: LocalDate | null;
  /** What it was called before, the latest first. */
  readonly formerNames?: readonly string[];
  /** Since when it bears its name, where it bore another before. */
  readonly namedSince?: LocalDate;
}

export interface Cluster {
  readonly id: string;
  readonly code: string;
  readonly name: string;
}

/** A unit's place in a cluster, between two days. */
export interface ClusterPlace {
  readonly clusterId: string;
  readonly unitId: string;
  readonly validFrom: LocalDate;
  readonly validTo: LocalDate | null;
}

/**
 * Which units are meant: those that any entry names, for people add groups one after another. A rule without any
 * entry means nobody, so that a forgotten choice reaches no one.
 */
export interface AudienceRule {
  readonly types: readonly UnitType[];
  readonly levels: readonly UnitLevel[];
  /** Cluster ids. */
  readonly clusters: readonly string[];
  /** Unit ids. */
  readonly units: readonly string[];
}

export const EMPTY_RULE: AudienceRule = { types: [], levels: [], clusters: [], units: [] };

/** True on every day of the span; a missing end is open. */
export function isValidOn(
  span: { readonly validFrom: LocalDate | null; readonly validTo: LocalDate | null },
  day: LocalDate,
): boolean {
  return (span.validFrom === null || span.validFrom <= day) && (span.validTo === null || day <= span.validTo);
}

/** The units that a rule means on a day, in the order given. */
export function matchUnits(
  rule: AudienceRule,
  units: readonly Unit[],
  places: readonly ClusterPlace[],
  day: LocalDate,
): Unit[] {
  const inCluster = new Set(
    places
      .filter((place) => rule.clusters.includes(place.clusterId) && isValidOn(place, day))
      .map((place) => place.unitId),
  );
  const means = (unit: Unit): boolean =>
    rule.units.includes(unit.id) ||
    inCluster.has(unit.id) ||
    rule.types.includes(unit.type) ||
    // The province itself and whatever else is "khac" takes part only when it is named.
    (unit.type !== 'khac' && rule.levels.includes(unit.level));
  return units.filter((unit) => isValidOn(unit, day) && means(unit));
}

/** Names that a description needs and a rule does not hold. */
export interface RuleNames {
  clusterName(id: string): string;
  unitName(id: string): string;
}

const NAMED_UNITS = 3;

/** A rule in words: "sở, phường, Cụm thi đua số 1, Trường THPT mẫu 1". */
export function describeRule(rule: AudienceRule, names: RuleNames): Text {
  const parts: Text[] = [
    ...rule.types.map(unitTypeText),
    ...rule.levels.map(unitLevelText),
    ...rule.clusters.map((id) => raw(names.clusterName(id))),
    ...(rule.units.length <= NAMED_UNITS
      ? rule.units.map((id) => raw(names.unitName(id)))
      : [t('units.rule.someUnits', { count: rule.units.length })]),
  ];
  return parts.length === 0 ? t('units.rule.nobody') : listText(parts);
}

/** "a, b, c". */
export const listText = (texts: readonly Text[]): Text =>
  texts.reduce((left, right) => t('units.rule.list', { left, right }));

const TYPE_KEYS: Readonly<Record<UnitType, LocaleKey>> = {
  so: 'units.type.so',
  'ban-nganh': 'units.type.banNganh',
  'doan-the': 'units.type.doanThe',
  phuong: 'units.type.phuong',
  xa: 'units.type.xa',
  'doanh-nghiep': 'units.type.doanhNghiep',
  truong: 'units.type.truong',
  huyen: 'units.type.huyen',
  khac: 'units.type.khac',
};

const LEVEL_KEYS: Readonly<Record<UnitLevel, LocaleKey>> = {
  tinh: 'units.level.tinh',
  huyen: 'units.level.huyen',
  xa: 'units.level.xa',
  'co-so': 'units.level.coSo',
};

const SEAT_KEYS: Readonly<Record<SeatKind, LocaleKey>> = {
  primary: 'units.seat.primary',
  deputy: 'units.seat.deputy',
  head: 'units.seat.head',
};

export const unitTypeText = (type: UnitType): Text => t(TYPE_KEYS[type]);
export const unitLevelText = (level: UnitLevel): Text => t(LEVEL_KEYS[level]);
/** "đầu mối chính", "đầu mối phụ", "thủ trưởng". */
export const seatKindText = (kind: SeatKind): Text => t(SEAT_KEYS[kind]);
/** The seat in words: "đầu mối chính", for somebody on leave "đầu mối chính, trực thay". */
export const heldKindText = (seat: Pick<HeldSeat, 'kind' | 'cover'>): Text =>
  seat.cover ? t('units.seat.covered', { kind: seatKindText(seat.kind) }) : seatKindText(seat.kind);
/** "Phường Phủ Lý (đầu mối chính)": for receipts and for choosing between seats. */
export const seatText = (seat: Pick<HeldSeat, 'kind' | 'cover' | 'unitName'>): Text =>
  t('units.seat.of', { unit: seat.unitName, kind: heldKindText(seat) });

/** The seats that are this person's own: those covered for a colleague are left out. */
export const ownSeats = (actor: Actor): HeldSeat[] => actor.seats.filter((seat) => seat.cover !== true);
/** True when this person leads the unit and so decides who sits in its seats. */
export const isHeadOf = (actor: Actor, unitId: string): boolean =>
  ownSeats(actor).some((seat) => seat.unitId === unitId && seat.kind === 'head');

/** The seats in which this person may do a unit's work, one a unit: the strongest where somebody holds two. */
export function seatsOf(actor: Actor): HeldSeat[] {
  const byUnit = new Map<string, HeldSeat>();
  for (const seat of actor.seats) {
    const known = byUnit.get(seat.unitId);
    if (!known || SEAT_KINDS.indexOf(seat.kind) < SEAT_KINDS.indexOf(known.kind)) byUnit.set(seat.unitId, seat);
  }
  return [...byUnit.values()];
}

/** The seat in which this person acts for a unit; null when they may not. */
export function seatFor(actor: Actor, unitId: string): HeldSeat | null {
  return seatsOf(actor).find((seat) => seat.unitId === unitId) ?? null;
}

export const isOfficer = (actor: Actor): boolean => actor.roles.includes('officer');
export const isLeader = (actor: Actor): boolean => actor.roles.includes('leader');
export const isAdmin = (actor: Actor): boolean => actor.roles.includes('admin');
/** Holds at least one seat. */
export const isSeatHolder = (actor: Actor): boolean => actor.seats.length > 0;
/** Runs the office's daily work: invites to seats, looks units up. */
export const isClerk = (actor: Actor): boolean => isOfficer(actor) || isAdmin(actor);
